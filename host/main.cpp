#include "host/Commands.h"
#include "host/secrets/ProcessProtection.h"

#include <csignal>
#include <iostream>
#include <sys/resource.h>

namespace {

/// Each client takes one. The usual limit is low for the sake of programs that use select(), which we do not.
void raiseDescriptorLimit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argumentCount, char** arguments) {
    try {
        coffer::host::protectProcess();
        std::signal(SIGPIPE, SIG_IGN);
        raiseDescriptorLimit();
        return coffer::host::runCommand(coffer::host::parseCommandLine(argumentCount, arguments));
    } catch (const std::exception& error) {
        std::cerr << "cofferd: " << error.what() << '\n';
        return 1;
    }
}
