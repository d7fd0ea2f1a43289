#pragma once

#include <stdexcept>

namespace coffer::host {

/// Why a plugin is not taken: one sentence for the operator, with what to do about it. It becomes the reason
/// of the plugin's quarantine.
class PluginRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace coffer::host
