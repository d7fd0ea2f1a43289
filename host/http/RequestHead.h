#pragma once

#include <Poco/Net/HTTPRequest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace coffer::host {

/// How large a request's head may be.
struct HeadLimits {
    std::size_t bytes = 16384;
    std::size_t fields = 100;
    std::size_t target = 8192;
};

/// How the body follows the head (RFC 9112, 6.3).
enum class BodyFraming { none, length, chunked };

/// What the connection itself needs to know of a head.
struct RequestHead {
    BodyFraming framing = BodyFraming::none;
    std::uint64_t contentLength = 0; ///< with BodyFraming::length
    bool keepAlive = false;
    bool expectsContinue = false;
};

/// Finds where a head ends while its bytes arrive, and refuses at the first byte that cannot belong to one,
/// so that a hopeless request does not wait for its deadline. Looks at no byte twice. One thread.
class HeadScanner {
public:
    /// @param bytes  all that has arrived since the head began
    /// @returns the length of the head with its empty line; nothing when it is not complete
    /// @throws Problem 400 `malformed_request`, 414 `uri_too_long`, 431 `head_too_large`
    [[nodiscard]] std::optional<std::size_t> scan(std::string_view bytes, const HeadLimits& limits);
    void reset() noexcept { *this = {}; }

private:
    std::size_t scanned_ = 0;
    std::size_t lineStart_ = 0;
    std::size_t lines_ = 0;
};

/// Reads a complete head strictly (RFC 9112): whatever two programs could understand in two ways is refused.
///
/// @param head     as found by HeadScanner
/// @param request  receives method, target, version and fields; after a throw those that were read so far
/// @throws Problem 400 `malformed_request`, 414 `uri_too_long`, 417
/// `expectation_failed`, 431 `head_too_large`, 505 `version_not_supported`
[[nodiscard]] RequestHead parseRequestHead(std::string_view head, const HeadLimits& limits,
                                           Poco::Net::HTTPRequest& request);

} // namespace coffer::host
