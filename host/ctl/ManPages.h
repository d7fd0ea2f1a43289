#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace coffer::ctl {

/// The manual, as name and text of its pages: `cofferctl.1`, and one for each group of commands.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> manPages();

} // namespace coffer::ctl
