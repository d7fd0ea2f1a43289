#pragma once

#include <coffer/sdk/Config.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::detail {

/// One value as written, and where.
struct Setting {
    std::string value;
    std::string where;            ///< `config/cofferd.ini:12`, or `the command line`
    std::filesystem::path folder; ///< what relative paths are taken from
    bool replaces = false;        ///< a later one is meant to win, as on the command line
};

/// What stands in one section, by the options' names.
using WrittenSection = std::map<std::string, std::vector<Setting>, std::less<>>;

/// The section with its defaults, checked. @param mistakes  gets a line for each unknown option and bad value
[[nodiscard]] std::unique_ptr<Config> checkSection(std::string_view name, const WrittenSection& written,
                                                   const std::vector<Option>& options, std::string& mistakes);

} // namespace coffer::detail
