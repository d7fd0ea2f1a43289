#include "host/plugin/Loader.h"

#include "host/plugin/Compatibility.h"
#include "host/plugin/DescriptorReader.h"
#include "host/plugin/PluginRefused.h"

#include <Poco/String.h>

#include <boost/dll/shared_library.hpp>
#include <dlfcn.h>

#include <cstring>

namespace coffer::host {

namespace {

/// What the dynamic loader said, about the file by its own name and not by the number it was opened with.
std::string loaderMessage(const std::string& what, const CheckedPlugin& plugin) {
    const std::string marker = "dlerror system message: ";
    const auto begin = what.find(marker);
    std::string text = begin == std::string::npos ? what : what.substr(begin + marker.size());
    text = text.substr(0, text.rfind(')'));
    return Poco::replace(text, plugin.file.loadablePath().string(), plugin.file.path().filename().string());
}

boost::dll::shared_library open(CheckedPlugin& plugin) {
    namespace load_mode = boost::dll::load_mode;
    try {
        // Lazy binding would let a missing function end the process at its first call.
        return boost::dll::shared_library(plugin.file.loadablePath().string(),
                                          load_mode::rtld_now | load_mode::rtld_local);
    } catch (const boost::system::system_error& error) {
        const PluginRefused refused(
            "the dynamic loader refuses the file '" + plugin.file.path().string() +
            "': " + loaderMessage(error.what(), plugin) +
            "; link the plugin with coffer_add_plugin(), which reports missing symbols at build time");
        plugin.file.close();
        throw refused;
    }
}

/// Keeps the library until the process ends, whatever becomes of Boost's handle.
void pin(const CheckedPlugin& plugin) {
    if (::dlopen(plugin.file.loadablePath().c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE) == nullptr)
        throw PluginRefused("the dynamic loader does not keep the file '" + plugin.file.path().string() +
                            "'");
}

void requireSame(const boost::dll::shared_library& library, const CheckedPlugin& plugin) {
    if (!library.has(descriptorSymbol) || !library.has(factorySymbol))
        throw PluginRefused("the file '" + plugin.file.path().string() + "' exports no `" +
                            std::string(library.has(descriptorSymbol) ? factorySymbol : descriptorSymbol) +
                            "`; a plugin says COFFER_PLUGIN(...) once, at file scope");
    const auto& loaded = library.get<const Descriptor>(descriptorSymbol);
    const auto length = std::min<std::size_t>(plugin.descriptor.size, sizeof(Descriptor));
    if (std::memcmp(&loaded, &plugin.descriptor, length) != 0)
        throw PluginRefused(
            "the file '" + plugin.file.path().string() +
            "' describes itself otherwise in memory than on the disk; install the plugin again");
}

} // namespace

CheckedPlugin checkPlugin(const PluginSpec& wanted) {
    PluginFile file(wanted.file);
    auto digest = file.sha256();
    if (wanted.sha256 && Poco::icompare(*wanted.sha256, digest) != 0)
        throw PluginRefused("the file '" + wanted.file.string() + "' has the SHA-256 " + digest +
                            ", and the configuration wants " + *wanted.sha256 +
                            "; install the wanted file, or correct `sha256` if the new one is to be trusted");
    const auto descriptor = readDescriptor(file);
    checkCompatibility(descriptor, hostDescriptor());
    checkIdentity(descriptor);
    if (textOf(descriptor.id) != wanted.id)
        throw PluginRefused("the file '" + wanted.file.string() + "' is the plugin '" +
                            std::string(textOf(descriptor.id)) + "', and the configuration calls it '" +
                            wanted.id + "'; rename its section, or correct `file`");
    return {std::move(file), std::move(digest), descriptor};
}

LoadedPlugin loadPlugin(CheckedPlugin& plugin) {
    const auto library = open(plugin);
    plugin.file.keepOpen();
    pin(plugin);
    requireSame(library, plugin);
    return {library.get<Plugin*()>(factorySymbol)};
}

} // namespace coffer::host
