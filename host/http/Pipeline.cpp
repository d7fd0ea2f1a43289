#include "host/http/Pipeline.h"
#include "host/http/RequestRun.h"
#include "sdk/shared/QueryString.h"
#include "sdk/shared/Rendering.h"

#include <utility>

namespace coffer::host {

namespace {

// Small, but not nothing: a body that a route does not take gets an answer that says so.
constexpr std::size_t limitWithoutBody = 4096;

std::string_view pathOf(const Poco::Net::HTTPRequest& head) noexcept {
    return detail::splitTarget(head.getURI()).path;
}

} // namespace

Pipeline::Pipeline(PipelineParts parts, PipelineOptions options)
    : parts_(parts), options_(std::move(options)) {}

std::size_t Pipeline::bodyLimit(const Poco::Net::HTTPRequest& head) {
    const auto match = parts_.router.table()->find(head.getMethod(), pathOf(head));
    const bool takesBody = match.entry && (match.entry->isMounted || !match.entry->route.body.empty() ||
                                           match.entry->isWithdrawn);
    return takesBody ? match.entry->route.bodyLimit : limitWithoutBody;
}

PublicPages::const_iterator findPage(const PublicPages& pages, std::string_view path) noexcept {
    if (const auto exact = pages.find(path); exact != pages.end())
        return exact;
    for (auto slash = path.rfind('/'); slash != std::string_view::npos && slash != 0;
         slash = path.rfind('/', slash - 1))
        if (const auto above = pages.find(path.substr(0, slash + 1)); above != pages.end())
            return above;
    return pages.end();
}

bool Pipeline::isInstant(const Poco::Net::HTTPRequest& head) noexcept {
    const auto page = findPage(options_.pages, pathOf(head));
    return page != options_.pages.end() && page->second.isInstant;
}

void Pipeline::handle(std::shared_ptr<IncomingRequest> request, Reply reply) {
    std::make_shared<RequestRun>(parts_, options_, std::move(request), std::move(reply))->begin();
}

Response Pipeline::render(const Problem& problem, const std::string& requestId) noexcept {
    Response response = detail::renderProblem(problem, requestId);
    try {
        detail::addSecurityHeaders(response, false, false, false);
    } catch (const std::exception&) { // out of memory: it is whole without them
    }
    return response;
}

} // namespace coffer::host
