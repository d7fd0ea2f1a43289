#include "host/ctl/Files.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

const Shape& robotShape() {
    static const Shape shape{
        .plural = "robots",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "name", .isKept = true},
                    {.name = "organization", .path = "organizationName"},
                    {.name = "role"},
                    {.name = "accessKeyId"},
                    {.name = "usable"},
                    {.name = "created", .path = "createdAt", .view = Column::View::wide, .isTime = true},
                    {.name = "createdBy", .view = Column::View::wide},
                    {.name = "version", .view = Column::View::wide}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
    };
    return shape;
}

std::string path(Run& run) {
    return "/robots/" + encoded(run.names().robot(run.argument(0)));
}

Exit list(Run& run) {
    return run.list("/robots", {}, robotShape());
}

Exit show(Run& run) {
    run.output().show(run.client().get(path(run)), robotShape());
    return Exit::done;
}

/// As cofferctl login takes it.
void showLogin(const Run& run, const Json& robot) {
    const Secret login(text(robot, "accessKeyId") + ":" + text(robot, "secret") + "\n");
    if (const auto file = run.option("file"); !file.empty()) {
        writePrivateFile(file, login.reveal());
        run.output().done("The login of " + called("robot", robot) + " stands in " + file + ".");
    } else if (run.output().isForPeople()) {
        run.terminal().note("The login of " + called("robot", robot) +
                            ", access key id and secret. It is shown this once; keep it safe:");
        run.terminal().write(login.reveal());
    } else {
        run.output().show(robot, robotShape());
    }
}

Exit add(Run& run) {
    Fields fields;
    fields.text("name", run.argument(0))
        .number("organizationId", std::stoll(run.organizationForNew()))
        .text("role", run.option("role").empty() ? "viewer" : run.option("role"));
    showLogin(run, run.client().post("/robots", fields));
    return Exit::done;
}

Exit rotate(Run& run) {
    const std::string where = path(run);
    run.confirm("Give robot " + run.argument(0) + " a new secret? The old one is refused from then on.");
    showLogin(run, run.client().post(where + "/rotate"));
    return Exit::done;
}

Exit remove(Run& run) {
    return removeNamed(run, "robot", path(run), robotShape());
}

Argument robot() {
    return {.name = "ROBOT", .help = "Its name or id", .completes = Completes::robot};
}

Option file() {
    return valued("file", "FILE", "Write the login there, where only you can read it, and do not show it",
                  Completes::file);
}

} // namespace

std::vector<Command> robotCommands() {
    return {
        {.path = "robots", .summary = "Programs that work in one organization"},
        {.path = "robots list", .summary = "List them", .options = listing(), .run = list},
        {.path = "robots show",
         .summary = "Show one",
         .arguments = {robot()},
         .options = showing(),
         .run = show},
        {.path = "robots add",
         .summary = "Make one; its login is shown this once",
         .arguments = {{.name = "NAME", .help = "3 to 60 characters, unique in its organization"}},
         .options =
             changing({choice("role", {"manager", "viewer"}, "What it may do; viewer unless told"), file()}),
         .examples = {{"cofferctl robots add deploy --role manager --organization Acme --file deploy.login",
                       ""},
                      {"cofferctl login --profile deploy --server URL --token-file deploy.login",
                       "work as the robot"}},
         .run = add},
        {.path = "robots rotate",
         .summary = "Give it a new secret",
         .arguments = {robot()},
         .options = destroying({file()}),
         .run = rotate},
        {.path = "robots delete",
         .summary = "Delete it",
         .arguments = {robot()},
         .options = destroying({ifVersion()}),
         .run = remove},
    };
}

} // namespace coffer::ctl
