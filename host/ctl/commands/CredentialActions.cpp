#include "host/ctl/Text.h"
#include "host/ctl/commands/CredentialParts.h"

namespace coffer::ctl {

namespace {

Exit lock(Run& run) {
    const std::string path = credentialPathOf(run);
    Fields fields;
    fields.text("reason", run.optionOrAsk("reason", "Why, for whoever meets the lock"));
    const JsonDocument changed = run.client().put(path + "/lock", fields);
    run.output().changed(changed, credentialShape(),
                         (isTrue(changed, "alreadyLocked") ? "It was locked already: " : "Locked ") +
                             called("credential", changed) + ". Nothing can use, change or delete it.");
    return Exit::done;
}

Exit unlock(Run& run) {
    const JsonDocument changed = run.client().remove(credentialPathOf(run) + "/lock");
    run.output().changed(changed, credentialShape(),
                         (isTrue(changed, "alreadyUnlocked") ? "It was not locked: " : "Unlocked ") +
                             called("credential", changed) + ".");
    return Exit::done;
}

Exit showDefault(Run& run) {
    Query query;
    query["organizationId"] = run.organizationForNew();
    run.output().show(run.client().get("/backup-credentials/default", query), credentialShape());
    return Exit::done;
}

Exit makeDefault(Run& run) {
    if (run.argument(0).empty() && run.has("clear"))
        throw UsageError("CREDENTIAL is missing", usageLine(run.invocation().command()));
    if (run.argument(0).empty())
        return showDefault(run);
    const std::string path = credentialPathOf(run) + "/default";
    const bool isCleared = run.has("clear");
    const JsonDocument changed = isCleared ? run.client().remove(path) : run.client().put(path);
    const std::string whose = " of " + text(changed, "organization.name") + ".";
    const bool wasSo = isTrue(changed, "alreadyDefault") || isTrue(changed, "alreadyCleared");
    run.output().changed(changed, credentialShape(),
                         called("Credential", changed) +
                             (isCleared ? (wasSo ? " was not the default" : " is no longer the default")
                                        : (wasSo ? " was the default already" : " is now the default")) +
                             whose);
    return Exit::done;
}

Exit probe(Run& run) {
    if (run.argument(0).empty())
        return tryKeys(run, completeKeys(run));
    const std::string path = credentialPathOf(run);
    run.client().waitingFor("Trying the keys at their endpoint");
    return showVerdict(run, run.client().post(path + "/probe"));
}

Exit remove(Run& run) {
    const std::string path = credentialPathOf(run);
    const JsonDocument credential = run.client().get(path);
    run.confirm("Delete " + called("credential", credential) + " of " +
                text(credential, "organization.name") + "? Its secret is destroyed.");
    run.client().remove(path);
    run.output().changed(credential, credentialShape(), "Deleted " + called("credential", credential) + ".");
    return Exit::done;
}

Exit history(Run& run) {
    return run.list(credentialPathOf(run) + "/history", {}, historyShape());
}

const Shape& useShape() {
    static const Shape shape{
        .plural = "projects",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "name", .isKept = true},
                    {.name = "owner"},
                    {.name = "associatedAt", .isTime = true},
                    {.name = "associatedBy"}},
        .reference = [](const Json& row) { return text(row, "id"); },
    };
    return shape;
}

Exit projects(Run& run) {
    return run.list(credentialPathOf(run) + "/projects", {}, useShape());
}

Exit associate(Run& run) {
    Fields fields;
    fields.text("name", run.optionOrAsk("name", "The project's name, for people", run.argument(1)));
    run.client().put(credentialPathOf(run) + "/projects/" + encoded(run.argument(1)), fields);
    run.output().done("Project \"" + run.argument(1) +
                      "\" is associated: the credential cannot be deleted until it is released.");
    return Exit::done;
}

Exit release(Run& run) {
    run.client().remove(credentialPathOf(run) + "/projects/" + encoded(run.argument(1)));
    run.output().done("Project \"" + run.argument(1) + "\" is released.");
    return Exit::done;
}

Argument foreignProject() {
    return {.name = "PROJECT-ID", .help = "The project's id, as its owner knows it"};
}

} // namespace

std::vector<Command> credentialActionCommands() {
    return {
        {.path = "credentials lock",
         .summary = "Lock it: nothing can use, change or delete it",
         .arguments = {credentialArgument()},
         .options = changing({valued("reason", "TEXT", "Why, for whoever meets the lock"), ifVersion()}),
         .examples = {{"cofferctl credentials lock nightly --reason 'key rotation on Friday'", ""}},
         .run = lock},
        {.path = "credentials unlock",
         .summary = "Unlock it",
         .arguments = {credentialArgument()},
         .options = changing({ifVersion()}),
         .run = unlock},
        {.path = "credentials default",
         .summary = "Make it the default of its organization, or show the default",
         .arguments = {credentialArgument(true)},
         .options = changing({flag("clear", "Leave the organization without a default")}),
         .examples = {{"cofferctl credentials default nightly", "make it the default"},
                      {"cofferctl credentials default", "show the default"}},
         .run = makeDefault},
        {.path = "credentials probe",
         .summary = "Try keys at their endpoint now: stored ones, or given ones",
         .description =
             "Without CREDENTIAL the keys are given as for add, and nothing is stored. Exit status 0 when "
             "they work, 3 when they do not.",
         .arguments = {credentialArgument(true)},
         .options = showing(keyOptions()),
         .examples = {{"cofferctl credentials probe nightly", ""},
                      {"cofferctl credentials probe --from-aws-profile backup", "before storing them"}},
         .run = probe},
        {.path = "credentials delete",
         .summary = "Delete it; only when it is unlocked and no project uses it",
         .arguments = {credentialArgument()},
         .options = destroying({ifVersion()}),
         .run = remove},
        {.path = "credentials history",
         .summary = "Show what happened to it, newest first",
         .arguments = {credentialArgument()},
         .options = listing(),
         .run = history},
        {.path = "credentials projects",
         .summary = "List the projects that use it",
         .arguments = {credentialArgument()},
         .options = listing(),
         .run = projects},
        {.path = "credentials associate",
         .summary = "Associate a project that coffer does not know",
         .arguments = {credentialArgument(), foreignProject()},
         .options = changing({valued("name", "NAME", "The project's name, for people")}),
         .run = associate},
        {.path = "credentials release",
         .summary = "Release a project that was associated by hand",
         .arguments = {credentialArgument(), foreignProject()},
         .options = changing(),
         .run = release},
    };
}

} // namespace coffer::ctl
