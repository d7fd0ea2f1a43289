#pragma once

#include "host/identity/Caller.h"
#include "host/identity/LoginStore.h"
#include "host/identity/PrincipalStore.h"

namespace coffer::host {

/// The rules of robots: principals of one organization that log in with an access key id and a secret. Lives
/// inside one transaction; changes are recorded in it.
class RobotService {
public:
    static constexpr std::string_view operate = "robots:operate";

    RobotService(Transaction& transaction, const Caller& caller) noexcept
        : transaction_(transaction), caller_(caller), store_(transaction) {}

    /// A robot whose secret is stored by its digest; the secret itself stays with the caller.
    struct NewRobot {
        std::string_view name;
        std::int64_t organization;
        Role role;
        std::string_view accessKeyId;
        const LoginDigest& digest;
    };

    [[nodiscard]] Page<Robot> list(PageRequest page);
    /// @throws Problem 404 when it does not exist for the caller
    [[nodiscard]] Robot get(std::int64_t id);
    /// @throws Problem 409 `robot_name_taken`, 422; an organization that the caller does not see is unknown
    [[nodiscard]] Robot create(const NewRobot& robot);
    /// The old secret is refused from the next request on. `digestOf` makes the new digest for its access key
    /// id.
    /// @throws Problem 404, 412, 403 `beyond_your_rights`
    [[nodiscard]] Robot rotate(std::int64_t id, std::optional<std::int64_t> ifMatch,
                               const std::function<LoginDigest(std::string_view accessKeyId)>& digestOf);
    /// @throws Problem 404, 412
    void remove(std::int64_t id, std::optional<std::int64_t> ifMatch);

private:
    void record(std::string action, const Robot& robot, std::string before, std::string after);

    Transaction& transaction_;
    const Caller& caller_;
    LoginStore store_;
};

} // namespace coffer::host
