#include "host/secrets/ProcessProtection.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace coffer::host {

void protectProcess() {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        throw std::runtime_error("The process cannot be kept from dumping its memory: " +
                                 std::string(std::strerror(errno)));
}

} // namespace coffer::host
