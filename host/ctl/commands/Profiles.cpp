#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

Colour currentColour(const Json& row) {
    return isTrue(row, "current") ? Colour::green : Colour::none;
}

std::string yesOrNothing(const Json& row) {
    return isTrue(row, "current") ? "yes" : "";
}

std::string loggedIn(const Json& row) {
    return isTrue(row, "loggedIn") ? "yes" : "no";
}

const Shape& profileShape() {
    static const Shape shape{
        .plural = "profiles",
        .columns = {{.name = "name", .isKept = true},
                    {.name = "current", .cell = yesOrNothing, .colour = currentColour},
                    {.name = "server", .isKept = true},
                    {.name = "organization"},
                    {.name = "loggedIn", .cell = loggedIn},
                    {.name = "caFile", .view = Column::View::wide}},
        .reference = [](const Json& row) { return text(row, "name"); },
        .whenEmpty = "Make one: cofferctl login --server URL",
    };
    return shape;
}

JsonDocument row(const Access& access, bool isCurrent) {
    Fields fields;
    fields.text("name", access.profile)
        .boolean("current", isCurrent)
        .text("server", access.server)
        .text("organization", access.organization)
        .boolean("loggedIn", !access.token.empty())
        .text("caFile", access.caFile);
    return parseJson(fields.body().reveal());
}

Exit list(Run& run) {
    const ProfileFile profiles;
    Output::List list(run.output(), profileShape());
    for (const auto& name : profiles.names())
        list.add(row(profiles.get(name), name == profiles.current()));
    list.end({}, false);
    return Exit::done;
}

Exit show(Run& run) {
    const ProfileFile profiles;
    if (!run.argument(0).empty()) {
        run.output().show(row(profiles.get(run.argument(0)), run.argument(0) == profiles.current()),
                          profileShape());
        return Exit::done;
    }
    // What a command here and now would use, whatever it comes from.
    const Access access = accessFor(run.invocation(), run.terminal());
    if (access.server.empty())
        throw Failure(Exit::notFound, "No server is chosen", "cofferctl login --server https://host:port");
    run.output().show(row(access, !access.profile.empty() && access.profile == profiles.current()),
                      profileShape());
    return Exit::done;
}

Exit use(Run& run) {
    ProfileFile profiles;
    profiles.use(run.argument(0));
    run.terminal().write("From now on \"" + run.argument(0) + "\" is used.\n");
    return Exit::done;
}

Exit remove(Run& run) {
    ProfileFile profiles;
    profiles.remove(run.argument(0));
    run.terminal().write("Profile \"" + run.argument(0) + "\" is removed.\n");
    return Exit::done;
}

Argument profile(bool isOptional = false) {
    return {.name = "PROFILE", .help = "Its name", .completes = Completes::profile, .isOptional = isOptional};
}

} // namespace

std::vector<Command> profileCommands() {
    return {
        {.path = "profiles",
         .summary = "Servers and tokens that login stored",
         .description =
             "Profiles stand in ~/.config/coffer/config (or $XDG_CONFIG_HOME/coffer/config), which "
             "only you can read. --profile or COFFER_PROFILE chooses another than the current one."},
        {.path = "profiles list", .summary = "List them", .options = showing(), .run = list},
        {.path = "profiles show",
         .summary = "Show one, or what a command would use here and now",
         .arguments = {profile(true)},
         .options = showing(),
         .run = show},
        {.path = "profiles use", .summary = "Make it the current one", .arguments = {profile()}, .run = use},
        {.path = "profiles remove",
         .summary = "Remove it with its token",
         .arguments = {profile()},
         .run = remove},
    };
}

} // namespace coffer::ctl
