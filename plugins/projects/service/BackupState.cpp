#include "service/BackupState.h"

#include <map>
#include <utility>

namespace coffer::projects {

namespace {

using backup_credentials::CredentialSummary;
using Service = CredentialsService::Service;

/// What was asked already, for one list.
class Known {
public:
    Known(Transaction& transaction, Service& service) : transaction_(transaction), service_(service) {}

    const std::optional<CredentialSummary>& credential(std::int64_t organization, std::int64_t id) {
        const auto [entry, isNew] = credentials_.try_emplace(id);
        if (isNew)
            entry->second = service_.find(transaction_, organization, id);
        return entry->second;
    }
    const std::optional<CredentialSummary>& defaultOf(std::int64_t organization) {
        const auto [entry, isNew] = defaults_.try_emplace(organization);
        if (isNew)
            entry->second = service_.defaultOf(transaction_, organization);
        return entry->second;
    }

private:
    Transaction& transaction_;
    Service& service_;
    std::map<std::int64_t, std::optional<CredentialSummary>> credentials_;
    std::map<std::int64_t, std::optional<CredentialSummary>> defaults_;
};

void look(Known& known, Shown& shown) {
    const Project& project = shown.project;
    if (!project.backup) {
        shown.offered = known.defaultOf(project.organization);
        return;
    }
    shown.credential = known.credential(project.organization, project.backup->credential);
    if (!shown.credential) {
        shown.state = BackupState::unknown;
        shown.reason = Reason{"credential_missing", "The credential is not there. Name another.", ""};
        return;
    }
    shown.reason = whySuspended(*project.backup, *shown.credential);
    shown.state = shown.reason ? BackupState::suspended : BackupState::enabled;
}

} // namespace

std::string_view toString(BackupState state) noexcept {
    switch (state) {
    case BackupState::disabled:
        return "disabled";
    case BackupState::enabled:
        return "enabled";
    case BackupState::suspended:
        return "suspended";
    case BackupState::unknown:
        break;
    }
    return "unknown";
}

std::optional<Reason> whySuspended(const Backup& backup, const CredentialSummary& credential) {
    if (credential.locked)
        return Reason{"credential_locked", credential.lockedBy + " locked it: " + credential.lockReason, ""};
    if (credential.works || backup.overridden)
        return std::nullopt;
    std::string detail = "It is " + credential.validation + ".";
    if (!credential.advice.empty())
        detail += " " + credential.advice;
    return Reason{"credential_not_working", std::move(detail), credential.cause};
}

std::vector<Shown> shown(Transaction& transaction, const CredentialsService& credentials,
                         std::vector<Project> projects) {
    std::vector<Shown> out;
    out.reserve(projects.size());
    for (auto& project : projects)
        out.push_back({std::move(project), BackupState::disabled, {}, {}, {}});
    const auto asked = credentials.askIfThere([&](Service& service) {
        Known known(transaction, service);
        for (auto& entry : out)
            look(known, entry);
        return true;
    });
    if (asked)
        return out;
    for (auto& entry : out)
        if (entry.project.backup) {
            entry.state = BackupState::unknown;
            entry.reason = Reason{"backup_credentials_gone",
                                  "The plugin backup-credentials is disabled or in quarantine.", ""};
        }
    return out;
}

Shown shown(Transaction& transaction, const CredentialsService& credentials, Project project) {
    std::vector<Project> one;
    one.push_back(std::move(project));
    return std::move(shown(transaction, credentials, std::move(one)).front());
}

} // namespace coffer::projects
