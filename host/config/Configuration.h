#pragma once

#include "sdk/shared/OptionSection.h"

#include <coffer/sdk/Config.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::host {

/// Something in the configuration is wrong. what() is one line for each mistake: `file:line: what, and the
/// remedy`.
class ConfigurationError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A plugin to load, from its section `[plugin.<id>]`.
struct PluginEntry {
    std::string id;
    std::filesystem::path file;
    std::optional<std::string> sha256; ///< lower-case hexadecimal; the file must have it
};

/// What stands in the configuration file, in `plugins.d/*.ini` beside it and on the command line, by section.
/// Values are checked when their section is asked for, because only then the options are known. Immutable;
/// any thread.
class Configuration {
public:
    /// Reads `file` (INI; `#` begins a comment) and `plugins.d/*.ini` beside it, in the order of their names.
    /// `overrides` are `section.name` and value from the command line; they win.
    /// @throws ConfigurationError when a file is missing, unreadable or not INI, or says something twice
    [[nodiscard]] static Configuration
    load(const std::filesystem::path& file,
         const std::vector<std::pair<std::string, std::string>>& overrides);
    /// Without any file.
    [[nodiscard]] static Configuration
    fromCommandLine(const std::vector<std::pair<std::string, std::string>>& overrides);

    /// The section with its defaults. @throws ConfigurationError for unknown options and bad values, all at
    /// once
    [[nodiscard]] std::unique_ptr<Config> section(std::string_view name,
                                                  const std::vector<Option>& options) const;

    /// Every `[plugin.<id>]` with `enabled = true`. Files are relative to `directory`.
    [[nodiscard]] std::vector<PluginEntry> plugins(const std::filesystem::path& directory) const;

    /// @throws ConfigurationError naming each section that is not in `known` and belongs to no enabled plugin
    void requireKnownSections(const std::vector<std::string>& known) const;

private:
    void readFile(const std::filesystem::path& file);
    void override(const std::vector<std::pair<std::string, std::string>>& overrides);

    std::map<std::string, detail::WrittenSection, std::less<>> sections_;
};

} // namespace coffer::host
