#include "host/http/OutputHead.h"

#include "host/http/RequestGrammar.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace coffer::host {

namespace {

bool isOwn(std::string_view name) {
    constexpr std::array<std::string_view, 8> own = {
        "Connection",   "Content-Length",         "Content-Type", "Date",
        "X-Request-Id", "X-Content-Type-Options", "Keep-Alive",   "Transfer-Encoding"};
    return std::ranges::any_of(own, [&](auto other) { return grammar::equalsIgnoreCase(name, other); });
}

bool has(const Response& response, std::string_view name) {
    return std::ranges::any_of(
        response.headers, [&](const auto& header) { return grammar::equalsIgnoreCase(header.first, name); });
}

void add(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

std::string HttpDate::now() {
    const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::lock_guard lock(mutex_);
    if (second != second_ || text_.empty()) {
        const Poco::Timestamp stamp = Poco::Timestamp::fromEpochTime(second.time_since_epoch().count());
        text_ = Poco::DateTimeFormatter::format(stamp, Poco::DateTimeFormat::HTTP_FORMAT);
        second_ = second;
    }
    return text_;
}

bool mayHaveBody(int status) noexcept {
    return status != 204 && status != 304;
}

std::optional<std::string> unsendable(const Response& response) {
    if (response.status < 200 || response.status > 599)
        return "status " + std::to_string(response.status);
    if (!grammar::isFieldValue(response.contentType))
        return "Content-Type";
    for (const auto& [name, value] : response.headers)
        if (!grammar::isToken(name) || !grammar::isFieldValue(value))
            return grammar::isToken(name) ? name : "a header field's name";
    return std::nullopt;
}

std::string formatHead(const Response& response, const OutputChoices& choices) {
    std::string head;
    head.reserve(512);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    head.append(Poco::Net::HTTPResponse::getReasonForStatus(
        static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status)));
    head.append("\r\n");
    add(head, "Date", choices.date);
    const bool hasBody = mayHaveBody(response.status);
    if (hasBody && !response.contentType.empty() && (response.producer || !response.body.empty()))
        add(head, "Content-Type", response.contentType);
    if (hasBody && !response.producer)
        add(head, "Content-Length", std::to_string(response.body.size()));
    else if (hasBody && choices.http11)
        add(head, "Transfer-Encoding", "chunked");
    if (!choices.keepAlive)
        add(head, "Connection", "close");
    else if (!choices.http11)
        add(head, "Connection", "keep-alive");
    add(head, "X-Request-Id", choices.requestId);
    add(head, "X-Content-Type-Options", "nosniff");
    if (response.oneTimeSecret && !has(response, "Cache-Control"))
        add(head, "Cache-Control", "no-store");
    for (const auto& [name, value] : response.headers)
        if (!isOwn(name))
            add(head, name, value);
    head.append("\r\n");
    return head;
}

std::string formatChunk(std::string_view piece) {
    std::array<char, 16> size{};
    const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
    std::string chunk;
    chunk.reserve(piece.size() + 20);
    chunk.append(size.data(), end).append("\r\n").append(piece).append("\r\n");
    return chunk;
}

} // namespace coffer::host
