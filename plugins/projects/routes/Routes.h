#pragma once

#include "service/Parts.h"

#include <coffer/sdk/Http.h>
#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Text.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::projects {

// One file for each resource. The parts must outlive the routes.
[[nodiscard]] std::vector<Route> projectRoutes(const Parts& parts); ///< create, get, update, delete
[[nodiscard]] std::vector<Route> listRoutes(const Parts& parts);
[[nodiscard]] std::vector<Route> backupRoutes(const Parts& parts);
[[nodiscard]] std::vector<Route> policyRoutes(const Parts& parts);
[[nodiscard]] std::vector<Route> manifestRoutes(const Parts& parts);
[[nodiscard]] std::vector<Route> historyRoutes(const Parts& parts, HostContext& host);

/// What the caller of this request may do. It refers to the context and dies with it.
[[nodiscard]] Access accessOf(RequestContext& context);

/// The project as the response, with its backup as it stands in this transaction, and its ETag.
[[nodiscard]] Response answer(const Parts& parts, Transaction& transaction, const Project& project);

// Checks of fields that need more than their declaration says. Each adds to `problem` and gives an empty
// value when something is wrong.
[[nodiscard]] std::optional<Name> nameOf(const Values& body, Problem& problem);
/// Bucket, prefix, credentialId, acceptFailing.
[[nodiscard]] BackupWish backupWishOf(const Values& body, Problem& problem);
/// The fields that it is read from.
[[nodiscard]] std::vector<Field> backupWishFields();
/// Throws `problem` when something was added to it.
void throwIfAny(const Problem& problem);

} // namespace coffer::projects
