#include "host/identity/RobotService.h"

#include "host/identity/Names.h"
#include "host/identity/OrganizationStore.h"

#include <coffer/sdk/Http.h>

namespace coffer::host {

namespace {

constexpr NameLength nameLength{3, 60};

std::string robotJson(const Robot& robot) {
    return JsonWriter()
        .beginObject()
        .member("name", robot.name)
        .member("role", toString(robot.role))
        .member("accessKeyId", robot.accessKeyId)
        .endObject()
        .take();
}

} // namespace

void RobotService::record(std::string action, const Robot& robot, std::string before, std::string after) {
    transaction_.record({std::move(action),
                         "robot",
                         std::to_string(robot.id),
                         robot.organization,
                         AuditResult::success,
                         {},
                         std::move(before),
                         std::move(after)});
}

Page<Robot> RobotService::list(PageRequest page) {
    return store_.listRobots(caller_.scope(operate), page);
}

Robot RobotService::get(std::int64_t id) {
    auto found = store_.findRobot(id);
    if (!found || !caller_.scope(operate).contains(found->organization))
        throw Problem::notFound();
    return std::move(*found);
}

Robot RobotService::create(const NewRobot& wanted) {
    const bool known = caller_.scope(operate).contains(wanted.organization) &&
                       OrganizationStore(transaction_).find(wanted.organization);
    if (!known) {
        Problem problem = Problem::invalidFields();
        problem.field("organizationId", "unknown_organization", "There is no such organization.");
        throw problem;
    }
    const auto [name, key] = acceptedName(wanted.name, "name", nameLength);
    if (store_.robotNameTaken(wanted.organization, key))
        throw Problem::conflict(
            "robot_name_taken", "The name is taken",
            "Another robot of this organization has this name, or one that reads the same.");
    PrincipalStore principals(transaction_);
    const auto id = principals.insert(name, true);
    (void)principals.insertRole(id, {wanted.role, wanted.organization});
    store_.insertRobot(id, wanted.organization, key, wanted.accessKeyId, wanted.digest);
    Robot made = store_.findRobot(id).value();
    record("robot.create", made, {}, robotJson(made));
    return made;
}

Robot RobotService::rotate(std::int64_t id, std::optional<std::int64_t> ifMatch,
                           const std::function<LoginDigest(std::string_view)>& digestOf) {
    const Robot before = get(id);
    requireVersion(ifMatch, before.version);
    caller_.requireHolds(PrincipalStore(transaction_).grants(id));
    store_.replaceRobotSecret(id, digestOf(before.accessKeyId));
    Robot after = store_.findRobot(id).value();
    const auto version = [](const Robot& robot) {
        return JsonWriter().beginObject().member("version", robot.version).endObject().take();
    };
    record("robot.rotate", after, version(before), version(after));
    return after;
}

void RobotService::remove(std::int64_t id, std::optional<std::int64_t> ifMatch) {
    const Robot before = get(id);
    requireVersion(ifMatch, before.version);
    PrincipalStore(transaction_).remove(id);
    record("robot.delete", before, robotJson(before), {});
}

} // namespace coffer::host
