#pragma once

#include "host/config/CommandLine.h"

namespace coffer::host {

/// Runs what the command line asks for, to its end. @returns the exit status: 0 done, 1 refused or something
/// is wrong
/// @throws ConfigurationError and std::exception with a sentence for the operator
int runCommand(const CommandLine& line);

} // namespace coffer::host
