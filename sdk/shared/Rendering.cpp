#include "sdk/shared/Rendering.h"

#include <Poco/String.h>

#include <algorithm>
#include <stdexcept>

namespace coffer::detail {

Response renderProblem(const Problem& problem, const std::string& requestId) noexcept {
    Response response;
    response.status = problem.status();
    try {
        response.contentType = "application/problem+json";
        response.body = problem.toJson(requestId);
        response.header("Cache-Control", "no-store");
        for (const auto& [name, value] : problem.headers()) {
            try {
                response.header(name, value);
            } catch (const std::invalid_argument&) { // the answer matters more than its header
            }
        }
    } catch (const std::exception&) { // out of memory: the status alone must do
        response.body.clear();
    }
    return response;
}

void addUnlessSet(Response& response, std::string_view name, std::string_view value) {
    const std::string wanted(name);
    const bool set = std::ranges::any_of(
        response.headers, [&](const auto& header) { return Poco::icompare(header.first, wanted) == 0; });
    if (!set)
        response.headers.emplace_back(wanted, value);
}

void addSecurityHeaders(Response& response, bool forSomebody, bool secure, bool isPage) {
    if (forSomebody || response.oneTimeSecret)
        addUnlessSet(response, "Cache-Control", "no-store");
    if (!isPage)
        addUnlessSet(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (secure)
        addUnlessSet(response, "Strict-Transport-Security", "max-age=31536000");
}

} // namespace coffer::detail
