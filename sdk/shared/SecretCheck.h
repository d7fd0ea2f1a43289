#pragma once

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Secret.h>

namespace coffer::detail {

/// 500 `secret_unreadable`.
[[nodiscard]] Problem secretUnreadable();
/// @throws std::invalid_argument when the record or the field is empty or too long
void requireSecretContext(const SecretContext& context);
/// @throws std::invalid_argument when the secret is empty or longer than 4096 bytes
void requireSecretSize(const SecretBytes& secret);

} // namespace coffer::detail
