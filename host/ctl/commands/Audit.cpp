#include "host/ctl/AuditCheck.h"
#include "host/ctl/Files.h"
#include "host/ctl/FilteredTime.h"
#include "host/ctl/PrivateStream.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

#include <chrono>
#include <fstream>
#include <thread>

namespace coffer::ctl {

namespace {

Colour resultColour(const Json& row) {
    return text(row, "result") == "success" ? Colour::none : Colour::red;
}

std::string objectCell(const Json& row) {
    return trimmed(text(row, "objectType") + " " + text(row, "objectId"));
}

const Shape& auditShape() {
    static const Shape shape{
        .plural = "records",
        .columns = {{.name = "sequence"},
                    {.name = "time", .isTime = true, .isKept = true},
                    {.name = "principal"},
                    {.name = "action", .isKept = true},
                    {.name = "object", .path = "objectId", .cell = objectCell},
                    {.name = "result", .colour = resultColour},
                    {.name = "reason"},
                    {.name = "address", .view = Column::View::wide},
                    {.name = "organizationId", .view = Column::View::wide},
                    {.name = "before", .view = Column::View::wide},
                    {.name = "after", .view = Column::View::wide},
                    {.name = "requestId", .view = Column::View::wide}},
        .reference = [](const Json& row) { return text(row, "sequence"); },
    };
    return shape;
}

Query filters(Run& run) {
    Query query;
    const auto principal = run.option("principal");
    query[isNumber(principal) ? "principalId" : "principal"] = principal;
    query["organizationId"] = run.names().chosenOrganization();
    for (const auto& [option, name] : {std::pair{"action", "action"},
                                       {"object-type", "objectType"},
                                       {"object-id", "objectId"},
                                       {"result", "result"},
                                       {"request", "requestId"}})
        query[name] = run.option(option);
    for (const auto* name : {"from", "to"})
        if (run.has(name))
            query[name] = timeGiven(run.option(name), std::chrono::system_clock::now());
    return query;
}

Exit list(Run& run) {
    return run.list("/audit", filters(run), auditShape());
}

std::string tailLine(const Run& run, const Json& row) {
    if (run.output().format() == Format::json)
        return compactJson(row) + '\n';
    std::string line = localTime(text(row, "time")) + "  " + text(row, "principal") + "  " +
                       text(row, "action") + "  " + objectCell(row);
    if (const auto result = text(row, "result"); result != "success")
        line += "  " + result + ": " + text(row, "reason");
    return run.terminal().coloured(printable(line), resultColour(row)) + '\n';
}

Exit tail(Run& run) {
    const Query query = filters(run);
    const auto most = static_cast<std::size_t>(run.invocation().number("lines").value_or(20));
    std::int64_t last = -1;
    run.client().waitQuietly();
    while (true) {
        std::vector<std::string> lines;
        const std::int64_t seen = last;
        run.client().each(
            "/audit", query,
            [&](const Json& row) {
                const bool isNew = number(row, "sequence") > seen && (seen >= 0 || lines.size() < most);
                if (isNew)
                    lines.push_back(tailLine(run, row));
                last = std::max(last, number(row, "sequence"));
                return isNew;
            },
            seen >= 0 ? 100 : most);
        for (auto line = lines.rbegin(); line != lines.rend(); ++line)
            run.terminal().write(*line);
        last = std::max<std::int64_t>(last, 0);
        if (!run.has("follow"))
            return Exit::done;
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

Exit exportRecords(Run& run) {
    Query query = filters(run);
    query["format"] = run.option("format").empty() ? "ndjson" : run.option("format");
    const auto file = run.option("file");
    if (file.empty()) {
        // Records quote what others wrote. JSON and the daemon's CSV escape it, but for what a terminal
        // obeys.
        const bool isShown = run.terminal().outputIsTerminal();
        run.client().waitQuietly();
        run.client().download("/audit/export", query, [&](std::string_view piece) {
            run.terminal().write(isShown ? printable(piece, "\n\r") : std::string(piece));
        });
        return Exit::done;
    }
    PrivateStream out(file);
    run.client().waitingFor("Downloading records");
    run.client().download("/audit/export", query, [&](std::string_view piece) { out.write(piece); });
    out.keep();
    run.terminal().note("Written to " + file + ". cofferctl audit verify " + file + " checks it.");
    return Exit::done;
}

Exit head(Run& run) {
    // For a file that is kept elsewhere: one line, as cofferd audit verify --head takes it.
    run.terminal().write(compactJson(run.client().get("/audit/head")) + "\n");
    return Exit::done;
}

/// Whoever sees every organization's records can tell that one is missing.
bool seesEverything(Client& client) {
    const JsonDocument me = client.get("/whoami");
    for (const Json* role : items(me, "roles")) {
        const auto name = text(*role, "role");
        if ((name == "administrator" || name == "auditor") && text(*role, "organizationId").empty())
            return true;
    }
    return false;
}

void readRecords(Run& run, AuditCheck& check) {
    if (const auto file = run.argument(0); !file.empty()) {
        std::ifstream in(file);
        if (!in)
            throw UsageError(file + " cannot be read");
        for (std::string line; std::getline(in, line);)
            check.line(line);
        return;
    }
    std::string rest;
    run.client().waitingFor("Reading records");
    run.client().download("/audit/export", {{"format", "ndjson"}}, [&](std::string_view piece) {
        rest += piece;
        std::size_t begin = 0;
        for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
            check.line(std::string_view(rest).substr(begin, end - begin));
            begin = end + 1;
        }
        rest.erase(0, begin);
    });
    if (!rest.empty())
        check.line(rest);
}

Exit verify(Run& run) {
    // The head first: what is written while the records are read lies behind it.
    const JsonDocument now = run.client().get("/audit/head");
    AuditCheck check(seesEverything(run.client()) ? AuditCheck::Sees::everything : AuditCheck::Sees::part);
    check.expect(now, run.argument(0).empty() ? AuditCheck::Head::inside : AuditCheck::Head::atOrBehind);
    if (const auto file = run.option("head"); !file.empty()) {
        JsonDocument kept;
        try {
            kept = parseJson(readFile(file).reveal());
        } catch (const std::invalid_argument& error) {
            throw UsageError(file + " holds no head: " + error.what(),
                             "cofferctl audit head > FILE keeps one.");
        }
        if (text(kept, "chain").empty())
            throw UsageError(file + " holds no head", "cofferctl audit head > FILE keeps one.");
        check.expectEarlier(kept, now);
    }
    readRecords(run, check);
    const auto findings = check.findings();
    run.terminal().write(check.summary() + "\n");
    run.terminal().write(
        "Not checked: whether a record was edited. That takes the daemon's key: run cofferd audit "
        "verify on its machine.\n");
    if (!findings.empty())
        throw Failure(Exit::unexpected, "The audit log is not whole", joined(findings, "\n"));
    return Exit::done;
}

std::vector<Option> filterOptions() {
    return {valued("from", "TIME", "Not before: 2026-05-01, 2026-05-01T12:00:00Z, or 90m, 24h, 7d ago"),
            valued("to", "TIME", "Not after"),
            valued("principal", "PRINCIPAL", "Who did it: a name or an id", Completes::principal),
            valued("action", "ACTION",
                   "What was done; with a * at its end, what begins like it: backup-credential.*"),
            valued("object-type", "TYPE", "To what kind of thing: backup-credential"),
            valued("object-id", "ID", "To which one"),
            choice("result", {"success", "refused", "failed"}, "How it ended"),
            valued("request", "ID", "In which request: the id that an error shows")};
}

std::vector<Option> with(std::vector<Option> more, std::vector<Option> options) {
    options.insert(options.end(), more.begin(), more.end());
    return options;
}

} // namespace

std::vector<Command> auditCommands() {
    Option lines = numeric("lines", "N", "How many to begin with; 20 unless told");
    lines.letter = 'n';
    Option output = choice("output", {"table", "json"}, "A line for people, or one of JSON");
    output.letter = 'o';
    return {
        {.path = "audit", .summary = "Who did what, from where, and how it ended"},
        {.path = "audit list",
         .summary = "List records, newest first",
         .options = listing(filterOptions()),
         .examples = {{"cofferctl audit list --action 'backup-credential.*' --result refused --from 24h",
                       ""}},
         .run = list},
        {.path = "audit tail",
         .summary = "Show the last records, and go on with -f",
         .options = with(filterOptions(), {lines, output, flag("follow", "Go on until Ctrl-C", 'f')}),
         .examples = {{"cofferctl audit tail -f -o json | jq .action", ""}},
         .run = tail},
        {.path = "audit export",
         .summary = "Download records, oldest first",
         .options =
             with(filterOptions(),
                  {choice("format", {"ndjson", "csv"}, "ndjson unless told"),
                   valued("file", "FILE", "Where to; standard output unless told. Only you can read it",
                          Completes::file)}),
         .examples = {{"cofferctl audit export --from 2026-05-01 --to 2026-06-01 --file may.ndjson", ""}},
         .run = exportRecords},
        {.path = "audit head",
         .summary = "Print where the log ends, signed: to be kept elsewhere",
         .examples = {{"cofferctl audit head > head.json", ""}},
         .run = head},
        {.path = "audit verify",
         .summary = "Check that no record is missing",
         .description = "Reads an export (ndjson, without filters), or else the log itself, and checks that "
                        "no record is missing "
                        "in it, and that the daemon's log has not been cut off behind it or behind a head "
                        "that was kept. "
                        "Whether a record was edited can be told only with the daemon's key: cofferd audit "
                        "verify does that, on "
                        "the daemon's machine.",
         .arguments = {{.name = "FILE",
                        .help = "What cofferctl audit export wrote",
                        .completes = Completes::file,
                        .isOptional = true}},
         .options = {valued("head", "FILE", "What cofferctl audit head printed before", Completes::file)},
         .run = verify},
    };
}

} // namespace coffer::ctl
