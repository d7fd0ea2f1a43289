#include "service/SiblingService.h"

#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/AssociationStore.h"
#include "store/CredentialStore.h"

#include <coffer/sdk/Json.h>

#include <stdexcept>

namespace coffer::backup_credentials {

namespace {

Credential found(Transaction& transaction, std::int64_t organization, std::int64_t id) {
    auto credential = store::find(transaction, id);
    if (!credential || credential->organization != organization)
        throw Problem::notFound();
    return std::move(*credential);
}

CredentialSummary summaryOf(const Credential& credential) {
    CredentialSummary out;
    out.id = credential.id;
    out.organization = credential.organization;
    out.name = credential.name;
    out.endpoint = credential.endpoint;
    out.region = credential.region;
    out.addressing = toString(credential.addressing);
    out.caCertificate = credential.caCertificate;
    out.bucket = credential.bucket;
    out.accessKeyId = credential.accessKeyId;
    out.locked = credential.lock.has_value();
    out.lockReason = credential.lock ? credential.lock->reason : "";
    out.lockedBy = credential.lock ? credential.lock->by : "";
    out.lockedSince = credential.lock ? std::optional(credential.lock->since) : std::nullopt;
    out.isDefault = credential.isDefault;
    out.works = credential.validation.works();
    out.validation = toString(credential.validation.state);
    out.cause = credential.validation.cause == Cause::none ? "" : toString(credential.validation.cause);
    out.advice = credential.advice;
    out.version = credential.version;
    return out;
}

std::string ownerName(std::string_view owner) {
    if (owner.empty() || owner == manualOwner)
        throw std::invalid_argument("a plugin associates and releases projects in its own name");
    return std::string(owner);
}

} // namespace

std::optional<CredentialSummary> SiblingService::find(Transaction& transaction, std::int64_t organization,
                                                      std::int64_t credential) {
    const auto stored = store::find(transaction, credential);
    if (!stored || stored->organization != organization)
        return std::nullopt;
    return summaryOf(*stored);
}

std::optional<CredentialSummary> SiblingService::defaultOf(Transaction& transaction,
                                                           std::int64_t organization) {
    const auto id = store::defaultOf(transaction, organization);
    return id ? find(transaction, organization, *id) : std::nullopt;
}

CredentialSummary SiblingService::checkUse(Transaction& transaction, const CredentialUse& use) {
    const Credential credential = found(transaction, use.organization, use.credential);
    if (credential.lock)
        throw credentialLocked(credential);
    if (!credential.validation.works() && !use.acceptNotWorking)
        throw credentialNotWorking(credential);
    return summaryOf(credential);
}

SuspendedCredentials SiblingService::suspended(Transaction& transaction, std::string_view owner,
                                               const OrganizationScope& scope) {
    return {store::lockedOf(transaction, owner, scope), store::notWorkingOf(transaction, owner, scope)};
}

void SiblingService::associate(Transaction& transaction, const ProjectAssociation& association) {
    (void)associations_.associate(
        transaction, found(transaction, association.organization, association.credential),
        ownerName(association.owner), association.projectId, association.projectName);
}

bool SiblingService::release(Transaction& transaction, std::string_view owner, std::int64_t organization,
                             std::int64_t credential, std::string_view projectId) {
    return associations_.release(transaction, found(transaction, organization, credential), ownerName(owner),
                                 projectId);
}

std::vector<ProjectAssociation> SiblingService::associations(Transaction& transaction, std::string_view owner,
                                                             std::int64_t afterCredential,
                                                             std::string_view afterProject,
                                                             std::size_t limit) {
    const std::string name = ownerName(owner);
    std::vector<ProjectAssociation> out;
    for (auto& use : store::usesOfOwner(transaction, name, afterCredential, afterProject, limit))
        out.push_back({name, use.organization, use.credential, std::move(use.project), std::move(use.name)});
    return out;
}

SecretBytes SiblingService::openSecret(Transaction& transaction, const Principal& principal,
                                       std::int64_t organization, std::int64_t credential,
                                       std::string_view purpose) {
    const Credential stored = found(transaction, organization, credential);
    if (!holdsNamed(principal, usePermission, stored.idText()) ||
        !authorizedScope(principal, usePermission).contains(organization))
        throw Problem(403, "use_not_granted", "You may not use the secret",
                      "Obtaining the secret access key needs the permission backup-credentials:use, granted "
                      "to you for this very credential. Ask an administrator.");
    if (stored.lock)
        throw credentialLocked(stored);
    SecretBytes secret = vault_.open(transaction, stored.secret, SecretBinding(stored).context());
    AuditEvent event = eventAbout(stored, "use");
    JsonWriter json;
    json.beginObject()
        .member("purpose", purpose)
        .member("secretFingerprint", stored.secretFingerprint)
        .endObject();
    event.after = json.take();
    transaction.record(std::move(event));
    return secret;
}

} // namespace coffer::backup_credentials
