#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coffer::host {

/// What `cofferd` was asked to do.
struct CommandLine {
    std::vector<std::string> command; ///< empty: serve. Else `check-config`, `storage check`, ...
    std::optional<std::filesystem::path> config;
    std::optional<std::filesystem::path> head; ///< --head FILE of `audit verify`
    bool help = false;
    bool version = false;
    std::vector<std::pair<std::string, std::string>> overrides; ///< --section.name=value
};

/// @throws ConfigurationError for what cannot be understood
[[nodiscard]] CommandLine parseCommandLine(int argumentCount, const char* const* arguments);

/// The text of `cofferd --help` up to the sections.
[[nodiscard]] std::string usage();

} // namespace coffer::host
