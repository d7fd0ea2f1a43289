#include "service/Credentials.h"

#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/AssociationStore.h"
#include "store/CredentialStore.h"

#include <coffer/sdk/Http.h>

namespace coffer::backup_credentials {

namespace {

constexpr std::size_t projectsNamedInRefusal = 100;

Stamp stampOf(const Transaction& transaction) {
    return {transaction.now(), transaction.origin().principalName};
}

void raiseVersion(Transaction& transaction, Credential& credential) {
    credential.modified = stampOf(transaction);
    ++credential.version;
}

void refuseLocked(const Credential& credential) {
    if (credential.lock)
        throw credentialLocked(credential);
}

void takeVerdict(Credential& credential, const Validation& before, const Verdict& verdict) {
    credential.validation = after(before, verdict);
    credential.saw = verdict.saw;
    credential.advice = verdict.advice;
}

/// With the change's probe settings and keys in the place of its own; the secret is seen to by others.
Credential merged(Credential credential, const CredentialChange& change) {
    if (change.name) {
        credential.name = change.name->text;
        credential.nameKey = change.name->key;
    }
    credential.accessKeyId = change.accessKeyId.value_or(credential.accessKeyId);
    credential.addressing = change.addressing.value_or(credential.addressing);
    credential.caCertificate = change.caCertificate.value_or(credential.caCertificate);
    credential.bucket = change.bucket.value_or(credential.bucket);
    return credential;
}

bool probesAlike(const Credential& left, const Credential& right) {
    return left.accessKeyId == right.accessKeyId && left.addressing == right.addressing &&
           left.caCertificate == right.caCertificate && left.bucket == right.bucket;
}

} // namespace

ProbeRequest ProbeSnapshot::request() const {
    return {credential.endpoint,   credential.region,        credential.accessKeyId, &secretAccessKey,
            credential.addressing, credential.caCertificate, credential.bucket};
}

Credential Credentials::get(Transaction& transaction, std::int64_t id, const Access& access) const {
    auto found = store::find(transaction, id);
    if (!found)
        throw Problem::notFound();
    access.require(found->organization);
    return std::move(*found);
}

Credential Credentials::changeable(Transaction& transaction, std::int64_t id, const Access& access,
                                   std::optional<std::int64_t> ifMatch) const {
    Credential found = get(transaction, id, access);
    requireVersion(ifMatch, found.version);
    return found;
}

void Credentials::checkName(Transaction& transaction, std::int64_t organization, const Name& name,
                            std::int64_t except) const {
    const auto taken = store::idOfName(transaction, organization, name.key);
    if (taken && *taken != except)
        throw nameTaken(name.text);
}

void Credentials::checkUnverified(std::int64_t organization, const Access& access) const {
    if (!settings_.allowUnverified)
        throw unverifiedNotAllowed();
    if (!access.overriding.contains(organization))
        throw Problem(403, "forbidden", "You may not do that",
                      "Only an administrator may store keys that their endpoint did not accept. Leave "
                      "storeUnverified out.");
}

void Credentials::checkNew(Transaction& transaction, const NewCredential& wanted,
                           const Access& access) const {
    if (!store::organizationName(transaction, wanted.organization))
        throw Problem::notFound();
    access.require(wanted.organization);
    checkName(transaction, wanted.organization, wanted.name, 0);
    if (wanted.storeUnverified)
        checkUnverified(wanted.organization, access);
}

Credential Credentials::create(Transaction& transaction, const NewCredential& wanted, const Access& access,
                               const Verdict& verdict) const {
    checkNew(transaction, wanted, access);
    if (!verdict.works() && !wanted.storeUnverified)
        throw invalidS3Credentials(verdict);

    Credential credential;
    credential.id = store::nextId(transaction);
    credential.organization = wanted.organization;
    credential.organizationName = store::organizationName(transaction, wanted.organization).value();
    credential.name = wanted.name.text;
    credential.nameKey = wanted.name.key;
    credential.endpoint = wanted.endpoint;
    credential.region = wanted.region;
    credential.accessKeyId = wanted.accessKeyId;
    credential.secretFingerprint = vault_.fingerprint(wanted.secretAccessKey);
    credential.addressing = wanted.addressing;
    credential.caCertificate = wanted.caCertificate;
    credential.bucket = wanted.bucket;
    credential.created = credential.modified = stampOf(transaction);
    takeVerdict(credential, {}, verdict);
    if (!verdict.works())
        credential.validation.state = ValidationState::unverified;

    credential.secret =
        vault_.store(transaction, SecretBinding(credential).context(), wanted.secretAccessKey);
    store::insert(transaction, credential,
                  nextProbe(credential.validation, transaction.now(), settings_.probeInterval,
                            static_cast<std::uint64_t>(credential.id)));
    AuditEvent event = eventAbout(credential, "create");
    event.after = described(credential);
    transaction.record(std::move(event));
    return credential;
}

std::optional<ProbeSnapshot> Credentials::prepareUpdate(Transaction& transaction, std::int64_t id,
                                                        const CredentialChange& change,
                                                        const Access& access) const {
    const Credential current = changeable(transaction, id, access, change.ifMatch);
    refuseLocked(current);
    if (change.name)
        checkName(transaction, current.organization, *change.name, current.id);
    if (change.storeUnverified)
        checkUnverified(current.organization, access);
    ProbeSnapshot snapshot{merged(current, change), {}, current.version, current.keysVersion};
    if (change.secretAccessKey.empty() && probesAlike(snapshot.credential, current))
        return std::nullopt;
    snapshot.secretAccessKey = change.secretAccessKey.empty() ? vault_.open(transaction, current.secret,
                                                                            SecretBinding(current).context())
                                                              : change.secretAccessKey.clone();
    return snapshot;
}

Credential Credentials::update(Transaction& transaction, std::int64_t id, const CredentialChange& change,
                               const Access& access, const std::optional<ProbeSnapshot>& tried,
                               const std::optional<Verdict>& verdict) const {
    const Credential before = changeable(transaction, id, access, change.ifMatch);
    refuseLocked(before);
    if (change.name)
        checkName(transaction, before.organization, *change.name, before.id);
    if (change.storeUnverified)
        checkUnverified(before.organization, access);

    Credential wanted = merged(before, change);
    const bool probed = tried && verdict;
    if (probed) {
        if (before.version != tried->version || before.keysVersion != tried->keysVersion)
            throw changedMeanwhile(before);
        if (!verdict->works() && !change.storeUnverified)
            throw invalidS3Credentials(*verdict);
        if (!change.secretAccessKey.empty())
            wanted.secretFingerprint = vault_.fingerprint(change.secretAccessKey);
    } else if (!change.secretAccessKey.empty() || !probesAlike(wanted, before)) {
        // Nothing was to be probed when the request came; what it changes now was changed in between.
        throw changedMeanwhile(before);
    }
    const bool newSecret = wanted.secretFingerprint != before.secretFingerprint;
    const bool newKeys = newSecret || !probesAlike(wanted, before);
    if (!newKeys && wanted.name == before.name)
        return before;
    if (newKeys) {
        takeVerdict(wanted, {}, *verdict);
        if (!verdict->works())
            wanted.validation.state = ValidationState::unverified;
        ++wanted.keysVersion;
    }
    if (newSecret) {
        wanted.secret = vault_.replace(transaction, before.secret, SecretBinding(before).context(),
                                       change.secretAccessKey);
        transaction.scrub();
    }
    raiseVersion(transaction, wanted);
    store::update(transaction, wanted);
    if (newKeys)
        store::updateValidation(transaction, wanted,
                                nextProbe(wanted.validation, transaction.now(), settings_.probeInterval,
                                          static_cast<std::uint64_t>(id)));
    transaction.record(eventOfChange(before, wanted, "update"));
    return wanted;
}

void Credentials::remove(Transaction& transaction, std::int64_t id, const Access& access,
                         std::optional<std::int64_t> ifMatch) const {
    const Credential credential = changeable(transaction, id, access, ifMatch);
    refuseLocked(credential);
    if (credential.projectCount > 0)
        throw credentialInUse(credential, store::projects(transaction, id, {}, projectsNamedInRefusal));
    vault_.erase(transaction, credential.secret);
    store::remove(transaction, id);
    transaction.scrub();
    AuditEvent event = eventAbout(credential, "delete");
    event.before = described(credential);
    transaction.record(std::move(event));
}

Credentials::Outcome Credentials::lock(Transaction& transaction, std::int64_t id, const Access& access,
                                       std::optional<std::int64_t> ifMatch, const std::string& reason) const {
    Credential before = changeable(transaction, id, access, ifMatch);
    if (before.lock)
        return {std::move(before), true};
    Credential locked = before;
    locked.lock = Lock{transaction.now(), transaction.origin().principalName, reason};
    raiseVersion(transaction, locked);
    store::updateLock(transaction, locked);
    transaction.record(eventOfChange(before, locked, "lock"));
    return {std::move(locked), false};
}

Credentials::Outcome Credentials::unlock(Transaction& transaction, std::int64_t id, const Access& access,
                                         std::optional<std::int64_t> ifMatch) const {
    Credential before = changeable(transaction, id, access, ifMatch);
    if (!before.lock)
        return {std::move(before), true};
    Credential unlocked = before;
    unlocked.lock.reset();
    raiseVersion(transaction, unlocked);
    store::updateLock(transaction, unlocked);
    transaction.record(eventOfChange(before, unlocked, "unlock"));
    return {std::move(unlocked), false};
}

Credentials::Outcome Credentials::makeDefault(Transaction& transaction, std::int64_t id, const Access& access,
                                              std::optional<std::int64_t> ifMatch) const {
    Credential before = changeable(transaction, id, access, ifMatch);
    refuseLocked(before);
    if (before.isDefault)
        return {std::move(before), true};
    const auto other = store::defaultOf(transaction, before.organization);
    store::makeDefault(transaction, before);
    Credential chosen = before;
    chosen.isDefault = true;
    if (other)
        if (const auto previous = store::find(transaction, *other)) {
            Credential was = *previous;
            was.isDefault = true;
            transaction.record(eventOfChange(was, *previous, "clear-default"));
        }
    transaction.record(eventOfChange(before, chosen, "make-default"));
    return {std::move(chosen), false};
}

Credentials::Outcome Credentials::clearDefault(Transaction& transaction, std::int64_t id,
                                               const Access& access,
                                               std::optional<std::int64_t> ifMatch) const {
    Credential before = changeable(transaction, id, access, ifMatch);
    if (!before.isDefault)
        return {std::move(before), true};
    store::clearDefault(transaction, id);
    Credential cleared = before;
    cleared.isDefault = false;
    transaction.record(eventOfChange(before, cleared, "clear-default"));
    return {std::move(cleared), false};
}

Credential Credentials::defaultOf(Transaction& transaction, std::int64_t organization,
                                  const Access& access) const {
    if (!store::organizationName(transaction, organization) || !access.visible.contains(organization))
        throw Problem::notFound();
    const auto id = store::defaultOf(transaction, organization);
    if (!id)
        throw Problem(404, "no_default", "There is no default",
                      "Nobody has chosen a default for this organization. Choose one with "
                      "PUT /api/v1/backup-credentials/{id}/default.");
    return store::find(transaction, *id).value();
}

} // namespace coffer::backup_credentials
