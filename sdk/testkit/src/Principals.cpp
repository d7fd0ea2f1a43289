#include <coffer/testkit/Principals.h>

#include <utility>

namespace coffer::testkit {

Principal administrator() {
    return {1, "administrator", false, {{Role::administrator, 0}}, {}};
}

Principal nobody() {
    return {};
}

Principal somebody(Role role, std::int64_t organization) {
    constexpr std::int64_t roles = 5;
    return {2 + organization * roles + static_cast<std::int64_t>(role),
            std::string(toString(role)) + "-" + std::to_string(organization),
            false,
            {{role, organization}},
            {}};
}

Principal granted(Principal principal, std::string permission, std::string object) {
    principal.named.push_back({std::move(permission), std::move(object)});
    return principal;
}

} // namespace coffer::testkit
