#pragma once

#include <Poco/Net/HTTPServer.h>
#include <Poco/ThreadPool.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace coffer::test {

/// An endpoint that accepts every access key id but `UNKNOWN...` (InvalidAccessKeyId) and `WRONG...`
/// (SignatureDoesNotMatch) at once, for tests that need many credentials fast. What an S3 server really
/// answers is tested against a real one.
class S3Stub {
public:
    S3Stub();
    ~S3Stub();
    [[nodiscard]] std::string endpoint() const;
    /// While true every access key id reads as unknown: the keys were deleted.
    void refuseAll(bool refuse) noexcept { *refuse_ = refuse; }
    [[nodiscard]] int requests() const noexcept { return *requests_; }
    /// Holds all requests until `release`, or until the object is destroyed.
    void hold() noexcept { *holds_ = true; }
    void release() noexcept {
        *holds_ = false;
        holds_->notify_all();
    }

private:
    std::shared_ptr<std::atomic<bool>> refuse_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<std::atomic<bool>> holds_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<std::atomic<int>> requests_ = std::make_shared<std::atomic<int>>(0);
    Poco::ThreadPool threads_{2, 16};
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

/// The body of a create request.
[[nodiscard]] std::string
credentialJson(std::int64_t organization, const std::string& name, const std::string& endpoint,
               const std::string& accessKeyId = "AKIAIOSFODNN7EXAMPLE",
               const std::string& secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

} // namespace coffer::test
