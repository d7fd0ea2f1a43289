#include "host/ctl/ManPages.h"

#include "host/ctl/CommandLine.h"
#include "host/ctl/Help.h"
#include "host/ctl/Text.h"

#include <algorithm>

namespace coffer::ctl {

namespace {

/// Text for roff: nothing in it is a request.
std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if (c == '\'')
            out += "\\(aq";
        else if ((c == '.') && (out.empty() || out.back() == '\n'))
            out += "\\&.";
        else
            out += c;
    }
    return out;
}

std::string sectionHead(std::string_view title) {
    return ".SH " + std::string(title) + "\n";
}

std::string term(const std::string& name, const std::string& text) {
    return ".TP\n.B " + roff(name) + "\n" + roff(text) + (text.empty() || text.ends_with('.') ? "\n" : ".\n");
}

std::string head(const std::string& page, const std::string& summary) {
    std::string upper = page;
    std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return ".TH \"" + roff(upper) + "\" 1 \"\" \"coffer " COFFER_VERSION "\" \"coffer\"\n.nh\n" +
           sectionHead("NAME") + roff(page) + " \\- " + roff(summary) + "\n";
}

std::string optionTerms(const std::vector<Option>& options) {
    std::string out;
    for (const auto& option : options)
        out += term(optionTerm(option), optionText(option));
    return out;
}

std::string examplesOf(const Command& command) {
    std::string out;
    for (const auto& example : command.examples) {
        out += ".PP\n" + (example.what.empty() ? std::string() : roff(example.what) + ":\n");
        out += ".RS 4\n.nf\n" + roff(example.command) + "\n.fi\n.RE\n";
    }
    return out;
}

std::string commandText(const Command& command) {
    // The usage line without "Usage: ".
    std::string out = ".SS \"" + roff(usageLine(command).substr(7)) + "\"\n" + roff(command.summary) + ".\n";
    if (!command.description.empty())
        out += ".PP\n" + roff(command.description) + "\n";
    for (const auto& argument : command.arguments)
        out += term(argument.name,
                    argument.help + (argument.choices.empty() ? "" : ": " + joined(argument.choices, ", ")));
    return out + optionTerms(command.options) + examplesOf(command);
}

std::string seeAlso(const std::string& except) {
    std::vector<std::string> pages{"cofferctl"};
    for (const Command* command : commandsIn(""))
        if (command->isGroup())
            pages.push_back("cofferctl-" + command->path);
    std::erase(pages, except);
    std::string out = sectionHead("SEE ALSO");
    for (std::size_t i = 0; i < pages.size(); ++i)
        out += ".BR " + roff(pages[i]) + " (1)" + (i + 1 < pages.size() ? ",\n" : "\n");
    return out;
}

std::string programPage() {
    std::string out = head("cofferctl", "work with a coffer daemon");
    out += sectionHead("SYNOPSIS") + ".B cofferctl\n.I COMMAND\n[OPTIONS]\n";
    out += sectionHead("DESCRIPTION") +
           roff("Manages backup credentials, projects and all that belongs to them, over the API of a coffer "
                "daemon. "
                "Where a command takes the name of a thing, it takes its id as well: a word that is all "
                "digits is an "
                "id, and name:123 is the name 123.") +
           "\n.PP\n" +
           roff("Secrets are read from a prompt that does not show them, from a file, from standard input, "
                "or from a "
                "profile of the AWS command line; never from the command line, which other users can see.") +
           "\n";
    out += sectionHead("COMMANDS");
    for (const Command* command : commandsIn("")) {
        if (command->isGroup())
            out += term(command->path, command->summary + "; see cofferctl-" + command->path + "(1)");
        else
            out += commandText(*command);
    }
    out += sectionHead("OPTIONS OF EVERY COMMAND") + optionTerms(commonOptions());
    out += sectionHead("EXTENSIONS") +
           roff("A command that cofferctl does not have, NAME, runs the program cofferctl-NAME from the PATH "
                "with the "
                "words that follow. It finds server, token, organization and certificate authority in the "
                "variables "
                "below, COFFER_TOKEN among them, as --profile and the rest chose them, so that a cofferctl "
                "that it runs "
                "works with the same.") +
           "\n";
    out += sectionHead("EXIT STATUS");
    for (const auto& [status, text] : exitStatuses())
        out += term(status, text);
    out += sectionHead("ENVIRONMENT");
    for (const auto& [name, text] : variables())
        out += term(name, text);
    out +=
        sectionHead("FILES") + term("~/.config/coffer/config",
                                    "The profiles that cofferctl login stored, tokens included. Refused when "
                                    "others can read it.");
    return out + seeAlso("cofferctl");
}

std::string groupPage(const Command& group) {
    const std::string name = "cofferctl-" + group.path;
    std::string summary = group.summary;
    summary.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(summary.front())));
    std::string out = head(name, summary);
    out += sectionHead("SYNOPSIS") + ".B cofferctl " + roff(group.path) + "\n.I COMMAND\n[OPTIONS]\n";
    if (!group.description.empty())
        out += sectionHead("DESCRIPTION") + roff(group.description) + "\n";
    out += sectionHead("COMMANDS");
    for (const Command* command : commandsIn(group.path))
        out += commandText(*command);
    out += sectionHead("OPTIONS OF EVERY COMMAND") + optionTerms(commonOptions());
    out += sectionHead("EXIT STATUS");
    for (const auto& [status, text] : exitStatuses())
        out += term(status, text);
    return out + seeAlso(name);
}

} // namespace

std::vector<std::pair<std::string, std::string>> manPages() {
    std::vector<std::pair<std::string, std::string>> pages{{"cofferctl.1", programPage()}};
    for (const Command* command : commandsIn(""))
        if (command->isGroup())
            pages.emplace_back("cofferctl-" + command->path + ".1", groupPage(*command));
    return pages;
}

} // namespace coffer::ctl
