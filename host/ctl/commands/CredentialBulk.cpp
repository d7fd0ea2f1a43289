#include "host/ctl/Files.h"
#include "host/ctl/Problem.h"
#include "host/ctl/Progress.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/CredentialParts.h"

#include <algorithm>
#include <map>
#include <thread>

namespace coffer::ctl {

namespace {

enum class Fate { added, present, refused };

std::string toString(Fate fate) {
    return fate == Fate::added ? "added" : fate == Fate::present ? "already there" : "refused";
}

const Shape& fateShape() {
    static const Shape shape{
        .plural = "credentials",
        .columns = {{.name = "name", .isKept = true},
                    {.name = "organization"},
                    {.name = "fate",
                     .colour =
                         [](const Json& row) {
                             const auto fate = text(row, "fate");
                             return fate == "added"     ? Colour::green
                                    : fate == "refused" ? Colour::red
                                                        : Colour::none;
                         },
                     .isKept = true},
                    {.name = "id"},
                    {.name = "why", .isKept = true}},
        .reference = [](const Json& row) { return nameReference(text(row, "name")); },
    };
    return shape;
}

/// Stores the credentials of a file, one after the other.
class Import {
public:
    explicit Import(Run& run) : run_(run) {}

    /// @returns what became of it, with its id or why
    JsonDocument store(const Json& entry) {
        Fields row;
        row.text("name", text(entry, "name")).text("organization", organizationOf(entry));
        try {
            const std::string organization = organizationId(entry);
            if (const auto id = idOfSame(entry, organization); !id.empty())
                return finished(row, Fate::present, id, "");
            if (run_.isDryRun())
                return finished(row, Fate::added, "", "in a dry run");
            return finished(row, Fate::added, text(create(entry, organization), "id"), "");
        } catch (const Failure& failure) {
            if (failure.exit() == Exit::unreachable)
                throw;
            return finished(row, Fate::refused, "", why(failure));
        }
    }
    [[nodiscard]] std::size_t count(Fate fate) const {
        const auto found = counts_.find(fate);
        return found == counts_.end() ? 0 : found->second;
    }

private:
    std::string organizationOf(const Json& entry) const {
        for (const auto* path : {"organization.name", "organization", "organizationId"})
            if (const auto name = text(entry, path); !name.empty())
                return name;
        return run_.client().access().organization;
    }

    std::string organizationId(const Json& entry) {
        const std::string name = organizationOf(entry);
        if (name.empty())
            return run_.organizationForNew();
        auto& id = organizations_[name];
        if (id.empty())
            id = run_.names().organization(name);
        return id;
    }

    /// Empty when the organization has no credential with that name, endpoint and access key id.
    std::string idOfSame(const Json& entry, const std::string& organization) {
        std::string id;
        run_.client().each("/backup-credentials",
                           {{"search", text(entry, "name")}, {"organizationId", organization}},
                           [&](const Json& row) {
                               const auto isSame = [&](const char* member) {
                                   return text(row, member) == text(entry, member);
                               };
                               if (folded(text(row, "name")) == folded(text(entry, "name")) &&
                                   isSame("endpoint") && isSame("accessKeyId"))
                                   id = text(row, "id");
                               return id.empty();
                           });
        return id;
    }

    JsonDocument create(const Json& entry, const std::string& organization) {
        Fields fields;
        fields.number("organizationId", std::stoll(organization));
        for (const auto* name : {"name", "endpoint", "region", "accessKeyId", "addressing", "caCertificate",
                                 "bucket", "storeUnverified"})
            if (const Json* value = member(entry, name); value && !value->IsNull())
                fields.copy(name, *value);
        fields.secret("secretAccessKey", Secret(text(entry, "secretAccessKey")));
        JsonDocument made = patiently([&] { return run_.client().post("/backup-credentials", fields); });
        if (isTrue(entry, "default"))
            run_.client().put(credentialPath(text(made, "id")) + "/default");
        return made;
    }

    /// A daemon that is busy says when to come back.
    template <typename Action>
    JsonDocument patiently(const Action& action) {
        for (int attempt = 1;; ++attempt) {
            try {
                return action();
            } catch (const ServerRefusal& refusal) {
                if (refusal.retryAfter().count() == 0 || attempt == 5)
                    throw;
                std::this_thread::sleep_for(std::min(refusal.retryAfter(), std::chrono::seconds(10)));
            }
        }
    }

    static std::string why(const Failure& failure) {
        std::string out = failure.what();
        for (const auto& line : split(failure.detail(), '\n'))
            if (!line.starts_with("Next: ") && !line.starts_with("Request "))
                out += "; " + line;
        return out;
    }

    JsonDocument finished(Fields& row, Fate fate, const std::string& id, const std::string& reason) {
        ++counts_[fate];
        row.text("fate", toString(fate)).text("id", id).text("why", reason);
        return parseJson(row.body().reveal());
    }

    Run& run_;
    std::map<std::string, std::string> organizations_;
    std::map<Fate, std::size_t> counts_;
};

JsonDocument entriesOf(const Run& run) {
    const std::string file = run.option("from-file");
    const Secret text = file == "-" ? run.terminal().readInput(64 * 1024 * 1024) : readFile(file);
    try {
        JsonDocument document = parseJson(text.reveal());
        if (document.IsArray() && std::ranges::all_of(document.GetArray(), &Json::IsObject))
            return document;
    } catch (const std::invalid_argument& error) {
        throw UsageError(file + " is no JSON: " + error.what());
    }
    throw UsageError(
        file + " holds no list of credentials",
        R"(It looks like [{"name": "nightly", "organization": "Acme", "endpoint": "https://...", )"
        R"("region": "...", "accessKeyId": "...", "secretAccessKey": "..."}].)");
}

std::string summary(const Import& import) {
    return std::to_string(import.count(Fate::added)) + " added, " +
           std::to_string(import.count(Fate::present)) + " already there, " +
           std::to_string(import.count(Fate::refused)) + " refused.";
}

/// What add --from-file takes, but for the secret.
JsonDocument withoutSecrets(const Json& row) {
    Fields out;
    out.text("organization", text(row, "organization.name"));
    for (const auto* name :
         {"name", "endpoint", "region", "accessKeyId", "addressing", "caCertificate", "bucket", "default"})
        if (const Json* value = member(row, name))
            out.copy(name, *value);
    return parseJson(out.body().reveal());
}

Exit exportAll(Run& run) {
    Query query;
    query["search"] = run.option("search");
    query["organizationId"] = run.names().chosenOrganization();
    std::string text = "[\n";
    std::size_t count = 0;
    const std::string file = run.option("file");
    run.client().each("/backup-credentials", query, [&](const Json& row) {
        text += (count++ == 0 ? "" : ",\n") + prettyJson(withoutSecrets(row), "  ");
        if (file.empty())
            run.terminal().write(std::exchange(text, {}));
        return true;
    });
    text += count == 0 ? "]\n" : "\n]\n";
    if (file.empty())
        run.terminal().write(text);
    else
        writePrivateFile(file, text);
    run.terminal().note(std::to_string(count) + " credentials exported, without their secrets.");
    return Exit::done;
}

} // namespace

Exit importCredentials(Run& run) {
    const JsonDocument entries = entriesOf(run);
    Import import(run);
    Output::List list(run.output(), fateShape());
    {
        Progress progress(run.terminal(), "Storing credentials");
        run.client().waitQuietly();
        std::size_t done = 0;
        for (const auto& entry : entries.GetArray()) {
            progress.set(done++, entries.Size(),
                         import.count(Fate::refused) == 0
                             ? std::string()
                             : ", " + std::to_string(import.count(Fate::refused)) + " refused");
            list.add(import.store(entry));
        }
    }
    list.end({}, false);
    run.terminal().note(summary(import));
    return import.count(Fate::refused) == 0 ? Exit::done : Exit::refused;
}

std::vector<Command> credentialBulkCommands() {
    return {{
        .path = "credentials export",
        .summary = "Write them as JSON, without their secrets",
        .description =
            "cofferctl credentials add --from-file takes the same form, once a secretAccessKey is added "
            "to each.",
        .options = {valued("file", "FILE", "Where to; standard output unless told. Only you can read it",
                           Completes::file),
                    valued("search", "TEXT", "Only those that match")},
        .examples = {{"cofferctl credentials export --organization Acme --file acme.json", ""}},
        .run = exportAll,
    }};
}

} // namespace coffer::ctl
