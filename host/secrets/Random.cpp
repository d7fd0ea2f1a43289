#include "host/secrets/Random.h"

#include "host/secrets/Hex.h"

#include <openssl/rand.h>

#include <stdexcept>

namespace coffer::host {

void fillRandom(std::span<char> memory) {
    const auto size = static_cast<int>(memory.size());
    if (RAND_bytes(reinterpret_cast<unsigned char*>(memory.data()), size) != 1)
        throw std::runtime_error("the system's random generator gives no bytes");
}

SecretBytes randomSecret(std::size_t size) {
    SecretBytes secret(size);
    fillRandom(secret.writable());
    return secret;
}

std::string randomHex(std::size_t size) {
    std::string bytes(size, '\0');
    fillRandom(bytes);
    return toHex(bytes);
}

} // namespace coffer::host
