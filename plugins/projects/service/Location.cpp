#include "service/Location.h"

#include <coffer/sdk/Text.h>

#include <algorithm>

namespace coffer::projects {

namespace {

bool isLowerOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool looksLikeAddress(std::string_view bucket) noexcept {
    return std::ranges::count(bucket, '.') == 3 &&
           bucket.find_first_not_of("0123456789.") == std::string_view::npos;
}

} // namespace

std::optional<std::string> whyNotBucket(std::string_view bucket) {
    if (bucket.size() < 3 || bucket.size() > 63)
        return "A bucket's name has 3 to 63 characters.";
    const bool characters =
        std::ranges::all_of(bucket, [](char c) { return isLowerOrDigit(c) || c == '.' || c == '-'; });
    if (!characters || !isLowerOrDigit(bucket.front()) || !isLowerOrDigit(bucket.back()))
        return "A bucket's name has a-z, 0-9, dots and hyphens, and begins and ends with a letter or digit.";
    if (bucket.find("..") != std::string_view::npos || looksLikeAddress(bucket))
        return "A bucket's name has no two dots in a row, and is no IP address.";
    return std::nullopt;
}

std::optional<std::string> whyNotPrefix(std::string_view prefix) {
    if (codePoints(prefix) > 200)
        return "A prefix has at most 200 characters.";
    if (prefix.starts_with('/'))
        return "A prefix does not begin with a slash: leave it out.";
    if (hasForbiddenCharacters(prefix))
        return "A prefix has no control, invisible or bidirectional formatting characters.";
    return std::nullopt;
}

} // namespace coffer::projects
