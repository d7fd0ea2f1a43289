#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

const Shape& organizationShape() {
    static const Shape shape{
        .plural = "organizations",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "name", .isKept = true},
                    {.name = "created", .path = "createdAt", .isTime = true},
                    {.name = "createdBy"},
                    {.name = "version", .view = Column::View::wide}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
        .whenEmpty = "Make one: cofferctl organizations add NAME",
    };
    return shape;
}

std::string path(Run& run) {
    return "/organizations/" + encoded(run.names().organization(run.argument(0)));
}

Exit list(Run& run) {
    return run.list("/organizations", {}, organizationShape());
}

Exit show(Run& run) {
    run.output().show(run.client().get(path(run)), organizationShape());
    return Exit::done;
}

Exit add(Run& run) {
    Fields fields;
    fields.text("name", run.argument(0));
    const JsonDocument made = run.client().post("/organizations", fields);
    run.output().changed(made, organizationShape(), "Made " + called("organization", made) + ".");
    return Exit::done;
}

Exit rename(Run& run) {
    return renameNamed(run, "organization", path(run), organizationShape());
}

Exit remove(Run& run) {
    return removeNamed(run, "organization", path(run), organizationShape());
}

Argument organization() {
    return {.name = "ORGANIZATION", .help = "Its name or id", .completes = Completes::organization};
}

Argument name() {
    return {.name = "NAME", .help = "3 to 60 characters, unique whatever the case"};
}

} // namespace

std::vector<Command> organizationCommands() {
    return {
        {.path = "organizations", .summary = "To whom credentials and projects belong"},
        {.path = "organizations list",
         .summary = "List those that you may see",
         .options = listing(),
         .run = list},
        {.path = "organizations show",
         .summary = "Show one",
         .arguments = {organization()},
         .options = showing(),
         .run = show},
        {.path = "organizations add",
         .summary = "Make one",
         .arguments = {name()},
         .options = changing(),
         .run = add},
        {.path = "organizations rename",
         .summary = "Give it another name",
         .arguments = {organization(), name()},
         .options = changing({ifVersion()}),
         .run = rename},
        {.path = "organizations delete",
         .summary = "Delete one to which nothing belongs any more",
         .arguments = {organization()},
         .options = destroying({ifVersion()}),
         .run = remove},
    };
}

} // namespace coffer::ctl
