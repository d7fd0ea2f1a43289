#include "host/identity/SessionCookie.h"

#include "host/identity/LoginSecrets.h"

#include <coffer/sdk/Problem.h>

#include <Poco/String.h>

#include <array>
#include <string_view>

namespace coffer::host {

namespace {

constexpr std::string_view csrfLabel = "coffer csrf token 1";

/// A browser takes a cookie of this name only over TLS, for this very host and for all of its paths.
std::string_view cookieName(bool secure) noexcept {
    return secure ? "__Host-coffer_session" : "coffer_session";
}

std::string setCookie(std::string_view value, bool secure, std::string_view more) {
    std::string text(cookieName(secure));
    text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Strict").append(more);
    return secure ? text + "; Secure" : text;
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool changesNothing(const std::string& method) noexcept {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

} // namespace

std::optional<SecretBytes> sessionCookie(const Poco::Net::HTTPRequest& head, bool secure) {
    std::optional<SecretBytes> found;
    for (const auto& [field, value] : head) {
        if (Poco::icompare(field, "Cookie") != 0)
            continue;
        for (std::string_view rest = value; !rest.empty();) {
            const auto end = std::min(rest.find(';'), rest.size());
            const auto pair = trimmed(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto equals = std::min(pair.find('='), pair.size());
            if (pair.substr(0, equals) != cookieName(secure))
                continue;
            if (found)
                return SecretBytes();
            found.emplace(equals < pair.size() ? pair.substr(equals + 1) : std::string_view{});
        }
    }
    return found;
}

std::string giveCookie(const SecretBytes& session, bool secure) {
    return setCookie(session.reveal(), secure, "");
}

std::string takeCookie(bool secure) {
    return setCookie("", secure, "; Max-Age=0");
}

SecretBytes csrfToken(const SecretBytes& session) {
    return derivedText(session, csrfLabel);
}

void requireSameSite(const Poco::Net::HTTPRequest& head) {
    const std::string from = head.get("Sec-Fetch-Site", "none");
    if (from != "same-origin" && from != "none")
        throw Problem(403, "cross_site", "This was sent by a page of another site",
                      "A session works only from coffer's own pages. Programs send a bearer token.");
}

void requireIntended(const Poco::Net::HTTPRequest& head, const SecretBytes& session) {
    requireSameSite(head);
    if (changesNothing(head.getMethod()))
        return;
    if (!head.has(csrfHeader))
        throw Problem(403, "csrf_token_missing", "The session's token is missing",
                      "What changes something with a session cookie needs the header X-CSRF-Token: "
                      "csrfToken of GET /api/v1/sessions/current.");
    if (!SecretBytes(head.get(csrfHeader)).equals(csrfToken(session)))
        throw Problem(403, "csrf_token_wrong", "The session's token is not the right one",
                      "It belongs to another session. Read csrfToken of GET /api/v1/sessions/current "
                      "again.");
}

} // namespace coffer::host
