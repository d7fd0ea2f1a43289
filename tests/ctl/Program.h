#pragma once

#include "tests/support/TemporaryFolder.h"

#include <map>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace coffer::test {

/// What a program wrote and how it ended.
struct Ended {
    int status = -1; ///< 128 + signal when one ended it
    std::string out;
    std::string err;
};

using Environment = std::map<std::string, std::string>;

/// The real cofferctl, with a home folder of its own and nothing of the caller's environment but the PATH.
class Program {
public:
    /// @param variables  more of its environment: COFFER_SERVER
    explicit Program(Environment variables = {});

    [[nodiscard]] const TemporaryFolder& home() const noexcept { return *home_; }
    void set(const std::string& variable, const std::string& value) { variables_[variable] = value; }
    [[nodiscard]] std::string configFile() const { return *home_ / ".config/coffer/config"; }

    /// Runs it to its end, connected to pipes.
    [[nodiscard]] Ended run(const std::vector<std::string>& arguments, const std::string& input = {}) const;
    /// The same, and it must end with 0. @returns what it wrote to standard output
    std::string done(const std::vector<std::string>& arguments, const std::string& input = {}) const;
    /// The same, and it must end with that status. @returns what it wrote to standard error
    std::string refused(int status, const std::vector<std::string>& arguments,
                        const std::string& input = {}) const;
    /// Any program with the same environment: `{"bash", "-c", ...}`.
    [[nodiscard]] Ended runOther(const std::vector<std::string>& command,
                                 const std::string& input = {}) const;

    [[nodiscard]] static std::string path();
    [[nodiscard]] std::vector<std::string> environment() const;

private:
    std::shared_ptr<TemporaryFolder> home_ = std::make_shared<TemporaryFolder>();
    Environment variables_;
};

/// cofferctl at a terminal: what somebody sees there, and types.
class Session {
public:
    Session(const Program& program, const std::vector<std::string>& arguments, unsigned short columns = 80);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// Waits until that can be read, and goes on behind it. @returns everything before it
    std::string expect(const std::string& text);
    void type(const std::string& text);
    /// @returns the status; what was not read yet goes to `rest`
    int end(std::string* rest = nullptr);
    /// Everything that was shown.
    [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// Whether a signal was sent to it that it blocks.
    [[nodiscard]] bool isPending(int signal) const;
    /// Whether the terminal shows what is typed.
    [[nodiscard]] bool echoes() const;

private:
    bool readMore();

    pid_t pid_ = -1;
    int terminal_ = -1;
    std::string shown_;
    std::size_t read_ = 0;
    int status_ = -1;
};

void assertContains(const std::string& text, const std::string& part);
void assertLacks(const std::string& text, const std::string& part);

} // namespace coffer::test
