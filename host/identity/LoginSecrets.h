#pragma once

#include <coffer/sdk/Secret.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::host {

/// SHA-256. Tokens and robot secrets hold at least 240 random bits, so nothing slower is needed to keep them
/// from being guessed, and a look-up by digest takes the same time however much of a guess is right.
using LoginDigest = std::array<std::byte, 32>;

/// A new bearer token: `coffer_` and 256 random bits as base64url. Any thread.
/// @throws std::runtime_error when the system has no randomness
[[nodiscard]] SecretBytes newToken();
/// A new robot's access key id: `CR` and 18 random upper-case letters and digits. No secret. Any thread.
/// @throws std::runtime_error when the system has no randomness
[[nodiscard]] std::string newAccessKeyId();
/// A new robot's secret: 40 characters from 240 random bits. Any thread.
/// @throws std::runtime_error when the system has no randomness
[[nodiscard]] SecretBytes newRobotSecret();

/// A new session: 256 random bits as base64url. Any thread.
/// @throws std::runtime_error when the system has no randomness
[[nodiscard]] SecretBytes newSessionSecret();
/// Another text of 256 bits, which whoever knows the secret can make again, and nobody else: HMAC-SHA-256
/// over the label.
[[nodiscard]] SecretBytes derivedText(const SecretBytes& secret, std::string_view label);

/// What is stored of a token, and of a session.
[[nodiscard]] LoginDigest tokenDigest(std::string_view token);
/// What is stored of a robot's secret: it is bound to its access key id.
[[nodiscard]] LoginDigest robotDigest(std::string_view accessKeyId, std::string_view secret);

} // namespace coffer::host
