#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

/// The text without anything that a terminal would obey or that would hide what is there: control characters,
/// escape sequences, bidirectional overrides and other invisible ones become `\u001b`, as JSON writes them;
/// broken UTF-8 becomes U+FFFD.
/// @param kept  characters that stay although they are controls: "\n" for text of several lines
[[nodiscard]] std::string printable(std::string_view text, std::string_view kept = {});

/// How many columns of a terminal the text takes. Wide characters take two, combining ones none.
[[nodiscard]] std::size_t displayWidth(std::string_view text);

/// The text if it fits, else as much of it as does, with `…` at its end. Never cuts through a character.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width);

/// The text with spaces behind it up to the width.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// The text in lines of at most `width` columns, broken at spaces; words that are longer are left whole.
/// @param indent  in front of every line but the first; not counted
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::string_view indent = {});

/// What names are compared by: compatibility form, without case.
[[nodiscard]] std::string folded(std::string_view text);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string trimmed(std::string_view text);
[[nodiscard]] bool isNumber(std::string_view text) noexcept;

/// The candidates that somebody who typed `word` probably meant, the nearest first; at most three.
[[nodiscard]] std::vector<std::string> similar(std::string_view word,
                                               const std::vector<std::string>& candidates);
/// `Did you mean "list"?`, or nothing.
[[nodiscard]] std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates,
                                     std::string_view prefix = {});

} // namespace coffer::ctl
