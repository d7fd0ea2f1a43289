#include "host/identity/Page.h"

#include <coffer/sdk/Problem.h>

#include <Poco/Base64Decoder.h>
#include <Poco/Base64Encoder.h>
#include <Poco/StreamCopier.h>

#include <charconv>
#include <sstream>

namespace coffer::host {

namespace {

constexpr std::string_view cursorPrefix = "id:";
constexpr int base64url = Poco::BASE64_URL_ENCODING | Poco::BASE64_NO_PADDING;

std::string decodedCursor(const std::string& text) {
    std::istringstream encoded(text);
    Poco::Base64Decoder decoder(encoded, base64url);
    std::string plain;
    Poco::StreamCopier::copyToString(decoder, plain);
    return plain;
}

std::optional<std::int64_t> idInCursor(const std::string& text) {
    try {
        const std::string plain = decodedCursor(text);
        if (!plain.starts_with(cursorPrefix))
            return std::nullopt;
        std::int64_t id = 0;
        const char* end = plain.data() + plain.size();
        const auto [stopped, error] = std::from_chars(plain.data() + cursorPrefix.size(), end, id);
        // Only the text that we made ourselves: base64 has several spellings of the same bytes.
        const bool ours = error == std::errc{} && stopped == end && id > 0 && cursorAfter(id) == text;
        return ours ? std::optional(id) : std::nullopt;
    } catch (const Poco::Exception&) {
        return std::nullopt;
    }
}

} // namespace

std::vector<Field> pageQuery() {
    return {Field::integer("limit", "How many entries at most").range(1, 500).example(50),
            Field::string("cursor", "nextCursor of the page before").length(1, 64)};
}

std::vector<Field> pageResponse(std::vector<Field> members) {
    return {Field::objects("items", "The entries, ordered by id", std::move(members)).required(),
            Field::string("nextCursor", "Leads to the next page; null on the last").required().nullable(),
            Field::integer("totalCount", "How many there are on all pages together").required(),
            Field::boolean("totalIsExact", "Whether totalCount is exact").required()};
}

PageRequest pageRequest(const Values& query) {
    PageRequest request;
    request.limit = query.maybeInteger("limit").value_or(request.limit);
    if (const auto cursor = query.maybeString("cursor")) {
        const auto id = idInCursor(*cursor);
        if (!id) {
            Problem problem = Problem::invalidFields();
            problem.field("query.cursor", "invalid_cursor", "Take nextCursor of an earlier answer as it is.");
            throw problem;
        }
        request.after = *id;
    }
    return request;
}

std::string cursorAfter(std::int64_t id) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out, base64url);
    encoder << cursorPrefix << id;
    encoder.close();
    return out.str();
}

} // namespace coffer::host
