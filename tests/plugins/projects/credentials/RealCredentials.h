#pragma once

#include <coffer/backup-credentials/BackupCredentialsService.h>
#include <coffer/sdk/Plugin.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace coffer::test {

/// The rules and tables of backup-credentials, without its routes, in the database of a host in which another
/// plugin is tested. What people would do over HTTP is done here; a refusal is thrown as its Problem.
class RealCredentials {
public:
    /// Nothing is stored yet. The host must outlive it.
    explicit RealCredentials(HostContext& host);
    ~RealCredentials();

    [[nodiscard]] std::shared_ptr<backup_credentials::BackupCredentialsService> service() const;
    /// Once, when the host has been started.
    void createTables();

    std::int64_t create(std::int64_t organization, const std::string& name, const std::string& bucket = {});
    void lock(std::int64_t id, const std::string& reason = "keys are rotated");
    void unlock(std::int64_t id);
    void makeDefault(std::int64_t id);
    void clearDefault(std::int64_t id);
    void remove(std::int64_t id);
    /// `valid`, `failing`, `invalid` or `unverified`: what probes would have found.
    void becomes(std::int64_t id, const std::string& state);

    /// The names of the projects that it is associated with, by project id, with a space behind each.
    [[nodiscard]] std::string projects(std::int64_t id);
    /// What its own inspection finds wrong.
    [[nodiscard]] std::vector<std::string> check();

private:
    struct Parts;

    HostContext& host_;
    std::unique_ptr<Parts> parts_;
};

} // namespace coffer::test
