#pragma once

#include "routes/Representation.h"
#include "service/Associations.h"
#include "service/Credentials.h"
#include "service/Probes.h"
#include "service/ShownCredentials.h"

#include <coffer/sdk/Http.h>
#include <coffer/sdk/Plugin.h>

#include <optional>
#include <string>
#include <vector>

namespace coffer::backup_credentials {

/// The rules that the routes lead to. Must outlive the routes.
struct Services {
    const Credentials& credentials;
    const Probes& probes;
    const Associations& associations;
    const std::shared_ptr<ShownCredentials> shown = std::make_shared<ShownCredentials>(toJson);
};

// One file for each resource.
[[nodiscard]] std::vector<Route> credentialRoutes(const Services& services); ///< create, get, update, delete
[[nodiscard]] std::vector<Route> listRoutes(const Services& services);
[[nodiscard]] std::vector<Route> lockRoutes(const Services& services);
[[nodiscard]] std::vector<Route> defaultRoutes(const Services& services);
[[nodiscard]] std::vector<Route> probeRoutes(const Services& services);
[[nodiscard]] std::vector<Route> projectRoutes(const Services& services);
[[nodiscard]] std::vector<Route> historyRoutes(const Services& services, HostContext& host);

/// What the caller of this request may do. It refers to the context and dies with it.
[[nodiscard]] Access accessOf(RequestContext& context);

/// The credential as the response, with its ETag.
[[nodiscard]] Response answer(const Credential& credential);
/// The same with `already`: whether it was so before.
[[nodiscard]] std::vector<Field> outcomeFields(std::string already, std::string description);
[[nodiscard]] Response answer(const Credentials::Outcome& outcome, std::string_view already);

// Checks of fields that need more than their declaration says. Each adds to `problem` and gives an empty
// value when something is wrong.
[[nodiscard]] std::optional<Name> nameOf(const Values& body, Problem& problem);
[[nodiscard]] std::string endpointOf(const Values& body, Problem& problem);
[[nodiscard]] std::optional<Addressing> addressingOf(const Values& body);
void checkProbeFields(const Values& body, Problem& problem);
/// The fields that creating and probing take in common.
[[nodiscard]] std::vector<Field> keyFields();
/// Throws `problem` when something was added to it.
void throwIfAny(const Problem& problem);

} // namespace coffer::backup_credentials
