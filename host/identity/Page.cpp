#include "host/identity/Page.h"

namespace coffer::host {

PageRequest pageRequest(const Values& query) {
    PageRequest request;
    request.limit = static_cast<std::int64_t>(pageLimit(query));
    if (const auto cursor = query.maybeString("cursor"))
        request.after = fromCursor(*cursor, "id", true).id;
    return request;
}

} // namespace coffer::host
