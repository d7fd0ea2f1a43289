#pragma once

#include "sdk/shared/Registrations.h"

#include <coffer/sdk/Http.h>

#include <Poco/MemoryStream.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SocketAddress.h>

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>

namespace coffer::detail {

/// What a mounted handler may be sent, and what it may answer: both lie in memory.
inline constexpr std::size_t mountedBodyLimit = std::size_t{1} << 20U;
inline constexpr std::size_t mountedAnswerLimit = std::size_t{16} << 20U;

/// Poco's response as something that collects: whatever a Poco handler sends is kept until the handler has
/// returned, and becomes a Response. One thread.
class CollectingResponse final : public Poco::Net::HTTPServerResponse {
public:
    CollectingResponse() = default;

    void sendContinue() override {} // the body arrived before anybody could ask for it
    std::ostream& send() override;
    void sendFile(const std::string& path, const std::string& mediaType) override;
    void sendBuffer(const void* buffer, std::size_t length) override;
    void redirect(const std::string& uri, HTTPStatus status) override;
    void requireAuthentication(const std::string& realm) override;
    [[nodiscard]] bool sent() const override { return sent_; }

    /// What was collected. Framing and connection headers stay behind: they are the server's to set.
    /// @throws std::logic_error when nothing was sent; std::length_error when it was too much
    [[nodiscard]] Response take();

private:
    std::ostringstream body_;
    bool sent_ = false;
};

/// Poco's request over one that has arrived whole. One thread.
class BufferedRequest final : public Poco::Net::HTTPServerRequest {
public:
    /// @param head  copied
    /// @param body  what stream() gives; a view that must outlive this object, or nothing
    BufferedRequest(const Poco::Net::HTTPRequest& head, const std::string& address, bool secure,
                    std::string_view body);

    [[nodiscard]] std::istream& stream() override { return body_; }
    [[nodiscard]] const Poco::Net::SocketAddress& clientAddress() const override { return client_; }
    /// Unknown here: 0.0.0.0:0.
    [[nodiscard]] const Poco::Net::SocketAddress& serverAddress() const override { return server_; }
    [[nodiscard]] const Poco::Net::HTTPServerParams& serverParams() const override { return *parameters_; }
    [[nodiscard]] Poco::Net::HTTPServerResponse& response() const override { return response_; }
    [[nodiscard]] bool secure() const override { return secure_; }
    [[nodiscard]] CollectingResponse& collected() noexcept { return response_; }

private:
    Poco::MemoryInputStream body_;
    Poco::Net::SocketAddress client_;
    Poco::Net::SocketAddress server_;
    Poco::Net::HTTPServerParams::Ptr parameters_;
    mutable CollectingResponse
        response_; // Poco hands out a response that may be changed from a const request
    bool secure_;
};

/// What a mount is served as: its pattern is `/plugins/<owner>/<prefix>`; its handler lets the factory make
/// one of Poco's for each request and runs it, and answers 404 when there is none. The context that the
/// handler gets must give a BufferedRequest.
/// @throws std::invalid_argument a sentence when the prefix or the permission is none
[[nodiscard]] Route mountedRoute(const std::string& owner, const Mount& mount);

} // namespace coffer::detail
