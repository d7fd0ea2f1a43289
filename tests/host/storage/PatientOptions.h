#pragma once

#include "host/storage/Database.h"

#include <chrono>
#include <string>

namespace coffer::test {

/// The options of a database whose deadlines no busy machine reaches: they end a test that hangs.
[[nodiscard]] inline host::DatabaseOptions patientOptions(const std::string& file) {
    host::DatabaseOptions options;
    options.file = file;
    options.readDeadline = std::chrono::minutes{5};
    options.writeDeadline = std::chrono::minutes{5};
    options.stuckAfter = std::chrono::minutes{10};
    options.endAfter = std::chrono::minutes{20};
    return options;
}

} // namespace coffer::test
