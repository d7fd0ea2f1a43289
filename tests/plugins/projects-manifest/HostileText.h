#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace coffer::projects {

/// Texts that people should not type and do: whatever YAML, shells, terminals and readers may trip over,
/// mixed with any character of Unicode. Always valid UTF-8. The seed is in what seen() says.
class HostileText {
public:
    static constexpr std::array<std::string_view, 46> known{"",
                                                            "no",
                                                            "~",
                                                            "null",
                                                            "1e3",
                                                            "0o17",
                                                            "0x1F",
                                                            "1_000",
                                                            ".inf",
                                                            "2026-01-01",
                                                            "12:30:45",
                                                            "yes",
                                                            "<<",
                                                            "=",
                                                            "!!binary x",
                                                            "&a *a",
                                                            "*a",
                                                            "- x",
                                                            "? x",
                                                            ": x",
                                                            "a: b",
                                                            "a #b",
                                                            "#",
                                                            "---",
                                                            "...",
                                                            "%YAML 1.1",
                                                            "\n---\n",
                                                            "\n...\n",
                                                            "\"",
                                                            "'",
                                                            "\\",
                                                            "\\n",
                                                            "{a: b}",
                                                            "[a, b]",
                                                            "@a",
                                                            "`a`",
                                                            "| x",
                                                            "> x",
                                                            "\"\nkind: Pod\n",
                                                            " a ",
                                                            "\xc2\x85",
                                                            "\xe2\x80\xa8",
                                                            "\xef\xbb\xbf",
                                                            "\xe2\x80\xae",
                                                            "\x7f\x1b[31m",
                                                            "\xf0\x9f\x98\x80"};

    std::string next() {
        std::string text;
        for (auto parts = 1 + random_() % 6; parts > 0; --parts)
            if (random_() % 2 == 0)
                text += known[random_() % known.size()];
            else
                append(text, codePoint());
        return text;
    }
    /// For a failed test's message.
    [[nodiscard]] std::string seen(const std::string& text) const {
        std::string bytes = "seed " + std::to_string(seed_) + ":";
        for (const char c : text) {
            constexpr const char* digits = "0123456789abcdef";
            const auto byte = static_cast<unsigned char>(c);
            bytes += std::string(" ") + digits[byte >> 4] + digits[byte & 15U];
        }
        return bytes;
    }

private:
    char32_t codePoint() {
        constexpr std::array<char32_t, 5> ends{0x20, 0x100, 0x800, 0x10000, 0x110000};
        for (;;) {
            const auto c = static_cast<char32_t>(random_() % ends[random_() % ends.size()]);
            const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
            const bool noncharacter = (c & 0xFFFEU) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
            if (!surrogate && !noncharacter)
                return c;
        }
    }
    static void append(std::string& text, char32_t c) {
        const auto byte = [&](char32_t bits) { text += static_cast<char>(static_cast<unsigned char>(bits)); };
        if (c < 0x80) {
            byte(c);
        } else if (c < 0x800) {
            byte(0xC0U | (c >> 6));
            byte(0x80U | (c & 0x3FU));
        } else {
            byte(c < 0x10000 ? 0xE0U | (c >> 12) : 0xF0U | (c >> 18));
            if (c >= 0x10000)
                byte(0x80U | ((c >> 12) & 0x3FU));
            byte(0x80U | ((c >> 6) & 0x3FU));
            byte(0x80U | (c & 0x3FU));
        }
    }

    unsigned seed_ = std::random_device()();
    std::mt19937 random_{seed_};
};

} // namespace coffer::projects
