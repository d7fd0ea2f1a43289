#pragma once

#include "host/ctl/Secret.h"

#include <filesystem>
#include <string_view>

namespace coffer::ctl {

/// All of a file. @throws Failure with why it cannot be read; beyond 64 MiB too
[[nodiscard]] Secret readFile(const std::filesystem::path& file);

/// A file that nobody but its owner can read, written whole or not at all.
void writePrivateFile(const std::filesystem::path& file, std::string_view text);

/// @throws Failure when others than its owner can read or change it, with the command that changes that
void requirePrivate(const std::filesystem::path& file);

} // namespace coffer::ctl
