#include "host/ctl/Files.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

Colour stateColour(const Json& row) {
    return text(row, "revokedAt").empty() ? Colour::none : Colour::dim;
}

const Shape& tokenShape() {
    static const Shape shape{
        .plural = "tokens",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "name", .colour = stateColour, .isKept = true},
                    {.name = "created", .path = "createdAt", .isTime = true},
                    {.name = "createdBy"},
                    {.name = "expires",
                     .path = "expiresAt",
                     .cell =
                         [](const Json& row) {
                             const auto when = text(row, "expiresAt");
                             return when.empty() ? std::string("never") : localTime(when);
                         }},
                    {.name = "revoked", .path = "revokedAt", .isTime = true}},
        .reference = [](const Json& row) { return text(row, "id"); },
    };
    return shape;
}

std::string path(Run& run) {
    const std::string principal = run.option("principal");
    return principal.empty() ? "/whoami/tokens"
                             : "/principals/" + encoded(run.names().principal(principal)) + "/tokens";
}

Exit list(Run& run) {
    return run.list(path(run), {}, tokenShape());
}

Exit add(Run& run) {
    Fields fields;
    fields.text("name", run.argument(0));
    if (const auto days = run.invocation().number("expires-in-days"))
        fields.number("expiresInDays", *days);
    const std::string where = path(run);
    const JsonDocument made = run.client().post(where, fields);
    if (const auto file = run.option("file"); !file.empty()) {
        const Secret token(text(made, "token") + "\n");
        writePrivateFile(file, token.reveal());
        run.output().done("Made token " + text(made, "id") + "; it stands in " + file + ".");
        return Exit::done;
    }
    // The one time that it is shown: alone on standard output, so that it can be piped.
    if (run.output().isForPeople()) {
        run.terminal().note("Token " + text(made, "id") + ". It is shown this once; keep it safe:");
        run.terminal().write(text(made, "token") + "\n");
    } else {
        run.output().show(made, tokenShape());
    }
    return Exit::done;
}

Exit revoke(Run& run) {
    const std::string where = path(run);
    const std::string id = run.names().token(where, run.argument(0));
    run.confirm("Revoke token " + run.argument(0) + "? Whoever uses it is refused from then on.");
    run.client().remove(where + "/" + encoded(id));
    run.output().done("Token " + id + " is revoked.");
    return Exit::done;
}

Option principal() {
    return valued("principal", "PRINCIPAL", "Whose; your own unless told", Completes::principal);
}

} // namespace

std::vector<Command> tokenCommands() {
    return {
        {.path = "tokens", .summary = "What people and programs log in with"},
        {.path = "tokens list",
         .summary = "List them, without the tokens themselves",
         .options = listing({principal()}),
         .run = list},
        {.path = "tokens add",
         .summary = "Make one; it is shown this once",
         .arguments = {{.name = "NAME", .help = "What it is for"}},
         .options = changing(
             {principal(), numeric("expires-in-days", "N", "Until when; it does not expire unless told"),
              valued("file", "FILE", "Write it there, where only you can read it, and do not show it",
                     Completes::file)}),
         .examples = {{"cofferctl tokens add laptop --expires-in-days 90", ""},
                      {"cofferctl tokens add first --principal jana --file jana.token", ""}},
         .run = add},
        {.path = "tokens revoke",
         .summary = "Revoke one",
         .arguments = {{.name = "TOKEN", .help = "Its id or name", .completes = Completes::token}},
         .options = destroying({principal()}),
         .run = revoke},
    };
}

} // namespace coffer::ctl
