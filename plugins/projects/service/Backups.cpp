#include "service/Backups.h"

#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/ProjectStore.h"

namespace coffer::projects {

namespace {

using backup_credentials::CredentialSummary;
using Service = CredentialsService::Service;

/// The one that is named, or else the present one, or else the organization's default.
CredentialSummary chosen(Transaction& transaction, Service& service, const Project& project,
                         const BackupWish& wish, const Access& access) {
    auto id = wish.credential;
    if (!id && project.backup)
        id = project.backup->credential;
    if (!access.credentials.contains(project.organization))
        throw credentialNotInOrganization();
    if (id) {
        auto named = service.find(transaction, project.organization, *id);
        if (!named)
            throw credentialNotInOrganization();
        return std::move(*named);
    }
    auto byDefault = service.defaultOf(transaction, project.organization);
    if (!byDefault)
        throw noDefault();
    if (byDefault->locked)
        throw defaultLocked(*byDefault);
    return std::move(*byDefault);
}

bool equal(const Backup& left, const Backup& right) {
    return left.credential == right.credential && left.bucket == right.bucket &&
           left.prefix == right.prefix && left.overridden == right.overridden;
}

} // namespace

void touch(Transaction& transaction, Project& project) {
    project.modified = {transaction.now(), transaction.origin().principalName};
    ++project.version;
}

Backups::Outcome Backups::enable(Transaction& transaction, const Project& before, const BackupWish& wish,
                                 const Access& access) const {
    if (wish.acceptFailing.value_or(false) && !access.overriding.contains(before.organization))
        throw overrideForbidden();
    return credentials_.ask([&](Service& service) -> Outcome {
        const CredentialSummary credential = chosen(transaction, service, before, wish, access);
        const bool same = before.backup && before.backup->credential == credential.id;
        const bool overriddenSoFar = same && before.backup->overridden;
        const bool accepted = wish.acceptFailing.value_or(overriddenSoFar);
        (void)service.checkUse(transaction, {before.organization, credential.id, accepted});

        Backup wanted = before.backup.value_or(Backup{});
        wanted.credential = credential.id;
        wanted.bucket = wish.bucket.value_or(wanted.bucket);
        wanted.prefix = wish.prefix.value_or(wanted.prefix);
        wanted.overridden = accepted && (overriddenSoFar || !credential.works);
        if (same && equal(wanted, *before.backup))
            return {before, true};
        if (!same) {
            wanted.since = {transaction.now(), transaction.origin().principalName};
            service.associate(transaction, {std::string(pluginId), before.organization, credential.id,
                                            before.idText(), before.name});
        }
        Project after = before;
        after.backup = wanted;
        touch(transaction, after);
        store::update(transaction, after);
        if (before.backup && !same)
            (void)service.release(transaction, pluginId, before.organization, before.backup->credential,
                                  before.idText());
        transaction.record(eventOfChange(after, "enable-backup", &before, &after));
        return {after, same};
    });
}

Project Backups::disable(Transaction& transaction, const Project& before) const {
    if (!before.backup)
        throw alreadyDisabled();
    return credentials_.ask([&](Service& service) {
        (void)service.release(transaction, pluginId, before.organization, before.backup->credential,
                              before.idText());
        Project after = before;
        after.backup.reset();
        touch(transaction, after);
        store::update(transaction, after);
        transaction.record(eventOfChange(after, "disable-backup", &before, &after));
        return after;
    });
}

void Backups::rename(Transaction& transaction, const Project& project) const {
    if (!project.backup)
        return;
    credentials_.ask([&](Service& service) {
        service.associate(transaction, {std::string(pluginId), project.organization,
                                        project.backup->credential, project.idText(), project.name});
        return true;
    });
}

} // namespace coffer::projects
