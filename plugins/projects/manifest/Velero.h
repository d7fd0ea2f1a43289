#pragma once

#include "schedule/Cron.h"
#include "schedule/Retention.h"
#include "schedule/TimeZone.h"

#include <coffer/sdk/Secret.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::projects {

/// One backup policy, as a manifest needs it. A value.
struct VeleroPolicy {
    std::int64_t id = 0;
    std::string name;
    Cron cron;
    TimeZone timeZone = TimeZone::utc();
    Retention retention;
    std::vector<std::string> includedNamespaces; ///< empty: all
    std::vector<std::string> excludedNamespaces;
};

/// What a cluster must know to back up a project. Values, but for the secret, which the caller owns and keeps
/// until veleroManifest() has returned.
struct VeleroInput {
    std::int64_t projectId = 0;
    std::string projectName;

    std::int64_t credentialId = 0;
    std::string credentialName;
    std::string endpoint; ///< `https://s3.example.org:9000`
    std::string region;
    std::string addressing;    ///< `auto`, `path` or `virtual`
    std::string caCertificate; ///< PEM; empty: the system's
    std::string accessKeyId;
    const SecretBytes* secretAccessKey = nullptr; ///< null: the Secret is left out

    std::string bucket;
    std::string prefix;                     ///< empty: none
    std::string veleroNamespace = "velero"; ///< where Velero runs, an RFC 1123 label
    std::vector<VeleroPolicy> policies;
};

/// The names that these objects have in a cluster. A storage location is named by its project's id alone:
/// every backup in the cluster refers to it by that name, so it must outlive a change of the project's name.
[[nodiscard]] std::string secretName(std::int64_t credentialId, std::string_view credentialName);
[[nodiscard]] std::string storageLocationName(std::int64_t projectId);
[[nodiscard]] std::string scheduleName(std::int64_t policyId, std::string_view policyName);

/// The YAML that Velero 1.15 or later needs: a Secret with a credentials file as the AWS SDKs read it, a
/// BackupStorageLocation for velero-plugin-for-aws 1.9.2 or later, and one Schedule a policy; for
/// `kubectl apply -f`. Without the secret, a comment at the top names the Secret that must exist.
///
/// The text is ASCII; every value is double-quoted, so nothing that somebody typed is read as anything but
/// text. What is no UTF-8, and noncharacters of Unicode, become U+FFFD. With the secret in it, it is as
/// secret as that: send it and drop it.
///
/// Sources: velero.io/docs, api-types (BackupStorageLocation, Schedule); velero-plugin-for-aws,
/// backupstoragelocation.md; AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
/// @throws Problem 409 `keys_not_expressible` when the keys have characters that such a file cannot hold
/// @throws std::invalid_argument when an input is none that its rules accept (bucket, addressing, namespace)
[[nodiscard]] std::string veleroManifest(const VeleroInput& input);

} // namespace coffer::projects
