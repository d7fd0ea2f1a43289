#pragma once

#include "service/Access.h"
#include "service/Backups.h"
#include "service/Project.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>

namespace coffer::projects {

/// A project that somebody asks for, its fields checked.
struct NewProject {
    std::int64_t organization = 0;
    Name name;
    std::string description;
    std::optional<BackupWish> backup; ///< nothing: without
};

/// What is to become different; what is not there stays as it is.
struct ProjectChange {
    std::optional<Name> name;
    std::optional<std::string> description;
    std::optional<std::int64_t> ifMatch;
};

/// Projects and what may be done to them: the rules. Every function works inside the caller's transaction and
/// records what it did there. What lies outside `access.visible` does not exist; what may be seen but not
/// changed is refused with 403. Any thread; the references must outlive it.
class Projects {
public:
    explicit Projects(const Backups& backups) : backups_(backups) {}

    /// @throws Problem 404, 403
    [[nodiscard]] Project get(Transaction& transaction, std::int64_t id, const Access& access) const;
    /// @throws Problem 404, 403, 412
    [[nodiscard]] Project changeable(Transaction& transaction, std::int64_t id, const Access& access,
                                     std::optional<std::int64_t> ifMatch) const;

    /// With its backup when that is wanted: both, or neither.
    /// @throws Problem 404 for the organization, 403, 409 `name_taken`, and what Backups::enable() throws
    [[nodiscard]] Project create(Transaction& transaction, const NewProject& wanted,
                                 const Access& access) const;
    /// A new name of a project that is backed up is told to its credential, also while that is locked.
    /// @throws Problem as changeable(), 409 `name_taken`, 503
    [[nodiscard]] Project update(Transaction& transaction, std::int64_t id, const ProjectChange& change,
                                 const Access& access) const;
    /// @param disableBackup  releases its credential in the same step
    /// @throws Problem as changeable(), 409 `backup_enabled`, 503
    void remove(Transaction& transaction, std::int64_t id, const Access& access,
                std::optional<std::int64_t> ifMatch, bool disableBackup) const;

private:
    void checkName(Transaction& transaction, std::int64_t organization, const Name& name,
                   std::int64_t except) const;

    const Backups& backups_;
};

} // namespace coffer::projects
