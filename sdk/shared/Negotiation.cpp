#include "sdk/shared/Negotiation.h"

#include <coffer/sdk/Problem.h>

#include <Poco/String.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

namespace coffer::detail {

namespace {

constexpr int certain = 1000;

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

/// What the parameters of a range say of it, in thousandths: 0 is one to leave out. What cannot be read as a
/// quality says nothing.
int qualityOf(std::span<const std::string_view> parameters) {
    for (const auto parameter : parameters) {
        if (parameter.size() < 3 || !sameWord(parameter.substr(0, 2), "q="))
            continue;
        const auto text = parameter.substr(2);
        if (text.front() != '0' || (text.size() > 1 && text[1] != '.'))
            return certain;
        int thousandths = 0;
        for (std::size_t digit = 0; digit < 3; ++digit) {
            const char c = digit + 2 < text.size() ? text[digit + 2] : '0';
            if (!Poco::Ascii::isDigit(c))
                return certain;
            thousandths = thousandths * 10 + (c - '0');
        }
        return thousandths;
    }
    return certain;
}

/// How much a type is wanted: as the closest of the ranges says.
int quality(std::string_view accept, std::string_view type) {
    int closest = 0;
    int wanted = 0;
    for (const auto entry : split(accept, ',')) {
        const auto parts = split(entry, ';');
        const int close = closeness(parts.front(), type);
        if (close <= closest)
            continue;
        closest = close;
        wanted = qualityOf(std::span(parts).subspan(1));
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
    if (std::ranges::any_of(split(types, ','), [&](std::string_view type) {
            return quality(accept, split(type, ';').front()) > 0;
        }))
        return;
    throw Problem(406, "not_acceptable", "It cannot be answered in a type that you accept",
                  "This route answers " + std::string(types) + "; name that in Accept, or leave Accept out.");
}

bool prefers(const Poco::Net::HTTPRequest& head, std::string_view type, std::string_view other) {
    const std::string accept = joined(head, "Accept");
    return quality(accept, type) > quality(accept, other);
}

bool acceptsGzip(const Poco::Net::HTTPRequest& head) {
    const std::string accept = joined(head, "Accept-Encoding");
    int wanted = 0;
    for (const auto entry : split(accept, ',')) {
        const auto parts = split(entry, ';');
        const int said = qualityOf(std::span(parts).subspan(1));
        if (sameWord(parts.front(), "gzip"))
            return said > 0;
        if (parts.front() == "*")
            wanted = said;
    }
    return wanted > 0;
}

bool matchesTag(const Poco::Net::HTTPRequest& head, std::string_view tag) {
    const std::string tags = joined(head, "If-None-Match");
    return std::ranges::any_of(split(tags, ','), [&](std::string_view known) {
        if (known.starts_with("W/")) // the comparison is a weak one (RFC 9110, 13.1.2)
            known.remove_prefix(2);
        return known == "*" || known == tag;
    });
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
