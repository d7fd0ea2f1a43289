#pragma once

namespace coffer::host {

/// Keeps the process's memory, which holds keys, out of other hands: no core dumps (RLIMIT_CORE 0), and not
/// dumpable, so that no other process of the same user can attach to it or read its memory. Call it first in
/// main(). @throws std::runtime_error when the system refuses
void protectProcess();

} // namespace coffer::host
