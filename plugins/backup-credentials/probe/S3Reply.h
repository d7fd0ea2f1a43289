#pragma once

#include <string>
#include <string_view>

namespace coffer::backup_credentials {

/// What the XML body of an S3 reply says, as far as a probe cares. Elements are known by their local names:
/// namespaces differ from server to server. The texts are the endpoint's: never show them. A value.
struct S3Reply {
    std::string root;       ///< `ListAllMyBucketsResult`, `ListBucketResult`, `Error`; empty: this is no XML
    std::string ownerId;    ///< ListAllMyBucketsResult/Owner/ID
    std::string bucketName; ///< ListBucketResult/Name
    std::string errorCode;  ///< Error/Code
    std::string region;     ///< Error/Region
    bool wellFormed = false;
};

/// Reads it. Document types and entities are refused (no S3 server sends them), nothing outside `body` is
/// looked at. Of a body that was cut off, what stands before the cut is read; `wellFormed` is false then.
[[nodiscard]] S3Reply readS3Reply(std::string_view body);

} // namespace coffer::backup_credentials
