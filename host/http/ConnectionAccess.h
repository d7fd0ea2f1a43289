#pragma once

#include "host/http/Connection.h"

namespace coffer::host {

/// Filled when a head is read, or refused; read when the response is sent. Begins anew with each request.
struct Connection::Access {
    std::string requestId;
    std::string address;
    std::string principal; ///< empty: nobody known
    std::string method = "-";
    std::string path = "-"; ///< without the query, which may hold what logs must not
    bool http11 = true;
    int status = 0;
    std::size_t bytes = 0; ///< of the response's body
    Clock::time_point begun = Clock::now();

    void take(const Poco::Net::HTTPRequest& head) {
        if (head.getMethod().empty())
            return;
        method = head.getMethod();
        http11 = head.getVersion() != Poco::Net::HTTPMessage::HTTP_1_0;
        const std::string& target = head.getURI();
        if (!target.empty())
            path = target.substr(0, target.find('?'));
    }
};

template <class Work>
void Connection::guarded(Work work) noexcept {
    try {
        work();
    } catch (const std::exception& error) {
        context_->log.error("A connection is closed after an internal error", {{"error", error.what()}});
        breakOff();
    }
}

} // namespace coffer::host
