#include "host/ctl/Text.h"
#include "host/ctl/commands/ProjectParts.h"

namespace coffer::ctl {

namespace {

const SortKeys& sortKeys() {
    static const SortKeys keys{
        {"id", "id"}, {"name", "name"}, {"created", "createdAt"}, {"modified", "lastModifiedAt"}};
    return keys;
}

Exit list(Run& run) {
    Query query;
    query["search"] = run.option("search");
    query["organizationId"] = run.names().chosenOrganization();
    query["backup"] = run.option("backup");
    if (const auto credential = run.option("credential"); !credential.empty())
        query["credentialId"] = run.names().credential(credential);
    return run.list("/projects", query, projectShape(), sortKeys());
}

Exit show(Run& run) {
    run.output().show(run.client().get(projectPath(run)), projectShape());
    return Exit::done;
}

Exit add(Run& run) {
    Fields fields;
    fields.number("organizationId", std::stoll(run.organizationForNew())).text("name", run.argument(0));
    if (run.has("description"))
        fields.text("description", run.option("description"));
    if (run.has("enable-backup"))
        fields.boolean("enableBackup", true);
    addBackupOptions(fields, run);
    const JsonDocument made = run.client().post("/projects", fields);
    std::string sentence =
        "Made " + called("project", made) + " in " + text(made, "organization.name") + ". ";
    if (run.has("enable-backup"))
        sentence += "It is backed up with " + text(made, "backup.credential.name") + ".";
    else
        sentence += "Back it up: cofferctl backup enable " + text(made, "id");
    run.output().changed(made, projectShape(), sentence);
    return Exit::done;
}

Exit update(Run& run) {
    Fields fields;
    for (const auto* name : {"name", "description"})
        if (run.has(name))
            fields.text(name, run.option(name));
    if (fields.empty())
        throw UsageError("There is nothing to change", "Give --name or --description.");
    const JsonDocument changed = run.client().patch(projectPath(run), fields);
    run.output().changed(changed, projectShape(), "Changed " + called("project", changed) + ".");
    return Exit::done;
}

Exit remove(Run& run) {
    Query query;
    if (run.has("disable-backup"))
        query["disableBackup"] = "true";
    return removeNamed(run, "project", projectPath(run), projectShape(),
                       " and its policies? What was backed up stays where it is.", query);
}

Exit history(Run& run) {
    return run.list(projectPath(run) + "/history", {}, historyShape());
}

} // namespace

std::vector<Command> projectCommands() {
    std::vector<Option> addOptions = backupOptions();
    addOptions.insert(addOptions.begin(),
                      {valued("description", "TEXT", "What it is"),
                       flag("enable-backup", "Enable backup in the same step: both, or neither")});
    return {
        {.path = "projects", .summary = "What is backed up"},
        {.path = "projects list",
         .summary = "List and search them",
         .options = listing({valued("search", "TEXT", "Parts of name, description or id; all must match"),
                             choice("backup", {"disabled", "enabled", "suspended"},
                                    "Only those whose backup stands like this"),
                             valued("credential", "CREDENTIAL", "Only those that are backed up with it",
                                    Completes::credential)},
                            columnsOf(sortKeys())),
         .examples = {{"cofferctl projects list --backup suspended", "those that need attention"}},
         .run = list},
        {.path = "projects show",
         .summary = "Show one, and how its backup stands",
         .arguments = {projectArgument()},
         .options = showing(),
         .run = show},
        {.path = "projects add",
         .summary = "Create one, with its backup when that is wanted",
         .arguments = {{.name = "NAME", .help = "3 to 30 characters, unique in its organization"}},
         .options = changing(std::move(addOptions)),
         .examples = {{"cofferctl projects add 'Web shop' --enable-backup --bucket backups",
                       "backed up with the default credential"}},
         .run = add},
        {.path = "projects update",
         .summary = "Change name and description",
         .arguments = {projectArgument()},
         .options = changing({valued("name", "NAME", "A new name"),
                              valued("description", "TEXT", "What it is"), ifVersion()}),
         .run = update},
        {.path = "projects delete",
         .summary = "Delete it and its policies; what was backed up stays",
         .arguments = {projectArgument()},
         .options = destroying({flag("disable-backup", "Disable its backup in the same step"), ifVersion()}),
         .run = remove},
        {.path = "projects history",
         .summary = "Show what happened to it, newest first",
         .arguments = {projectArgument()},
         .options = listing(),
         .run = history},
    };
}

} // namespace coffer::ctl
