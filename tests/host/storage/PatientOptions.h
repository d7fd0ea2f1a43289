#pragma once

#include "host/storage/Database.h"

#include <chrono>
#include <string>

namespace coffer::test {

/// Options of a database with deadlines that only a test that hangs reaches.
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
