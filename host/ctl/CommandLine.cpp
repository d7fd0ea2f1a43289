#include "host/ctl/CommandLine.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <charconv>

namespace coffer::ctl {

namespace {

bool looksLikeOption(std::string_view word) {
    return word.size() > 1 && word.front() == '-';
}

std::string tryHelp(const Command* command) {
    return "See cofferctl " + (command ? command->path + " " : std::string()) + "--help";
}

[[noreturn]] void unknownOption(const Command* command, std::string_view word) {
    const std::string_view name = word.substr(0, word.find('='));
    std::vector<std::string> names;
    for (const Option* option : optionsOf(command))
        names.push_back("--" + option->name);
    const std::string where = command ? "cofferctl " + command->path : "cofferctl";
    const std::string meant = didYouMean(name, names);
    throw UsageError(where + " has no option " + std::string(name), meant.empty() ? tryHelp(command) : meant);
}

[[noreturn]] void unknownCommand(const Command& group, std::string_view word) {
    std::vector<std::string> names;
    for (const Command* command : commandsIn(group.path))
        names.push_back(command->word());
    const std::string meant = didYouMean(word, names, group.path + " ");
    throw UsageError("cofferctl " + group.path + " has no command \"" + std::string(word) + "\"",
                     meant.empty() ? "It has " + joined(names, ", ") : meant);
}

void check(const Option& option, const std::string& value) {
    if (option.isNumber && (!isNumber(value) || value.size() > 9))
        throw UsageError("--" + option.name + " takes a number, not \"" + value + "\"");
    if (!option.choices.empty() && std::ranges::find(option.choices, value) == option.choices.end()) {
        const std::string meant = didYouMean(value, option.choices);
        throw UsageError("--" + option.name + " takes no \"" + value + "\"",
                         meant.empty() ? "It takes " + joined(option.choices, ", ") : meant);
    }
}

/// The words of a command line, taken one after the other.
class Words {
public:
    explicit Words(std::span<const std::string> words) : words_(words) {}
    [[nodiscard]] bool empty() const noexcept { return words_.empty(); }
    [[nodiscard]] const std::string& front() const { return words_.front(); }
    [[nodiscard]] std::vector<std::string> rest() const { return {words_.begin(), words_.end()}; }
    const std::string& take() {
        const std::string& word = words_.front();
        words_ = words_.subspan(1);
        return word;
    }

private:
    std::span<const std::string> words_;
};

/// @returns whether it asks for help
bool takeOption(Invocation& invocation, const Command* command, Words& words) {
    const std::string word = words.take();
    const Option* option = findOption(command, word);
    if (!option)
        unknownOption(command, word);
    if (option->name == "help")
        return true;
    const bool isLong = word.starts_with("--");
    const auto equals = isLong ? word.find('=') : std::string::npos;
    const bool attached = isLong ? equals != std::string::npos : word.size() > 2;
    if (option->isFlag()) {
        if (attached)
            throw UsageError("--" + option->name + " takes no value");
        invocation.add(*option, "");
        return false;
    }
    if (!attached && words.empty())
        throw UsageError("--" + option->name + " needs a value: --" + option->name + " " + option->value);
    const std::string value =
        attached ? word.substr(isLong ? equals + 1 : (word[2] == '=' ? 3U : 2U)) : words.take();
    check(*option, value);
    if (!option->isRepeated && invocation.has(option->name))
        throw UsageError("--" + option->name + " was given twice");
    invocation.add(*option, value);
    return false;
}

void takeArgument(Invocation& invocation, const std::string& word) {
    const auto& arguments = invocation.command().arguments;
    const bool isMore = !arguments.empty() && arguments.back().isRepeated;
    if (invocation.argumentCount() >= arguments.size() && !isMore)
        throw UsageError("\"" + word + "\" is one word too many",
                         usageLine(invocation.command()) + "\nA name with spaces stands in quotes.");
    const auto& argument = arguments[std::min(invocation.argumentCount(), arguments.size() - 1)];
    if (!argument.choices.empty() && std::ranges::find(argument.choices, word) == argument.choices.end())
        throw UsageError("\"" + word + "\" is none of " + joined(argument.choices, ", "),
                         didYouMean(word, argument.choices));
    invocation.add(word);
}

void requireArguments(const Invocation& invocation) {
    const auto& arguments = invocation.command().arguments;
    for (std::size_t i = invocation.argumentCount(); i < arguments.size(); ++i)
        if (!arguments[i].isOptional)
            throw UsageError(arguments[i].name + " is missing", usageLine(invocation.command()));
}

/// Names are looked for word by word: `credentials`, then `credentials add`.
const Command* takeCommand(Words& words, const Command* group) {
    const Command* found = findCommand(group ? group->path + " " + words.front() : words.front());
    if (found)
        (void)words.take();
    return found;
}

Request helpFor(Words& words) {
    const Command* command = nullptr;
    while (!words.empty() && !looksLikeOption(words.front())) {
        const Command* inner = takeCommand(words, command);
        if (!inner && command)
            unknownCommand(*command, words.front());
        if (!inner)
            return {.kind = Request::Kind::extension, .words = {words.take(), "--help"}};
        command = inner;
    }
    return {.kind = Request::Kind::help, .helpOf = command};
}

} // namespace

std::optional<std::string> Invocation::option(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::nullopt : std::optional(found->second.back());
}

std::vector<std::string> Invocation::options(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::vector<std::string>() : found->second;
}

std::optional<long long> Invocation::number(std::string_view name) const {
    const auto value = option(name);
    if (!value)
        return std::nullopt;
    long long out = 0;
    std::from_chars(value->data(), value->data() + value->size(), out);
    return out;
}

std::string Invocation::argument(std::size_t index) const {
    return index < arguments_.size() ? arguments_[index] : std::string();
}

std::vector<std::string> Invocation::arguments(std::size_t from) const {
    if (from >= arguments_.size())
        return {};
    return {arguments_.begin() + static_cast<std::ptrdiff_t>(from), arguments_.end()};
}

std::vector<const Option*> optionsOf(const Command* command) {
    std::vector<const Option*> out;
    if (command)
        for (const auto& option : command->options)
            out.push_back(&option);
    for (const auto& option : commonOptions())
        out.push_back(&option);
    return out;
}

const Option* findOption(const Command* command, std::string_view word) {
    for (const Option* option : optionsOf(command)) {
        if (word.starts_with("--") ? word.substr(2, word.find('=') - 2) == option->name
                                   : option->letter != 0 && word[1] == option->letter)
            return option;
    }
    return nullptr;
}

std::string usageLine(const Command& command) {
    std::string line = "Usage: cofferctl " + command.path;
    if (command.isGroup())
        return line + " COMMAND [OPTIONS]";
    for (const auto& argument : command.arguments) {
        const std::string name = argument.name + (argument.isRepeated ? "..." : "");
        line += argument.isOptional ? " [" + name + "]" : " " + name;
    }
    return line + " [OPTIONS]";
}

Request parse(std::span<const std::string> given) {
    Words words(given);
    static const Command program{.path = "", .summary = ""};
    // Options that every command takes may stand before its name too.
    Invocation early(program);
    const Command* command = nullptr;
    while (!command || command->isGroup()) {
        if (words.empty())
            return {.kind = Request::Kind::help, .invocation = Invocation(program), .helpOf = command};
        if (words.front() == "help" && !command) {
            (void)words.take();
            return helpFor(words);
        }
        if (words.front() == "--version" && !command)
            return {.kind = Request::Kind::run, .invocation = Invocation(*findCommand("version"))};
        if (looksLikeOption(words.front())) {
            if (takeOption(early, command, words))
                return {.kind = Request::Kind::help, .helpOf = command};
            continue;
        }
        const Command* inner = takeCommand(words, command);
        if (!inner && command)
            unknownCommand(*command, words.front());
        if (!inner)
            return {.kind = Request::Kind::extension, .invocation = early, .words = words.rest()};
        command = inner;
    }
    Invocation invocation(*command);
    for (const auto& option : commonOptions())
        if (const auto value = early.option(option.name))
            invocation.add(option, *value);
    bool onlyArguments = false;
    while (!words.empty()) {
        if (!onlyArguments && words.front() == "--") {
            (void)words.take();
            onlyArguments = true;
        } else if (onlyArguments || !looksLikeOption(words.front())) {
            takeArgument(invocation, words.take());
        } else if (takeOption(invocation, command, words)) {
            return {.kind = Request::Kind::help, .helpOf = command};
        }
    }
    requireArguments(invocation);
    return {.kind = Request::Kind::run, .invocation = std::move(invocation)};
}

} // namespace coffer::ctl
