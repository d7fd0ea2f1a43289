#pragma once

#include <coffer/sdk/Secret.h>

#include <optional>
#include <string>
#include <string_view>

namespace coffer::projects {

/// Why these keys cannot stand in a credentials file; nothing when they can. Programs read such files
/// differently: those in Go cut a value at `#` and `;`, drop quotes around it and read `\n` as a line break,
/// those in Python do not. Keys for which that matters are refused, and whatever is not visible ASCII.
///
/// Sources: AWS SDKs and Tools Reference Guide, "Shared config and credentials files"; aws-sdk-go-v2,
/// internal/ini; botocore, configloader.
[[nodiscard]] std::optional<std::string> whyNotInCredentialsFile(std::string_view accessKeyId,
                                                                 const SecretBytes& secretAccessKey);

/// The file `~/.aws/credentials` with a default profile.
/// @throws Problem 409 `keys_not_expressible` for what whyNotInCredentialsFile() refuses
[[nodiscard]] SecretBytes credentialsFile(std::string_view accessKeyId, const SecretBytes& secretAccessKey);

} // namespace coffer::projects
