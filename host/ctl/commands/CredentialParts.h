#pragma once

#include "host/ctl/commands/Commands.h"

#include <string>
#include <vector>

namespace coffer::ctl {

[[nodiscard]] const Shape& credentialShape();
/// `/backup-credentials/3`.
[[nodiscard]] std::string credentialPath(const std::string& id);
/// The same, of the credential that the first argument names.
[[nodiscard]] std::string credentialPathOf(Run& run);
[[nodiscard]] Argument credentialArgument(bool isOptional = false);
/// Works, or why not, in a few words.
[[nodiscard]] std::string verdictCell(const Json& credential);

/// The options that keys come from: --access-key-id, --secret-file, --from-aws-profile, endpoint and the
/// rest.
[[nodiscard]] std::vector<Option> keyOptions();

/// S3 keys and how to reach their endpoint, as far as they were given.
struct Keys {
    std::string endpoint;
    std::string region;
    std::string accessKeyId;
    Secret secretAccessKey;
};

/// From --from-aws-profile and the options, which win; what is missing then is asked for at a terminal.
/// @throws UsageError when nobody is there to ask
[[nodiscard]] Keys completeKeys(const Run& run);
/// The same without asking: for changes, where what is missing stays as it is.
[[nodiscard]] Keys givenKeys(const Run& run);
/// --addressing, --bucket, --endpoint-ca-file.
void addProbeOptions(Fields& fields, const Run& run);

/// What a probe found. @returns done when the keys work, refused when not
Exit showVerdict(const Run& run, const Json& verdict);

/// Tries keys that were given, and stores nothing.
Exit tryKeys(Run& run, const Keys& keys);

/// `credentials add --from-file`.
Exit importCredentials(Run& run);

} // namespace coffer::ctl
