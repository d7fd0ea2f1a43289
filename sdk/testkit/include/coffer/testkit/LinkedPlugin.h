#pragma once

#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Plugin.h>
#include <coffer/testkit/FakeHost.h>

extern "C" {
COFFER_API extern const coffer::Descriptor coffer_plugin_descriptor;
COFFER_API coffer::Plugin* coffer_plugin_create();
}

namespace coffer::testkit {

/// The plugin whose sources are linked into this program: what COFFER_PLUGIN says of it, and a new object.
///
/// @code
/// FakeHost host(linkedPlugin());
/// @endcode
[[nodiscard]] inline PluginUnderTest linkedPlugin() {
    return PluginUnderTest::describedBy(coffer_plugin_descriptor,
                                        std::unique_ptr<Plugin>(coffer_plugin_create()));
}

} // namespace coffer::testkit
