#pragma once

#include "host/ctl/Command.h"
#include "host/ctl/Terminal.h"

#include <string>
#include <utility>
#include <vector>

namespace coffer::ctl {

/// Help for a command, a group, or, for nullptr, cofferctl itself.
[[nodiscard]] std::string help(const Command* command, const Terminal& terminal);

/// `-o, --output FORMAT`.
[[nodiscard]] std::string optionTerm(const Option& option);
/// The help of an option, with what it takes when that is one of few.
[[nodiscard]] std::string optionText(const Option& option);
/// Exit statuses and environment variables, with what they mean.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& exitStatuses();
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& variables();

} // namespace coffer::ctl
