#include "host/ctl/Help.h"

#include "host/ctl/CommandLine.h"
#include "host/ctl/Extensions.h"
#include "host/ctl/Text.h"

#include <algorithm>

namespace coffer::ctl {

namespace {

using Terms = std::vector<std::pair<std::string, std::string>>;

/// Two columns; what the left one has no room for stands on a line of its own.
std::string columns(const Terms& terms, std::size_t width) {
    constexpr std::size_t widest = 28;
    std::size_t left = 0;
    for (const auto& [term, text] : terms)
        left = std::max(left, std::min(displayWidth(term), widest));
    const std::string indent(2 + left + 2, ' ');
    const std::size_t room = width > indent.size() + 20 ? width - indent.size() : 20;
    std::string out;
    for (const auto& [term, text] : terms) {
        const bool fits = displayWidth(term) <= left;
        out += "  " + (fits ? padded(term, left) + "  " : term + "\n" + indent);
        out += wrapped(text, room, indent) + "\n";
    }
    return out;
}

std::string section(const Terminal& terminal, const std::string& title, const std::string& text) {
    return text.empty() ? std::string() : "\n" + terminal.coloured(title, Colour::bold) + "\n" + text;
}

std::size_t widthOf(const Terminal& terminal) {
    return std::clamp<std::size_t>(terminal.width(), 40, 100);
}

std::string examplesOf(const Command& command) {
    std::string out;
    for (const auto& example : command.examples)
        out += (example.what.empty() ? "" : "  # " + example.what + "\n") + "  " + example.command + "\n";
    return out;
}

std::string optionsText(const std::vector<Option>& options, std::size_t width) {
    Terms terms;
    for (const auto& option : options)
        terms.emplace_back(optionTerm(option), optionText(option));
    return columns(terms, width);
}

std::string commandsText(std::string_view group, std::size_t width) {
    Terms terms;
    for (const Command* command : commandsIn(group))
        terms.emplace_back(command->word(), command->summary);
    return columns(terms, width);
}

std::string programHelp(const Terminal& terminal) {
    const std::size_t width = widthOf(terminal);
    std::string out =
        "Usage: cofferctl COMMAND [OPTIONS]\n\n" +
        wrapped("Works with a coffer daemon: backup credentials, projects and all that belongs to them. "
                "Begin with cofferctl login.",
                width) +
        "\n";
    out += section(terminal, "Commands", commandsText("", width));
    Terms found;
    for (const auto& name : extensionNames())
        found.emplace_back(name, "runs cofferctl-" + name);
    out += section(terminal, "Extensions", found.empty() ? "" : columns(found, width));
    out += section(terminal, "Options of every command", optionsText(commonOptions(), width));
    out += section(terminal, "Exit status", columns(exitStatuses(), width));
    out += section(terminal, "Examples",
                   "  cofferctl login --server http://127.0.0.1:8420\n"
                   "  cofferctl credentials add nightly\n"
                   "  cofferctl backup enable 'Web shop'\n");
    return out + "\ncofferctl COMMAND --help tells more about each.\n";
}

std::string groupHelp(const Command& group, const Terminal& terminal) {
    const std::size_t width = widthOf(terminal);
    std::string out = usageLine(group) + "\n\n" + group.summary + ".\n";
    if (!group.description.empty())
        out += wrapped(group.description, width) + "\n";
    out += section(terminal, "Commands", commandsText(group.path, width));
    return out + "\ncofferctl " + group.path + " COMMAND --help tells more about each.\n";
}

std::string commandHelp(const Command& command, const Terminal& terminal) {
    const std::size_t width = widthOf(terminal);
    std::string out = wrapped(usageLine(command), width, "  ") + "\n\n" + command.summary + ".\n";
    if (!command.description.empty())
        out += wrapped(command.description, width) + "\n";
    Terms arguments;
    for (const auto& argument : command.arguments)
        arguments.emplace_back(argument.name,
                               argument.help +
                                   (argument.choices.empty() ? "" : ": " + joined(argument.choices, ", ")));
    out += section(terminal, "Arguments", arguments.empty() ? "" : columns(arguments, width));
    out += section(terminal, "Options", command.options.empty() ? "" : optionsText(command.options, width));
    out += section(terminal, "Options of every command", optionsText(commonOptions(), width));
    return out + section(terminal, "Examples", examplesOf(command));
}

} // namespace

std::string optionTerm(const Option& option) {
    std::string out = option.letter ? std::string("-") + option.letter + ", " : std::string();
    out += "--" + option.name;
    return option.isFlag() ? out : out + " " + option.value;
}

std::string optionText(const Option& option) {
    return option.choices.empty() ? option.help : option.help + " (" + joined(option.choices, ", ") + ")";
}

const std::vector<std::pair<std::string, std::string>>& exitStatuses() {
    static const Terms statuses{
        {"0", "done"},
        {"1", "something unexpected: a bug, or an error inside of the server"},
        {"2", "the command line is not understood, or something is missing in it"},
        {"3", "refused: not logged in, not allowed, or against a rule"},
        {"4", "not found, or not yours to see"},
        {"5", "the server cannot be reached, or is not ready"},
        {"6", "a conflict: somebody changed it meanwhile"},
    };
    return statuses;
}

const std::vector<std::pair<std::string, std::string>>& variables() {
    static const Terms all{
        {"COFFER_SERVER", "The daemon, as --server."},
        {"COFFER_TOKEN", "The token. A robot's is its access key id and secret, written as one: ID:SECRET."},
        {"COFFER_TOKEN_FILE", "A file that holds the token, as --token-file."},
        {"COFFER_PROFILE", "The profile, as --profile."},
        {"COFFER_ORGANIZATION", "The organization, as --organization."},
        {"COFFER_CA_FILE", "The certificate authority, as --ca-file."},
        {"NO_COLOR", "When it is not empty, nothing is coloured."},
        {"XDG_CONFIG_HOME", "Profiles stand in coffer/config below it; ~/.config unless told."},
    };
    return all;
}

std::string help(const Command* command, const Terminal& terminal) {
    if (!command)
        return programHelp(terminal);
    return command->isGroup() ? groupHelp(*command, terminal) : commandHelp(*command, terminal);
}

} // namespace coffer::ctl
