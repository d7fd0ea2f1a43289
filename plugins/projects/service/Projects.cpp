#include "service/Projects.h"

#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/ProjectStore.h"

#include <coffer/sdk/Http.h>

namespace coffer::projects {

Project Projects::get(Transaction& transaction, std::int64_t id, const Access& access) const {
    auto found = store::find(transaction, id);
    if (!found || !access.visible.contains(found->organization))
        throw Problem::notFound();
    if (access.concerns)
        access.concerns(found->organization);
    if (!access.allowed.contains(found->organization))
        throw forbidden();
    return std::move(*found);
}

Project Projects::changeable(Transaction& transaction, std::int64_t id, const Access& access,
                             std::optional<std::int64_t> ifMatch) const {
    Project found = get(transaction, id, access);
    requireVersion(ifMatch, found.version);
    return found;
}

void Projects::checkName(Transaction& transaction, std::int64_t organization, const Name& name,
                         std::int64_t except) const {
    const auto taken = store::idOfName(transaction, organization, name.key);
    if (taken && *taken != except)
        throw nameTaken("project of this organization", name.text);
}

Project Projects::create(Transaction& transaction, const NewProject& wanted, const Access& access) const {
    const auto organization = store::organizationName(transaction, wanted.organization);
    if (!organization || !access.visible.contains(wanted.organization))
        throw Problem::notFound();
    if (access.concerns)
        access.concerns(wanted.organization);
    if (!access.allowed.contains(wanted.organization))
        throw forbidden();
    checkName(transaction, wanted.organization, wanted.name, 0);

    Project project;
    project.organization = wanted.organization;
    project.organizationName = *organization;
    project.name = wanted.name.text;
    project.nameKey = wanted.name.key;
    project.description = wanted.description;
    project.created = project.modified = {transaction.now(), transaction.origin().principalName};
    project.id = store::insert(transaction, project);
    transaction.record(eventOfChange(project, "create", nullptr, &project));
    if (wanted.backup)
        return backups_.enable(transaction, project, *wanted.backup, access).project;
    return project;
}

Project Projects::update(Transaction& transaction, std::int64_t id, const ProjectChange& change,
                         const Access& access) const {
    const Project before = changeable(transaction, id, access, change.ifMatch);
    if (change.name)
        checkName(transaction, before.organization, *change.name, before.id);
    Project after = before;
    if (change.name) {
        after.name = change.name->text;
        after.nameKey = change.name->key;
    }
    after.description = change.description.value_or(before.description);
    if (after.name == before.name && after.description == before.description)
        return before;
    touch(transaction, after);
    store::update(transaction, after);
    if (after.name != before.name)
        backups_.rename(transaction, after);
    transaction.record(eventOfChange(after, "update", &before, &after));
    return after;
}

void Projects::remove(Transaction& transaction, std::int64_t id, const Access& access,
                      std::optional<std::int64_t> ifMatch, bool disableBackup) const {
    Project project = changeable(transaction, id, access, ifMatch);
    if (project.backup && !disableBackup)
        throw backupEnabled(project);
    if (project.backup)
        project = backups_.disable(transaction, project);
    store::remove(transaction, id);
    transaction.record(eventOfChange(project, "delete", &project, nullptr));
}

} // namespace coffer::projects
