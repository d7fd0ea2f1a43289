#include "tests/support/Client.h"

#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/StreamCopier.h>

#include <cppunit/TestAssert.h>

namespace coffer::test {

Poco::JSON::Object::Ptr Answer::json() const {
    try {
        return Poco::JSON::Parser().parse(body).extract<Poco::JSON::Object::Ptr>();
    } catch (const Poco::Exception& error) {
        CPPUNIT_FAIL("status " + std::to_string(status) + ", not a JSON object (" + error.displayText() +
                     "): " + body);
        return {};
    }
}

std::string Answer::text(const std::string& path) const {
    Poco::JSON::Object::Ptr object = json();
    std::size_t from = 0;
    for (auto dot = path.find('.'); dot != std::string::npos; dot = path.find('.', from)) {
        object = object->getObject(path.substr(from, dot - from));
        CPPUNIT_ASSERT_MESSAGE("no " + path + " in " + body, !object.isNull());
        from = dot + 1;
    }
    const auto value = object->get(path.substr(from));
    return value.isEmpty() ? std::string() : value.toString();
}

std::int64_t Answer::number(const std::string& path) const {
    const std::string value = text(path);
    CPPUNIT_ASSERT_MESSAGE("no number " + path + " in " + body, !value.empty());
    return std::stoll(value);
}

Client::Client(std::uint16_t port, std::string token)
    : session_("127.0.0.1", port), token_(std::move(token)) {
    session_.setKeepAlive(true);
    // Poco would connect anew after 8 idle seconds, and a test may be about this very connection.
    session_.setKeepAliveTimeout(Poco::Timespan(3600, 0));
    session_.setTimeout(Poco::Timespan(600, 0));
}

Answer Client::send(const std::string& method, const std::string& path, const std::string& body,
                    const Headers& headers) {
    const std::string target = path.starts_with("//") ? path.substr(1) : "/api/v1" + path;
    Poco::Net::HTTPRequest request(method, target, Poco::Net::HTTPMessage::HTTP_1_1);
    if (!token_.empty())
        request.set("Authorization", "Bearer " + token_);
    if (!body.empty())
        request.setContentType("application/json");
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
        request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    for (const auto& [name, value] : headers)
        request.set(name, value);
    try {
        session_.sendRequest(request) << body;
        Answer answer;
        auto& stream = session_.receiveResponse(answer.head);
        Poco::StreamCopier::copyToString(stream, answer.body);
        answer.status = answer.head.getStatus();
        return answer;
    } catch (...) {
        session_.reset();
        throw;
    }
}

} // namespace coffer::test
