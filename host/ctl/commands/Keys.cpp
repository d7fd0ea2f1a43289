#include "host/ctl/Progress.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

#include <thread>

namespace coffer::ctl {

namespace {

const Shape& versionShape() {
    static const Shape shape{
        .plural = "versions",
        .columns = {{.name = "version", .isKept = true},
                    {.name = "state", .isKept = true},
                    {.name = "sealedCount"},
                    {.name = "created", .path = "createdAt", .isTime = true},
                    {.name = "retired", .path = "retiredAt", .isTime = true}},
        .reference = [](const Json& row) { return text(row, "version"); },
    };
    return shape;
}

std::string rewrapCell(const Json& row) {
    const Json* rewrap = member(row, "rewrap");
    if (!rewrap || rewrap->IsNull())
        return "never";
    const std::string failed =
        number(*rewrap, "failed") > 0 ? ", " + text(*rewrap, "failed") + " failed" : "";
    return std::string(isTrue(*rewrap, "running") ? "running: " : "finished: ") + text(*rewrap, "done") +
           " of " + text(*rewrap, "total") + failed;
}

std::string versionsCell(const Json& row) {
    std::vector<std::string> lines;
    for (const Json* version : items(row, "versions"))
        lines.push_back(text(*version, "version") + ": " + text(*version, "state") + ", " +
                        text(*version, "sealedCount") + " secrets");
    return joined(lines, "\n");
}

const Shape& keysShape() {
    static const Shape shape{
        .plural = "keys",
        .columns = {{.name = "activeVersion"},
                    {.name = "versions", .cell = versionsCell},
                    {.name = "rewrap", .cell = rewrapCell},
                    {.name = "keyEncryptionKeyId"}},
        .reference = [](const Json& row) { return text(row, "activeVersion"); },
    };
    return shape;
}

Exit show(Run& run) {
    run.output().show(run.client().get("/keys"), keysShape());
    return Exit::done;
}

Exit rotate(Run& run) {
    const JsonDocument made = run.client().post("/keys/rotate");
    run.output().changed(
        made, versionShape(),
        "Version " + text(made, "version") +
            " seals what is stored from now on. For what is there already: cofferctl keys rewrap "
            "--wait");
    return Exit::done;
}

const Shape& rewrapShape() {
    static const Shape shape{
        .plural = "rewraps",
        .columns = {{.name = "running"},
                    {.name = "target"},
                    {.name = "done"},
                    {.name = "total"},
                    {.name = "failed"},
                    {.name = "requestedAt"},
                    {.name = "finishedAt"}},
        .reference = [](const Json& row) { return text(row, "target"); },
    };
    return shape;
}

JsonDocument waitForRewrap(Run& run) {
    Progress progress(run.terminal(), "Sealing anew");
    run.client().waitQuietly();
    while (true) {
        const JsonDocument keys = run.client().get("/keys");
        const Json* rewrap = member(keys, "rewrap");
        if (!rewrap || rewrap->IsNull())
            throw Failure(Exit::unexpected, "The server knows of no rewrap");
        progress.set(static_cast<std::size_t>(number(*rewrap, "done")),
                     static_cast<std::size_t>(number(*rewrap, "total")));
        if (!isTrue(*rewrap, "running"))
            return parseJson(compactJson(*rewrap));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

Exit rewrap(Run& run) {
    JsonDocument state = run.client().post("/keys/rewrap");
    if (!run.has("wait")) {
        run.output().changed(state, rewrapShape(), "It runs; cofferctl keys show tells how far it is.");
        return Exit::done;
    }
    state = waitForRewrap(run);
    if (number(state, "failed") > 0)
        throw Failure(Exit::unexpected, text(state, "failed") + " secrets could not be sealed anew",
                      "The daemon's log says why. The old version must stay until they are.");
    run.output().changed(state, rewrapShape(),
                         text(state, "done") + " secrets are sealed under version " + text(state, "target") +
                             ".");
    return Exit::done;
}

Exit retire(Run& run) {
    if (!isNumber(run.argument(0)))
        throw UsageError("VERSION is a number, not \"" + run.argument(0) + "\"");
    run.confirm("Destroy key version " + run.argument(0) +
                "? What it sealed in older backups of the database can never be opened again.");
    const JsonDocument gone = run.client().remove("/keys/" + run.argument(0));
    run.output().changed(gone, versionShape(),
                         "Version " + text(gone, "version") + " is destroyed. " + text(gone, "warning"));
    return Exit::done;
}

} // namespace

std::vector<Command> keyCommands() {
    return {
        {.path = "keys", .summary = "The keys that secrets are sealed with"},
        {.path = "keys show",
         .summary = "Show the versions, and what is sealed under each",
         .options = showing(),
         .run = show},
        {.path = "keys rotate",
         .summary = "Make a new version for what is stored from now on",
         .options = changing(),
         .run = rotate},
        {.path = "keys rewrap",
         .summary = "Seal every secret under the active version",
         .options = changing({flag("wait", "Until it is done, with its progress")}),
         .run = rewrap},
        {.path = "keys retire",
         .summary = "Destroy a version that nothing is sealed under any more",
         .arguments = {{.name = "VERSION", .help = "Its number"}},
         .options = destroying(),
         .run = retire},
    };
}

} // namespace coffer::ctl
