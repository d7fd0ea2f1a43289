#include "sdk/shared/Negotiation.h"

#include <coffer/sdk/Problem.h>

#include <Poco/String.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace coffer::detail {

namespace {

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        parts.push_back(trimmed(text.substr(at, end - at)));
        at = end + 1;
    }
    return parts;
}

bool sameWord(std::string_view one, std::string_view other) {
    return std::ranges::equal(
        one, other, [](char a, char b) { return Poco::Ascii::toLower(a) == Poco::Ascii::toLower(b); });
}

/// How exactly a media range names a type: 0 not at all, 1 by `*/*`, 2 by `type/*`, 3 in full.
int closeness(std::string_view range, std::string_view type) {
    if (range == "*/*")
        return 1;
    if (range.ends_with("/*"))
        return sameWord(range.substr(0, range.size() - 1), type.substr(0, type.find('/') + 1)) ? 2 : 0;
    return sameWord(range, type) ? 3 : 0;
}

/// Whether a parameter says `q=0`, in any of its spellings: such a range is one to leave out.
bool isZeroQuality(std::string_view parameter) {
    if (parameter.size() < 3 || !sameWord(parameter.substr(0, 2), "q="))
        return false;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

bool accepts(std::string_view accept, std::string_view type) {
    int closest = 0;
    bool wanted = false;
    for (const auto entry : split(accept, ',')) {
        const auto parts = split(entry, ';');
        const int close = closeness(parts.front(), type);
        if (close <= closest)
            continue;
        closest = close;
        wanted = std::none_of(parts.begin() + 1, parts.end(), isZeroQuality);
    }
    return wanted;
}

bool isUtf8Charset(std::string_view parameter) {
    return sameWord(parameter, "charset=utf-8") || sameWord(parameter, "charset=\"utf-8\"") ||
           parameter.empty();
}

/// Every value of a header that may stand several times, with commas between.
std::string joined(const Poco::Net::HTTPRequest& head, const std::string& name) {
    std::string all;
    for (auto header = head.find(name); header != head.end() && Poco::icompare(header->first, name) == 0;
         ++header)
        (all += all.empty() ? "" : ",") += header->second;
    return all;
}

} // namespace

void requireJson(const Poco::Net::HTTPRequest& head) {
    const std::string& type = head.getContentType();
    const auto parts = split(type, ';');
    const bool json = sameWord(parts.front(), "application/json") &&
                      std::all_of(parts.begin() + 1, parts.end(), isUtf8Charset);
    const bool plain = !head.has("Content-Encoding") || sameWord(head.get("Content-Encoding"), "identity");
    if (json && plain)
        return;
    Problem problem(415, "unsupported_media_type", "The body must be JSON",
                    "Send it with 'Content-Type: application/json', in UTF-8 and without Content-Encoding.");
    problem.header("Accept", "application/json");
    throw problem;
}

void requireAcceptable(const Poco::Net::HTTPRequest& head, std::string_view types) {
    const std::string accept = joined(head, "Accept");
    if (accept.empty() || accept == "*/*")
        return;
    if (std::ranges::any_of(split(types, ','),
                            [&](std::string_view type) { return accepts(accept, split(type, ';').front()); }))
        return;
    throw Problem(406, "not_acceptable", "It cannot be answered in a type that you accept",
                  "This route answers " + std::string(types) + "; name that in Accept, or leave Accept out.");
}

std::optional<std::int64_t> ifMatchVersion(const Poco::Net::HTTPRequest& head) {
    if (!head.has("If-Match"))
        return std::nullopt;
    const std::string& header = head.get("If-Match");
    const auto tag = trimmed(header);
    if (tag == "*")
        return std::nullopt;
    std::int64_t version = 0;
    const auto digits = tag.size() > 2 && tag.front() == '"' && tag.back() == '"'
                            ? tag.substr(1, tag.size() - 2)
                            : std::string_view{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
        throw Problem(412, "version_mismatch", "Someone changed it in between",
                      "If-Match holds no version that this could have. Send one ETag as you received it.");
    return version;
}

} // namespace coffer::detail
