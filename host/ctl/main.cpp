#include "host/ctl/CommandLine.h"
#include "host/ctl/Completion.h"
#include "host/ctl/Extensions.h"
#include "host/ctl/Help.h"
#include "host/ctl/Report.h"
#include "host/ctl/Run.h"

#include <csignal>

namespace {

using namespace coffer::ctl;

Exit runCommand(const std::vector<std::string>& words, const Terminal& terminal) {
    const Request request = parse(words);
    switch (request.kind) {
    case Request::Kind::extension:
        runExtension(request, terminal);
    case Request::Kind::help: {
        // Who asked for help gets it; who forgot the command is told what there is.
        const bool isAsked = !request.invocation;
        const std::string text = help(request.helpOf, terminal);
        isAsked ? terminal.write(text) : terminal.note(text);
        return isAsked ? Exit::done : Exit::usage;
    }
    case Request::Kind::run:
        break;
    }
    Run run(*request.invocation, terminal);
    try {
        return request.invocation->command().run(run);
    } catch (const DryRun& dryRun) {
        terminal.write(dryRun.text());
        return Exit::done;
    }
}

Exit printCandidates(std::span<const std::string> words, const Terminal& terminal) {
    for (const auto& [text, help] : complete(words, terminal))
        terminal.write(text + "\t" + help + "\n");
    return Exit::done;
}

} // namespace

int main(int argc, char** argv) {
    // A connection or a pipe that is gone is an error like others.
    std::signal(SIGPIPE, SIG_IGN);
    const Terminal terminal;
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    try {
        const bool completes = !words.empty() && words.front() == completeCommand;
        return static_cast<int>(completes ? printCandidates(std::span(words).subspan(1), terminal)
                                          : runCommand(words, terminal));
    } catch (const Failure& failure) {
        report(terminal, failure);
        return static_cast<int>(failure.exit());
    } catch (const std::exception& error) {
        report(terminal,
               Failure(Exit::unexpected, "Something went wrong that should not: " + std::string(error.what()),
                       "Please report it, with the command that you ran."));
        return static_cast<int>(Exit::unexpected);
    }
}
