#include "host/ctl/Text.h"
#include "host/ctl/commands/ProjectParts.h"

namespace coffer::ctl {

namespace {

std::string linesOf(const Json& row, std::string_view list, std::string_view separator) {
    std::vector<std::string> out;
    for (const Json* item : items(row, list))
        out.push_back(text(*item));
    return joined(out, separator);
}

std::string namespacesCell(const Json& row) {
    const auto included = linesOf(row, "includedNamespaces", ", ");
    const auto excluded = linesOf(row, "excludedNamespaces", ", ");
    return (included.empty() ? "all" : included) + (excluded.empty() ? "" : " but " + excluded);
}

const Shape& policyShape() {
    static const Shape shape{
        .plural = "policies",
        .columns =
            {{.name = "id", .isKept = true},
             {.name = "name", .isKept = true},
             {.name = "cron"},
             {.name = "timeZone"},
             {.name = "retention"},
             {.name = "nextRun",
              .path = "nextRuns",
              .cell =
                  [](const Json& row) {
                      const auto runs = items(row, "nextRuns");
                      return runs.empty() ? std::string() : localTime(text(*runs.front()));
                  }},
             {.name = "namespaces", .path = "includedNamespaces", .cell = namespacesCell},
             {.name = "modified", .path = "lastModifiedAt", .view = Column::View::wide, .isTime = true},
             {.name = "modifiedBy", .path = "lastModifiedBy", .view = Column::View::wide},
             {.name = "version", .view = Column::View::wide},
             {.name = "nextRuns",
              .view = Column::View::detail,
              .cell = [](const Json& row) { return linesOf(row, "nextRuns", "\n"); }}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
        .whenEmpty = "Make one: cofferctl policies add PROJECT NAME --cron '30 2 * * *' --include NAMESPACE",
    };
    return shape;
}

std::string policiesPath(Run& run) {
    return projectPath(run) + "/backup/policies";
}

std::string policyPath(Run& run) {
    const std::string project = run.names().project(run.argument(0));
    return "/projects/" + project + "/backup/policies/" + run.names().policy(project, run.argument(1));
}

void addOptions(Fields& fields, const Run& run) {
    for (const auto& [option, member] :
         {std::pair{"name", "name"}, {"cron", "cron"}, {"time-zone", "timeZone"}, {"retention", "retention"}})
        if (run.has(option))
            fields.text(member, run.option(option));
    // An empty value empties the list.
    for (const auto& [option, member] :
         {std::pair{"include", "includedNamespaces"}, {"exclude", "excludedNamespaces"}})
        if (run.has(option)) {
            std::vector<std::string> names;
            for (const auto& value : run.invocation().options(option))
                for (const auto& name : split(value, ','))
                    names.push_back(trimmed(name));
            fields.list(member, names);
        }
}

Exit list(Run& run) {
    return run.list(policiesPath(run), {}, policyShape());
}

Exit show(Run& run) {
    run.output().show(run.client().get(policyPath(run)), policyShape());
    return Exit::done;
}

std::string nextRun(const Json& policy) {
    const auto runs = items(policy, "nextRuns");
    return runs.empty() ? "." : ". Next run: " + localTime(text(*runs.front())) + ".";
}

Exit add(Run& run) {
    const std::string path = policiesPath(run);
    Fields fields;
    fields.text("name", run.argument(1));
    if (!run.has("cron"))
        fields.text("cron", run.optionOrAsk("cron", "When, as cron has it", "30 2 * * *"));
    addOptions(fields, run);
    const JsonDocument made = run.client().post(path, fields);
    run.output().changed(made, policyShape(), "Made " + called("policy", made) + nextRun(made));
    return Exit::done;
}

Exit update(Run& run) {
    Fields fields;
    addOptions(fields, run);
    if (fields.empty())
        throw UsageError("There is nothing to change", "See cofferctl policies update --help");
    const JsonDocument changed = run.client().patch(policyPath(run), fields);
    run.output().changed(changed, policyShape(), "Changed " + called("policy", changed) + nextRun(changed));
    return Exit::done;
}

Exit remove(Run& run) {
    return removeNamed(run, "policy", policyPath(run), policyShape(),
                       "? What it backed up stays where it is.");
}

std::vector<Option> policyOptions() {
    return {valued("cron", "CRON",
                   "When: minute, hour, day of month, month, day of week; or @daily and the like"),
            valued("time-zone", "ZONE", "Whose clock that is: Europe/Prague; UTC unless told"),
            valued("retention", "TIME", "How long backups are kept: 72h, 30d"),
            repeated("include", "NAMESPACE", "A namespace of the cluster to back up; commas between several"),
            repeated("exclude", "NAMESPACE", "A namespace to leave out")};
}

Argument policy() {
    return {.name = "POLICY", .help = "Its name or id", .completes = Completes::policy};
}

} // namespace

std::vector<Command> policyCommands() {
    auto updateOptions = policyOptions();
    updateOptions.insert(updateOptions.begin(), valued("name", "NAME", "A new name"));
    updateOptions.push_back(ifVersion());
    return {
        {.path = "policies", .summary = "When projects are backed up, and how long that is kept"},
        {.path = "policies list",
         .summary = "List those of a project, with their next runs",
         .arguments = {projectArgument()},
         .options = listing(),
         .run = list},
        {.path = "policies show",
         .summary = "Show one and its next five runs",
         .arguments = {projectArgument(), policy()},
         .options = showing(),
         .run = show},
        {.path = "policies add",
         .summary = "Give a project a policy",
         .arguments = {projectArgument(),
                       {.name = "NAME", .help = "3 to 30 characters, unique in its project"}},
         .options = changing(policyOptions()),
         .examples = {{"cofferctl policies add 'Web shop' 'every night' --cron '30 2 * * *' --time-zone "
                       "Europe/Prague "
                       "--retention 30d --include shop",
                       ""}},
         .run = add},
        {.path = "policies update",
         .summary = "Change it",
         .arguments = {projectArgument(), policy()},
         .options = changing(std::move(updateOptions)),
         .run = update},
        {.path = "policies delete",
         .summary = "Delete it; what it backed up stays",
         .arguments = {projectArgument(), policy()},
         .options = destroying({ifVersion()}),
         .run = remove},
    };
}

} // namespace coffer::ctl
