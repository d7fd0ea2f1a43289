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
    run.output().show(run.client().get(credentialPathOf(run)), credentialShape());
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

Exit add(Run& run) {
    if (run.has("from-file"))
        return importCredentials(run);
    const std::string organization = run.organizationForNew();
    const std::string name = !run.argument(0).empty() ? run.argument(0)
                             : run.terminal().canAsk()
                                 ? run.terminal().ask("Name, 3 to 30 characters")
                                 : throw UsageError("NAME is missing", usageLine(run.invocation().command()));
    Keys keys = completeKeys(run);
    // In a dry run the keys are tried all the same: that stores nothing, and is what would refuse them.
    if (run.isDryRun())
        return tryKeys(run, keys);
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
    const std::string path = credentialPathOf(run);
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
         .arguments = {credentialArgument()},
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
         .arguments = {credentialArgument()},
         .options = changing(updateOptions()),
         .examples = {{"cofferctl credentials update nightly --ask-secret", "a secret that was rotated"},
                      {"cofferctl credentials update nightly --name weekly", ""}},
         .run = update},
    };
}

} // namespace coffer::ctl
