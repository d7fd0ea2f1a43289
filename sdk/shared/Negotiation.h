#pragma once

#include <Poco/Net/HTTPRequest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::detail {

/// What a request's headers ask of its route. Pure functions of the head.

/// @throws Problem 415 `unsupported_media_type` unless the body is plain JSON (charset utf-8 may be said)
void requireJson(const Poco::Net::HTTPRequest& head);

/// @param types  one media type, or several with commas between, any of which the route may answer
/// @throws Problem 406 `not_acceptable` when Accept leaves none of them (RFC 9110, 12.5.1)
void requireAcceptable(const Poco::Net::HTTPRequest& head, std::string_view types);

/// Whether Accept wants `type` more than `other`.
[[nodiscard]] bool prefers(const Poco::Net::HTTPRequest& head, std::string_view type, std::string_view other);

/// Whether the answer may be compressed with gzip (RFC 9110, 12.5.3).
[[nodiscard]] bool acceptsGzip(const Poco::Net::HTTPRequest& head);

/// Whether If-None-Match names this tag, so that the caller has the answer already.
/// @param tag  with its quotes
[[nodiscard]] bool matchesTag(const Poco::Net::HTTPRequest& head, std::string_view tag);

/// The version in If-Match; nothing without one, or when it is `*`.
/// @throws Problem 412 `version_mismatch` for a tag that no version of ours can have
[[nodiscard]] std::optional<std::int64_t> ifMatchVersion(const Poco::Net::HTTPRequest& head);

} // namespace coffer::detail
