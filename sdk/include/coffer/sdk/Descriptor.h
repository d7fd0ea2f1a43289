#pragma once

#include <coffer/sdk/Export.h>

#include <Poco/Version.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace coffer {

class Plugin;

///@{
/// The SDK's own version. A plugin built against the same major and no newer minor loads.
inline constexpr std::uint16_t sdkMajor = 1;
inline constexpr std::uint16_t sdkMinor = 2;
///@}

/// Who a plugin is, and what it was built with. It lies in the section `coffer_plugin` of the plugin's ELF
/// file, without pointers, so that it can be read without loading the file; texts end with NUL and are padded
/// with it.
struct Descriptor {
    std::array<char, 8> magic; ///< "COFFERPL"
    std::uint32_t size;        ///< sizeof(Descriptor) of the SDK that built it
    std::uint16_t sdkMajor;    ///< of the SDK that built it
    std::uint16_t sdkMinor;    ///< of the SDK that built it
    std::array<char, 160>
        fingerprint;              ///< what must be equal for C++ objects to cross: see COFFER_ABI_FINGERPRINT
    std::array<char, 64> id;      ///< `backup-credentials`: lower case, digits, hyphens
    std::array<char, 32> version; ///< semantic version
    std::array<char, 128> description; ///< one line
    std::array<char, 256> needs;       ///< service ids this plugin needs, a comma between them
};
static_assert(sizeof(Descriptor) == 656);

///@{
/// What the daemon looks for in a plugin's file.
inline constexpr std::string_view descriptorMagic = "COFFERPL";
inline constexpr const char* descriptorSection = "coffer_plugin";
inline constexpr const char* descriptorSymbol = "coffer_plugin_descriptor";
inline constexpr const char* factorySymbol = "coffer_plugin_create";
///@}

/// `text` without its NUL, padded with NULs.
template <std::size_t Size, std::size_t Length>
[[nodiscard]] consteval std::array<char, Size> descriptorText(const char (&text)[Length]) {
    static_assert(Length - 1 <= Size, "the text is too long for its place in the plugin descriptor");
    std::array<char, Size> out{};
    for (std::size_t i = 0; i + 1 < Length; ++i)
        out[i] = text[i];
    return out;
}

} // namespace coffer

#define COFFER_STRINGIFY_(x) #x
#define COFFER_STRINGIFY(x) COFFER_STRINGIFY_(x)

#if defined(__clang__)
#define COFFER_ABI_COMPILER "compiler=clang " COFFER_STRINGIFY(__clang_major__)
#else
#define COFFER_ABI_COMPILER "compiler=gcc " COFFER_STRINGIFY(__GNUC__)
#endif
#if defined(_GLIBCXX_DEBUG)
#define COFFER_ABI_DEBUG "on"
#else
#define COFFER_ABI_DEBUG "off"
#endif
#if defined(__SANITIZE_ADDRESS__)
#define COFFER_ABI_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__)
#define COFFER_ABI_SANITIZER "thread"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COFFER_ABI_SANITIZER "address"
#elif __has_feature(thread_sanitizer)
#define COFFER_ABI_SANITIZER "thread"
#else
#define COFFER_ABI_SANITIZER "none"
#endif
#else
#define COFFER_ABI_SANITIZER "none"
#endif

/// `name=value` pairs with semicolons between: compiler family and major, C++ standard, libstdc++'s ABI and
/// debug mode, sanitizer, Poco version.
#define COFFER_ABI_FINGERPRINT                                                                               \
    COFFER_ABI_COMPILER ";standard=" COFFER_STRINGIFY(__cplusplus) ";libstdc++ abi=" COFFER_STRINGIFY(       \
        _GLIBCXX_USE_CXX11_ABI) ";libstdc++ debug=" COFFER_ABI_DEBUG ";sanitizer=" COFFER_ABI_SANITIZER      \
                                ";poco=" COFFER_STRINGIFY(POCO_VERSION)

/// Makes the shared library a plugin: writes its Descriptor and the function that makes `Class`. Once in a
/// library, at file scope. The factory's result is owned by the host.
///
/// @code
/// COFFER_PLUGIN(Hello, "hello", "1.0.0", "Says hello", "")
/// @endcode
#define COFFER_PLUGIN(Class, Id, Version, Description, Needs)                                                \
    extern "C" {                                                                                             \
    COFFER_API extern const coffer::Descriptor coffer_plugin_descriptor;                                     \
    __attribute__((used, section("coffer_plugin"))) const coffer::Descriptor coffer_plugin_descriptor = {    \
        coffer::descriptorText<8>("COFFERPL"),                                                               \
        sizeof(coffer::Descriptor),                                                                          \
        coffer::sdkMajor,                                                                                    \
        coffer::sdkMinor,                                                                                    \
        coffer::descriptorText<160>(COFFER_ABI_FINGERPRINT),                                                 \
        coffer::descriptorText<64>(Id),                                                                      \
        coffer::descriptorText<32>(Version),                                                                 \
        coffer::descriptorText<128>(Description),                                                            \
        coffer::descriptorText<256>(Needs)};                                                                 \
    COFFER_API coffer::Plugin* coffer_plugin_create() {                                                      \
        return std::make_unique<Class>().release();                                                          \
    }                                                                                                        \
    }
