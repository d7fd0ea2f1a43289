#include "sdk/shared/SecretCheck.h"

#include <stdexcept>

namespace coffer::detail {

namespace {

constexpr std::size_t longestRecord = 128;
constexpr std::size_t longestField = 64;
constexpr std::size_t largestSecret = 4096;

} // namespace

Problem secretUnreadable() {
    return {500, "secret_unreadable", "A stored secret cannot be read",
            "A stored secret does not open: it, or what it is bound to, was changed outside the daemon. Run "
            "'cofferd storage check', and store the secret again or restore a backup."};
}

void requireSecretContext(const SecretContext& context) {
    if (context.record.empty() || context.record.size() > longestRecord || context.field.empty() ||
        context.field.size() > longestField)
        throw std::invalid_argument(
            "a secret's context has a record of 1 to 128 and a field of 1 to 64 bytes");
}

void requireSecretSize(const SecretBytes& secret) {
    if (secret.empty() || secret.size() > largestSecret)
        throw std::invalid_argument("a secret has 1 to 4096 bytes");
}

} // namespace coffer::detail
