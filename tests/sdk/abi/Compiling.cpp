#include "tests/sdk/abi/Compiling.h"

#include "tests/support/Paths.h"

#include <cppunit/TestAssert.h>

#include <array>
#include <cstdio>
#include <sys/wait.h>

namespace coffer::test {

Outcome run(const std::string& command) {
    FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r"); // NOLINT: commands of these tests
    CPPUNIT_ASSERT(pipe != nullptr);
    std::string output;
    std::array<char, 4096> piece{};
    while (const auto length = std::fread(piece.data(), 1, piece.size(), pipe))
        output.append(piece.data(), length);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, output};
}

std::string succeed(const std::string& command) {
    auto [status, output] = run(command);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(command + "\n" + output, 0, status);
    return output;
}

std::string compilePlugin(const TemporaryFolder& folder, const std::string& source, const std::string& flags,
                          const std::string& compiler) {
    const auto plugin = folder / "plugin.so";
    succeed("umask 022; " + compiler + " -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -shared " +
            flags + " -I'" + sourcePath("sdk/include") + "' '" + source + "' -o '" + plugin + "' -L'" +
            buildPath("lib") + "' -Wl,-z,now -Wl,--no-undefined -lcoffer-sdk -lPocoNet -lPocoFoundation");
    return plugin;
}

} // namespace coffer::test
