#include "host/identity/RobotService.h"
#include "host/identity/RouteParts.h"

namespace coffer::host {

namespace {

std::vector<std::string> robotRoles() {
    return {std::string(toString(Role::manager)), std::string(toString(Role::viewer))};
}

std::vector<Field> robotFields() {
    std::vector<Field> fields{
        given(Field::integer("id", "Id, never reused").example(31)),
        given(Field::string("name", "Name").example("nightly-backup")),
        given(organizationIdField("The organization it works in")),
        given(Field::string("organizationName", "Name of that organization").example("Research")),
        given(Field::string("role", "What it may do there").oneOf(robotRoles())),
        given(Field::string("accessKeyId", "Its user name for HTTP Basic").example("CR7Q2K9XW1ZB5N8T4VLA")),
        given(Field::boolean("usable", "False once its secret was revoked, until it is rotated"))};
    appendCreation(fields);
    fields.push_back(given(Field::integer("version", "Rises with every change; the ETag")));
    return fields;
}

std::vector<Field> robotWithSecretFields() {
    auto fields = robotFields();
    fields.push_back(
        given(Field::string("secret", "Its password for HTTP Basic: keep it, it is shown once")));
    return fields;
}

void writeMembers(JsonWriter& json, const Robot& robot) {
    json.member("id", robot.id)
        .member("name", robot.name)
        .member("organizationId", robot.organization)
        .member("organizationName", robot.organizationName)
        .member("role", toString(robot.role))
        .member("accessKeyId", robot.accessKeyId)
        .member("usable", robot.usable);
    writeCreation(json, robot.createdAt, robot.createdBy);
    json.member("version", robot.version);
}

void write(JsonWriter& json, const Robot& robot) {
    json.beginObject();
    writeMembers(json, robot);
    json.endObject();
}

std::string jsonWithSecret(const Robot& robot, const SecretBytes& secret) {
    JsonWriter json;
    json.reserve(2048); // or growing would leave copies of the secret behind
    json.beginObject();
    writeMembers(json, robot);
    json.member("secret", secret.reveal()).endObject();
    return json.take();
}

Route list() {
    Route route;
    route.pattern = "/robots";
    route.permission = RobotService::operate;
    route.summary = "List the robots of your organizations";
    route.query = pageFields();
    route.response = listFields("The entries, ordered by id", robotFields());
    route.handler = [](RequestContext& context) {
        const auto page = reading<RobotService>(
            context, [&](RobotService& service) { return service.list(pageRequest(context.query())); });
        return Response::json(pageJson(page, write));
    };
    return route;
}

Route get() {
    Route route;
    route.pattern = "/robots/{id}";
    route.permission = RobotService::operate;
    route.summary = "Show one robot";
    route.response = robotFields();
    route.handler = [](RequestContext& context) {
        const auto found = reading<RobotService>(
            context, [&](RobotService& service) { return service.get(context.pathId("id")); });
        JsonWriter json;
        write(json, found);
        return Response::json(json.take()).version(found.version);
    };
    return route;
}

Route create() {
    Route route;
    route.method = Method::post;
    route.pattern = "/robots";
    route.permission = RobotService::operate;
    route.summary = "Make a robot";
    route.description =
        "It logs in by HTTP Basic with `accessKeyId` and `secret`. The answer is the only one that "
        "ever shows the secret.";
    route.action = "robot.create";
    route.body = {given(Field::string("name", "Name: unique in its organization, whatever its case")
                            .length(3, 60)
                            .example("nightly-backup")),
                  given(organizationIdField("The organization it works in")),
                  given(Field::string("role", "What it may do there").oneOf(robotRoles()))};
    route.response = robotWithSecretFields();
    route.successStatus = 201;
    route.handler = [](RequestContext& context) {
        const auto organization = context.body().integer("organizationId");
        if (context.scope().contains(organization))
            context.concerns(organization);
        const SecretBytes secret = newRobotSecret();
        const std::string accessKeyId = newAccessKeyId();
        const LoginDigest digest = robotDigest(accessKeyId, secret.reveal());
        return changing<RobotService>(context, [&](RobotService& service) {
            const auto made =
                service.create({context.body().string("name"), organization,
                                roleFromString(context.body().string("role")).value(), accessKeyId, digest});
            Response response =
                Response::created(jsonWithSecret(made, secret), "/api/v1/robots/" + std::to_string(made.id));
            response.version(made.version).oneTimeSecret = true;
            return response;
        });
    };
    return route;
}

Route rotate() {
    Route route;
    route.method = Method::post;
    route.pattern = "/robots/{id}/rotate";
    route.permission = RobotService::operate;
    route.summary = "Give a robot a new secret";
    route.description = "The old secret is refused from the next request on.";
    route.action = "robot.rotate";
    route.response = robotWithSecretFields();
    route.handler = [](RequestContext& context) {
        concernsRobot(context);
        const SecretBytes secret = newRobotSecret();
        return changing<RobotService>(context, [&](RobotService& service) {
            const auto rotated =
                service.rotate(context.pathId("id"), context.ifMatch(), [&](std::string_view accessKeyId) {
                    return robotDigest(accessKeyId, secret.reveal());
                });
            Response response = Response::json(jsonWithSecret(rotated, secret));
            response.version(rotated.version).oneTimeSecret = true;
            return response;
        });
    };
    return route;
}

Route remove() {
    Route route;
    route.method = Method::remove;
    route.pattern = "/robots/{id}";
    route.permission = RobotService::operate;
    route.summary = "Delete a robot";
    route.action = "robot.delete";
    route.successStatus = 204;
    route.handler = [](RequestContext& context) {
        concernsRobot(context);
        return changing<RobotService>(context, [&](RobotService& service) {
            service.remove(context.pathId("id"), context.ifMatch());
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> robotRoutes() {
    return {list(), create(), get(), rotate(), remove()};
}

} // namespace coffer::host
