#pragma once

#include <coffer/sdk/Export.h>
#include <coffer/sdk/Http.h>
#include <coffer/sdk/Plugin.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer {

/// Whose history is shown. Values only.
struct HistorySubject {
    std::string objectType; ///< as its events have it: `backup-credential`
    std::string objectId;   ///< likewise
    /// Whose it is. Records of other organizations are left out: a refusal of somebody else's people, who
    /// tried its id, belongs to them.
    std::int64_t organization = 0;
};

/// What an action did, for people: `{"backup-credential.lock", "locked it"}`. Both outlive the route.
using ActionWords = std::pair<std::string_view, std::string_view>;

/// `GET <pattern>`: what the audit log has about one thing, newest first, page by page. `pattern`,
/// `permission` and `summary` as in Route.
/// @param words  an action that is not among them is shown by its name
/// @param subject  looks up the thing that the request names, and throws Problem::notFound() for what the
/// caller may not see. Runs in read(), on many threads at once
/// @param host  must outlive the route
[[nodiscard]] COFFER_API Route
historyRoute(std::string pattern, std::string permission, std::string summary, std::vector<ActionWords> words,
             std::function<HistorySubject(RequestContext&, Transaction&)> subject, HostContext& host);

} // namespace coffer
