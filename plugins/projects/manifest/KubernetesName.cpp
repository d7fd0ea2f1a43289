#include "manifest/KubernetesName.h"

#include <algorithm>

namespace coffer::projects {

namespace {

bool isLetterOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

bool isRfc1123Label(std::string_view text) noexcept {
    return !text.empty() && text.size() <= longestLabel && isLetterOrDigit(text.front()) &&
           isLetterOrDigit(text.back()) &&
           std::ranges::all_of(text, [](char c) { return isLetterOrDigit(c) || c == '-'; });
}

std::string kubernetesName(std::string_view kind, std::int64_t id, std::string_view name) {
    std::string made = std::string(kind) + "-" + std::to_string(id);
    bool apart = true;
    for (char c : name) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        if (!isLetterOrDigit(c)) {
            apart = true;
            continue;
        }
        if (made.size() + (apart ? 2 : 1) > longestLabel)
            break;
        if (apart)
            made += '-';
        made += c;
        apart = false;
    }
    return made;
}

} // namespace coffer::projects
