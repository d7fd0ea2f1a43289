#include "search/Document.h"

#include <coffer/sdk/Text.h>

namespace coffer::backup_credentials::search {

namespace {

constexpr std::uint32_t privateUse = 0xE000;
constexpr std::uint32_t privateUseDigits = 6144;     ///< U+E000 to U+F7FF; what is above are the marks
constexpr std::string_view oneMark = "\xEF\xA0\x80"; ///< U+F800
constexpr std::string_view twoMark = "\xEF\xA0\x81"; ///< U+F801

void appendThreeBytes(std::string& out, std::uint32_t codePoint) {
    out += static_cast<char>(0xE0U | (codePoint >> 12U));
    out += static_cast<char>(0x80U | ((codePoint >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (codePoint & 0x3FU));
}

} // namespace

std::string organizationCode(std::int64_t organization) {
    std::string out;
    auto rest = static_cast<std::uint64_t>(organization);
    for (int digit = 0; digit < 3; ++digit) {
        appendThreeBytes(out, privateUse + static_cast<std::uint32_t>(rest % privateUseDigits));
        rest /= privateUseDigits;
    }
    return out;
}

std::string beginningCode(std::string_view beginning) {
    std::string out;
    if (codePoints(beginning) == 1)
        (out += oneMark) += oneMark;
    else
        out += twoMark;
    return out += beginning;
}

void Document::add(std::string_view field) {
    const std::string form = foldedText(field).value_or("");
    if (form.empty())
        return;
    if (!text_.empty())
        text_ += '\n';
    text_ += form;
    const std::string_view view = form;
    bool inWord = false;
    for (std::size_t at = 0; at < view.size();) {
        const std::string_view rest = view.substr(at);
        const bool word = beginsWithWordCharacter(rest);
        if (at == 0 || (word && !inWord)) {
            const auto one = firstCodePoints(rest, 1);
            const auto two = firstCodePoints(rest, 2);
            beginnings_.insert(beginningCode(one));
            if (two.size() > one.size())
                beginnings_.insert(beginningCode(two));
        }
        inWord = word;
        at += firstCodePoints(rest, 1).size();
    }
}

std::string Document::beginnings() const {
    std::string out;
    for (const auto& beginning : beginnings_)
        out += beginning;
    return out;
}

} // namespace coffer::backup_credentials::search
