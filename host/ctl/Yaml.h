#pragma once

#include "host/ctl/Json.h"

#include <string>

namespace coffer::ctl {

/// The value as YAML that readers of 1.1 and 1.2 take alike: what could be read as anything but a text stands
/// in quotes, as JSON writes it.
/// @param indent  spaces in front of every line but the first
[[nodiscard]] std::string yaml(const Json& value, std::size_t indent = 0);

} // namespace coffer::ctl
