#include "tests/support/DaemonProcess.h"
#include "tests/support/Paths.h"

#include <cppunit/TestAssert.h>

#include <csignal>
#include <fcntl.h>
#include <regex>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace coffer::test {

namespace {

pid_t spawn(const std::vector<std::string>& command, const std::string& outputFile) {
    std::vector<char*> arguments;
    for (const auto& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a test program that crashes leaves no daemon behind
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    const int file = open(outputFile.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
}

int statusOf(int raw) {
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

const std::string program = buildPath("bin/cofferd");

constexpr std::chrono::minutes hang{10};

// Deadlines that no busy machine reaches. A test of a deadline shortens that one only.
constexpr const char* patientOptions[] = {
    "--storage.read_deadline=2m",
    "--storage.write_deadline=2m",
    "--storage.stuck_after=5m",
    "--storage.end_after=10m",
    "--backup-credentials.probe.connect_timeout=60s",
    "--backup-credentials.probe.handshake_timeout=60s",
    "--backup-credentials.probe.first_byte_timeout=60s",
    "--backup-credentials.probe.total_timeout=2m",
};

} // namespace

int runProgram(const std::vector<std::string>& command, std::string* output) {
    const TemporaryFolder folder;
    const std::string file = folder / "output";
    int raw = 0;
    waitpid(spawn(command, file), &raw, 0);
    if (output)
        *output = readFile(file);
    return statusOf(raw);
}

DaemonProcess::DaemonProcess(std::vector<std::string> options, std::string configuration)
    : configuration_(configuration.empty() ? sourcePath("config/cofferd.ini") : std::move(configuration)),
      options_(std::move(options)) {
    CPPUNIT_ASSERT_EQUAL(0, runProgram({program, "generate-key", folder_ / "coffer.key"}));
    start();
    try {
        token_ = readFile(folder_ / "administrator.token");
        token_.erase(token_.find_last_not_of('\n') + 1);
        CPPUNIT_ASSERT_MESSAGE("no administrator's token", !token_.empty());
    } catch (...) {
        kill();
        throw;
    }
}

DaemonProcess::~DaemonProcess() {
    if (pid_ > 0)
        kill();
}

std::vector<std::string> DaemonProcess::arguments() const {
    std::vector<std::string> all{
        "--config=" + configuration_,
        "--http.port=0",
        "--storage.directory=" + folder(),
        "--backup-credentials.probe.allow=127.0.0.0/8,::1/128",
    };
    // The last value of a repeated option counts.
    all.insert(all.end(), std::begin(patientOptions), std::end(patientOptions));
    all.insert(all.end(), options_.begin(), options_.end());
    return all;
}

void DaemonProcess::start() {
    std::filesystem::remove(logFile());
    auto command = arguments();
    command.insert(command.begin(), program);
    pid_ = spawn(command, logFile());
    try {
        waitUntilReady();
    } catch (...) {
        if (pid_ > 0)
            kill();
        throw;
    }
}

void DaemonProcess::waitUntilReady() {
    // The space ends the port: the line may be half written.
    static const std::regex listening("listening.*address=\\S*:(\\d+)\\s");
    const auto deadline = std::chrono::steady_clock::now() + hang;
    while (std::chrono::steady_clock::now() < deadline) {
        const std::string text = log();
        if (std::smatch match; std::regex_search(text, match, listening)) {
            port_ = static_cast<std::uint16_t>(std::stoi(match[1]));
            return;
        }
        int raw = 0;
        if (waitpid(pid_, &raw, WNOHANG) == pid_) {
            pid_ = -1;
            CPPUNIT_FAIL("cofferd ended with " + std::to_string(statusOf(raw)) + ": " + text);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    CPPUNIT_FAIL("cofferd does not become ready: " + log());
}

void DaemonProcess::signal(int number) const {
    CPPUNIT_ASSERT_EQUAL(0, ::kill(pid_, number));
}

int DaemonProcess::wait() {
    const auto deadline = std::chrono::steady_clock::now() + hang;
    int raw = 0;
    while (waitpid(pid_, &raw, WNOHANG) == 0) {
        CPPUNIT_ASSERT_MESSAGE("cofferd does not end: " + log(), std::chrono::steady_clock::now() < deadline);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    pid_ = -1;
    return statusOf(raw);
}

void DaemonProcess::kill() {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

int DaemonProcess::run(const std::vector<std::string>& command, std::string* output) const {
    auto all = arguments();
    all.insert(all.end(), command.begin(), command.end());
    all.insert(all.begin(), program);
    return runProgram(all, output);
}

std::int64_t DaemonProcess::addOrganization(const std::string& name) {
    const auto answer = client().post("/organizations", R"({"name":")" + name + "\"}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
    return answer.number("id");
}

std::string DaemonProcess::addPrincipal(const std::string& name, const std::string& role,
                                        std::int64_t organization) {
    Client administrator = client();
    const auto principal = administrator.post("/principals", R"({"name":")" + name + "\"}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(principal.body, 201, principal.status);
    const std::string path = "/principals/" + principal.text("id");
    const std::string where = organization == 0 ? "null" : std::to_string(organization);
    const auto granted =
        administrator.post(path + "/roles", R"({"role":")" + role + R"(","organizationId":)" + where + "}");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(granted.body, 201, granted.status);
    const auto made = administrator.post(path + "/tokens", R"({"name":"test"})");
    CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
    return made.text("token");
}

} // namespace coffer::test
