#include "service/Probes.h"

#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/CredentialStore.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr Cause causes[] = {Cause::none,      Cause::secret,  Cause::key,        Cause::suspended,
                            Cause::clock,     Cause::region,  Cause::tls,        Cause::name,
                            Cause::refused,   Cause::silent,  Cause::notS3,      Cause::rights,
                            Cause::ambiguous, Cause::address, Cause::unavailable};
constexpr ValidationState states[] = {ValidationState::unverified, ValidationState::valid,
                                      ValidationState::failing, ValidationState::invalid};

} // namespace

Probes::Probes(Storage& storage, SecretVault& vault, const Credentials& credentials, const Settings& settings,
               Try tryOut, Metrics& metrics)
    : storage_(storage), vault_(vault), credentials_(credentials), settings_(settings),
      tryOut_(std::move(tryOut)) {
    for (const Cause cause : causes)
        probes_[cause] = &metrics.counter("coffer_backup_credentials_probes_total",
                                          "Probes of S3 keys, by what they found.",
                                          {{"verdict", std::string(toString(cause))}});
    for (const ValidationState state : states)
        changes_[state] = &metrics.counter("coffer_backup_credentials_verdict_changes_total",
                                           "Stored credentials that changed their state, by the new one.",
                                           {{"state", std::string(toString(state))}});
}

void Probes::counted(const Verdict& verdict) const {
    if (const auto found = probes_.find(verdict.cause); found != probes_.end())
        found->second->add();
}

void Probes::countChange(ValidationState before, ValidationState after) const {
    if (before != after)
        changes_.at(after)->add();
}

Verdict Probes::run(const ProbeRequest& request) const {
    try {
        Verdict verdict = tryOut_(request, {});
        counted(verdict);
        return verdict;
    } catch (const std::invalid_argument& error) {
        throw Problem(422, "invalid_fields", "Some fields are not valid", error.what());
    }
}

ProbeSnapshot Probes::prepare(Transaction& transaction, std::int64_t id, const Access& access) const {
    Credential credential = credentials_.get(transaction, id, access);
    SecretBytes secret = vault_.open(transaction, credential.secret, SecretBinding(credential).context());
    const auto version = credential.version;
    const auto keysVersion = credential.keysVersion;
    return {std::move(credential), std::move(secret), version, keysVersion};
}

Credential Probes::keep(Transaction& transaction, const Credential& before, const Verdict& verdict) const {
    Credential after = before;
    after.validation = backup_credentials::after(before.validation, verdict);
    after.saw = verdict.saw;
    after.advice = verdict.advice;
    store::updateValidation(transaction, after,
                            nextProbe(after.validation, transaction.now(), settings_.probeInterval,
                                      static_cast<std::uint64_t>(after.id)));
    if (after.validation.state != before.validation.state)
        transaction.record(eventOfChange(before, after, "verdict-changed"));
    return after;
}

Credential Probes::apply(Transaction& transaction, const ProbeSnapshot& tried, const Access& access,
                         const Verdict& verdict) const {
    const Credential before = credentials_.get(transaction, tried.credential.id, access);
    if (before.keysVersion != tried.keysVersion)
        throw changedMeanwhile(before);
    Credential after = keep(transaction, before, verdict);
    AuditEvent event = eventAbout(after, "probe");
    event.after = described(verdict, after.endpoint);
    transaction.record(std::move(event));
    return after;
}

BackgroundProbePorts Probes::ports() const {
    BackgroundProbePorts ports;
    ports.due = [this](std::size_t limit, const std::vector<std::string>& busy) {
        return storage_.read([&](Transaction& transaction) {
            std::vector<DueProbe> out;
            for (auto& due : store::due(transaction, limit, busy))
                out.push_back({due.id, std::move(due.endpoint)});
            return out;
        });
    };
    ports.load = [this](std::int64_t id) {
        return storage_.read([&](Transaction& transaction) {
            std::optional<LoadedProbe> loaded;
            if (const auto credential = store::find(transaction, id)) {
                ProbeSnapshot snapshot{*credential, {}, credential->version, credential->keysVersion};
                loaded.emplace();
                loaded->request = snapshot.request();
                loaded->request.secretAccessKey = nullptr;
                loaded->secretAccessKey =
                    vault_.open(transaction, credential->secret, SecretBinding(*credential).context());
                loaded->keysVersion = credential->keysVersion;
            }
            return loaded;
        });
    };
    ports.report = [this](std::int64_t id, std::int64_t keysVersion, const Verdict& verdict) {
        counted(verdict);
        using States = std::pair<ValidationState, ValidationState>;
        const auto states = storage_.write(Origin::system("probe"), [&](Transaction& transaction) {
            std::optional<States> out;
            const auto before = store::find(transaction, id);
            if (before && before->keysVersion == keysVersion)
                out = States{before->validation.state, keep(transaction, *before, verdict).validation.state};
            return out;
        });
        if (states)
            countChange(states->first, states->second);
    };
    return ports;
}

} // namespace coffer::backup_credentials
