#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

Colour stateColour(const Json& row) {
    const auto state = text(row, "state");
    return state == "running" ? Colour::green : state == "quarantined" ? Colour::red : Colour::yellow;
}

std::string healthCell(const Json& row) {
    const auto reason = text(row, "health.reason");
    return text(row, "health.state") + (reason.empty() ? "" : ": " + reason);
}

std::string routesCell(const Json& row) {
    std::vector<std::string> out;
    for (const Json* route : items(row, "registered.routes"))
        out.push_back(text(*route));
    return joined(out, "\n");
}

const Shape& pluginShape() {
    static const Shape shape{
        .plural = "plugins",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "version"},
                    {.name = "state", .colour = stateColour, .isKept = true},
                    {.name = "health", .path = "health.state", .cell = healthCell},
                    {.name = "reason"},
                    {.name = "since", .isTime = true},
                    {.name = "description"},
                    {.name = "disabledBy", .view = Column::View::wide},
                    {.name = "sdkVersion", .view = Column::View::wide},
                    {.name = "file", .view = Column::View::wide},
                    {.name = "sha256", .view = Column::View::wide},
                    {.name = "routes",
                     .path = "registered.routes",
                     .view = Column::View::detail,
                     .cell = routesCell}},
        .reference = [](const Json& row) { return text(row, "id"); },
    };
    return shape;
}

std::string path(const Run& run) {
    return "/plugins/" + encoded(run.argument(0));
}

Exit list(Run& run) {
    return run.list("/plugins", {}, pluginShape());
}

Exit show(Run& run) {
    run.output().show(run.client().get(path(run)), pluginShape());
    return Exit::done;
}

Exit enable(Run& run) {
    run.client().waitingFor("Starting " + run.argument(0));
    const JsonDocument changed = run.client().post(path(run) + "/enable");
    run.output().changed(changed, pluginShape(),
                         text(changed, "id") + " is " + text(changed, "state") + " now.");
    return Exit::done;
}

Exit disable(Run& run) {
    run.confirm("Take plugin " + run.argument(0) + " out of service?");
    run.client().waitingFor("Stopping " + run.argument(0));
    const JsonDocument changed = run.client().post(path(run) + "/disable");
    run.output().changed(changed, pluginShape(),
                         text(changed, "id") + " is " + text(changed, "state") + " now, also over restarts.");
    return Exit::done;
}

Argument plugin() {
    return {.name = "PLUGIN", .help = "Its id", .completes = Completes::plugin};
}

} // namespace

std::vector<Command> pluginCommands() {
    return {
        {.path = "plugins", .summary = "What the daemon is made of"},
        {.path = "plugins list", .summary = "List them", .options = listing(), .run = list},
        {.path = "plugins show",
         .summary = "Show one and what it registered",
         .arguments = {plugin()},
         .options = showing(),
         .run = show},
        {.path = "plugins enable",
         .summary = "Take a disabled plugin into service again",
         .arguments = {plugin()},
         .options = changing(),
         .run = enable},
        {.path = "plugins disable",
         .summary = "Take a plugin out of service, also over restarts",
         .arguments = {plugin()},
         .options = destroying(),
         .run = disable},
    };
}

} // namespace coffer::ctl
