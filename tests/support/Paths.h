#pragma once

#include <string>

namespace coffer::test {

/// The folder of this source tree, and the one it is built in. Only Paths.cpp is compiled with them, so that
/// a compiler cache serves every checkout alike.
[[nodiscard]] std::string sourcePath(const std::string& name);
[[nodiscard]] std::string buildPath(const std::string& name);

} // namespace coffer::test
