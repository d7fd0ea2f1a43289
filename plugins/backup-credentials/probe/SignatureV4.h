#pragma once

#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Time.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::backup_credentials {

/// AWS Signature Version 4 in a header, for requests whose whole payload is known.
///
/// Source: AWS, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk"
/// (Amazon S3 API Reference, sig-v4-header-based-auth), and "Create a signed AWS API request" (IAM User
/// Guide, create-signed-request). Functions without state; any thread.

/// Names and values, in any order. Query parameters and paths are given plain, not percent-encoded.
using NameValues = std::vector<std::pair<std::string, std::string>>;

/// The request to be signed. Every header in it is signed; `host` must be among them.
struct SignableRequest {
    std::string method = "GET";
    std::string path = "/"; ///< plain; encoded once, as S3 does, and not normalized
    NameValues query;
    NameValues headers;
    std::string payloadHash; ///< SHA-256 of the body, hexadecimal; see sha256Hex()
};

/// For where and when a signature holds.
struct SignatureScope {
    std::string region;
    std::string service = "s3";
    Instant time; ///< must be what `x-amz-date` says
};

[[nodiscard]] std::string sha256Hex(std::string_view bytes);

/// Percent-encodes everything but letters, digits and `-._~` (and `/`, when `keepSlash`).
[[nodiscard]] std::string uriEncode(std::string_view text, bool keepSlash);

/// Encoded and sorted as signed, and as it must be sent: `a=1&b=%20`.
[[nodiscard]] std::string canonicalQuery(const NameValues& query);
[[nodiscard]] std::string canonicalRequest(const SignableRequest& request);
[[nodiscard]] std::string stringToSign(const SignableRequest& request, const SignatureScope& scope);

/// `20130524T000000Z`: the value of `x-amz-date`.
[[nodiscard]] std::string amzDate(Instant time);

/// kDate, kRegion, kService, kSigning: the key of one day, region and service.
[[nodiscard]] SecretBytes signingKey(const SecretBytes& secretAccessKey, const SignatureScope& scope);

/// The value of the Authorization header.
[[nodiscard]] std::string authorizationHeader(const SignableRequest& request, const SignatureScope& scope,
                                              std::string_view accessKeyId,
                                              const SecretBytes& secretAccessKey);

} // namespace coffer::backup_credentials
