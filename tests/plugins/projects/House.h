#pragma once

#include "tests/plugins/projects/credentials/RealCredentials.h"

#include <coffer/testkit/FakeHost.h>

#include <cstdint>
#include <string>

namespace coffer::test {

using testkit::Answer;
using testkit::Caller;

/// The plugin as it is, in a host in memory, beside the real rules of backup-credentials. Organizations 1 and
/// 2 exist from the start. It is the administrator who calls, unless told.
class House {
public:
    explicit House(const testkit::FakeHost::Options& options = {});

    [[nodiscard]] testkit::FakeHost& host() noexcept { return host_; }
    [[nodiscard]] RealCredentials& credentials() noexcept { return credentials_; }

    Answer get(const std::string& path) { return host_.request("GET", path); }
    Answer post(const std::string& path, const std::string& body) {
        return host_.request("POST", path, body);
    }
    Answer put(const std::string& path, const std::string& body = "{}") {
        return host_.request("PUT", path, body);
    }
    Answer patch(const std::string& path, const std::string& body) {
        return host_.request("PATCH", path, body);
    }
    Answer remove(const std::string& path) { return host_.request("DELETE", path); }
    [[nodiscard]] Caller as(Role role, std::int64_t organization = 1);

    /// Creates one. `more` is added to the body as it is: `,"enableBackup":true`. @returns its id
    std::int64_t create(const std::string& name, std::int64_t organization = 1, const std::string& more = {});
    [[nodiscard]] static std::string body(const std::string& name, std::int64_t organization = 1,
                                          const std::string& more = {});
    [[nodiscard]] static std::string at(std::int64_t id, const std::string& rest = {});
    /// Creates one that is backed up with this credential. @returns its id
    std::int64_t createBackedUp(const std::string& name, std::int64_t credential);
    Answer enable(std::int64_t id, std::int64_t credential, const std::string& more = {});

    /// `backup.state` of the project.
    [[nodiscard]] std::string state(std::int64_t id);
    /// The ids of a list, with a space behind each.
    [[nodiscard]] std::string ids(const std::string& path);
    /// backup-credentials is disabled from here on.
    void takeCredentialsAway();

    /// Runs SQL past every rule of the service.
    void sql(const std::string& statement);
    [[nodiscard]] std::int64_t ask(const std::string& query);
    /// The last record of that action that was done.
    [[nodiscard]] AuditEvent recorded(const std::string& action);
    [[nodiscard]] std::size_t records(const std::string& action, AuditResult result = AuditResult::success);

private:
    testkit::FakeHost host_;
    RealCredentials credentials_;
};

} // namespace coffer::test
