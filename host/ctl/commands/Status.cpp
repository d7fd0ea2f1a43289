#include "host/ctl/Problem.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

std::string roleLine(const Json& role) {
    const auto organization = text(role, "organizationName");
    return text(role, "role") + (organization.empty() ? " everywhere" : " in " + organization);
}

std::string rolesCell(const Json& row) {
    std::vector<std::string> roles;
    for (const Json* role : items(row, "roles"))
        roles.push_back(roleLine(*role));
    return joined(roles, "\n");
}

std::string grantsCell(const Json& row) {
    std::vector<std::string> grants;
    for (const Json* grant : items(row, "grants"))
        grants.push_back(text(*grant, "permission") + " on " + text(*grant, "object"));
    return joined(grants, "\n");
}

std::string permissionsCell(const Json& row) {
    std::vector<std::string> permissions;
    for (const Json* permission : items(row, "permissions"))
        permissions.push_back(text(*permission));
    return joined(permissions, ", ");
}

const Shape& identityShape() {
    static const Shape shape{
        .plural = "principals",
        .columns = {{.name = "id"},
                    {.name = "name"},
                    {.name = "robot"},
                    {.name = "roles", .cell = rolesCell},
                    {.name = "permissions", .cell = permissionsCell},
                    {.name = "grants", .cell = grantsCell}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
    };
    return shape;
}

Exit whoami(Run& run) {
    run.output().show(run.client().get("/whoami"), identityShape());
    return Exit::done;
}

std::string partLines(const Json& row, std::string_view list, std::string_view state) {
    std::vector<std::string> lines;
    for (const Json* part : items(row, list)) {
        const auto reason = text(*part, "reason");
        const auto name = text(*part, "name");
        lines.push_back((name.empty() ? text(*part, "id") : name) + ": " + text(*part, state) +
                        (reason.empty() ? "" : ", " + reason));
    }
    return joined(lines, "\n");
}

const Shape& statusShape() {
    static const Shape shape{
        .plural = "servers",
        .columns = {{.name = "server"},
                    {.name = "version"},
                    {.name = "status",
                     .colour =
                         [](const Json& row) {
                             return text(row, "status") == "ready" ? Colour::green : Colour::red;
                         }},
                    {.name = "parts",
                     .cell = [](const Json& row) { return partLines(row, "parts", "state"); }},
                    {.name = "plugins",
                     .cell = [](const Json& row) { return partLines(row, "plugins", "state"); }},
                    {.name = "profile"},
                    {.name = "organization"},
                    {.name = "loggedInAs", .path = "whoami.name"},
                    {.name = "roles",
                     .path = "whoami.roles",
                     .cell =
                         [](const Json& row) {
                             const Json* me = member(row, "whoami");
                             return me ? rolesCell(*me) : std::string();
                         }}},
        .reference = [](const Json& row) { return text(row, "server"); },
    };
    return shape;
}

/// Left out when the caller has no right to it, or a daemon that is not ready does not tell.
void addIfAllowed(Fields& fields, Client& client, std::string_view name, const std::string& path,
                  std::string_view part) {
    try {
        const JsonDocument answer = client.get(path);
        if (const Json* value = member(answer, part))
            fields.copy(name, *value);
    } catch (const ServerRefusal& refusal) {
        if (refusal.status() != 403 && refusal.status() != 404 && refusal.status() != 503)
            throw;
    }
}

Exit status(Run& run) {
    Client& client = run.client();
    const HttpReply readiness = client.page("/readyz");
    JsonDocument ready;
    try {
        ready = parseJson(readiness.body);
    } catch (const std::invalid_argument&) {
        throw ServerRefusal(readiness);
    }
    if (!member(ready, "parts"))
        throw ServerRefusal(readiness);
    Fields fields;
    fields.text("server", client.access().server);
    addIfAllowed(fields, client, "version", "/openapi.json", "info.version");
    fields.text("status", text(ready, "status")).copy("parts", *member(ready, "parts"));
    fields.text("profile", client.access().profile).text("organization", client.access().organization);
    const bool isReady = readiness.status == 200;
    // A daemon that cannot work cannot tell who somebody is either.
    if (isReady && !client.access().token.empty()) {
        addIfAllowed(fields, client, "whoami", "/whoami", "");
        addIfAllowed(fields, client, "plugins", "/plugins", "items");
    }
    run.output().show(parseJson(fields.body().reveal()), statusShape());
    return isReady ? Exit::done : Exit::unreachable;
}

Exit version(Run& run) {
    run.terminal().write("cofferctl " COFFER_VERSION "\n");
    return Exit::done;
}

} // namespace

std::vector<Command> statusCommands() {
    return {
        {.path = "status",
         .summary = "Show the server: version, readiness, plugins, and who you are there",
         .description = "Exit status 0 when the daemon is ready, 5 when it is not or cannot be reached.",
         .options = showing(),
         .run = status},
        {.path = "whoami",
         .summary = "Show who you are and what you may do",
         .options = showing(),
         .run = whoami},
        {.path = "version", .summary = "Show the version of cofferctl", .run = version},
    };
}

} // namespace coffer::ctl
