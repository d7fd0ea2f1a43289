#include "host/http/Context.h"

#include <algorithm>
#include <stdexcept>

namespace coffer::host {

Context::Context(IncomingRequest& incoming, Admitted& admitted, Storage& storage, const Lanes::Charge& charge)
    : incoming_(incoming), admitted_(admitted), storage_(storage), charge_(charge) {}

Poco::Net::HTTPServerRequest& Context::request() {
    if (!request_) {
        // A JSON body was read in place and wiped; only a mounted handler finds its bytes as they came.
        const std::string_view body = admitted_.entry->isMounted ? incoming_.body : std::string_view{};
        request_ = std::make_unique<detail::BufferedRequest>(incoming_.head, incoming_.address,
                                                             incoming_.secure, body);
    }
    return *request_;
}

std::string_view Context::path(std::string_view name) const {
    const auto& names = admitted_.entry->parameters;
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
        throw std::logic_error("the handler asks for the path parameter '" + std::string(name) +
                               "', which is not in its pattern");
    return admitted_.parameters[static_cast<std::size_t>(found - names.begin())];
}

void Context::concerns(std::int64_t organization) noexcept {
    organization_ = organization;
    try {
        charge_(organization);
    } catch (...) { // out of memory: the place stays on the accounts it was on
    }
}

Response Context::change(const std::function<Response(Transaction&)>& closure) {
    if (changed_)
        throw std::logic_error("the handler calls change() a second time");
    changed_ = true;
    // In the other lanes the thread is not the server's.
    if (admitted_.entry->route.lane == Lane::fast && incoming_.waits)
        incoming_.waits();
    return storage_.write(admitted_.origin, [&](Transaction& transaction) {
        Response response = closure(transaction);
        if (admitted_.claim)
            admitted_.claim->keep(transaction, response);
        return response;
    });
}

} // namespace coffer::host
