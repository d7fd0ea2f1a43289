#pragma once

#include <cppunit/TestListener.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace CppUnit {
class TestResult;
}

namespace coffer::testkit {

/// A folder for all temporary files of this program and of the programs that it starts: TMPDIR names it. It
/// is removed with all that it holds.
class TemporaryDirectory {
public:
    /// @throws std::system_error when it cannot be made
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// Fails each test that leaves something behind which did not exist before it: a thread, an open descriptor,
/// a process, or a file or folder in the temporary directory. Threads and processes that are ending get
/// `patience` to do so. Linux only: it reads /proc.
class LeftoverCheck final : public CppUnit::TestListener {
public:
    /// @param result     is told of the failures; it outlives this object, which is one of its listeners
    /// @param temporary  the temporary directory of this program
    /// @param patience   how long leftovers may take to end; the kernel lists a joined thread a moment longer
    LeftoverCheck(CppUnit::TestResult& result, std::filesystem::path temporary,
                  std::chrono::milliseconds patience = std::chrono::seconds(20));

    void startTest(CppUnit::Test* test) override;
    void endTest(CppUnit::Test* test) override;

private:
    /// What is there: the names, and what each of them is.
    using Things = std::map<std::string, std::string>;

    [[nodiscard]] Things things() const;
    /// What is there now and was not before the test, a line each.
    [[nodiscard]] std::string leftovers() const;

    CppUnit::TestResult& result_;
    const std::filesystem::path temporary_;
    const std::chrono::milliseconds patience_;
    Things before_;
};

} // namespace coffer::testkit
