#pragma once

#include "host/ctl/Json.h"
#include "host/ctl/Profile.h"
#include "host/ctl/Terminal.h"
#include "host/ctl/Transport.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::ctl {

/// Percent-encoded for one segment of a path, or one value of a query.
[[nodiscard]] std::string encoded(std::string_view text);

/// Name and value of what stands behind the question mark; empty values are left out.
using Query = std::map<std::string, std::string, std::less<>>;

/// How many there are in all, as far as the daemon knows.
struct Total {
    std::int64_t count = 0;
    bool isExact = true;
};

/// What a command that was only to be tried would have sent.
class DryRun : public std::exception {
public:
    DryRun(std::string method, std::string path, std::string body)
        : method_(std::move(method)), path_(std::move(path)), body_(std::move(body)) {}
    [[nodiscard]] std::string text() const;

private:
    std::string method_;
    std::string path_;
    std::string body_; ///< without secrets
};

/// Calls the daemon's API. Paths are below /api/v1.
class Client {
public:
    struct Options {
        std::chrono::seconds timeout{30};
        bool isDryRun = false; ///< what changes something is not sent: a DryRun is thrown
    };

    Client(Access access, const Terminal& terminal, Options options);

    [[nodiscard]] const Access& access() const noexcept { return access_; }
    /// What the line on the terminal says while the daemon is waited for.
    void waitingFor(std::string what) { waitingFor_ = std::move(what); }
    /// Somebody else shows how far things are.
    void waitQuietly() { waitingFor_.reset(); }
    /// The version that a change is for, as `--if-version` gave it; the daemon refuses another with 412.
    void onlyVersion(const std::string& version) { version_ = version; }

    /// All of these @throws ServerRefusal when the daemon says no, Failure when there is none.
    [[nodiscard]] JsonDocument get(const std::string& path, const Query& query = {});
    JsonDocument post(const std::string& path, const Fields& fields = {});
    JsonDocument put(const std::string& path, const Fields& fields = {});
    JsonDocument patch(const std::string& path, const Fields& fields);
    JsonDocument remove(const std::string& path, const Query& query = {});
    /// Changes nothing, although it is a POST: sent in a dry run too.
    [[nodiscard]] JsonDocument ask(const std::string& path, const Fields& fields);

    /// Every row of a list, page after page, until `take` returns false.
    Total each(const std::string& path, Query query, const std::function<bool(const Json&)>& take,
               std::size_t pageSize = 500);
    /// A body as it comes.
    void download(const std::string& path, const Query& query, const Transport::Sink& sink);
    /// A body that is no JSON.
    [[nodiscard]] std::string postForText(const std::string& path, const Fields& fields);
    /// A page outside of the API. @returns whatever the status is
    [[nodiscard]] HttpReply page(const std::string& path);

private:
    JsonDocument change(const std::string& method, const std::string& path, const Fields* fields);
    HttpRequest request(const std::string& method, const std::string& path) const;
    HttpReply send(const HttpRequest& request, const Transport::Sink& sink = {});
    HttpReply sendOnce(const HttpRequest& request, const Transport::Sink& sink);
    [[noreturn]] void unreachable(const TransportError& error) const;

    Access access_;
    const Terminal& terminal_;
    Options options_;
    std::optional<std::string> waitingFor_;
    std::string version_;
    std::unique_ptr<Transport> transport_;
};

} // namespace coffer::ctl
