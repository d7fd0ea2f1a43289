#include "host/ctl/Yaml.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <array>

namespace coffer::ctl {

namespace {

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Plain text is what begins with a letter, has none of YAML's signs, and is no word that means something.
bool isPlain(std::string_view text) {
    if (text.empty() || !isLetter(text.front()) || text.back() == ' ')
        return false;
    if (!std::ranges::all_of(text, [](char c) {
            return isLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/' ||
                   c == ' ' || c == '@';
        }))
        return false;
    constexpr std::array<std::string_view, 9> words{"true", "false", "null", "yes", "no",
                                                    "on",   "off",   "y",    "n"};
    return std::ranges::find(words, folded(text)) == words.end();
}

std::string scalar(const Json& value) {
    if (value.IsString()) {
        const std::string plain = text(value);
        return isPlain(plain) ? plain : quotedJson(plain);
    }
    return compactJson(value);
}

bool isBlock(const Json& value) {
    return (value.IsObject() && !value.ObjectEmpty()) || (value.IsArray() && !value.Empty());
}

} // namespace

std::string yaml(const Json& value, std::size_t indent) {
    if (!isBlock(value))
        return scalar(value) + '\n';
    const std::string margin(indent, ' ');
    std::string out;
    if (value.IsArray()) {
        for (const auto& element : value.GetArray())
            out += (out.empty() ? "" : margin) + "- " + yaml(element, indent + 2);
        return out;
    }
    for (const auto& [key, element] : value.GetObject()) {
        out += (out.empty() ? "" : margin) + scalar(key) + ':';
        out += isBlock(element) ? '\n' + std::string(indent + 2, ' ') + yaml(element, indent + 2)
                                : ' ' + yaml(element, indent);
    }
    return out;
}

} // namespace coffer::ctl
