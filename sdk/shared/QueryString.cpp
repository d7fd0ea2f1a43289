#include "sdk/shared/QueryString.h"

#include <algorithm>
#include <charconv>

namespace coffer::detail {

namespace {

constexpr std::size_t mostParameters = 100;

[[noreturn]] void malformed(const std::string& why) {
    throw Problem(400, "malformed_query", "The query cannot be read", why);
}

} // namespace

Target splitTarget(std::string_view target) noexcept {
    const auto mark = target.find('?');
    if (mark == std::string_view::npos)
        return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

QueryString::QueryString(std::string_view query) {
    for (std::size_t at = 0; at < query.size();) {
        const auto end = std::min(query.find('&', at), query.size());
        const auto pair = query.substr(at, end - at);
        at = end + 1;
        if (pair.empty())
            continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
        add(decode(pair.substr(0, equals)), decode(value));
    }
}

void QueryString::add(std::string_view name, std::string_view value) {
    using Kind = RawValue::Kind;
    if (texts_.size() > 2 * mostParameters)
        malformed("It has more than " + std::to_string(mostParameters) + " parameters.");
    RawValue raw{Kind::untyped, value};
    const auto found = std::ranges::find(fields_, name, &RawField::name);
    if (found == fields_.end()) {
        fields_.push_back({name, std::move(raw)});
        return;
    }
    if (found->value.kind != Kind::array)
        found->value = {Kind::array, {}, 0, {std::move(found->value)}};
    found->value.entries.push_back(std::move(raw));
}

std::string_view QueryString::decode(std::string_view text) {
    std::string& out = texts_.emplace_back();
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        const auto digits = text.substr(i + 1, 2);
        unsigned value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2)
            malformed("A percent sign must be followed by two hexadecimal digits.");
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

} // namespace coffer::detail
