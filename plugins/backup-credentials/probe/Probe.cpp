#include "probe/Probe.h"

#include "probe/Ascii.h"
#include "probe/TlsStream.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr std::pair<Addressing, std::string_view> addressings[] = {
    {Addressing::automatic, "auto"}, {Addressing::path, "path"}, {Addressing::virtualHost, "virtual"}};

constexpr std::pair<Cause, std::string_view> causes[] = {
    {Cause::none, "none"},
    {Cause::secret, "wrong_secret"},
    {Cause::key, "unknown_key"},
    {Cause::suspended, "suspended"},
    {Cause::clock, "clock_skew"},
    {Cause::region, "wrong_region"},
    {Cause::tls, "tls"},
    {Cause::name, "unresolvable"},
    {Cause::refused, "refused"},
    {Cause::silent, "silent"},
    {Cause::notS3, "not_s3"},
    {Cause::rights, "too_few_rights"},
    {Cause::ambiguous, "secret_or_rights"},
    {Cause::address, "address_denied"},
    {Cause::unavailable, "endpoint_unavailable"},
};

template <class Pairs, class Value>
std::string_view textOf(const Pairs& pairs, Value value) noexcept {
    for (const auto& [candidate, text] : pairs) {
        if (candidate == value)
            return text;
    }
    return {};
}

template <class Value, std::size_t Size>
std::optional<Value> valueOf(const std::pair<Value, std::string_view> (&pairs)[Size],
                             std::string_view text) noexcept {
    for (const auto& [value, candidate] : pairs) {
        if (candidate == text)
            return value;
    }
    return std::nullopt;
}

bool isVisible(char c) {
    return c > ' ' && c < 0x7f;
}

} // namespace

std::string_view toString(Addressing addressing) noexcept {
    return textOf(addressings, addressing);
}

std::optional<Addressing> addressingFromString(std::string_view text) noexcept {
    return valueOf(addressings, text);
}

std::string_view toString(Cause cause) noexcept {
    return textOf(causes, cause);
}

std::optional<Cause> causeFromString(std::string_view text) noexcept {
    return valueOf(causes, text);
}

bool isDefinitive(Cause cause) noexcept {
    return cause == Cause::secret || cause == Cause::key || cause == Cause::suspended;
}

std::optional<std::string> whyNotRegion(std::string_view region) {
    const bool fine = !region.empty() && region.size() <= 64 && std::ranges::all_of(region, [](char c) {
        return isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
    });
    if (fine)
        return std::nullopt;
    return "A region has 1 to 64 letters, digits, hyphens, underscores or dots; where servers know none, "
           "us-east-1 serves.";
}

std::optional<std::string> whyNotAccessKeyId(std::string_view accessKeyId) {
    const bool fine =
        !accessKeyId.empty() && accessKeyId.size() <= 128 &&
        std::ranges::all_of(accessKeyId, [](char c) { return isVisible(c) && c != ',' && c != '/'; });
    if (fine)
        return std::nullopt;
    return "An access key id has 1 to 128 visible ASCII characters, without a comma or a slash.";
}

std::optional<std::string> whyNotSecretAccessKey(const SecretBytes& secret) {
    if (!secret.empty() && secret.size() <= 1024 && std::ranges::all_of(secret.reveal(), isVisible))
        return std::nullopt;
    return "A secret access key has 1 to 1024 visible ASCII characters, and no spaces.";
}

std::optional<std::string> whyNotBucket(std::string_view bucket) {
    // Amazon takes 3 to 63 lower-case characters; Ceph and older Amazon buckets have more freedom.
    const bool fine = bucket.size() >= 3 && bucket.size() <= 255 && isLetterOrDigit(bucket.front()) &&
                      std::ranges::all_of(bucket, [](char c) {
                          return isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
                      });
    if (fine)
        return std::nullopt;
    return "A bucket's name has 3 to 255 letters, digits, hyphens, underscores or dots, and begins with a "
           "letter or digit.";
}

std::optional<std::string> whyNotCaCertificate(std::string_view pem) {
    constexpr std::size_t longest = 256 * 1024;
    if (pem.size() > longest)
        return "caCertificate is longer than 256 KiB.";
    if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
        return "caCertificate holds a private key, which belongs to nobody but its server: leave it out.";
    try {
        static_cast<void>(readCertificates(pem));
        return std::nullopt;
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

} // namespace coffer::backup_credentials
