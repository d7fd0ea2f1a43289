#pragma once

#include "host/ctl/Failure.h"
#include "host/ctl/Terminal.h"

namespace coffer::ctl {

/// Says on standard error what went wrong and what to do next.
void report(const Terminal& terminal, const Failure& failure);

} // namespace coffer::ctl
