#pragma once

#include <coffer/sdk/Descriptor.h>

#include <string_view>

namespace coffer::host {

/// What this daemon was built with, in the form in which plugins say it of themselves.
[[nodiscard]] Descriptor hostDescriptor();

/// Whether C++ objects may cross between the two: the same SDK major, no newer minor, an equal fingerprint.
/// @throws PluginRefused one sentence that names everything that differs, both sides, and what to do
void checkCompatibility(const Descriptor& plugin, const Descriptor& host);

/// Whether the plugin says who it is in a form that can be shown and routed: id, version, description, needs.
/// @throws PluginRefused
void checkIdentity(const Descriptor& plugin);

/// Lower case letters, digits and single hyphens, beginning with a letter.
[[nodiscard]] bool isPluginId(std::string_view text) noexcept;
/// Whether the daemon's own parts go by this name: sections of its configuration, owners of its tables.
[[nodiscard]] bool isDaemonsOwn(std::string_view id) noexcept;

} // namespace coffer::host
