#pragma once

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPResponse.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace coffer::test {

/// What a daemon answered.
struct Answer {
    int status = 0;
    std::string body;
    Poco::Net::HTTPResponse head;

    /// The body as an object; fails the test when it is none.
    [[nodiscard]] Poco::JSON::Object::Ptr json() const;
    /// One member of it as text: `text("id")`; members of members with dots: `text("validation.verdict")`.
    [[nodiscard]] std::string text(const std::string& path) const;
    [[nodiscard]] std::int64_t number(const std::string& path) const;
    [[nodiscard]] std::string code() const { return text("code"); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Calls a daemon on loopback with one bearer token, over one kept connection. One thread a client.
class Client {
public:
    explicit Client(std::uint16_t port, std::string token = {});

    Answer get(const std::string& path, const Headers& headers = {}) {
        return send("GET", path, {}, headers);
    }
    Answer post(const std::string& path, const std::string& body = {}, const Headers& headers = {}) {
        return send("POST", path, body, headers);
    }
    Answer put(const std::string& path, const std::string& body = {}, const Headers& headers = {}) {
        return send("PUT", path, body, headers);
    }
    Answer patch(const std::string& path, const std::string& body, const Headers& headers = {}) {
        return send("PATCH", path, body, headers);
    }
    Answer remove(const std::string& path, const Headers& headers = {}) {
        return send("DELETE", path, {}, headers);
    }
    /// `path` is below /api/v1 unless it begins with `//`: `//healthz` is `/healthz`.
    Answer send(const std::string& method, const std::string& path, const std::string& body,
                const Headers& headers);

private:
    Poco::Net::HTTPClientSession session_;
    std::string token_;
};

} // namespace coffer::test
