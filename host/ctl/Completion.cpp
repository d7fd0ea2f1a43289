#include "host/ctl/Completion.h"

#include "host/ctl/Client.h"
#include "host/ctl/CommandLine.h"
#include "host/ctl/Extensions.h"
#include "host/ctl/Names.h"
#include "host/ctl/Profile.h"
#include "host/ctl/Shape.h"
#include "host/ctl/Text.h"

#include <algorithm>

namespace coffer::ctl {

namespace {

/// What the words before the one that is completed say.
struct Place {
    const Command* command = nullptr;
    Invocation given;
    std::size_t argument = 0;
    const Option* valueOf = nullptr;
};

bool isOption(std::string_view word) {
    return word.size() > 1 && word.front() == '-';
}

Place placeAfter(std::span<const std::string> words) {
    static const Command program{.path = "", .summary = ""};
    Place place{.given = Invocation(program)};
    for (const auto& word : words) {
        if (place.valueOf) {
            place.given.add(*place.valueOf, word);
            place.valueOf = nullptr;
        } else if (isOption(word)) {
            const Option* option = findOption(place.command, word);
            const auto equals = word.find('=');
            if (option && !option->isFlag() && equals != std::string::npos)
                place.given.add(*option, word.substr(equals + 1));
            else if (option && !option->isFlag())
                place.valueOf = option;
            else if (option)
                place.given.add(*option, "");
        } else if (!place.command || place.command->isGroup()) {
            const Command* inner = findCommand(place.command ? place.command->path + " " + word : word);
            if (!inner)
                return {.command = nullptr, .given = Invocation(program), .argument = 1};
            place.command = inner;
        } else {
            place.given.add(word);
            ++place.argument;
        }
    }
    return place;
}

class Candidates {
public:
    Candidates(std::string prefix, std::string before)
        : prefix_(std::move(prefix)), before_(std::move(before)) {}

    void add(const std::string& text, const std::string& help = {}) {
        // A name that a terminal would obey is not offered to one.
        const bool isNew = out_.empty() || out_.back().text != before_ + text;
        if (isNew && folded(text).starts_with(folded(prefix_)) && printable(text) == text)
            out_.push_back({before_ + text, printable(help)});
    }
    void files(std::string_view kind) { out_.push_back({std::string(kind), {}}); }
    [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
    [[nodiscard]] std::vector<Candidate> take() { return std::move(out_); }

private:
    std::string prefix_;
    std::string before_; ///< what stands in the same word: `--sort=`
    std::vector<Candidate> out_;
};

struct Source {
    std::string path;
    std::string name;
    std::string help;
    bool isSearchable = false;
};

std::string principalTokens(Names& names, const Invocation& given) {
    const auto principal = given.option("principal");
    return principal ? "/principals/" + names.principal(*principal) + "/tokens" : "/whoami/tokens";
}

Source sourceOf(Completes what, Names& names, const Invocation& given) {
    switch (what) {
    case Completes::policy:
        return {"/projects/" + names.project(given.argument(0)) + "/backup/policies", "name", "cron"};
    case Completes::token:
        return {principalTokens(names, given), "name", "expiresAt"};
    case Completes::credential:
        return {"/backup-credentials", "name", "endpoint", true};
    case Completes::project:
        return {"/projects", "name", "organization.name", true};
    case Completes::organization:
        return {"/organizations", "name", ""};
    case Completes::principal:
        return {"/principals", "name", ""};
    case Completes::robot:
        return {"/robots", "name", "organizationName"};
    case Completes::plugin:
        return {"/plugins", "id", "state"};
    default:
        return {};
    }
}

void addFromServer(Candidates& candidates, Completes what, const Invocation& given,
                   const Terminal& terminal) {
    constexpr std::size_t most = 100;
    // One second by default: the shell is blocked while completion runs.
    const std::chrono::seconds timeout(std::max(1LL, given.number("timeout").value_or(1)));
    Client client(accessFor(given, terminal), terminal, {.timeout = timeout});
    client.waitQuietly();
    Names names(client);
    const Source source = sourceOf(what, names, given);
    Query query;
    const bool isNamed = candidates.prefix().starts_with("name:");
    if (source.isSearchable) {
        query["organizationId"] = names.chosenOrganization();
        query["search"] = isNamed ? candidates.prefix().substr(5) : candidates.prefix();
    }
    std::size_t seen = 0;
    client.each(
        source.path, query,
        [&](const Json& row) {
            const auto name = nameReference(text(row, source.name));
            candidates.add(isNamed && !name.starts_with("name:") ? "name:" + name : name,
                           text(row, source.help));
            return ++seen < most;
        },
        most);
}

void addProfiles(Candidates& candidates) {
    const ProfileFile profiles;
    for (const auto& name : profiles.names())
        candidates.add(name, profiles.get(name).server);
}

void addThings(Candidates& candidates, Completes what, const Invocation& given, const Terminal& terminal) {
    switch (what) {
    case Completes::nothing:
        return;
    case Completes::file:
        return candidates.files(":file");
    case Completes::folder:
        return candidates.files(":folder");
    case Completes::profile:
        return addProfiles(candidates);
    default:
        return addFromServer(candidates, what, given, terminal);
    }
}

void addCommands(Candidates& candidates, const Command* group) {
    for (const Command* command : commandsIn(group ? group->path : ""))
        candidates.add(command->word(), command->summary);
    if (group)
        return;
    candidates.add("help", "Show help");
    for (const auto& name : extensionNames())
        candidates.add(name, "cofferctl-" + name);
}

void addOptions(Candidates& candidates, const Place& place) {
    for (const Option* option : optionsOf(place.command))
        if (option->isRepeated || !place.given.has(option->name))
            candidates.add("--" + option->name, option->help);
}

void addArgument(Candidates& candidates, const Place& place, const Terminal& terminal) {
    const auto& arguments = place.command->arguments;
    if (arguments.empty() || (place.argument >= arguments.size() && !arguments.back().isRepeated))
        return;
    const auto& argument = arguments[std::min(place.argument, arguments.size() - 1)];
    for (const auto& choice : argument.choices)
        candidates.add(choice);
    addThings(candidates, argument.completes, place.given, terminal);
}

std::vector<Candidate> candidatesFor(std::span<const std::string> words, const Terminal& terminal) {
    if (words.size() > 1 && words.front() == "help")
        words = words.subspan(1);
    const std::string current = words.empty() ? std::string() : words.back();
    Place place = placeAfter(words.empty() ? words : words.first(words.size() - 1));
    if (!place.command && place.argument > 0)
        return {};
    std::string before;
    if (const auto equals = current.find('=');
        !place.valueOf && current.starts_with("--") && equals != std::string::npos) {
        place.valueOf = findOption(place.command, current);
        before = current.substr(0, equals + 1);
        if (!place.valueOf)
            return {};
    }
    Candidates candidates(current.substr(before.size()), before);
    if (place.valueOf) {
        for (const auto& choice : place.valueOf->choices)
            candidates.add(choice);
        addThings(candidates, place.valueOf->completes, place.given, terminal);
    } else if (current.starts_with('-')) {
        addOptions(candidates, place);
    } else if (!place.command || place.command->isGroup()) {
        addCommands(candidates, place.command);
    } else {
        addArgument(candidates, place, terminal);
    }
    return candidates.take();
}

} // namespace

std::vector<Candidate> complete(std::span<const std::string> words, const Terminal& terminal) {
    try {
        return candidatesFor(words, terminal);
    } catch (const std::exception&) {
        return {};
    }
}

} // namespace coffer::ctl
