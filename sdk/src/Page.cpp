#include <coffer/sdk/Page.h>
#include <coffer/sdk/Problem.h>

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/Exception.h>

#include <charconv>
#include <iterator>
#include <sstream>
#include <utility>

namespace coffer {

namespace {

constexpr std::int64_t largestPage = 500;
constexpr int base64url = Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING;

std::optional<std::int64_t> integerOf(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::string encoded(const std::string& bytes) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out, base64url);
    encoder.rdbuf()->setLineLength(0);
    encoder << bytes;
    encoder.close();
    return out.str();
}

std::optional<std::string> decoded(const std::string& text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (text.empty() || text.find_first_not_of(alphabet) != std::string::npos)
        return std::nullopt;
    try {
        std::istringstream in(text);
        Poco::Base64Decoder decoder(in, base64url);
        std::string bytes(std::istreambuf_iterator<char>(decoder), {});
        // Only the text that we made ourselves: base64 has several spellings of the same bytes.
        return encoded(bytes) == text ? std::optional(bytes) : std::nullopt;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

std::optional<Position> positionIn(const std::string& text, std::string_view order, bool integerKey) {
    const std::size_t first = text.find('\n');
    const std::size_t second = first == std::string::npos ? first : text.find('\n', first + 1);
    if (second == std::string::npos || text.substr(0, first) != order)
        return std::nullopt;
    const auto id = integerOf(std::string_view(text).substr(first + 1, second - first - 1));
    std::string key = text.substr(second + 1);
    if (!id)
        return std::nullopt;
    if (!integerKey)
        return Position{std::move(key), *id};
    const auto number = integerOf(key);
    return number ? std::optional(Position{*number, *id}) : std::nullopt;
}

} // namespace

std::string toCursor(std::string_view order, const Position& position) {
    const auto* number = std::get_if<std::int64_t>(&position.key);
    return encoded(std::string(order) + '\n' + std::to_string(position.id) + '\n' +
                   (number ? std::to_string(*number) : std::get<std::string>(position.key)));
}

Position fromCursor(std::string_view cursor, std::string_view order, bool integerKey) {
    const auto text = decoded(std::string(cursor));
    const auto position = text ? positionIn(*text, order, integerKey) : std::nullopt;
    if (!position)
        throw Problem::invalidFields().field(
            "query.cursor", "invalid_cursor",
            "It is not a nextCursor of this list, sorted like this. Begin at "
            "the first page, without a cursor.");
    return *position;
}

std::vector<Field> pageFields() {
    return {
        Field::integer("limit", "How many to give at most; 50 unless told").range(1, largestPage),
        Field::string("cursor", "`nextCursor` of the page before").length(1, 4096),
    };
}

std::size_t pageLimit(const Values& query) {
    return static_cast<std::size_t>(query.maybeInteger("limit").value_or(usualPage));
}

std::vector<std::string> sortChoices(std::initializer_list<std::string_view> names) {
    std::vector<std::string> out;
    for (const auto name : names) {
        out.emplace_back(name);
        out.push_back("-" + std::string(name));
    }
    return out;
}

std::vector<Field> listFields(std::string description, std::vector<Field> entry) {
    return {
        Field::objects("items", std::move(description), std::move(entry)).required(),
        Field::string("nextCursor", "Gives the next page; null on the last").required().nullable(),
        Field::integer("totalCount", "How many there are on all pages together").required(),
        Field::boolean("totalIsExact", "False: there are at least that many").required(),
    };
}

void endList(JsonWriter& json, const std::optional<std::string>& nextCursor, Total total) {
    json.endArray()
        .member("nextCursor", nextCursor)
        .member("totalCount", total.count)
        .member("totalIsExact", total.exact)
        .endObject();
}

} // namespace coffer
