#pragma once

#include "host/ctl/Failure.h"
#include "host/ctl/Json.h"
#include "host/ctl/Transport.h"

#include <chrono>
#include <string>

namespace coffer::ctl {

/// The daemon said no: its problem+json, in words.
class ServerRefusal : public Failure {
public:
    explicit ServerRefusal(const HttpReply& reply);

    [[nodiscard]] int status() const noexcept { return status_; }
    /// The daemon's stable code: `credential_in_use`; empty when what answered is no coffer.
    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    /// invalid_s3_credentials: `wrong_secret`.
    [[nodiscard]] const std::string& cause() const noexcept { return cause_; }
    /// How long the daemon wants to be left alone; 0 when it did not say.
    [[nodiscard]] std::chrono::seconds retryAfter() const noexcept { return retryAfter_; }

private:
    ServerRefusal(const HttpReply& reply, const Json& problem);

    int status_;
    std::string code_;
    std::string cause_;
    std::chrono::seconds retryAfter_;
};

} // namespace coffer::ctl
