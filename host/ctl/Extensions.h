#pragma once

#include "host/ctl/CommandLine.h"
#include "host/ctl/Terminal.h"

#include <string>
#include <vector>

namespace coffer::ctl {

/// The programs `cofferctl-NAME` on the PATH, by NAME.
[[nodiscard]] std::vector<std::string> extensionNames();

/// Becomes `cofferctl-NAME`, with COFFER_SERVER, COFFER_TOKEN, COFFER_ORGANIZATION, COFFER_CA_FILE and
/// COFFER_PROFILE set for it. @throws UsageError when there is neither such a program nor such a command
[[noreturn]] void runExtension(const Request& request, const Terminal& terminal);

} // namespace coffer::ctl
