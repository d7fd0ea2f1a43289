#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace coffer::fuzz {

/// What must hold whatever the input: the fuzzer keeps an input for which it does not.
inline void require(bool holds) {
    if (!holds)
        std::abort();
}

[[nodiscard]] inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size}; // NOLINT: libFuzzer's bytes are the text
}

} // namespace coffer::fuzz

/// libFuzzer's entry: one input, run to its end. It exits by returning 0, and nothing else may leave it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
