#include "sdk/shared/ConsoleCheck.h"

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Text.h>

#include <algorithm>
#include <stdexcept>

namespace coffer::detail {

namespace {

constexpr std::size_t longestTitle = 30;
constexpr std::size_t longestName = 64;

[[noreturn]] void refuse(const ConsolePage& page, const std::string& why) {
    throw std::invalid_argument("the console page '" + page.path + "' " + why);
}

bool isLowerOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Lower-case letters and digits, with single hyphens between them.
bool isPlainName(std::string_view text) {
    return !text.empty() && text.size() <= longestName && text.front() != '-' && text.back() != '-' &&
           text.find("--") == std::string_view::npos &&
           std::ranges::all_of(text, [](char c) { return isLowerOrDigit(c) || c == '-'; });
}

/// A file below the folder, by a name that an address need not escape.
bool isModule(std::string_view text) {
    const auto plain = [](char c) {
        return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_' || c == '/';
    };
    return text.size() <= 4 * longestName && text.ends_with(".js") && std::ranges::all_of(text, plain) &&
           text.front() != '.' && text.front() != '/' && text.find("//") == std::string_view::npos &&
           text.find("/.") == std::string_view::npos;
}

} // namespace

void requirePage(const ConsolePage& page, std::string_view pluginId) {
    const std::string id(pluginId);
    if (page.path != id && !(page.path.starts_with(id + "-") && isPlainName(page.path)))
        refuse(page, "needs the path '" + id + "', or '" + id +
                         "-' with lower-case letters, digits and hyphens behind it");
    if (page.title.empty() || hasForbiddenCharacters(page.title) || codePoints(page.title) > longestTitle)
        refuse(page, "needs a title of 1 to 30 characters, all of them visible");
    if (!isModule(page.module))
        refuse(page, "needs a module: the name of a .js file in the plugin's console folder, such as "
                     "'page.js'");
    if (!isPermission(page.permission))
        refuse(page,
               "has no permission that exists: '" + page.permission + "'; it reads like 'mailboxes:read'");
    if (!isPlainName(page.icon))
        refuse(page, "needs an icon: the name of one of the frame's, such as 'box'");
}

void requireModule(const ConsolePage& page, const std::filesystem::path& folder) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        refuse(page, "has no files: there is no folder '" + folder.string() +
                         "'; name it as CONSOLE of coffer_add_plugin(), and install it beside the library");
    if (!std::filesystem::is_regular_file(folder / page.module, ignored))
        refuse(page, "has no module: there is no file '" + (folder / page.module).string() + "'");
}

} // namespace coffer::detail
