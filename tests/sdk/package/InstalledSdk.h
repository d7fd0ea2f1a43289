#pragma once

#include "tests/support/TemporaryFolder.h"

#include <string>

namespace coffer::test {

/// coffer as a plugin's author has it: daemon and SDK installed below a prefix of their own, and nothing of
/// this source tree.
class InstalledSdk {
public:
    InstalledSdk();

    [[nodiscard]] std::string prefix() const { return folder_ / "prefix"; }

private:
    TemporaryFolder folder_;
};

/// What a shell command said, and how it ended.
struct Said {
    int status = 0;
    std::string output;

    /// Whether it said these words, wherever lines were broken: CMake breaks them by the length of paths.
    [[nodiscard]] bool has(const std::string& part) const;
};
[[nodiscard]] Said shell(const std::string& command);
/// As shell(); the test fails when the command does.
std::string shellOrFail(const std::string& command);

/// A CMake project that uses the installed package, which outlives it, in a folder of its own.
class Project {
public:
    Project(const InstalledSdk& sdk, const std::string& cmakeLists, const std::string& source);
    Project(const InstalledSdk& sdk, const std::string& copyOfFolder);

    [[nodiscard]] Said configure() const;
    /// Configures, then builds.
    [[nodiscard]] Said build() const;
    [[nodiscard]] Said test() const { return shell("ctest --output-on-failure --test-dir " + built("")); }
    [[nodiscard]] std::string source(const std::string& name) const { return folder_ / ("source/" + name); }
    [[nodiscard]] std::string built(const std::string& name) const { return folder_ / ("build/" + name); }

private:
    const InstalledSdk& sdk_;
    TemporaryFolder folder_;
};

} // namespace coffer::test
