#pragma once

#include "service/Access.h"
#include "service/CredentialsService.h"
#include "service/Project.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>

namespace coffer::projects {

/// How somebody wants a project to be backed up; what is not there stays as it is.
struct BackupWish {
    std::optional<std::int64_t> credential; ///< nothing: the present one, or the organization's default
    std::optional<std::string> bucket;      ///< empty text: the credential's from now on
    std::optional<std::string> prefix;      ///< empty text: none from now on
    std::optional<bool> acceptFailing; ///< true: also when the credential does not work; false: no longer
};

/// Switching the backup of a project on and off: the rules. A project that is backed up and the association
/// that guards its credential are changed together, in the caller's transaction.
class Backups {
public:
    explicit Backups(const CredentialsService& credentials) : credentials_(credentials) {}

    struct Outcome {
        Project project;
        bool already = false; ///< it was backed up with this credential before
    };

    /// Enables it, or changes to another credential: that one is associated before the old one is released.
    /// @throws Problem 403 for acceptFailing by who may not; 409 `credential_locked`,
    /// `credential_not_working`, `credential_not_in_organization`, `no_default`; 503
    [[nodiscard]] Outcome enable(Transaction& transaction, const Project& before, const BackupWish& wish,
                                 const Access& access) const;
    /// Also with a locked credential. @throws Problem 409 `backup_already_disabled`, 503
    [[nodiscard]] Project disable(Transaction& transaction, const Project& before) const;
    /// Tells the credential of a project that is backed up what it is called now. @throws Problem 503
    void rename(Transaction& transaction, const Project& project) const;

private:
    const CredentialsService& credentials_;
};

/// Raises version and modification.
void touch(Transaction& transaction, Project& project);

} // namespace coffer::projects
