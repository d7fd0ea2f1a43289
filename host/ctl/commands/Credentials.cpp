#include "host/ctl/Problem.h"
#include "host/ctl/Report.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/CredentialParts.h"

namespace coffer::ctl {

namespace {

const SortKeys& sortKeys() {
    static const SortKeys keys{{"id", "id"},
                               {"name", "name"},
                               {"accessKeyId", "accessKeyId"},
                               {"endpoint", "endpoint"},
                               {"region", "region"},
                               {"created", "created"},
                               {"modified", "modified"}};
    return keys;
}

std::string given(Run& run) {
    return credentialPath(run.names().credential(run.argument(0)));
}

Exit list(Run& run) {
    Query query;
    query["search"] = run.option("search");
    query["organizationId"] = run.names().chosenOrganization();
    query["validation"] = run.option("status");
    if (const auto project = run.option("project"); !project.empty())
        query["projectId"] = isNumber(project) ? project : run.names().project(project);
    for (const auto* name : {"locked", "default"})
        if (run.has(name))
            query[name] = "true";
    return run.list("/backup-credentials", query, credentialShape(), sortKeys());
}

Exit show(Run& run) {
    run.output().show(run.client().get(given(run)), credentialShape());
    return Exit::done;
}

/// Stores the keys. Where they were typed and are refused, they can be typed again.
JsonDocument store(Run& run, Fields& fields, Keys keys) {
    const bool isTyped = run.option("secret-file").empty() && run.option("from-aws-profile").empty() &&
                         run.terminal().canAsk() && !run.isDryRun();
    while (true) {
        Fields all;
        all.copyAll(fields)
            .text("endpoint", keys.endpoint)
            .text("region", keys.region)
            .text("accessKeyId", keys.accessKeyId)
            .secret("secretAccessKey", keys.secretAccessKey);
        run.client().waitingFor("Trying the keys at " + keys.endpoint);
        try {
            return run.client().post("/backup-credentials", all);
        } catch (const ServerRefusal& refusal) {
            if (refusal.code() != "invalid_s3_credentials" || !isTyped)
                throw;
            report(run.terminal(), refusal);
            if (!run.terminal().confirm("Nothing was stored. Try other keys?"))
                throw Failure(refusal.exit(), "Nothing was stored");
            keys.endpoint = run.terminal().ask("S3 endpoint", keys.endpoint);
            keys.region = run.terminal().ask("Region", keys.region);
            keys.accessKeyId = run.terminal().ask("Access key id", keys.accessKeyId);
            keys.secretAccessKey = run.terminal().askSecret("Secret access key");
        }
    }
}

/// In a dry run the keys are tried all the same: that stores nothing, and is what would refuse them.
Exit tryOnly(Run& run, const Keys& keys) {
    Fields fields;
    fields.text("endpoint", keys.endpoint)
        .text("region", keys.region)
        .text("accessKeyId", keys.accessKeyId)
        .secret("secretAccessKey", keys.secretAccessKey);
    addProbeOptions(fields, run);
    run.client().waitingFor("Trying the keys at " + keys.endpoint);
    return showVerdict(run, run.client().ask("/backup-credentials/probe", fields));
}

Exit add(Run& run) {
    if (run.has("from-file"))
        return importCredentials(run);
    const std::string organization = run.organizationForNew();
    const std::string name = !run.argument(0).empty() ? run.argument(0)
                             : run.terminal().canAsk()
                                 ? run.terminal().ask("Name, 3 to 30 characters")
                                 : throw UsageError("NAME is missing", usageLine(run.invocation().command()));
    Keys keys = completeKeys(run);
    if (run.isDryRun())
        return tryOnly(run, keys);
    Fields fields;
    fields.number("organizationId", std::stoll(organization)).text("name", name);
    addProbeOptions(fields, run);
    if (run.has("store-unverified"))
        fields.boolean("storeUnverified", true);
    const JsonDocument made = store(run, fields, std::move(keys));
    std::string sentence =
        "Stored " + called("credential", made) + " of " + text(made, "organization.name") + "; " +
        (text(made, "validation.verdict") == "valid" ? "its endpoint accepts the keys."
                                                     : "its endpoint did not accept the keys.");
    if (run.has("default")) {
        const JsonDocument chosen = run.client().put(credentialPath(text(made, "id")) + "/default");
        run.output().changed(chosen, credentialShape(), sentence + " It is the default now.");
        return Exit::done;
    }
    run.output().changed(made, credentialShape(), sentence);
    return Exit::done;
}

Exit update(Run& run) {
    const std::string path = given(run);
    Keys keys = givenKeys(run);
    for (const auto* fixed : {"endpoint", "region"})
        if (run.has(fixed))
            throw UsageError(std::string("--") + fixed + " cannot be changed",
                             "A credential stays with its endpoint and region. Add another one for the new.");
    if (run.has("ask-secret"))
        keys.secretAccessKey = run.terminal().askSecret("New secret access key");
    Fields fields;
    if (const auto name = run.option("name"); !name.empty())
        fields.text("name", name);
    if (!keys.accessKeyId.empty())
        fields.text("accessKeyId", keys.accessKeyId);
    if (!keys.secretAccessKey.empty())
        fields.secret("secretAccessKey", keys.secretAccessKey);
    addProbeOptions(fields, run);
    if (fields.empty())
        throw UsageError(
            "There is nothing to change",
            "Give --name, --access-key-id, --ask-secret or another of cofferctl credentials update "
            "--help.");
    if (run.has("store-unverified"))
        fields.boolean("storeUnverified", true);
    run.client().waitingFor("Trying the keys at their endpoint");
    const JsonDocument changed = run.client().patch(path, fields);
    run.output().changed(changed, credentialShape(),
                         "Changed " + called("credential", changed) + "; it is at version " +
                             text(changed, "version") + " now.");
    return Exit::done;
}

Exit lock(Run& run) {
    const std::string path = given(run);
    Fields fields;
    fields.text("reason", run.optionOrAsk("reason", "Why, for whoever meets the lock"));
    const JsonDocument changed = run.client().put(path + "/lock", fields);
    run.output().changed(changed, credentialShape(),
                         (isTrue(changed, "alreadyLocked") ? "It was locked already: " : "Locked ") +
                             called("credential", changed) + ". Nothing can use, change or delete it.");
    return Exit::done;
}

Exit unlock(Run& run) {
    const JsonDocument changed = run.client().remove(given(run) + "/lock");
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
    const std::string path = given(run) + "/default";
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
        return tryOnly(run, completeKeys(run));
    const std::string path = given(run);
    run.client().waitingFor("Trying the keys at their endpoint");
    return showVerdict(run, run.client().post(path + "/probe"));
}

Exit remove(Run& run) {
    const std::string path = given(run);
    const JsonDocument credential = run.client().get(path);
    run.confirm("Delete " + called("credential", credential) + " of " +
                text(credential, "organization.name") + "? Its secret is destroyed.");
    run.client().remove(path);
    run.output().changed(credential, credentialShape(), "Deleted " + called("credential", credential) + ".");
    return Exit::done;
}

Exit history(Run& run) {
    return run.list(given(run) + "/history", {}, historyShape());
}

const Shape& useShape() {
    static const Shape shape{
        .plural = "projects",
        .columns = {{.name = "id", .isKept = true},
                    {.name = "name", .isKept = true},
                    {.name = "owner"},
                    {.name = "associatedAt",
                     .cell = [](const Json& row) { return localTime(text(row, "associatedAt")); }},
                    {.name = "associatedBy"}},
        .reference = [](const Json& row) { return text(row, "id"); },
    };
    return shape;
}

Exit projects(Run& run) {
    return run.list(given(run) + "/projects", {}, useShape());
}

Exit associate(Run& run) {
    Fields fields;
    fields.text("name", run.optionOrAsk("name", "The project's name, for people", run.argument(1)));
    run.client().put(given(run) + "/projects/" + encoded(run.argument(1)), fields);
    run.output().done("Project \"" + run.argument(1) +
                      "\" is associated: the credential cannot be deleted until it is released.");
    return Exit::done;
}

Exit release(Run& run) {
    run.client().remove(given(run) + "/projects/" + encoded(run.argument(1)));
    run.output().done("Project \"" + run.argument(1) + "\" is released.");
    return Exit::done;
}

Argument credential(bool isOptional = false) {
    return {.name = "CREDENTIAL",
            .help = "Its name or id; name:123 for a name of digits only",
            .completes = Completes::credential,
            .isOptional = isOptional};
}

Argument foreignProject() {
    return {.name = "PROJECT-ID", .help = "The project's id, as its owner knows it"};
}

std::vector<Option> with(std::vector<Option> options, std::vector<Option> more) {
    options.insert(options.end(), more.begin(), more.end());
    return options;
}

std::vector<Option> addOptions() {
    return with(keyOptions(),
                {flag("default", "Make it the default of its organization"),
                 flag("store-unverified",
                      "Store the keys even when their endpoint does not accept them; for administrators"),
                 valued("from-file", "FILE",
                        "Store many: a JSON list, as cofferctl credentials export writes it, with each "
                        "secretAccessKey added; - is standard input",
                        Completes::file)});
}

std::vector<Option> updateOptions() {
    return with({valued("name", "NAME", "A new name"),
                 flag("ask-secret", "Ask for the new secret access key at the terminal"), ifVersion(),
                 flag("store-unverified",
                      "Store the keys even when their endpoint does not accept them; for administrators")},
                keyOptions());
}

std::vector<Option> filters() {
    return {
        valued("search", "TEXT",
               "Parts of name, access key id, endpoint, region, organization or project; all must match"),
        flag("locked", "Only locked ones"), flag("default", "Only defaults"),
        choice("status", {"valid", "invalid", "failing", "unverified"}, "Only those of which this is known"),
        valued("project", "PROJECT", "Only those that this project uses", Completes::project)};
}

} // namespace

std::vector<Command> credentialCommands() {
    return {
        {.path = "credentials",
         .summary = "S3 keys that projects are backed up with",
         .description =
             "Keys are tried at their endpoint before they are stored. No command shows a secret."},
        {.path = "credentials list",
         .summary = "List and search them",
         .options = listing(filters(), columnsOf(sortKeys())),
         .examples = {{"cofferctl credentials list --search 'night eu-west'", "all that match both"},
                      {"cofferctl credentials list --status invalid -o csv", "for a spreadsheet"},
                      {"cofferctl credentials list --sort -modified --limit 5", "the five changed last"}},
         .run = list},
        {.path = "credentials show",
         .summary = "Show one, all but its secret",
         .arguments = {credential()},
         .options = showing(),
         .run = show},
        {.path = "credentials add",
         .summary = "Store keys that their endpoint accepts",
         .description =
             "What is not given is asked for at a terminal; the secret is read without showing it. The "
             "keys are tried first, and nothing is stored when the endpoint refuses them. --dry-run "
             "tries them and stores nothing.",
         .arguments = {{.name = "NAME",
                        .help = "3 to 30 characters, unique in its organization",
                        .isOptional = true}},
         .options = changing(addOptions()),
         .examples = {{"cofferctl credentials add nightly", "asks for the rest"},
                      {"cofferctl credentials add nightly --from-aws-profile backup --default",
                       "the keys that the AWS command line has"},
                      {"pass show s3 | cofferctl credentials add nightly --endpoint "
                       "https://s3.eu-west-1.amazonaws.com "
                       "--access-key-id AKIAIOSFODNN7EXAMPLE --secret-file -",
                       "the secret from standard input"},
                      {"cofferctl credentials add --from-file many.json",
                       "many at once; can be repeated, and adds only what is missing"}},
         .run = add},
        {.path = "credentials update",
         .summary = "Change name, keys, or how they are tried",
         .description =
             "New keys are tried before they replace the old ones. Organization, endpoint and region "
             "never change.",
         .arguments = {credential()},
         .options = changing(updateOptions()),
         .examples = {{"cofferctl credentials update nightly --ask-secret", "a secret that was rotated"},
                      {"cofferctl credentials update nightly --name weekly", ""}},
         .run = update},
        {.path = "credentials lock",
         .summary = "Lock it: nothing can use, change or delete it",
         .arguments = {credential()},
         .options = changing({valued("reason", "TEXT", "Why, for whoever meets the lock"), ifVersion()}),
         .examples = {{"cofferctl credentials lock nightly --reason 'key rotation on Friday'", ""}},
         .run = lock},
        {.path = "credentials unlock",
         .summary = "Unlock it",
         .arguments = {credential()},
         .options = changing({ifVersion()}),
         .run = unlock},
        {.path = "credentials default",
         .summary = "Make it the default of its organization, or show the default",
         .arguments = {credential(true)},
         .options = changing({flag("clear", "Leave the organization without a default")}),
         .examples = {{"cofferctl credentials default nightly", "make it the default"},
                      {"cofferctl credentials default", "show the default"}},
         .run = makeDefault},
        {.path = "credentials probe",
         .summary = "Try keys at their endpoint now: stored ones, or given ones",
         .description =
             "Without CREDENTIAL the keys are given as for add, and nothing is stored. Exit status 0 when "
             "they work, 3 when they do not.",
         .arguments = {credential(true)},
         .options = showing(keyOptions()),
         .examples = {{"cofferctl credentials probe nightly", ""},
                      {"cofferctl credentials probe --from-aws-profile backup", "before storing them"}},
         .run = probe},
        {.path = "credentials delete",
         .summary = "Delete it; only when it is unlocked and no project uses it",
         .arguments = {credential()},
         .options = destroying({ifVersion()}),
         .run = remove},
        {.path = "credentials history",
         .summary = "Show what happened to it, newest first",
         .arguments = {credential()},
         .options = listing(),
         .run = history},
        {.path = "credentials projects",
         .summary = "List the projects that use it",
         .arguments = {credential()},
         .options = listing(),
         .run = projects},
        {.path = "credentials associate",
         .summary = "Associate a project that coffer does not know",
         .arguments = {credential(), foreignProject()},
         .options = changing({valued("name", "NAME", "The project's name, for people")}),
         .run = associate},
        {.path = "credentials release",
         .summary = "Release a project that was associated by hand",
         .arguments = {credential(), foreignProject()},
         .options = changing(),
         .run = release},
    };
}

} // namespace coffer::ctl
