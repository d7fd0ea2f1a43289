#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::backup_credentials {

/// Unicode of one text, for names and search. All functions: any thread; invalid UTF-8 gives nothing.

/// Normalization form C, without White_Space at both ends.
[[nodiscard]] std::optional<std::string> normalized(std::string_view text);
/// NFKC_Casefold (Unicode, 3.13, R5): what two texts have in common that people read as the same. Default
/// ignorable code points are left out.
[[nodiscard]] std::optional<std::string> folded(std::string_view text);
/// How many code points valid UTF-8 has.
[[nodiscard]] std::size_t codePoints(std::string_view text) noexcept;
/// The bytes of its first `count` code points; all of it when it is shorter.
[[nodiscard]] std::string_view firstCodePoints(std::string_view text, std::size_t count) noexcept;
/// Whether the code point at the start of `text` is a letter, a mark or a number.
[[nodiscard]] bool beginsWithWordCharacter(std::string_view text) noexcept;

/// The name of a credential: 3 to 30 code points after normalization, without control characters, line and
/// paragraph separators, unassigned code points and bidirectional formatting. A value.
struct Name {
    static constexpr std::size_t shortest = 3;
    static constexpr std::size_t longest = 30;

    std::string text; ///< normalized, as it is shown
    std::string key;  ///< folded: equal for names that are the same in one organization

    struct Refusal {
        std::string code;   ///< `too_short`, `too_long`, `invalid_characters`
        std::string detail; ///< a sentence that says what would be right
    };
    /// Why `text` is no name; nothing when it is one.
    [[nodiscard]] static std::optional<Refusal> refusal(std::string_view text);
    /// @throws std::invalid_argument for what refusal() refuses
    [[nodiscard]] static Name parse(std::string_view text);
};

/// Whether a free text that people wrote (a reason, a project's name) has control characters or
/// bidirectional formatting in it, or is no UTF-8.
[[nodiscard]] bool hasForbiddenCharacters(std::string_view text) noexcept;

} // namespace coffer::backup_credentials
