#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

std::string rolesCell(const Json& row) {
    std::vector<std::string> roles;
    for (const Json* role : items(row, "roles")) {
        const auto organization = text(*role, "organizationName");
        roles.push_back(text(*role, "role") + (organization.empty() ? "" : " in " + organization));
    }
    return joined(roles, ", ");
}

const Shape& principalShape() {
    static const Shape shape{
        .plural = "principals",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "name", .isKept = true},
                    {.name = "roles", .cell = rolesCell},
                    {.name = "created", .path = "createdAt", .isTime = true},
                    {.name = "createdBy"},
                    {.name = "version", .view = Column::View::wide}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
    };
    return shape;
}

const Shape& roleShape() {
    static const Shape shape{
        .plural = "roles",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "role", .isKept = true},
                    {.name = "organization",
                     .path = "organizationName",
                     .cell =
                         [](const Json& row) {
                             const auto name = text(row, "organizationName");
                             return name.empty() ? std::string("everywhere") : name;
                         }}},
        .reference = [](const Json& row) { return text(row, "id"); },
    };
    return shape;
}

const Shape& grantShape() {
    static const Shape shape{
        .plural = "grants",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "permission", .isKept = true},
                    {.name = "object", .isKept = true},
                    {.name = "created", .path = "createdAt", .isTime = true},
                    {.name = "createdBy"}},
        .reference = [](const Json& row) { return text(row, "id"); },
    };
    return shape;
}

std::string path(Run& run) {
    return "/principals/" + encoded(run.names().principal(run.argument(0)));
}

Exit list(Run& run) {
    return run.list("/principals", {}, principalShape());
}

Exit show(Run& run) {
    run.output().show(run.client().get(path(run)), principalShape());
    return Exit::done;
}

/// Where a role holds: --organization, or everywhere when --everywhere says so.
void addRole(Fields& fields, Run& run, const std::string& role) {
    fields.text("role", role);
    if (run.has("everywhere"))
        fields.null("organizationId");
    else
        fields.number("organizationId", std::stoll(run.organizationForNew()));
}

Exit add(Run& run) {
    Fields fields;
    fields.text("name", run.argument(0));
    if (const auto role = run.option("role"); !role.empty())
        addRole(fields, run, role);
    const JsonDocument made = run.client().post("/principals", fields);
    run.output().changed(made, principalShape(),
                         "Made " + called("principal", made) +
                             ". It can log in once it has a token: cofferctl tokens add NAME --principal " +
                             text(made, "id"));
    return Exit::done;
}

Exit rename(Run& run) {
    return renameNamed(run, "principal", path(run), principalShape());
}

Exit remove(Run& run) {
    return removeNamed(run, "principal", path(run), principalShape(), ", with its tokens, roles and grants?");
}

Exit listRoles(Run& run) {
    const JsonDocument principal = run.client().get(path(run));
    Output::List list(run.output(), roleShape());
    for (const Json* role : items(principal, "roles"))
        list.add(*role);
    list.end({}, false);
    return Exit::done;
}

Exit addOneRole(Run& run) {
    Fields fields;
    addRole(fields, run, run.argument(1));
    const JsonDocument made = run.client().post(path(run) + "/roles", fields);
    run.output().changed(made, roleShape(), "It has the role " + text(made, "role") + " now.");
    return Exit::done;
}

Exit removeRole(Run& run) {
    const std::string where = path(run);
    std::string id = run.argument(1);
    if (!isNumber(id)) {
        std::vector<std::string> ids;
        const JsonDocument principal = run.client().get(where);
        for (const Json* role : items(principal, "roles"))
            if (text(*role, "role") == id)
                ids.push_back(text(*role, "id"));
        if (ids.empty())
            throw Failure(Exit::notFound, "It has no role \"" + id + "\"");
        if (ids.size() > 1)
            throw UsageError("It has the role \"" + id + "\" in several organizations",
                             "Say which by its id: " + joined(ids, ", "));
        id = ids.front();
    }
    run.confirm("Take the role " + run.argument(1) + " from it?");
    run.client().remove(where + "/roles/" + id);
    run.output().done("The role is gone.");
    return Exit::done;
}

Exit listGrants(Run& run) {
    const JsonDocument grants = run.client().get(path(run) + "/grants");
    Output::List list(run.output(), grantShape());
    for (const Json* grant : items(grants, "items"))
        list.add(*grant);
    list.end({}, false);
    return Exit::done;
}

Exit addGrant(Run& run) {
    std::string object = run.argument(2);
    // What else there is to be granted belongs to plugins that cofferctl does not know: its id is taken as it
    // is.
    if (run.argument(1) == "backup-credentials:use")
        object = run.names().credential(object);
    Fields fields;
    fields.text("permission", run.argument(1)).text("object", object);
    const JsonDocument made = run.client().post(path(run) + "/grants", fields);
    run.output().changed(made, grantShape(),
                         "Granted " + text(made, "permission") + " on " + text(made, "object") + ".");
    return Exit::done;
}

Exit removeGrant(Run& run) {
    const std::string where = path(run);
    run.confirm("Take back grant " + run.argument(1) + "?");
    run.client().remove(where + "/grants/" + encoded(run.argument(1)));
    run.output().done("The grant is taken back.");
    return Exit::done;
}

const std::vector<std::string>& roleNames() {
    static const std::vector<std::string> names{"administrator", "partner", "manager", "viewer", "auditor"};
    return names;
}

Argument principal() {
    return {.name = "PRINCIPAL", .help = "Its name or id", .completes = Completes::principal};
}

Option everywhere() {
    return flag("everywhere", "In every organization; else in that of --organization");
}

std::vector<Command> roleCommands() {
    return {
        {.path = "roles", .summary = "What principals may do"},
        {.path = "roles list",
         .summary = "List a principal's roles",
         .arguments = {principal()},
         .options = showing(),
         .run = listRoles},
        {.path = "roles add",
         .summary = "Give a principal a role",
         .arguments = {principal(), {.name = "ROLE", .help = "What it may do", .choices = roleNames()}},
         .options = changing({everywhere()}),
         .examples = {{"cofferctl roles add jana manager --organization Acme", ""}},
         .run = addOneRole},
        {.path = "roles remove",
         .summary = "Take a role from a principal",
         .arguments = {principal(), {.name = "ROLE", .help = "The role, or its id"}},
         .options = destroying(),
         .run = removeRole},
        {.path = "grants", .summary = "What is granted to principals by name: the use of a secret"},
        {.path = "grants list",
         .summary = "List what was granted to a principal; a robot by its id",
         .arguments = {principal()},
         .options = showing(),
         .run = listGrants},
        {.path = "grants add",
         .summary = "Grant a principal what no role has",
         .arguments = {principal(),
                       {.name = "PERMISSION", .help = "It ends in :use, as backup-credentials:use"},
                       {.name = "OBJECT",
                        .help = "On what: a credential, or an id",
                        .completes = Completes::credential}},
         .options = changing(),
         .examples = {{"cofferctl grants add jana backup-credentials:use nightly", ""}},
         .run = addGrant},
        {.path = "grants remove",
         .summary = "Take back what was granted",
         .arguments = {principal(), {.name = "GRANT", .help = "Its id, as cofferctl grants list shows it"}},
         .options = destroying(),
         .run = removeGrant},
    };
}

} // namespace

std::vector<Command> principalCommands() {
    std::vector<Command> out{
        {.path = "principals", .summary = "People and programs that log in"},
        {.path = "principals list",
         .summary = "List those that you govern",
         .options = listing(),
         .run = list},
        {.path = "principals show",
         .summary = "Show one",
         .arguments = {principal()},
         .options = showing(),
         .run = show},
        {.path = "principals add",
         .summary = "Make one, with its first role",
         .arguments = {{.name = "NAME", .help = "3 to 60 characters"}},
         .options = changing({choice("role", roleNames(), "Its first role"), everywhere()}),
         .examples = {{"cofferctl principals add jana --role manager --organization Acme", ""}},
         .run = add},
        {.path = "principals rename",
         .summary = "Give it another name",
         .arguments = {principal(), {.name = "NAME", .help = "3 to 60 characters"}},
         .options = changing({ifVersion()}),
         .run = rename},
        {.path = "principals delete",
         .summary = "Delete it, with its tokens, roles and grants",
         .arguments = {principal()},
         .options = destroying({ifVersion()}),
         .run = remove},
    };
    auto more = roleCommands();
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

} // namespace coffer::ctl
