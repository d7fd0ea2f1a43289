#include "host/identity/AuthorizationHeader.h"

#include <Poco/String.h>

#include <openssl/evp.h>

#include <algorithm>

namespace coffer::host {

namespace {

constexpr std::size_t longest = 1024; // a token has 50 characters, a robot's login 84

bool isToken68(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
}

bool isBase64(char c) noexcept {
    return isToken68(c) && c != '-' && c != '.' && c != '_' && c != '~';
}

std::string_view withoutPadding(std::string_view text) {
    while (!text.empty() && text.back() == '=')
        text.remove_suffix(1);
    return text;
}

SecretBytes decoded(std::string_view text) {
    const auto padding = text.size() - withoutPadding(text).size();
    if (text.empty() || text.size() % 4 != 0 || padding > 2 ||
        !std::ranges::all_of(withoutPadding(text), isBase64))
        throw MalformedAuthorization("The Basic login is not base64.");
    SecretBytes whole(text.size() / 4 * 3);
    const int length =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(whole.writable().data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (length < 0)
        throw MalformedAuthorization("The Basic login is not base64.");
    return SecretBytes(whole.reveal().substr(0, whole.size() - padding));
}

PresentedLogin basicLogin(std::string_view text) {
    const SecretBytes pair = decoded(text);
    const auto colon = pair.reveal().find(':');
    if (colon == std::string_view::npos)
        throw MalformedAuthorization("The Basic login has no colon between access key id and secret.");
    return {PresentedLogin::Scheme::basic, std::string(pair.reveal().substr(0, colon)),
            SecretBytes(pair.reveal().substr(colon + 1))};
}

PresentedLogin bearerLogin(std::string_view text) {
    if (text.empty() || !std::ranges::all_of(withoutPadding(text), isToken68))
        throw MalformedAuthorization("The bearer token holds characters that no token has.");
    return {PresentedLogin::Scheme::bearer, {}, SecretBytes(text)};
}

} // namespace

std::optional<PresentedLogin> presentedLogin(const Poco::Net::HTTPRequest& head) {
    const std::string* value = nullptr;
    for (const auto& [name, content] : head) {
        if (Poco::icompare(name, "Authorization") != 0)
            continue;
        if (value)
            throw MalformedAuthorization("There are two Authorization headers.");
        value = &content;
    }
    if (!value)
        return std::nullopt;
    const std::string_view text = *value;
    const auto space = text.find(' ');
    if (text.size() > longest || space == std::string_view::npos)
        throw MalformedAuthorization("The Authorization header has no scheme, or is too long.");
    const auto start = text.find_first_not_of(' ', space);
    const std::string_view credentials =
        start == std::string_view::npos ? std::string_view{} : text.substr(start);
    const std::string scheme(text.substr(0, space));
    if (Poco::icompare(scheme, "Bearer") == 0)
        return bearerLogin(credentials);
    if (Poco::icompare(scheme, "Basic") == 0)
        return basicLogin(credentials);
    throw MalformedAuthorization("The Authorization header's scheme is neither Bearer nor Basic.");
}

} // namespace coffer::host
