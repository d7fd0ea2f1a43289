#pragma once

#include "tests/support/Client.h"
#include "tests/support/TemporaryFolder.h"

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace coffer::test {

/// A real cofferd on a port of the kernel's choice, with a fresh key and an empty database in a temporary
/// folder, and the plugins of config/plugins.d. Probes may reach loopback. The deadlines of its storage and
/// of probes are minutes unless the options say otherwise. Killed when the object goes, and when the thread
/// that started it ends.
class DaemonProcess {
public:
    /// @param options        more of the command line: `--audit.file=/x`
    /// @param configuration  its file; empty: the source tree's own
    explicit DaemonProcess(std::vector<std::string> options = {}, std::string configuration = {});
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;
    ~DaemonProcess();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] const std::string& token() const noexcept { return token_; } ///< the first administrator's
    [[nodiscard]] Client client() const { return Client(port_, token_); }
    [[nodiscard]] Client client(const std::string& token) const { return Client(port_, token); }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] std::string folder() const { return folder_.path().string(); }
    [[nodiscard]] std::string log() const { return readFile(logFile()); }
    [[nodiscard]] std::string logFile() const { return folder_ / "cofferd.log"; }

    void signal(int number) const;
    /// Waits for its end. @returns the exit status, or 128 + signal
    int wait();
    /// kill -9.
    void kill();
    /// Starts again on the same folder, after wait() or kill().
    void start();
    /// For the next start(): one more option, or one less.
    void addOption(std::string option) { options_.push_back(std::move(option)); }
    void dropOption() { options_.pop_back(); }
    /// Runs another command of cofferd on the same folder to its end. @returns exit status; the output goes
    /// to `output`
    int run(const std::vector<std::string>& command, std::string* output = nullptr) const;

    /// A new organization, and a principal with one role in it. @returns its bearer token
    std::int64_t addOrganization(const std::string& name);
    std::string addPrincipal(const std::string& name, const std::string& role, std::int64_t organization);

private:
    [[nodiscard]] std::vector<std::string> arguments() const;
    void waitUntilReady();

    TemporaryFolder folder_;
    std::string configuration_;
    std::vector<std::string> options_;
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
    std::string token_;
};

/// A program run to its end. @returns its exit status, or 128 + signal; stdout and stderr go to `output`
int runProgram(const std::vector<std::string>& command, std::string* output = nullptr);

} // namespace coffer::test
