#pragma once

#include <coffer/sdk/Secret.h>

#include <filesystem>
#include <string_view>

namespace coffer::host {

enum class KeyFileAccess {
    ownerOnly,    ///< mode 0600 or stricter
    groupMayRead, ///< an access list shows as the group's rights: mode 0640 or stricter
};

/// Reads the 32 bytes that stand in a key file as one line of base64 or hexadecimal digits. The file's owner
/// and mode are checked on the open file.
/// @throws std::runtime_error with a sentence that names the file, what is wrong and the remedy
[[nodiscard]] SecretBytes readKeyFile(const std::filesystem::path& path, KeyFileAccess access);

/// Writes `comment` and the key in base64 to a new file, mode 0600; file and folder are on the disk when it
/// returns. @throws std::runtime_error when the file exists or cannot be written
void writeKeyFile(const std::filesystem::path& path, const SecretBytes& key, std::string_view comment);

} // namespace coffer::host
