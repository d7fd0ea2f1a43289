#include "tests/support/S3Stub.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

namespace coffer::test {

namespace {

constexpr const char* listing = R"(<?xml version="1.0" encoding="UTF-8"?>
<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>stub</ID><DisplayName>stub</DisplayName></Owner><Buckets></Buckets></ListAllMyBucketsResult>)";

class Handler final : public Poco::Net::HTTPRequestHandler {
public:
    Handler(bool refuse, std::shared_ptr<std::atomic<bool>> holds)
        : refuse_(refuse), holds_(std::move(holds)) {}
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
        holds_->wait(true);
        const std::string authorization = request.get("Authorization", "");
        response.setContentType("application/xml");
        std::string body = listing;
        const bool unknown = refuse_ || authorization.find("Credential=UNKNOWN") != std::string::npos;
        const bool wrong = authorization.find("Credential=WRONG") != std::string::npos;
        if (unknown || wrong || authorization.empty()) {
            response.setStatusAndReason(Poco::Net::HTTPResponse::HTTP_FORBIDDEN);
            body = std::string("<?xml version=\"1.0\"?><Error><Code>") +
                   (unknown ? "InvalidAccessKeyId"
                    : wrong ? "SignatureDoesNotMatch"
                            : "AccessDenied") +
                   "</Code></Error>";
        }
        response.sendBuffer(body.data(), body.size());
    }

private:
    bool refuse_;
    std::shared_ptr<std::atomic<bool>> holds_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    Factory(std::shared_ptr<std::atomic<bool>> refuse, std::shared_ptr<std::atomic<bool>> holds,
            std::shared_ptr<std::atomic<int>> requests)
        : refuse_(std::move(refuse)), holds_(std::move(holds)), requests_(std::move(requests)) {}
    Poco::Net::HTTPRequestHandler*
    createRequestHandler(const Poco::Net::HTTPServerRequest& /*request*/) override {
        ++*requests_;
        return std::make_unique<Handler>(*refuse_, holds_).release(); // Poco owns it
    }

private:
    std::shared_ptr<std::atomic<bool>> refuse_;
    std::shared_ptr<std::atomic<bool>> holds_;
    std::shared_ptr<std::atomic<int>> requests_;
};

} // namespace

S3Stub::S3Stub() {
    Poco::Net::ServerSocket socket;
    socket.bind(Poco::Net::SocketAddress("127.0.0.1", 0), true, false);
    socket.listen(512);
    Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
    parameters->setMaxThreads(16);
    parameters->setMaxQueued(512);
    // An idle thread must end before the check for leftovers runs.
    parameters->setThreadIdleTime(Poco::Timespan(0, 100'000));
    server_ = std::make_unique<Poco::Net::HTTPServer>(new Factory(refuse_, holds_, requests_), threads_,
                                                      socket, parameters);
    server_->start();
}

S3Stub::~S3Stub() {
    release();
    server_->stopAll(true);
}

std::string S3Stub::endpoint() const {
    return "http://127.0.0.1:" + std::to_string(server_->port());
}

std::string credentialJson(std::int64_t organization, const std::string& name, const std::string& endpoint,
                           const std::string& accessKeyId, const std::string& secret) {
    return R"({"organizationId":)" + std::to_string(organization) + R"(,"name":")" + name +
           R"(","endpoint":")" + endpoint + R"(","region":"us-east-1","accessKeyId":")" + accessKeyId +
           R"(","secretAccessKey":")" + secret + R"("})";
}

} // namespace coffer::test
