#include "host/Commands.h"
#include "host/secrets/ProcessProtection.h"

#include <csignal>
#include <iostream>

int main(int argumentCount, char** arguments) {
    try {
        coffer::host::protectProcess();
        std::signal(SIGPIPE, SIG_IGN);
        return coffer::host::runCommand(coffer::host::parseCommandLine(argumentCount, arguments));
    } catch (const std::exception& error) {
        std::cerr << "cofferd: " << error.what() << '\n';
        return 1;
    }
}
