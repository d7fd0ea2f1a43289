#pragma once

#include "host/ctl/commands/Commands.h"

#include <string>
#include <vector>

namespace coffer::ctl {

[[nodiscard]] const Shape& projectShape();
[[nodiscard]] Argument projectArgument();
/// `/projects/3`, of the project that the first argument names.
[[nodiscard]] std::string projectPath(Run& run);
/// --credential, --bucket, --prefix, --accept-failing.
[[nodiscard]] std::vector<Option> backupOptions();
void addBackupOptions(Fields& fields, Run& run);

} // namespace coffer::ctl
