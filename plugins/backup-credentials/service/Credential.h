#pragma once

#include "probe/Probe.h"
#include "probe/Validation.h"

#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Text.h>
#include <coffer/sdk/Time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials {

inline constexpr NameLength nameLength{3, 30};
inline constexpr std::string_view objectType = "backup-credential";
/// Owner of associations that were made over HTTP.
inline constexpr std::string_view manualOwner = "manual";
/// How many projects a credential shows of itself; Credential::projectCount says how many there are.
inline constexpr std::size_t projectsShown = 20;

/// Who did something, and when.
struct Stamp {
    Instant at;
    std::string by;
};

/// Why a credential may not be used.
struct Lock {
    Instant since;
    std::string by;
    std::string reason;
};

/// One project that backs up with a credential.
struct ProjectUse {
    std::string owner; ///< the plugin that associated it, or manualOwner
    std::string id;    ///< opaque, 1 to 64 characters
    std::string name;  ///< for people
    Stamp associated;
};

/// A stored credential, all but its secret. A value.
struct Credential {
    std::int64_t id = 0;
    std::int64_t organization = 0;
    std::string organizationName;
    std::string name;
    std::string nameKey; ///< folded; unique in the organization
    std::string endpoint;
    std::string region;
    std::string accessKeyId;
    SecretReference secret;
    std::string secretFingerprint;
    Addressing addressing = Addressing::automatic;
    std::string caCertificate;    ///< PEM; empty: the system's
    std::string bucket;           ///< empty: none
    std::int64_t keysVersion = 1; ///< rises with whatever a probe depends on
    std::optional<Lock> lock;
    bool isDefault = false;
    Validation validation;
    std::string saw;                  ///< by the last probe
    std::string advice;               ///< after the last probe
    std::vector<ProjectUse> projects; ///< the first projectsShown, by id
    std::int64_t projectCount = 0;
    Stamp created;
    Stamp modified;
    std::int64_t version = 1; ///< the ETag

    [[nodiscard]] std::string idText() const { return std::to_string(id); }
};

/// To whom the vault binds a credential's secret. Keeps the text that SecretContext points to.
class SecretBinding {
public:
    explicit SecretBinding(const Credential& credential)
        : organization_(credential.organization), record_("backup-credential/" + credential.idText()) {}
    [[nodiscard]] SecretContext context() const noexcept {
        return {organization_, record_, "secret-access-key"};
    }

private:
    std::int64_t organization_;
    std::string record_;
};

} // namespace coffer::backup_credentials
