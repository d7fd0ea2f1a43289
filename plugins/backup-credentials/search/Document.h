#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace coffer::backup_credentials::search {

// How a credential lies in the full-text index, whose every token is three code points long (FTS5, tokenizer
// `trigram`). Terms of three and more are looked for in `text`. What is shorter is no trigram, so that the
// beginnings of words are written down as trigrams of their own: a mark from the private use area (two for a
// beginning of one code point), and the one or two code points. And an organization's id is one trigram too,
// so that a search looks at no other organization's entries.

/// The trigram of an organization.
[[nodiscard]] std::string organizationCode(std::int64_t organization);
/// The trigram of a word's beginning of one or two code points, folded.
[[nodiscard]] std::string beginningCode(std::string_view beginning);

/// What the index takes in about one credential. Fields are folded and kept apart, so that nothing is found
/// across the border of two.
class Document {
public:
    void organization(std::int64_t id) { organizationCode_ = search::organizationCode(id); }
    void add(std::string_view field);

    [[nodiscard]] const std::string& organizationCode() const noexcept { return organizationCode_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::string beginnings() const;

private:
    std::string organizationCode_;
    std::string text_;
    std::set<std::string> beginnings_; ///< each once
};

} // namespace coffer::backup_credentials::search
