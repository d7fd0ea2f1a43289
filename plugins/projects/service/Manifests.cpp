#include "service/Manifests.h"

#include "manifest/Velero.h"
#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/PolicyStore.h"

#include <coffer/sdk/Json.h>

namespace coffer::projects {

namespace {

using backup_credentials::CredentialSummary;

TimeZone zoneOf(const Policy& policy) {
    const auto zone = TimeZone::find(policy.timeZone);
    if (!zone)
        throw Problem::unavailable("time_zones_unavailable",
                                   "The system that the daemon runs on no longer has the time zone " +
                                       policy.timeZone + " of the policy \"" + policy.name +
                                       "\". Bring its package tzdata up to date, or change the policy.",
                                   60);
    return *zone;
}

std::vector<VeleroPolicy> policiesOf(Transaction& transaction, const Project& project) {
    std::vector<VeleroPolicy> out;
    for (const auto& policy : store::policies(transaction, project.id, 0, mostPolicies))
        out.push_back({policy.id, policy.name, Cron::parse(policy.cron), zoneOf(policy), policy.retention,
                       policy.included, policy.excluded});
    return out;
}

VeleroInput inputOf(const Project& project, const CredentialSummary& credential) {
    VeleroInput input;
    input.projectId = project.id;
    input.projectName = project.name;
    input.credentialId = credential.id;
    input.credentialName = credential.name;
    input.endpoint = credential.endpoint;
    input.region = credential.region;
    input.addressing = credential.addressing;
    input.caCertificate = credential.caCertificate;
    input.accessKeyId = credential.accessKeyId;
    input.bucket = project.backup->bucket.empty() ? credential.bucket : project.backup->bucket;
    if (input.bucket.empty())
        throw noBucket(project);
    input.prefix = project.backup->prefix;
    return input;
}

AuditEvent eventOf(const Project& project, const VeleroInput& input, bool includeSecret) {
    AuditEvent event = eventAbout(project, "manifest");
    JsonWriter json;
    json.beginObject()
        .member("format", "velero")
        .member("credentialId", input.credentialId)
        .member("bucket", input.bucket)
        .member("namespace", input.veleroNamespace)
        .member("includeSecret", includeSecret)
        .endObject();
    event.after = json.take();
    return event;
}

} // namespace

std::string Manifests::velero(Transaction& transaction, std::int64_t project, const Access& access,
                              const Principal& principal, const ManifestWish& wish) const {
    const Project found = projects_.get(transaction, project, access);
    if (!found.backup)
        throw backupDisabled(found);
    return credentials_.ask([&](CredentialsService::Service& service) {
        const auto credential = service.checkUse(
            transaction, {found.organization, found.backup->credential, found.backup->overridden});
        VeleroInput input = inputOf(found, credential);
        input.veleroNamespace = wish.veleroNamespace.value_or(settings_.veleroNamespace);
        input.policies = policiesOf(transaction, found);
        SecretBytes secret;
        if (wish.includeSecret) {
            secret = service.openSecret(transaction, principal, found.organization, credential.id,
                                        "Velero manifest of project " + found.idText());
            input.secretAccessKey = &secret;
        }
        std::string yaml = veleroManifest(input);
        transaction.record(eventOf(found, input, wish.includeSecret));
        return yaml;
    });
}

} // namespace coffer::projects
