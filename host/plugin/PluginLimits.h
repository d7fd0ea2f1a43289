#pragma once

#include <chrono>

namespace coffer::host {

/// How long a call into a plugin may take before its thread is abandoned and the plugin quarantined. The
/// limits catch hangs; a plugin on a busy machine must not reach them.
struct PluginLimits {
    std::chrono::milliseconds load{10000}; ///< static constructors of its library
    std::chrono::milliseconds options{5000};
    std::chrono::milliseconds init{10000};
    std::chrono::milliseconds start{30000};
    std::chrono::milliseconds stop{10000};   ///< at most, and no longer than the daemon's own deadline
    std::chrono::milliseconds threads{5000}; ///< for its threads to end after stop() has returned
    std::chrono::milliseconds health{10000};
    std::chrono::milliseconds collector{5000};
    std::chrono::milliseconds healthInterval{5000}; ///< how often health() is asked
};

} // namespace coffer::host
