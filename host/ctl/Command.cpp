#include "host/ctl/Command.h"

#include "host/ctl/commands/Commands.h"

#include <algorithm>
#include <iterator>

namespace coffer::ctl {

namespace {

Option outputOption() {
    Option option = choice("output", {"table", "wide", "json", "yaml", "csv", "name"},
                           "How to show it; table unless told. wide has every column, name only what the "
                           "thing is called");
    option.value = "FORMAT";
    option.letter = 'o';
    return option;
}

Option columnsOption() {
    return valued("columns", "A,B", "Which columns to show: those of -o wide, or members of -o json");
}

std::vector<Option> with(std::vector<Option> options, std::vector<Option> more) {
    more.insert(more.end(), std::make_move_iterator(options.begin()), std::make_move_iterator(options.end()));
    return more;
}

} // namespace

Option flag(std::string name, std::string help, char letter) {
    return {.name = std::move(name), .value = {}, .help = std::move(help), .letter = letter};
}

Option valued(std::string name, std::string value, std::string help, Completes completes) {
    return {
        .name = std::move(name), .value = std::move(value), .help = std::move(help), .completes = completes};
}

Option repeated(std::string name, std::string value, std::string help, Completes completes) {
    Option option = valued(std::move(name), std::move(value), std::move(help), completes);
    option.isRepeated = true;
    return option;
}

Option numeric(std::string name, std::string value, std::string help) {
    Option option = valued(std::move(name), std::move(value), std::move(help));
    option.isNumber = true;
    return option;
}

Option choice(std::string name, std::vector<std::string> choices, std::string help) {
    Option option = valued(std::move(name), "WORD", std::move(help));
    option.choices = std::move(choices);
    return option;
}

const std::vector<Option>& commonOptions() {
    static const std::vector<Option> options{
        valued("server", "URL", "The daemon: https://host[:port]. Also COFFER_SERVER"),
        valued("profile", "NAME",
               "Server, token and organization as `cofferctl login` stored them. Also COFFER_PROFILE",
               Completes::profile),
        valued("organization", "NAME|ID", "The organization to work in. Also COFFER_ORGANIZATION",
               Completes::organization),
        valued("token-file", "FILE",
               "Read the token there; - is standard input. Also COFFER_TOKEN_FILE, or the token itself in "
               "COFFER_TOKEN",
               Completes::file),
        valued("ca-file", "FILE",
               "Trust this certificate authority (PEM) in place of the system's. Also COFFER_CA_FILE",
               Completes::file),
        numeric("timeout", "SECONDS", "How long the daemon may be silent; 30 unless told"),
        flag("help", "Show help", 'h'),
    };
    return options;
}

std::vector<Option> showing(std::vector<Option> more) {
    return with({outputOption(), columnsOption()}, std::move(more));
}

std::vector<Option> listing(std::vector<Option> more, std::vector<std::string> sortKeys) {
    std::string help = "By which column; - in front for descending";
    if (!sortKeys.empty())
        help += ". The daemon sorts by";
    for (const auto& key : sortKeys)
        help += (&key == &sortKeys.front() ? " " : ", ") + key;
    return with({outputOption(), columnsOption(), valued("sort", "COLUMN", std::move(help)),
                 numeric("limit", "N",
                         "How many at most; 50 unless told for tables, all for json, yaml, csv and name"),
                 flag("all", "Show all of them")},
                std::move(more));
}

std::vector<Option> changing(std::vector<Option> more) {
    return with({outputOption(), flag("dry-run", "Say what would be done, and change nothing")},
                std::move(more));
}

std::vector<Option> destroying(std::vector<Option> more) {
    return changing(with({flag("yes", "Do not ask", 'y')}, std::move(more)));
}

const std::vector<Command>& commands() {
    static const std::vector<Command> all = [] {
        std::vector<Command> out;
        for (auto* group : {sessionCommands, profileCommands, statusCommands, credentialCommands,
                            credentialActionCommands, credentialBulkCommands, projectCommands, backupCommands,
                            policyCommands, organizationCommands, principalCommands, tokenCommands,
                            robotCommands, auditCommands, pluginCommands, keyCommands, selfCommands})
            std::ranges::move(group(), std::back_inserter(out));
        return out;
    }();
    return all;
}

const Command* findCommand(std::string_view path) {
    const auto found = std::ranges::find(commands(), path, &Command::path);
    return found == commands().end() ? nullptr : &*found;
}

std::vector<const Command*> commandsIn(std::string_view group) {
    std::vector<const Command*> out;
    for (const auto& command : commands()) {
        const auto end = command.path.find(' ');
        const std::string_view parent =
            end == std::string::npos ? std::string_view() : std::string_view(command.path).substr(0, end);
        if (parent == group && !command.isHidden)
            out.push_back(&command);
    }
    return out;
}

} // namespace coffer::ctl
