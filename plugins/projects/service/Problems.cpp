#include "service/Problems.h"

#include "service/Policy.h"

#include <coffer/sdk/Json.h>

namespace coffer::projects {

Problem forbidden() {
    return {403, "forbidden", "You may not do that",
            "You may see this project, but your role in its organization does not let you do that. Ask an "
            "administrator or a manager of the organization."};
}

Problem overrideForbidden() {
    return {403, "forbidden", "You may not do that",
            "Only an administrator may back up with a credential that does not work. Leave acceptFailing "
            "out, or name another credential."};
}

Problem nameTaken(std::string_view what, std::string_view name) {
    return Problem::conflict("name_taken", "The name is taken",
                             "There is a " + std::string(what) + " named \"" + std::string(name) +
                                 "\" already; case and width of the letters make no difference. Choose "
                                 "another name.");
}

Problem credentialNotInOrganization() {
    return Problem::conflict("credential_not_in_organization",
                             "The project's organization has no such credential",
                             "GET /api/v1/backup-credentials?organizationId= lists those that it has. Leave "
                             "credentialId out to take the default.");
}

Problem noDefault() {
    return Problem::conflict("no_default", "There is no default",
                             "No credentialId was given, and nobody has chosen a default for the project's "
                             "organization. Name a credential, or choose a default with PUT "
                             "/api/v1/backup-credentials/{id}/default.");
}

Problem defaultLocked(const backup_credentials::CredentialSummary& credential) {
    Problem problem =
        Problem::conflict("credential_locked", "The credential is locked",
                          "The organization's default, \"" + credential.name + "\", is locked by " +
                              credential.lockedBy + ": " + credential.lockReason +
                              ". Name another with credentialId, choose another default, or "
                              "unlock it with DELETE /api/v1/backup-credentials/" +
                              std::to_string(credential.id) + "/lock.");
    problem.with("isDefault", "true");
    return problem;
}

Problem alreadyDisabled() {
    return Problem::conflict("backup_already_disabled", "Backup is already disabled",
                             "The project is not backed up, and no credential is held for it. PUT to the "
                             "same path enables backup.");
}

Problem backupDisabled(const Project& project) {
    return Problem::conflict("backup_disabled", "Backup is disabled",
                             "The project is not backed up. Enable that first, with PUT /api/v1/projects/" +
                                 project.idText() + "/backup.");
}

Problem backupEnabled(const Project& project) {
    Problem problem = Problem::conflict(
        "backup_enabled", "The project is backed up",
        "Disable its backup first, or delete it with ?disableBackup=true. What was backed up stays where it "
        "is.");
    problem.with("credentialId", std::to_string(project.backup.value_or(Backup{}).credential));
    return problem;
}

Problem noBucket(const Project& project) {
    return Problem::conflict("no_bucket", "No bucket is named",
                             "Neither the project nor its credential names a bucket. Name one with PUT "
                             "/api/v1/projects/" +
                                 project.idText() + "/backup {\"bucket\": \"...\"}.");
}

Problem tooManyPolicies() {
    return Problem::conflict("too_many_policies", "The project has too many policies",
                             "A project has at most " + std::to_string(mostPolicies) +
                                 " policies. Delete one first.");
}

} // namespace coffer::projects
