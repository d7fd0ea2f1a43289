#pragma once

#include "tests/ctl/Program.h"
#include "tests/support/DaemonProcess.h"
#include "tests/support/S3Stub.h"

#include <string>

namespace coffer::test {

/// A daemon and an S3 endpoint that cofferctl is tried with.
class Scene {
public:
    [[nodiscard]] DaemonProcess& daemon() noexcept { return daemon_; }
    [[nodiscard]] std::string server() const { return "http://127.0.0.1:" + std::to_string(daemon_.port()); }
    [[nodiscard]] std::string endpoint() const { return stub_.endpoint(); }
    [[nodiscard]] S3Stub& stub() noexcept { return stub_; }
    /// cofferctl as the administrator, in a new organization.
    [[nodiscard]] Program administrator();
    /// The same with a role in the organization of `program`.
    [[nodiscard]] Program other(const Program& program, const std::string& role);
    /// Whose organization that is.
    [[nodiscard]] static std::string organization(const Program& program);

    /// Stores a credential that works. @returns its id
    std::string addCredential(const Program& program, const std::string& name,
                              const std::string& accessKeyId = "AKIAIOSFODNN7EXAMPLE");
    /// The options and the input with which `credentials add NAME` succeeds.
    [[nodiscard]] std::vector<std::string>
    keys(const std::string& accessKeyId = "AKIAIOSFODNN7EXAMPLE") const;

private:
    DaemonProcess daemon_;
    S3Stub stub_;
    int organizations_ = 0;
    int principals_ = 0;
};

/// No log, no audit record and no file of cofferctl may hold it.
inline const std::string secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

} // namespace coffer::test
