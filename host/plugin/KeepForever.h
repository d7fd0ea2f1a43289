#pragma once

#include <memory>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace coffer::host {

/// Gives up `object` on purpose: it stays in memory until the process ends, because a thread of a plugin,
/// hung or left running, may still use it.
template <class T>
void keepForever(std::shared_ptr<T> object) {
    [[maybe_unused]] const auto* kept = std::make_unique<std::shared_ptr<T>>(std::move(object)).release();
#if defined(__SANITIZE_ADDRESS__)
    __lsan_ignore_object(kept);
#endif
}

} // namespace coffer::host
