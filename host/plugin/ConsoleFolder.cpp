#include "host/plugin/ConsoleFolder.h"

#include "host/plugin/PluginFile.h"
#include "host/plugin/PluginRefused.h"

#include <sys/stat.h>

namespace coffer::host {

namespace {

constexpr std::size_t mostEntries = 5000;

struct stat statusOf(const std::filesystem::path& path, bool follow) {
    struct stat status {};
    if ((follow ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status)) != 0)
        throw PluginRefused("'" + path.string() + "' cannot be looked at; install the plugin again");
    return status;
}

} // namespace

std::filesystem::path consoleFolderOf(const std::filesystem::path& library) {
    auto folder = library;
    return folder.replace_extension(".console");
}

void requireTrustedFolder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    if (!fs::is_directory(folder))
        return;
    const auto itself = statusOf(folder, false);
    const bool isLink = S_ISLNK(itself.st_mode);
    requireTrustedOwner(folder, itself, isLink ? "the link" : "the folder");
    requireNobodyElseWrites(folder, statusOf(folder, true), "the folder");
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (++count > mostEntries)
            throw PluginRefused("the folder '" + folder.string() + "' has more than " +
                                std::to_string(mostEntries) + " entries; leave out what no page needs");
        if (entry.is_symlink()) // not served
            continue;
        const auto status = statusOf(entry.path(), false);
        const char* const what = S_ISDIR(status.st_mode) ? "the folder" : "the file";
        if (!isLink)
            requireTrustedOwner(entry.path(), status, what);
        requireNobodyElseWrites(entry.path(), status, what);
    }
}

} // namespace coffer::host
