#include "search/Listing.h"

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>

#include <array>
#include <charconv>
#include <iterator>
#include <sstream>
#include <utility>

namespace coffer::backup_credentials::search {

namespace {

constexpr std::array<std::pair<std::string_view, Order>, 7> names{{{"id", Order::id},
                                                                   {"name", Order::name},
                                                                   {"accessKeyId", Order::accessKeyId},
                                                                   {"endpoint", Order::endpoint},
                                                                   {"region", Order::region},
                                                                   {"created", Order::created},
                                                                   {"modified", Order::modified}}};

bool isInteger(Order order) noexcept {
    return order == Order::id || order == Order::created || order == Order::modified;
}

std::optional<std::int64_t> integerOf(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::string base64Url(const std::string& bytes) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out, Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING);
    encoder.rdbuf()->setLineLength(0);
    encoder << bytes;
    encoder.close();
    return out.str();
}

std::optional<std::string> fromBase64Url(const std::string& text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (text.empty() || text.find_first_not_of(alphabet) != std::string::npos)
        return std::nullopt;
    try {
        std::istringstream in(text);
        Poco::Base64Decoder decoder(in, Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING);
        std::string bytes(std::istreambuf_iterator<char>(decoder), {});
        return base64Url(bytes) == text ? std::optional(bytes) : std::nullopt;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

} // namespace

std::optional<Sort> Sort::parse(std::string_view text) {
    Sort sort;
    sort.descending = text.starts_with('-');
    text.remove_prefix(sort.descending ? 1 : 0);
    for (const auto& [name, order] : names)
        if (name == text) {
            sort.order = order;
            return sort;
        }
    return std::nullopt;
}

std::string Sort::toString() const {
    for (const auto& [name, value] : names)
        if (value == order)
            return (descending ? "-" : "") + std::string(name);
    return {};
}

std::vector<std::string> sortNames() {
    std::vector<std::string> out;
    for (const auto& entry : names) {
        out.emplace_back(entry.first);
        out.push_back("-" + std::string(entry.first));
    }
    return out;
}

std::string toCursor(const Sort& sort, const Position& position) {
    const auto* number = std::get_if<std::int64_t>(&position.key);
    return base64Url(sort.toString() + '\n' + std::to_string(position.id) + '\n' +
                     (number ? std::to_string(*number) : std::get<std::string>(position.key)));
}

std::optional<Position> fromCursor(std::string_view cursor, const Sort& sort) {
    const auto text = fromBase64Url(std::string(cursor));
    if (!text)
        return std::nullopt;
    const std::size_t first = text->find('\n');
    const std::size_t second = first == std::string::npos ? first : text->find('\n', first + 1);
    if (second == std::string::npos || text->substr(0, first) != sort.toString())
        return std::nullopt;
    const auto id = integerOf(text->substr(first + 1, second - first - 1));
    if (!id)
        return std::nullopt;
    const std::string key = text->substr(second + 1);
    if (!isInteger(sort.order))
        return Position{key, *id};
    const auto number = integerOf(key);
    return number ? std::optional(Position{*number, *id}) : std::nullopt;
}

} // namespace coffer::backup_credentials::search
