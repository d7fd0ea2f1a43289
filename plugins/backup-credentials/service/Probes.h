#pragma once

#include "probe/BackgroundProbe.h"
#include "service/Access.h"
#include "service/Credentials.h"
#include "service/Settings.h"

#include <coffer/sdk/Storage.h>
#include <coffer/sdk/Telemetry.h>

#include <functional>
#include <map>
#include <stop_token>

namespace coffer::backup_credentials {

/// Trying keys at their endpoint, and what follows for stored ones. Any thread; the references must outlive
/// it.
class Probes {
public:
    using Try = std::function<Verdict(const ProbeRequest&, std::stop_token)>;

    /// @param tryOut  Prober::probe(), or what a test puts in its place
    Probes(Storage& storage, SecretVault& vault, const Credentials& credentials, const Settings& settings,
           Try tryOut, Metrics& metrics);

    /// Tries the keys; blocks for as long as a probe may take, so never call it in a transaction.
    [[nodiscard]] Verdict run(const ProbeRequest& request) const;

    /// What to try for a stored credential; locked ones too.
    [[nodiscard]] ProbeSnapshot prepare(Transaction& transaction, std::int64_t id,
                                        const Access& access) const;
    /// Keeps what the probe found.
    /// @throws Problem 409 `changed_meanwhile` when it was about keys that are no longer stored
    [[nodiscard]] Credential apply(Transaction& transaction, const ProbeSnapshot& tried, const Access& access,
                                   const Verdict& verdict) const;

    /// Counts a change of state once it is stored; nothing when both are the same.
    void countChange(ValidationState before, ValidationState after) const;

    /// How BackgroundProbe reaches what is stored; this object must outlive it.
    [[nodiscard]] BackgroundProbePorts ports() const;

private:
    [[nodiscard]] Credential keep(Transaction& transaction, const Credential& before,
                                  const Verdict& verdict) const;
    void counted(const Verdict& verdict) const;

    Storage& storage_;
    SecretVault& vault_;
    const Credentials& credentials_;
    const Settings& settings_;
    Try tryOut_;
    std::map<Cause, Counter*> probes_;
    std::map<ValidationState, Counter*> changes_;
};

} // namespace coffer::backup_credentials
