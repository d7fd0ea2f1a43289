#include "host/NewPlugin.h"

#include "host/plugin/Compatibility.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

namespace coffer::host {

namespace {

namespace fs = std::filesystem;

void requireName(const std::string& id) {
    static constexpr std::array cmakeTargets{"all",  "clean",   "depend",  "edit_cache",   "help",
                                             "test", "install", "package", "rebuild_cache"};
    if (!isPluginId(id))
        throw std::runtime_error(
            "'" + id +
            "' is no name for a plugin: use lower case letters, digits and single hyphens, begin "
            "with a letter, and stay below 64 characters");
    if (isDaemonsOwn(id))
        throw std::runtime_error("'" + id + "' is the name of a part of the daemon; give the plugin another");
    if (std::ranges::find(cmakeTargets, id) != cmakeTargets.end())
        throw std::runtime_error("CMake keeps the name '" + id +
                                 "' for itself; give the plugin another name");
}

void requireEmpty(const fs::path& folder) {
    if (fs::exists(folder) && !fs::is_directory(folder))
        throw std::runtime_error(folder.string() + " is not a folder; name one that is empty, or a new one");
    if (fs::exists(folder) && !fs::is_empty(folder))
        throw std::runtime_error(folder.string() +
                                 " holds something already; name an empty folder, or a new one");
}

/// `my-notes` as a class is named: `MyNotes`.
std::string className(const std::string& id) {
    std::string name;
    bool isFirst = true;
    for (const char c : id) {
        if (c != '-')
            name += isFirst && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        isFirst = c == '-';
    }
    return name;
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

/// The template's own name, in each of its forms, gives way to the plugin's.
std::string renamed(std::string_view text, const std::string& id, const fs::path& folder) {
    // A mark that the name cannot hold keeps the steps apart: the folder may be called `sample`.
    auto out = replaced(std::string(text), "/path/to/sample", "\1");
    auto prefix = id;
    std::ranges::replace(prefix, '-', '_');
    out = replaced(std::move(out), "Sample", className(id));
    out = replaced(std::move(out), "sample_", "\2");
    out = replaced(std::move(out), "sample", id);
    out = replaced(std::move(out), "\2", prefix + "_");
    return replaced(std::move(out), "\1", folder.string());
}

void write(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        throw std::runtime_error(file.string() +
                                 " cannot be written; see that there is room, and that you may");
}

} // namespace

std::string writeNewPlugin(const std::string& id, const fs::path& folder) {
    requireName(id);
    requireEmpty(folder);
    fs::create_directories(folder);
    const auto place = fs::canonical(folder);
    std::string said = "wrote the plugin " + id + ":\n";
    for (const auto& file : pluginTemplate()) {
        const auto target = place / renamed(file.name, id, place);
        write(target, renamed(file.text, id, place));
        said += "  " + target.string() + "\n";
    }
    const auto build = (place / "build").string();
    return said + "Build it, test it, and tell the daemon of it:\n" //
           + "  cmake -S " + place.string() + " -B " + build + "\n" + "  cmake --build " + build + "\n" +
           "  ctest --test-dir " + build + "\n" + "  cp " + (place / (id + ".ini")).string() +
           " /etc/coffer/plugins.d/ && cofferd check-config\n";
}

} // namespace coffer::host
