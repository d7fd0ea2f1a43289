#pragma once

#include "tests/support/TemporaryFolder.h"

#include <string>

namespace coffer::test {

struct Outcome {
    int status;         ///< 0: it succeeded
    std::string output; ///< both streams
};

/// Runs a command of the shell to its end.
[[nodiscard]] Outcome run(const std::string& command);

/// As run(); fails the test with what the command said unless it succeeds. @returns what it said
std::string succeed(const std::string& command);

/// Compiles and links one plugin as its author's build does: hidden symbols, nothing unresolved unless
/// `flags` say so.
/// @param flags  compiler options, those of the include path first
/// @returns the library's path, in `folder`
std::string compilePlugin(const TemporaryFolder& folder, const std::string& source, const std::string& flags,
                          const std::string& compiler = "g++ -std=c++20");

} // namespace coffer::test
