#include "sdk/shared/MountedFactory.h"

#include <coffer/sdk/detail/RoutePattern.h>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/String.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

namespace coffer::detail {

namespace {

/// Set by the server that sends the answer, never by a handler.
bool isFraming(const std::string& header) {
    constexpr std::array<const char*, 7> names{
        "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Keep-Alive", "Date", "Upgrade"};
    return std::ranges::any_of(names, [&](const char* name) { return Poco::icompare(header, name) == 0; });
}

/// Lets the factory make one of Poco's handlers for each request.
Handler mountedHandler(Poco::Net::HTTPRequestHandlerFactory::Ptr factory) {
    return [factory = std::move(factory)](RequestContext& context) mutable {
        auto& request = dynamic_cast<BufferedRequest&>(context.request());
        const std::unique_ptr<Poco::Net::HTTPRequestHandler> handler(factory->createRequestHandler(request));
        if (!handler)
            throw Problem::notFound();
        handler->handleRequest(request, request.response());
        return request.collected().take();
    };
}

} // namespace

std::ostream& CollectingResponse::send() {
    if (sent_)
        throw std::logic_error("a mounted handler sent its response twice");
    sent_ = true;
    return body_;
}

void CollectingResponse::sendFile(const std::string& path, const std::string& mediaType) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("a mounted handler sends a file that cannot be read");
    setContentType(mediaType);
    send() << file.rdbuf();
}

void CollectingResponse::sendBuffer(const void* buffer, std::size_t length) {
    send().write(static_cast<const char*>(buffer), static_cast<std::streamsize>(length));
}

void CollectingResponse::redirect(const std::string& uri, HTTPStatus status) {
    setStatusAndReason(status);
    set("Location", uri);
    (void)send();
}

void CollectingResponse::requireAuthentication(const std::string& realm) {
    if (realm.find_first_of("\"\\") != std::string::npos)
        throw std::invalid_argument("a realm may hold neither a quotation mark nor a backslash");
    setStatusAndReason(HTTP_UNAUTHORIZED);
    set("WWW-Authenticate", "Basic realm=\"" + realm + "\"");
}

Response CollectingResponse::take() {
    if (!sent_)
        throw std::logic_error("a mounted handler returned without sending a response");
    Response response;
    response.status = static_cast<int>(getStatus());
    response.contentType = getContentType() == UNKNOWN_CONTENT_TYPE ? "" : getContentType();
    for (const auto& [name, value] : *this)
        if (!isFraming(name))
            response.header(name, value);
    response.body = std::move(body_).str();
    if (response.body.size() > mountedAnswerLimit)
        throw std::length_error("a mounted handler answered with more than 16 MiB");
    return response;
}

BufferedRequest::BufferedRequest(const Poco::Net::HTTPRequest& head, const std::string& address, bool secure,
                                 std::string_view body)
    : body_(body.data(), static_cast<std::streamsize>(body.size())), client_(address, 0),
      parameters_(new Poco::Net::HTTPServerParams), secure_(secure) {
    Poco::Net::HTTPRequest::operator=(head);
}

Route mountedRoute(const std::string& owner, const Mount& mount) {
    Route route;
    route.pattern = "/plugins/" + owner + "/" + mount.prefix;
    if (!RoutePattern::parse(route.pattern).parameters().empty())
        throw std::invalid_argument("the mount " + route.pattern + " cannot have parameters");
    if (!isPermission(mount.permission))
        throw std::invalid_argument("the mount " + route.pattern +
                                    " needs a permission such as 'backup-credentials:read'");
    if (!mount.factory)
        throw std::invalid_argument("the mount " + route.pattern + " needs a factory");
    route.permission = mount.permission;
    route.handler = mountedHandler(mount.factory);
    route.lane = Lane::slow; // nobody declared what it waits for
    route.bodyLimit = mountedBodyLimit;
    return route;
}

} // namespace coffer::detail
