#pragma once

#include "host/plugin/PluginFile.h"
#include "host/plugin/PluginLimits.h"

#include <coffer/sdk/Plugin.h>

#include <coffer/sdk/Descriptor.h>

#include <filesystem>
#include <optional>
#include <string>

namespace coffer::host {

/// A plugin as the configuration names it.
struct PluginSpec {
    std::string id;
    std::filesystem::path file;
    std::optional<std::string> sha256;       ///< hexadecimal; the file must have it
    std::optional<PluginLimits> limits = {}; ///< override the host's limits for this plugin
};

/// A plugin's file that was found fit to be loaded: nothing of it has run.
struct CheckedPlugin {
    PluginFile file;
    std::string sha256;
    Descriptor descriptor;
};

/// Opens, hashes and reads the file, and compares it with what is wanted and with this daemon.
/// @throws PluginRefused
[[nodiscard]] CheckedPlugin checkPlugin(const PluginSpec& wanted);

/// The library of a plugin in this process. It is never unloaded: its threads, exceptions and objects may
/// outlive every other use. Values only.
struct LoadedPlugin {
    Plugin* (*create)(); ///< the plugin's factory; its result is the caller's
};

/// Loads the very file that was checked and compares its descriptor once more, in memory. Static constructors
/// of the plugin run here: call it on a thread that can be abandoned.
/// @throws PluginRefused when the dynamic loader refuses it, or when it is not what was checked
[[nodiscard]] LoadedPlugin loadPlugin(CheckedPlugin& plugin);

} // namespace coffer::host
