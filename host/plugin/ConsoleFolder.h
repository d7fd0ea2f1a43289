#pragma once

#include <filesystem>

namespace coffer::host {

/// Where the files of a plugin's pages lie: beside its library, `projects.console` for `projects.so`.
[[nodiscard]] std::filesystem::path consoleFolderOf(const std::filesystem::path& library);

/// As the library: whoever may write a page's files acts with the rights of everyone who looks at it. The
/// folder may be a symbolic link, which then has to be trusted itself, and speaks for who owns what it leads
/// to.
/// @throws PluginRefused a sentence; nothing when there is no such folder
void requireTrustedFolder(const std::filesystem::path& folder);

} // namespace coffer::host
