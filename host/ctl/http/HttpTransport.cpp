#include "host/ctl/Transport.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/InvalidCertificateHandler.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SSLManager.h>

#include <array>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace coffer::ctl {

namespace {

using Poco::Net::HTTPClientSession;

/// Keeps why a certificate was refused: the exception that follows does not say it.
class CertificateRefusal final : public Poco::Net::InvalidCertificateHandler {
public:
    explicit CertificateRefusal(std::string& reason)
        : Poco::Net::InvalidCertificateHandler(false), reason_(reason) {}
    void onInvalidCertificate(const void* /*sender*/, Poco::Net::VerificationErrorArgs& error) override {
        reason_ = error.errorMessage();
        error.setIgnoreError(false);
    }

private:
    std::string& reason_;
};

/// TLS 1.2 or later, and OpenSSL's own check of the name: Poco's knows no addresses.
Poco::Net::Context::Ptr verifyingContext(const TransportOptions& options) {
    Poco::Net::Context::Params params;
    params.caLocation = options.caFile;
    params.loadDefaultCAs = options.caFile.empty();
    params.verificationMode = Poco::Net::Context::VERIFY_STRICT;
    params.cipherList = "HIGH:!aNULL:!MD5";
    Poco::Net::Context::Ptr context(new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, params));
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    context->enableExtendedCertificateVerification(false);
    X509_VERIFY_PARAM* wanted = SSL_CTX_get0_param(context->sslContext());
    Poco::Net::IPAddress address;
    const bool isSet = Poco::Net::IPAddress::tryParse(options.host, address)
                           ? X509_VERIFY_PARAM_set1_ip_asc(wanted, options.host.c_str()) == 1
                           : X509_VERIFY_PARAM_set1_host(wanted, options.host.c_str(), 0) == 1;
    if (!isSet)
        throw TransportError("the name \"" + options.host + "\" cannot be verified", false);
    return context;
}

bool endedEarly(HTTPClientSession& session) {
    // Poco reads a chunked body that was cut off as one that ended. A connection that ended with it is one.
    char next = 0;
    return session.socket().poll(Poco::Timespan(), Poco::Net::Socket::SELECT_READ) &&
           session.socket().impl()->receiveBytes(&next, 1, MSG_PEEK) <= 0;
}

class PocoTransport final : public Transport {
public:
    explicit PocoTransport(TransportOptions options) : options_(std::move(options)) {
        try {
            open();
        } catch (const Poco::Exception& error) {
            throw TransportError(sentence(error), false);
        }
        session_->setKeepAlive(true);
        const Poco::Timespan answer(static_cast<long>(options_.timeout.count()), 0);
        const Poco::Timespan connect(std::min<long>(5, static_cast<long>(options_.timeout.count())), 0);
        session_->setTimeout(connect, answer, answer);
    }

    HttpReply send(const HttpRequest& request, const Sink& sink) override {
        try {
            return exchange(request, sink);
        } catch (const Poco::TimeoutException&) {
            session_->reset();
            throw TransportError(
                "it did not answer within " + std::to_string(options_.timeout.count()) + " s", false);
        } catch (const Poco::Net::NoMessageException&) {
            session_->reset();
            throw TransportError("it closed the connection without an answer", true);
        } catch (const Poco::Net::ConnectionResetException&) {
            session_->reset();
            throw TransportError("it closed the connection", true);
        } catch (const Poco::Net::MessageException&) {
            session_->reset();
            throw TransportError("what answers there is no HTTP server", false);
        } catch (const Poco::Exception& error) {
            session_->reset();
            throw TransportError(sentence(error), false);
        }
    }

private:
    void open() {
        if (!options_.secure) {
            session_ = std::make_unique<HTTPClientSession>(options_.host, options_.port);
            return;
        }
        Poco::Net::initializeSSL();
        const auto context = verifyingContext(options_);
        Poco::Net::SSLManager::instance().initializeClient(nullptr, new CertificateRefusal(refusal_),
                                                           context);
        session_ = std::make_unique<Poco::Net::HTTPSClientSession>(options_.host, options_.port, context);
    }

    std::string sentence(const Poco::Exception& error) const {
        if (!refusal_.empty())
            return "its certificate is refused: " + refusal_;
        if (dynamic_cast<const Poco::Net::HostNotFoundException*>(&error) ||
            dynamic_cast<const Poco::Net::NoAddressFoundException*>(&error) ||
            dynamic_cast<const Poco::Net::DNSException*>(&error))
            return "nobody knows the name " + options_.host;
        if (dynamic_cast<const Poco::Net::ConnectionRefusedException*>(&error))
            return "nothing listens there";
        if (dynamic_cast<const Poco::Net::SSLException*>(&error))
            return "no TLS connection: " + error.displayText();
        return error.displayText();
    }

    HttpReply exchange(const HttpRequest& request, const Sink& sink) {
        Poco::Net::HTTPRequest head(request.method, request.path, Poco::Net::HTTPMessage::HTTP_1_1);
        for (const auto& [name, value] : request.headers)
            head.set(name, value);
        if (request.method != "GET")
            head.setContentLength64(static_cast<Poco::Int64>(request.body.reveal().size()));
        session_->sendRequest(head).write(request.body.reveal().data(),
                                          static_cast<std::streamsize>(request.body.reveal().size()));
        Poco::Net::HTTPResponse answer;
        std::istream& body = session_->receiveResponse(answer);
        HttpReply reply;
        reply.status = answer.getStatus();
        for (const auto& [name, value] : answer)
            reply.headers.emplace_back(name, value);
        const bool streamed = sink && reply.status >= 200 && reply.status < 300;
        read(
            body, answer, streamed ? sink : [&](std::string_view piece) { collect(reply.body, piece); });
        return reply;
    }

    static void collect(std::string& body, std::string_view piece) {
        constexpr std::size_t largest = 64 * 1024 * 1024;
        if (body.size() + piece.size() > largest)
            throw TransportError("it sent more than 64 MiB", false);
        body += piece;
    }

    void read(std::istream& body, const Poco::Net::HTTPResponse& answer, const Sink& take) {
        std::array<char, 32 * 1024> piece{};
        Poco::Int64 total = 0;
        while (body.read(piece.data(), piece.size()) || body.gcount() > 0) {
            total += body.gcount();
            take({piece.data(), static_cast<std::size_t>(body.gcount())});
        }
        // A stream keeps what was thrown into it to itself.
        if (const auto* error = session_->networkException())
            error->rethrow();
        const bool isShort = answer.hasContentLength() ? total < answer.getContentLength64()
                                                       : answer.getChunkedTransferEncoding() &&
                                                             answer.getKeepAlive() && endedEarly(*session_);
        if (isShort) {
            session_->reset();
            throw TransportError("the connection ended before the answer did", false);
        }
    }

    const TransportOptions options_;
    std::string refusal_;
    std::unique_ptr<HTTPClientSession> session_;
};

} // namespace

} // namespace coffer::ctl

extern "C" __attribute__((visibility("default"))) coffer::ctl::Transport*
cofferctl_transport_1(const coffer::ctl::TransportOptions& options) {
    return new coffer::ctl::PocoTransport(options);
}
