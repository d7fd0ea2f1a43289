#include "tests/ctl/Program.h"

#include "host/ctl/Completion.h"
#include "tests/support/Paths.h"

#include <cppunit/TestAssert.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace coffer::test {

namespace {

constexpr std::chrono::minutes patience(10); ///< for hangs only

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

[[noreturn]] void become(std::vector<std::string> command, std::vector<std::string> environment) {
    // The child gets default signal handling: a shell ignores SIGINT in background jobs, and a child would
    // inherit that.
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP})
        std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    auto arguments = pointers(command);
    auto variables = pointers(environment);
    ::execvpe(arguments[0], arguments.data(), variables.data());
    ::_exit(127);
}

int statusOf(int raw) {
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

int opened(const std::string& file, int flags) {
    const int descriptor = ::open(file.c_str(), flags | O_CLOEXEC, 0600);
    CPPUNIT_ASSERT(descriptor >= 0);
    return descriptor;
}

Ended runToEnd(const std::vector<std::string>& command, const std::vector<std::string>& environment,
               const std::string& input) {
    const TemporaryFolder folder;
    const int in = opened(folder.write("in", input), O_RDONLY);
    const int out = opened(folder / "out", O_WRONLY | O_CREAT);
    const int err = opened(folder / "err", O_WRONLY | O_CREAT);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(in, STDIN_FILENO);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(err, STDERR_FILENO);
        become(command, environment);
    }
    for (const int descriptor : {in, out, err})
        ::close(descriptor);
    int raw = 0;
    ::waitpid(pid, &raw, 0);
    return {statusOf(raw), readFile(folder / "out"), readFile(folder / "err")};
}

std::vector<std::string> withProgram(const std::vector<std::string>& arguments) {
    std::vector<std::string> command{Program::path()};
    const bool isCommand = !arguments.empty() && !arguments.front().starts_with('-') &&
                           arguments.front() != coffer::ctl::completeCommand;
    // The default timeout suits a person at a terminal; a busy machine can exceed it.
    if (isCommand && std::ranges::find(arguments, "--timeout") == arguments.end())
        command.insert(command.end(), {"--timeout", std::to_string(std::chrono::seconds(patience).count())});
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

std::string told(const std::vector<std::string>& arguments, const Ended& ended) {
    std::string out = "cofferctl";
    for (const auto& argument : arguments)
        out += " " + argument;
    return out + "\n" + ended.out + ended.err;
}

} // namespace

Program::Program(Environment variables) : variables_(std::move(variables)) {}

std::string Program::path() {
    return buildPath("bin/cofferctl");
}

std::vector<std::string> Program::environment() const {
    Environment all{{"HOME", home_->path().string()},
                    {"PATH", "/usr/bin:/bin"},
                    {"LANG", "C.UTF-8"},
                    {"TERM", "xterm"},
                    {"TZ", "UTC"}};
    for (const char* kept : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
        if (const char* value = std::getenv(kept))
            all[kept] = value;
    for (const auto& [name, value] : variables_)
        all[name] = value;
    std::vector<std::string> out;
    for (const auto& [name, value] : all)
        out.push_back(name + "=" + value);
    return out;
}

Ended Program::run(const std::vector<std::string>& arguments, const std::string& input) const {
    return runToEnd(withProgram(arguments), environment(), input);
}

Ended Program::runOther(const std::vector<std::string>& command, const std::string& input) const {
    return runToEnd(command, environment(), input);
}

std::string Program::done(const std::vector<std::string>& arguments, const std::string& input) const {
    const Ended ended = run(arguments, input);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(told(arguments, ended), 0, ended.status);
    return ended.out;
}

std::string Program::refused(int status, const std::vector<std::string>& arguments,
                             const std::string& input) const {
    const Ended ended = run(arguments, input);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(told(arguments, ended), status, ended.status);
    return ended.err;
}

Session::Session(const Program& program, const std::vector<std::string>& arguments, unsigned short columns) {
    const winsize size{24, columns, 0, 0};
    const auto environment = program.environment();
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    CPPUNIT_ASSERT(pid_ >= 0);
    if (pid_ == 0)
        become(withProgram(arguments), environment);
}

Session::~Session() {
    if (status_ < 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
}

bool Session::readMore() {
    pollfd wanted{terminal_, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::chrono::milliseconds(patience).count()));
    CPPUNIT_ASSERT_MESSAGE("nothing more is shown after: " + shown_, ready > 0);
    std::array<char, 4096> piece{};
    const auto got = ::read(terminal_, piece.data(), piece.size());
    // EIO: the program has gone.
    if (got <= 0)
        return false;
    shown_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

std::string Session::expect(const std::string& text) {
    while (shown_.find(text, read_) == std::string::npos)
        CPPUNIT_ASSERT_MESSAGE("it ended without \"" + text + "\": " + shown_, readMore());
    const auto at = shown_.find(text, read_);
    std::string before = shown_.substr(read_, at - read_);
    read_ = at + text.size();
    return before;
}

void Session::type(const std::string& text) {
    CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(text.size()), ::write(terminal_, text.data(), text.size()));
}

int Session::end(std::string* rest) {
    while (readMore())
        continue;
    int raw = 0;
    ::waitpid(pid_, &raw, 0);
    status_ = statusOf(raw);
    if (rest)
        *rest = shown_.substr(read_);
    return status_;
}

bool Session::isPending(int signal) const {
    std::istringstream status(readFile("/proc/" + std::to_string(pid_) + "/status"));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("ShdPnd:"))
            return (std::stoull(line.substr(line.find('\t') + 1), nullptr, 16) >> (signal - 1) & 1U) != 0;
    return false;
}

bool Session::echoes() const {
    termios settings{};
    CPPUNIT_ASSERT_EQUAL(0, ::tcgetattr(terminal_, &settings));
    return (settings.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

void assertContains(const std::string& text, const std::string& part) {
    CPPUNIT_ASSERT_MESSAGE("no '" + part + "' in: " + text, text.find(part) != std::string::npos);
}

void assertLacks(const std::string& text, const std::string& part) {
    CPPUNIT_ASSERT_MESSAGE("'" + part + "' in: " + text, text.find(part) == std::string::npos);
}

} // namespace coffer::test
