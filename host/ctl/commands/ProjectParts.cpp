#include "host/ctl/commands/ProjectParts.h"

#include "host/ctl/Text.h"

namespace coffer::ctl {

namespace {

Colour backupColour(const Json& row) {
    const auto state = text(row, "backup.state");
    return state == "enabled"     ? Colour::green
           : state == "suspended" ? Colour::red
           : state == "unknown"   ? Colour::yellow
                                  : Colour::none;
}

std::string reasonCell(const Json& row) {
    return text(row, "backup.reason.detail");
}

std::string credentialCell(const Json& row) {
    const auto name = text(row, "backup.credential.name");
    return name.empty() ? text(row, "backup.credentialId") : name;
}

std::string offeredCell(const Json& row) {
    const auto name = text(row, "offeredCredential.name");
    return name.empty() ? name : name + " (" + text(row, "offeredCredential.id") + ")";
}

} // namespace

const Shape& projectShape() {
    static const Shape shape{
        .plural = "projects",
        .columns =
            {{.name = "id", .isKept = true},
             {.name = "name", .isKept = true},
             {.name = "organization", .path = "organization.name"},
             {.name = "backup", .path = "backup.state", .colour = backupColour},
             {.name = "credential", .path = "backup.credential.name", .cell = credentialCell},
             {.name = "policies", .path = "policyCount"},
             {.name = "bucket", .path = "backup.bucket"},
             {.name = "description"},
             {.name = "prefix", .path = "backup.prefix", .view = Column::View::wide},
             {.name = "reason",
              .path = "backup.reason.detail",
              .view = Column::View::wide,
              .cell = reasonCell},
             {.name = "modified", .path = "lastModifiedAt", .view = Column::View::wide, .isTime = true},
             {.name = "modifiedBy", .path = "lastModifiedBy", .view = Column::View::wide},
             {.name = "created", .path = "createdAt", .view = Column::View::wide, .isTime = true},
             {.name = "createdBy", .view = Column::View::wide},
             {.name = "version", .view = Column::View::wide},
             {.name = "offeredCredential", .view = Column::View::detail, .cell = offeredCell}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
        .whenEmpty = "Make one: cofferctl projects add NAME",
    };
    return shape;
}

Argument projectArgument() {
    return {.name = "PROJECT",
            .help = "Its name or id; name:123 for a name of digits only",
            .completes = Completes::project};
}

std::string projectPath(Run& run) {
    return "/projects/" + encoded(run.names().project(run.argument(0)));
}

std::vector<Option> backupOptions() {
    return {valued("credential", "CREDENTIAL", "What to back up with; the organization's default unless told",
                   Completes::credential),
            valued("bucket", "BUCKET", "Where backups go; the credential's bucket unless told"),
            valued("prefix", "PREFIX", "In front of every object's key"),
            flag("accept-failing", "Also with a credential that does not work; for administrators")};
}

void addBackupOptions(Fields& fields, Run& run) {
    if (const auto credential = run.option("credential"); !credential.empty())
        fields.number("credentialId", std::stoll(run.names().credential(credential)));
    for (const auto* name : {"bucket", "prefix"})
        if (run.has(name))
            run.option(name).empty() ? fields.null(name) : fields.text(name, run.option(name));
    if (run.has("accept-failing"))
        fields.boolean("acceptFailing", true);
}

} // namespace coffer::ctl
