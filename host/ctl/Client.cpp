#include "host/ctl/Client.h"

#include "host/ctl/Base64.h"
#include "host/ctl/Problem.h"
#include "host/ctl/Progress.h"
#include "host/ctl/ServerAddress.h"
#include "host/ctl/Text.h"

#include <algorithm>
#include <array>
#include <sys/random.h>

namespace coffer::ctl {

namespace {

constexpr std::string_view api = "/api/v1";

std::string randomKey() {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw Failure(Exit::unexpected, "The system gives no random numbers");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const unsigned byte : bytes) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string withQuery(const std::string& path, const Query& query) {
    std::string out = path;
    char separator = '?';
    for (const auto& [name, value] : query) {
        if (value.empty())
            continue;
        out.append(1, separator).append(name).append("=").append(encoded(value));
        separator = '&';
    }
    return out;
}

/// A robot logs in with its access key id and secret, everyone else with a token.
std::string authorization(const std::string& token) {
    return token.find(':') == std::string::npos ? "Bearer " + token : "Basic " + base64(token);
}

JsonDocument bodyOf(const HttpReply& reply) {
    if (reply.body.empty())
        return JsonDocument(rapidjson::kObjectType);
    try {
        return parseJson(reply.body);
    } catch (const std::invalid_argument& error) {
        throw Failure(Exit::unexpected, "The server answered with something that is no JSON", error.what());
    }
}

} // namespace

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain.find(c) != std::string_view::npos)
            out += c;
        else
            out.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return out;
}

std::string DryRun::text() const {
    return "Would send " + method_ + " " + path_ + "\n" + (body_.empty() ? "" : body_ + "\n");
}

Client::Client(Access access, const Terminal& terminal, Options options)
    : access_(std::move(access)), terminal_(terminal), options_(options) {
    if (access_.server.empty())
        throw UsageError("No server is chosen",
                         "Log in once: cofferctl login --server https://host:port\nOr set COFFER_SERVER and "
                         "COFFER_TOKEN.");
    waitingFor_ = "Waiting for " + access_.server;
    const auto address = ServerAddress::parse(access_.server);
    try {
        transport_ =
            openTransport({address.secure, address.host, address.port, access_.caFile, options_.timeout});
    } catch (const TransportError& error) {
        throw UsageError("No connection can be made with these certificate authorities", error.what());
    }
}

HttpRequest Client::request(const std::string& method, const std::string& path) const {
    HttpRequest out{.method = method, .path = std::string(api) + path};
    out.headers.emplace_back("Accept", "application/json, application/problem+json");
    out.headers.emplace_back("User-Agent", "cofferctl/" COFFER_VERSION);
    if (!access_.token.empty())
        out.headers.emplace_back("Authorization", authorization(access_.token.reveal()));
    return out;
}

void Client::unreachable(const TransportError& error) const {
    throw Failure(Exit::unreachable, access_.server + " cannot be reached: " + error.what(),
                  "Is that the right address, and does cofferd run there? cofferctl profiles show tells what "
                  "is used.");
}

HttpReply Client::sendOnce(const HttpRequest& request, const Transport::Sink& sink) {
    std::optional<Progress> progress;
    if (waitingFor_)
        progress.emplace(terminal_, *waitingFor_);
    return transport_->send(request, sink);
}

HttpReply Client::send(const HttpRequest& request, const Transport::Sink& sink) {
    HttpReply reply;
    try {
        reply = sendOnce(request, sink);
    } catch (const TransportError& error) {
        // What was kept open can have been closed meanwhile. A repeated request does nothing twice: a POST
        // carries an Idempotency-Key, the rest is idempotent.
        if (!error.interrupted())
            unreachable(error);
        try {
            reply = sendOnce(request, sink);
        } catch (const TransportError& again) {
            unreachable(again);
        }
    }
    if (reply.status < 200 || reply.status >= 300)
        throw ServerRefusal(reply);
    return reply;
}

JsonDocument Client::get(const std::string& path, const Query& query) {
    return bodyOf(send(request("GET", withQuery(path, query))));
}

JsonDocument Client::change(const std::string& method, const std::string& path, const Fields* fields) {
    HttpRequest out = request(method, path);
    if (options_.isDryRun)
        throw DryRun(method, out.path, fields && !fields->empty() ? fields->shown("  ") : std::string());
    if (fields && !fields->empty())
        out.body = fields->body();
    if (!out.body.empty())
        out.headers.emplace_back("Content-Type", "application/json");
    if (method == "POST")
        out.headers.emplace_back("Idempotency-Key", randomKey());
    else if (!version_.empty())
        out.headers.emplace_back("If-Match", "\"" + version_ + "\"");
    return bodyOf(send(out));
}

JsonDocument Client::post(const std::string& path, const Fields& fields) {
    return change("POST", path, &fields);
}

JsonDocument Client::put(const std::string& path, const Fields& fields) {
    return change("PUT", path, &fields);
}

JsonDocument Client::patch(const std::string& path, const Fields& fields) {
    return change("PATCH", path, &fields);
}

JsonDocument Client::remove(const std::string& path, const Query& query) {
    return change("DELETE", withQuery(path, query), nullptr);
}

JsonDocument Client::ask(const std::string& path, const Fields& fields) {
    const bool isDryRun = std::exchange(options_.isDryRun, false);
    JsonDocument answer = post(path, fields);
    options_.isDryRun = isDryRun;
    return answer;
}

Total Client::each(const std::string& path, Query query, const std::function<bool(const Json&)>& take,
                   std::size_t pageSize) {
    query["limit"] = std::to_string(std::clamp<std::size_t>(pageSize, 1, 500));
    while (true) {
        const JsonDocument page = get(path, query);
        const Total total{number(page, "totalCount"), isTrue(page, "totalIsExact")};
        for (const Json* row : items(page, "items"))
            if (!take(*row))
                return total;
        query["cursor"] = text(page, "nextCursor");
        if (query["cursor"].empty())
            return total;
    }
}

void Client::download(const std::string& path, const Query& query, const Transport::Sink& sink) {
    HttpRequest out = request("GET", withQuery(path, query));
    out.headers.front().second = "*/*";
    send(out, sink);
}

std::string Client::postForText(const std::string& path, const Fields& fields) {
    HttpRequest out = request("POST", path);
    if (options_.isDryRun)
        throw DryRun("POST", out.path, fields.shown("  "));
    out.headers.front().second = "*/*";
    out.headers.emplace_back("Content-Type", "application/json");
    out.headers.emplace_back("Idempotency-Key", randomKey());
    out.body = fields.body();
    return send(out).body;
}

HttpReply Client::page(const std::string& path) {
    HttpRequest out{.method = "GET", .path = path};
    try {
        return sendOnce(out, {});
    } catch (const TransportError& error) {
        unreachable(error);
    }
}

} // namespace coffer::ctl
