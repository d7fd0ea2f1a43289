#pragma once

#include "host/plugin/PluginFile.h"

#include <coffer/sdk/Descriptor.h>

#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// Reads the Descriptor out of the section `coffer_plugin` of an ELF file, without loading it: nothing of the
/// plugin runs, and no byte outside the file is looked at, whatever its headers claim.
///
/// A Descriptor of another SDK may be longer or shorter; what this one does not know is cut, what the other
/// did not have is zero.
/// @throws PluginRefused when it is no shared library for this machine, holds no descriptor or more than one,
///         or a damaged one
[[nodiscard]] Descriptor readDescriptor(const PluginFile& file);

/// The text at the front of a descriptor's array, up to its first NUL or its end.
template <std::size_t Size>
[[nodiscard]] std::string_view textOf(const std::array<char, Size>& text) noexcept {
    const std::string_view whole(text.data(), text.size());
    return whole.substr(0, whole.find('\0'));
}

/// The service ids in Descriptor::needs.
[[nodiscard]] std::vector<std::string> neededServices(const Descriptor& descriptor);

} // namespace coffer::host
