#pragma once

#include <coffer/sdk/Secret.h>

#include <filesystem>

namespace coffer::host {

/// Writes the token and a line end to `file`, mode 0600, in the place of what was there; it is on the disk
/// when this returns. @throws std::runtime_error with a sentence; then the old file is still there
void writeTokenFile(const std::filesystem::path& file, const SecretBytes& token);

} // namespace coffer::host
