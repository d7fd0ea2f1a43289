#pragma once

#include "probe/Finding.h"
#include "probe/HttpReply.h"

#include <coffer/sdk/Time.h>

#include <string_view>

namespace coffer::backup_credentials {

/// What was asked, as far as it matters for what the answer means.
struct Question {
    std::string_view bucket; ///< empty: ListBuckets was asked
    bool tls = false;        ///< over https
    Instant signedAt;        ///< the time in the signature
};

/// What a reply says about the keys. Cause::ambiguous stands for every AccessDenied: whether another
/// question can settle it is the caller's to decide. Its sentences hold nothing that the endpoint wrote but
/// names of S3 errors that stand in our own table, and a region's name made of `a-z0-9-`.
[[nodiscard]] Finding interpret(const HttpReply& reply, const Question& question);

/// A port that speaks TLS was asked without. The remedy's value is the scheme alone: `https`.
[[nodiscard]] Finding wantsTls();

/// Whether the reply says that this server wants the bucket in front of its name.
[[nodiscard]] bool wantsVirtualHost(const HttpReply& reply);

} // namespace coffer::backup_credentials
