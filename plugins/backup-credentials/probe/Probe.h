#pragma once

#include "probe/AddressPolicy.h"
#include "probe/Endpoint.h"

#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Time.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials {

/// Where a bucket's name goes: into the path, or in front of the host's name.
enum class Addressing {
    automatic,  ///< `auto`: virtual host for Amazon's names, path for all others
    path,       ///< `path`: https://host/bucket
    virtualHost ///< `virtual`: https://bucket.host/
};
[[nodiscard]] std::string_view toString(Addressing addressing) noexcept;
[[nodiscard]] std::optional<Addressing> addressingFromString(std::string_view text) noexcept;

/// What to try. The caller owns the secret and keeps it until probe() has returned.
struct ProbeRequest {
    std::string endpoint; ///< as Endpoint::parse() takes it
    std::string region;
    std::string accessKeyId;
    const SecretBytes* secretAccessKey = nullptr;
    Addressing addressing = Addressing::automatic;
    std::string caCertificate; ///< PEM, one or more; empty: the system's certificates
    std::string bucket;        ///< asked where the key may not list buckets; empty: none
};

/// Sentences about what is wrong with one value; nothing when it is fine. What they refuse, Prober::probe()
/// throws for; an empty bucket or caCertificate means that there is none, and is not asked about.
[[nodiscard]] std::optional<std::string> whyNotRegion(std::string_view region);
[[nodiscard]] std::optional<std::string> whyNotAccessKeyId(std::string_view accessKeyId);
[[nodiscard]] std::optional<std::string> whyNotSecretAccessKey(const SecretBytes& secret);
[[nodiscard]] std::optional<std::string> whyNotBucket(std::string_view bucket);
[[nodiscard]] std::optional<std::string> whyNotCaCertificate(std::string_view pem);

/// Why keys were not accepted. The string codes are stable: they are stored and shown over HTTP.
enum class Cause {
    none,        ///< `none`: the endpoint accepted the keys
    secret,      ///< `wrong_secret`
    key,         ///< `unknown_key`
    suspended,   ///< `suspended`: the key's account is suspended
    clock,       ///< `clock_skew`: this machine's clock differs too much from the endpoint's
    region,      ///< `wrong_region`
    tls,         ///< `tls`: no trusted TLS connection, or TLS where there is none and the reverse
    name,        ///< `unresolvable`: the endpoint's name has no address
    refused,     ///< `refused`: nothing listens there, or no way leads there
    silent,      ///< `silent`: a deadline passed; Verdict::saw says in which stage
    notS3,       ///< `not_s3`: something answers, but it is not an S3 server
    rights,      ///< `too_few_rights`: the keys are right, but do not reach the named bucket
    ambiguous,   ///< `secret_or_rights`: access denied; a named bucket that is not public settles it
    address,     ///< `address_denied`: the address policy forbids to dial it
    unavailable, ///< `endpoint_unavailable`: an S3 server says that it cannot serve now
};
[[nodiscard]] std::string_view toString(Cause cause) noexcept;
[[nodiscard]] std::optional<Cause> causeFromString(std::string_view text) noexcept;
/// Whether the endpoint itself said that these keys are not good: secret, key, suspended.
[[nodiscard]] bool isDefinitive(Cause cause) noexcept;

/// A field of the request as the API calls it, and what to send in it.
struct Remedy {
    std::string field; ///< `endpoint`, `region`, `addressing`
    std::string value; ///< a region's name made of `a-z0-9-`, or made of what was asked for
    bool operator==(const Remedy&) const = default;
};

/// What a probe found. Its sentences are this program's own words: nothing that the endpoint wrote is in
/// them but names of S3 errors known to us and a region's name, and never a secret.
struct Verdict {
    Cause cause = Cause::silent;
    std::string saw;              ///< one sentence; never empty
    std::string advice;           ///< one or two sentences; empty when it works
    std::optional<Remedy> remedy; ///< what the advice says, where it names one value for one field
    int httpStatus = 0;           ///< 0: there was no reply
    std::chrono::milliseconds took{};
    Instant when; ///< when the probe ended

    [[nodiscard]] bool works() const noexcept { return cause == Cause::none; }
    [[nodiscard]] bool definitive() const noexcept { return isDefinitive(cause); }
};

/// How to probe. Values only.
struct ProbeOptions {
    std::chrono::milliseconds connectTimeout{3000};   ///< to resolve the name, and again to connect
    std::chrono::milliseconds handshakeTimeout{3000}; ///< of TLS
    std::chrono::milliseconds firstByteTimeout{5000}; ///< from the request sent to the reply's first byte
    std::chrono::milliseconds totalTimeout{10000};    ///< of the whole probe, all its requests together
    std::vector<Network> allow;                       ///< `probe.allow`
    std::vector<Network> deny;                        ///< `probe.deny`
    std::string userAgent = "coffer/1.0";             ///< of the requests
    std::function<Instant()> clock = currentTime;     ///< signs the requests and dates the verdicts
    /// Turns a name into addresses, blocking as long as it likes (it is abandoned at the deadline); empty
    /// means there are none. Runs on a thread of its own. Nothing set: the system's resolver.
    std::function<std::vector<IpAddress>(const std::string& host)> resolve;
};

/// Tries S3 keys at their endpoint: a signed ListBuckets, and the named bucket where that is denied. A bucket
/// that is listed is asked for once more without a signature: a public one proves nothing.
///
/// No redirect is followed, no proxy used, at most 64 KiB of a reply read, and only addresses that the
/// AddressPolicy permits are dialled. Immutable; any number of threads may probe at the same time, each
/// blocks at most totalTimeout.
class Prober {
public:
    explicit Prober(ProbeOptions options = {});

    /// @throws std::invalid_argument with a sentence, when a value of `request` is one that whyNot...() or
    /// Endpoint::parse() refuse; nothing is dialled then
    /// @throws Problem 503 `probe_stopped` soon after `stop` was requested
    [[nodiscard]] Verdict probe(const ProbeRequest& request, std::stop_token stop = {}) const;

private:
    ProbeOptions options_;
    AddressPolicy policy_;
};

} // namespace coffer::backup_credentials
