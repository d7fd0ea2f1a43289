#pragma once

#include <coffer/sdk/Secret.h>

#include <Poco/Net/HTTPRequest.h>

#include <optional>
#include <string>

/// A session as a browser carries it: a cookie that no script can read, and a token that only scripts of this
/// site can know. Pure functions, any thread.
namespace coffer::host {

/// The header in which scripts show the token.
inline constexpr const char* csrfHeader = "X-CSRF-Token";

/// The session cookie of a request; nothing when there is none. Of two with its name neither is believed:
/// somebody else has set one of them, and the answer is a cookie that no session has.
/// @param secure  whether it came over TLS, where the cookie has another name, which no plain page can set
[[nodiscard]] std::optional<SecretBytes> sessionCookie(const Poco::Net::HTTPRequest& head, bool secure);

///@{
/// The value of Set-Cookie that gives the browser this session, and the one that takes it away.
[[nodiscard]] std::string giveCookie(const SecretBytes& session, bool secure);
[[nodiscard]] std::string takeCookie(bool secure);
///@}

/// What a script must show: made of the cookie, so that nothing more has to be kept.
[[nodiscard]] SecretBytes csrfToken(const SecretBytes& session);

/// @throws Problem 403 `cross_site` when the browser says that a page of another site sent it
void requireSameSite(const Poco::Net::HTTPRequest& head);
/// Refuses what a page of another site could have made a browser send.
/// @throws Problem 403 `cross_site`; with a method that changes something `csrf_token_missing`,
/// `csrf_token_wrong`
void requireIntended(const Poco::Net::HTTPRequest& head, const SecretBytes& session);

} // namespace coffer::host
