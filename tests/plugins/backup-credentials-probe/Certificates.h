#pragma once

#include <chrono>
#include <string>

namespace coffer::test {

/// A certificate with its key, both in PEM.
struct Certificate {
    std::string certificate;
    std::string key;
};

/// From now on, with an end that may lie in the past.
struct Validity {
    std::chrono::seconds begins{-3600};
    std::chrono::seconds ends{86400};
};

/// A certificate authority that signed itself.
[[nodiscard]] Certificate makeAuthority(const std::string& name);

/// A server's certificate. `names` as OpenSSL takes them: `DNS:localhost,IP:127.0.0.1`.
[[nodiscard]] Certificate makeServerCertificate(const Certificate& authority, const std::string& names,
                                                Validity validity = {});

} // namespace coffer::test
