#pragma once

#include <coffer/sdk/Secret.h>

#include <Poco/Net/HTTPRequest.h>

#include <optional>
#include <stdexcept>
#include <string>

namespace coffer::host {

/// What a request's Authorization header shows (RFC 9110, 11.6.2).
struct PresentedLogin {
    enum class Scheme { bearer, basic };
    Scheme scheme = Scheme::bearer;
    std::string accessKeyId; ///< of Basic (RFC 7617); empty with Bearer (RFC 6750)
    SecretBytes secret;      ///< the token, or what stands behind the first colon
};

/// The header is there and says nothing that could be a login.
class MalformedAuthorization : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Reads the header; nothing when there is none. Any thread.
/// @throws MalformedAuthorization for another scheme, two headers, or what does not decode. Its text never
/// quotes the header
[[nodiscard]] std::optional<PresentedLogin> presentedLogin(const Poco::Net::HTTPRequest& head);

} // namespace coffer::host
