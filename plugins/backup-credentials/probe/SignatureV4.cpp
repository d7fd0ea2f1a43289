#include "probe/SignatureV4.h"

#include "probe/Ascii.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <stdexcept>

namespace coffer::backup_credentials {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t digestSize = 32;

const unsigned char* asBytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hexadecimal(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

SecretBytes hmacSha256(const SecretBytes& key, std::string_view message) {
    SecretBytes digest(digestSize);
    unsigned length = 0;
    if (!HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.size()), asBytes(message),
              message.size(), reinterpret_cast<unsigned char*>(digest.writable().data()), &length) ||
        length != digestSize)
        throw std::runtime_error("OpenSSL could not compute an HMAC");
    return digest;
}

/// Trimmed, and runs of spaces made one.
std::string canonicalValue(std::string_view value) {
    std::string canonical;
    bool pendingSpace = false;
    for (const char c : value) {
        if (c == ' ' || c == '\t') {
            pendingSpace = !canonical.empty();
            continue;
        }
        if (pendingSpace)
            canonical += ' ';
        pendingSpace = false;
        canonical += c;
    }
    return canonical;
}

/// Lower-case names in order; the values of one name joined with commas, in their order.
std::map<std::string, std::string> canonicalHeaders(const NameValues& headers) {
    std::map<std::string, std::string> canonical;
    for (const auto& [name, value] : headers) {
        const auto [place, isNew] = canonical.try_emplace(lowerCase(name), canonicalValue(value));
        if (!isNew)
            place->second += "," + canonicalValue(value);
    }
    return canonical;
}

std::string signedHeaders(const SignableRequest& request) {
    std::string names;
    for (const auto& [name, value] : canonicalHeaders(request.headers))
        names += (names.empty() ? "" : ";") + name;
    return names;
}

std::string credentialScope(const SignatureScope& scope) {
    return amzDate(scope.time).substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

} // namespace

std::string sha256Hex(std::string_view bytes) {
    std::array<char, digestSize> digest{};
    unsigned length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &length,
                   EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL could not compute a digest");
    return hexadecimal({digest.data(), digest.size()});
}

std::string uriEncode(std::string_view text, bool keepSlash) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool plain =
            isLetterOrDigit(c) || c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && keepSlash);
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            encoded += c;
        else
            encoded.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return encoded;
}

std::string canonicalQuery(const NameValues& query) {
    NameValues encoded;
    for (const auto& [name, value] : query)
        encoded.emplace_back(uriEncode(name, false), uriEncode(value, false));
    std::ranges::sort(encoded);
    std::string text;
    for (const auto& [name, value] : encoded)
        text += (text.empty() ? "" : "&") + name + "=" + value;
    return text;
}

std::string canonicalRequest(const SignableRequest& request) {
    std::string text =
        request.method + "\n" + uriEncode(request.path, true) + "\n" + canonicalQuery(request.query) + "\n";
    for (const auto& [name, value] : canonicalHeaders(request.headers))
        text += name + ":" + value + "\n";
    return text + "\n" + signedHeaders(request) + "\n" + request.payloadHash;
}

std::string stringToSign(const SignableRequest& request, const SignatureScope& scope) {
    std::string text(algorithm);
    text.append("\n").append(amzDate(scope.time)).append("\n").append(credentialScope(scope)).append("\n");
    return text.append(sha256Hex(canonicalRequest(request)));
}

std::string amzDate(Instant time) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

SecretBytes signingKey(const SecretBytes& secretAccessKey, const SignatureScope& scope) {
    constexpr std::string_view prefix = "AWS4";
    SecretBytes start(prefix.size() + secretAccessKey.size());
    std::ranges::copy(prefix, start.writable().begin());
    std::ranges::copy(secretAccessKey.reveal(), start.writable().subspan(prefix.size()).begin());
    const SecretBytes date = hmacSha256(start, amzDate(scope.time).substr(0, 8));
    const SecretBytes region = hmacSha256(date, scope.region);
    const SecretBytes service = hmacSha256(region, scope.service);
    return hmacSha256(service, "aws4_request");
}

std::string authorizationHeader(const SignableRequest& request, const SignatureScope& scope,
                                std::string_view accessKeyId, const SecretBytes& secretAccessKey) {
    const SecretBytes signature =
        hmacSha256(signingKey(secretAccessKey, scope), stringToSign(request, scope));
    std::string text(algorithm);
    text.append(" Credential=").append(accessKeyId).append("/").append(credentialScope(scope));
    text.append(",SignedHeaders=").append(signedHeaders(request));
    return text.append(",Signature=").append(hexadecimal(signature.reveal()));
}

} // namespace coffer::backup_credentials
