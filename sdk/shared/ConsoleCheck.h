#pragma once

#include <coffer/sdk/Console.h>

#include <filesystem>
#include <string_view>

namespace coffer::detail {

/// @throws std::invalid_argument a sentence unless the page is complete, and one that this plugin may have
void requirePage(const ConsolePage& page, std::string_view pluginId);
/// @throws std::invalid_argument a sentence unless the page's module lies in this folder
void requireModule(const ConsolePage& page, const std::filesystem::path& folder);

} // namespace coffer::detail
