#include "host/ctl/Files.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/ProjectParts.h"

namespace coffer::ctl {

namespace {

Exit enable(Run& run) {
    Fields fields;
    addBackupOptions(fields, run);
    const JsonDocument changed = run.client().put(projectPath(run) + "/backup", fields);
    run.output().changed(changed, projectShape(),
                         called("Project", changed) +
                             (isTrue(changed, "alreadyEnabled") ? " was backed up already, with "
                                                                : " is backed up now, with ") +
                             text(changed, "backup.credential.name") +
                             (number(changed, "policyCount") == 0
                                  ? ". Say when: cofferctl policies add " + text(changed, "id")
                                  : "."));
    return Exit::done;
}

Exit disable(Run& run) {
    const std::string path = projectPath(run);
    run.confirm("Stop backing up project " + run.argument(0) + "? Its policies and what was backed up stay.");
    const JsonDocument changed = run.client().remove(path + "/backup");
    run.output().changed(changed, projectShape(), called("Project", changed) + " is no longer backed up.");
    return Exit::done;
}

Exit manifest(Run& run) {
    Fields fields;
    fields.text("format", "velero");
    if (run.has("include-secret"))
        fields.boolean("includeSecret", true);
    if (run.has("namespace"))
        fields.text("namespace", run.option("namespace"));
    const Secret text(run.client().postForText(projectPath(run) + "/backup/manifests", fields));
    if (const auto file = run.option("file"); !file.empty())
        writePrivateFile(file, text.reveal());
    else
        run.terminal().write(run.terminal().outputIsTerminal() ? printable(text.reveal(), "\n")
                                                               : text.reveal());
    return Exit::done;
}

} // namespace

std::vector<Command> backupCommands() {
    return {
        {.path = "backup", .summary = "Whether and how projects are backed up"},
        {.path = "backup enable",
         .summary = "Back a project up, or change its credential, bucket or prefix",
         .description = "What is left out stays as it is; an empty value takes bucket or prefix away.",
         .arguments = {projectArgument()},
         .options = changing([] {
             auto options = backupOptions();
             options.push_back(ifVersion());
             return options;
         }()),
         .examples = {{"cofferctl backup enable 'Web shop'", "with the default credential"},
                      {"cofferctl backup enable 'Web shop' --credential nightly --bucket backups", ""}},
         .run = enable},
        {.path = "backup disable",
         .summary = "Stop backing a project up, and release its credential",
         .arguments = {projectArgument()},
         .options = destroying({ifVersion()}),
         .run = disable},
        {.path = "backup manifest",
         .summary = "Print what a cluster needs to back the project up (Velero)",
         .description =
             "--include-secret is for who was granted the use of the credential by name, and is recorded.",
         .arguments = {projectArgument()},
         .options = {flag("include-secret", "With the S3 keys"),
                     valued("namespace", "NAMESPACE", "The namespace that Velero runs in"),
                     valued("file", "FILE", "Where to; standard output unless told. Only you can read it",
                            Completes::file),
                     flag("dry-run", "Say what would be sent, and send nothing")},
         .examples = {{"cofferctl backup manifest 'Web shop' | kubectl apply -f -", ""}},
         .run = manifest},
    };
}

} // namespace coffer::ctl
