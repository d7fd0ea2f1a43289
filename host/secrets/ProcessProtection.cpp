#include "host/secrets/ProcessProtection.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace coffer::host {

void protectProcess() {
#if defined(__SANITIZE_ADDRESS__)
    const int dumpable = 1; // the leak check attaches to the process
#else
    const int dumpable = 0;
#endif
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0) != 0)
        throw std::runtime_error("The process cannot be kept from dumping its memory: " +
                                 std::string(std::strerror(errno)));
}

} // namespace coffer::host
