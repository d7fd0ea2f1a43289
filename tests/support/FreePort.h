#pragma once

#include <fstream>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace coffer::test {

/// A free TCP port on loopback, for a server that starts later or more than once. The port lies below the
/// kernel's ephemeral range, so that no other socket receives it meanwhile.
[[nodiscard]] inline int freePort() {
    int firstOfKernel = 32768;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> firstOfKernel;
    std::random_device random;
    std::uniform_int_distribution<int> ports(10000, firstOfKernel - 1);
    for (int tries = 0; tries < 1000; ++tries) {
        const int port = ports(random);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<in_port_t>(port));
        const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool isFree =
            probe >= 0 && ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        ::close(probe);
        if (isFree)
            return port;
    }
    throw std::runtime_error("no port is free below those of the kernel");
}

} // namespace coffer::test
