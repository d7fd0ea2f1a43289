#pragma once

#include "host/identity/IdentityMigrations.h"
#include "host/identity/IdentityRoutes.h"
#include "host/identity/PrincipalStore.h"
#include "host/storage/Database.h"
#include "tests/support/Telemetry.h"
#include "tests/support/TemporaryFolder.h"

#include <Poco/JSON/Object.h>

#include <mutex>
#include <variant>

namespace coffer::test {

/// What a route answered: a response, or the Problem it threw.
struct Answer {
    int status = 0;
    std::string code; ///< of a Problem
    std::string body;
    bool oneTimeSecret = false;
    std::int64_t concerned = 0; ///< the organization that the handler named

    [[nodiscard]] Poco::JSON::Object::Ptr json() const;
    [[nodiscard]] std::int64_t id() const;
    [[nodiscard]] std::string text(const std::string& member) const;
    /// The `field: code` pairs of a 422.
    [[nodiscard]] std::string errors() const;
};

using Sent = std::variant<std::string, std::int64_t, std::nullptr_t>;
using Fields = std::vector<std::pair<std::string, Sent>>;

/// A database with the tables of this module, and its routes behind the checks that the request pipeline
/// makes: the route's permission, its fields, its path.
class House {
public:
    House();

    [[nodiscard]] host::Database& storage() noexcept { return *database_; }
    [[nodiscard]] NoMetrics& metrics() noexcept { return metrics_; }

    /// A principal as the authenticator would give it. @throws when there is none
    [[nodiscard]] Principal principal(std::int64_t id);
    /// Puts a principal with these roles straight into the database; `token`: with a token that does not
    /// expire.
    [[nodiscard]] std::int64_t makePrincipal(const std::string& name, std::vector<RoleGrant> roles,
                                             bool token = true);
    [[nodiscard]] std::int64_t makeOrganization(const std::string& name);

    [[nodiscard]] Answer call(const Principal& caller, Method method, const std::string& target,
                              const Fields& body = {}, std::optional<std::int64_t> ifMatch = {});
    [[nodiscard]] Answer call(std::int64_t caller, Method method, const std::string& target,
                              const Fields& body = {}, std::optional<std::int64_t> ifMatch = {}) {
        return call(principal(caller), method, target, body, ifMatch);
    }

    /// What was recorded so far. By value: others may record meanwhile.
    [[nodiscard]] std::vector<AuditEvent> events();
    [[nodiscard]] std::size_t count(std::string_view action);
    [[nodiscard]] AuditEvent last(std::string_view action);
    /// The only number that this statement gives.
    [[nodiscard]] std::int64_t number(std::string_view sql);

private:
    TemporaryFolder folder_;
    RecordingLog log_;
    NoMetrics metrics_;
    std::mutex mutex_;
    std::vector<AuditEvent> events_;
    std::unique_ptr<host::Database> database_;
    std::vector<Route> routes_;
};

inline constexpr RoleGrant everywhere{Role::administrator, 0};

} // namespace coffer::test
