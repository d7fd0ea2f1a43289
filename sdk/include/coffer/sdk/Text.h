#pragma once

#include <coffer/sdk/Export.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Unicode of texts that people write and compare. All functions: any thread, no state.
namespace coffer {

class Problem;

/// Normalization form C (UAX #15), without White_Space at both ends. Nothing for invalid UTF-8.
[[nodiscard]] COFFER_API std::optional<std::string> normalizedText(std::string_view text);
/// NFKC_Casefold (The Unicode Standard, 3.13, R5): what two texts have in common that people read as the
/// same, to compare or search by. Default ignorable code points are left out. Nothing for invalid UTF-8.
[[nodiscard]] COFFER_API std::optional<std::string> foldedText(std::string_view text);
/// How many code points valid UTF-8 has.
[[nodiscard]] COFFER_API std::size_t codePoints(std::string_view text) noexcept;
/// The bytes of its first `count` code points; all of it when it is shorter.
[[nodiscard]] COFFER_API std::string_view firstCodePoints(std::string_view text, std::size_t count) noexcept;
/// Whether the code point at the start of `text` is a letter, a mark or a number.
[[nodiscard]] COFFER_API bool beginsWithWordCharacter(std::string_view text) noexcept;
/// Whether a text of one line (a name, a reason) has something in it that hides or misleads: control,
/// unassigned and invisible characters, line and paragraph separators, bidirectional formatting (UAX #9), or
/// bytes that are no UTF-8.
[[nodiscard]] COFFER_API bool hasForbiddenCharacters(std::string_view text) noexcept;

/// How long a name may be, in code points after normalization.
struct NameLength {
    std::size_t least; ///< this many are enough
    std::size_t most;  ///< this many still fit
};

/// A name that somebody gave to a thing. A value.
struct COFFER_API Name {
    std::string text; ///< as it is stored and shown: normalizedText()
    std::string
        key; ///< foldedText(): equal for names that nobody could tell apart; store it, and let it be unique

    /// @returns nothing when `text` is no name: what is wrong is added to `problem` under `field` then, as
    /// `too_short`, `too_long` or `invalid_characters`
    [[nodiscard]] static std::optional<Name> check(std::string_view text, NameLength length,
                                                   std::string_view field, Problem& problem);
};

} // namespace coffer
