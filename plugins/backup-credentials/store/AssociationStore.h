#pragma once

#include "service/Credential.h"

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Storage.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials::store {

// SQL about which projects use a credential, and about the text by which search finds it, for SQLite. As in
// CredentialStore.h.

/// Where a page of projects begins: after this one. Both empty: at the first.
struct ProjectPosition {
    std::string id;
    std::string owner;
};

/// By project id, then owner.
[[nodiscard]] std::vector<ProjectUse> projects(Transaction& transaction, std::int64_t credential,
                                               const ProjectPosition& after, std::size_t limit);
/// Everyone who associated this project with it.
[[nodiscard]] std::vector<ProjectUse> usesOf(Transaction& transaction, std::int64_t credential,
                                             std::string_view projectId);
void insertUse(Transaction& transaction, const Credential& credential, const ProjectUse& use);
/// Its display name.
void renameUse(Transaction& transaction, std::int64_t credential, const ProjectUse& use);
void removeUse(Transaction& transaction, std::int64_t credential, std::string_view projectId,
               std::string_view owner);

/// Of the credentials that `owner` associated with projects of the scope: those that are locked, and those
/// that are not valid. Ids, ascending.
[[nodiscard]] std::vector<std::int64_t> lockedOf(Transaction& transaction, std::string_view owner,
                                                 const OrganizationScope& scope);
[[nodiscard]] std::vector<std::int64_t> notWorkingOf(Transaction& transaction, std::string_view owner,
                                                     const OrganizationScope& scope);

/// A project and the credential that its owner associated with it.
struct OwnedUse {
    std::int64_t organization;
    std::int64_t credential;
    std::string project;
    std::string name;
};
/// By credential, then project, behind these.
[[nodiscard]] std::vector<OwnedUse> usesOfOwner(Transaction& transaction, std::string_view owner,
                                                std::int64_t afterCredential, std::string_view afterProject,
                                                std::size_t limit);

/// Writes down by what search finds a credential that is new and has no projects yet.
void insertDocument(Transaction& transaction, const Credential& credential);
/// Writes anew by what search finds a credential: after each change of its name, its keys or its projects.
void refreshDocument(Transaction& transaction, std::int64_t credential);

} // namespace coffer::backup_credentials::store
