#include "Leftovers.h"

#include <cppunit/Exception.h>
#include <cppunit/Message.h>
#include <cppunit/TestResult.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>

namespace coffer::testkit {

namespace fs = std::filesystem;

namespace {

std::string firstLine(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

std::string commandOf(const std::string& process) {
    std::ifstream in("/proc/" + process + "/cmdline");
    std::string command(std::istreambuf_iterator<char>(in), {});
    for (char& c : command)
        if (c == '\0')
            c = ' ';
    return command.empty() ? firstLine("/proc/" + process + "/comm") : command;
}

/// A plugin stays loaded until the program ends, and the descriptor that it was loaded from stays open.
bool isLoadedLibrary(const std::string& file) {
    if (!file.ends_with(".so") && !file.ends_with(".so (deleted)"))
        return false;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.ends_with(file))
            return true;
    return false;
}

/// Takes note of children that have ended, orphans of the test's own programs included.
void reap() {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

} // namespace

TemporaryDirectory::TemporaryDirectory() {
    std::string form = (fs::temp_directory_path() / "coffer-tests.XXXXXX").string();
    if (!::mkdtemp(form.data()))
        throw std::system_error(errno, std::generic_category(), "cannot make the folder " + form);
    path_ = form;
    ::setenv("TMPDIR", form.c_str(), 1);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

LeftoverCheck::LeftoverCheck(CppUnit::TestResult& result, fs::path temporary,
                             std::chrono::milliseconds patience)
    : result_(result), temporary_(std::move(temporary)), patience_(patience) {
    // What a test's program started and did not wait for becomes our child, and is seen.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    // The thread sanitizer starts a thread of its own with the first one.
    std::thread([] {}).join();
}

void LeftoverCheck::startTest(CppUnit::Test* /*test*/) {
    before_ = things();
}

void LeftoverCheck::endTest(CppUnit::Test* test) {
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    std::string left = leftovers();
    while (!left.empty() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        left = leftovers();
    }
    if (!left.empty())
        result_.addFailure(test, new CppUnit::Exception(CppUnit::Message("the test left behind:" + left)));
}

LeftoverCheck::Things LeftoverCheck::things() const {
    Things all;
    std::error_code gone; // what ends while we look is not there
    for (const auto& entry : fs::directory_iterator("/proc/self/task")) {
        const std::string id = entry.path().filename();
        all["thread " + id] = firstLine(entry.path() / "comm");
        std::ifstream children(entry.path() / "children");
        for (std::string child; children >> child;)
            all["process " + child] = commandOf(child);
    }
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        const std::string target = fs::read_symlink(entry.path(), gone);
        // The descriptor with which this loop reads is none of the test's.
        if (!gone && !target.ends_with("/fd") && !isLoadedLibrary(target))
            all["descriptor " + entry.path().filename().string()] = target;
    }
    for (const auto& entry : fs::directory_iterator(temporary_))
        all["file " + entry.path().filename().string()] = entry.path();
    return all;
}

std::string LeftoverCheck::leftovers() const {
    reap();
    std::string lines;
    for (const auto& [identity, words] : things())
        if (const auto found = before_.find(identity); found == before_.end() || found->second != words)
            lines += "\n  " + identity + ": " + words;
    return lines;
}

} // namespace coffer::testkit
