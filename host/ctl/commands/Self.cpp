#include "host/ctl/Completion.h"
#include "host/ctl/ManPages.h"
#include "host/ctl/commands/Commands.h"

#include <filesystem>
#include <fstream>

namespace coffer::ctl {

namespace {

Exit completion(Run& run) {
    run.terminal().write(completionScript(run.argument(0)));
    return Exit::done;
}

Exit man(Run& run) {
    const std::filesystem::path folder = run.option("directory").empty() ? "." : run.option("directory");
    std::filesystem::create_directories(folder);
    for (const auto& [name, text] : manPages()) {
        std::ofstream out(folder / name);
        out << text;
        out.close();
        if (!out)
            throw Failure(Exit::usage, (folder / name).string() + " cannot be written");
    }
    return Exit::done;
}

} // namespace

std::vector<Command> selfCommands() {
    return {
        {.path = "completion",
         .summary = "Print the completion script for a shell",
         .description =
             "Packages install it. For a cofferctl of your own: eval \"$(cofferctl completion bash)\" in "
             "~/.bashrc, or eval \"$(cofferctl completion zsh)\" in ~/.zshrc behind compinit.",
         .arguments = {{.name = "SHELL", .help = "For which", .choices = {"bash", "zsh"}}},
         .run = completion},
        {.path = "man",
         .summary = "Write the manual pages",
         .options = {valued("directory", "FOLDER", "Where to; here unless told", Completes::folder)},
         .run = man},
    };
}

} // namespace coffer::ctl
