#pragma once

#include "host/ctl/Failure.h"

#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

class Run;

/// What a word of the command line names, so that a shell can complete it.
enum class Completes {
    nothing,
    file,
    folder,
    credential,
    project,
    organization,
    principal,
    robot,
    plugin,
    policy, ///< of the project before it
    token,
    profile,
};

/// `--name`, `--name VALUE`.
struct Option {
    std::string name;
    std::string value; ///< what stands for its value in the help: `FILE`; empty: it takes none
    std::string help;  ///< one line, without a full stop
    char letter = 0;   ///< `-y`
    std::vector<std::string> choices{};
    Completes completes = Completes::nothing;
    bool isNumber = false;
    bool isRepeated = false;

    [[nodiscard]] bool isFlag() const noexcept { return value.empty(); }
};

/// A word of its own.
struct Argument {
    std::string name; ///< `CREDENTIAL`
    std::string help;
    Completes completes = Completes::nothing;
    bool isOptional = false;
    bool isRepeated = false; ///< the last one only
    std::vector<std::string> choices{};
};

struct Example {
    std::string command;
    std::string what;
};

/// One command, or, without `run`, a group of them. From these definitions come the parser, the help, the
/// manual pages and the completion.
struct Command {
    std::string path;    ///< `credentials add`
    std::string summary; ///< one line, without a full stop
    std::string description{};
    std::vector<Argument> arguments{};
    std::vector<Option> options{};
    std::vector<Example> examples{};
    Exit (*run)(Run&) = nullptr;
    bool isHidden = false;

    [[nodiscard]] bool isGroup() const noexcept { return run == nullptr; }
    [[nodiscard]] std::string word() const { return path.substr(path.find_last_of(' ') + 1); }
};

/// A flag: `--all`.
[[nodiscard]] Option flag(std::string name, std::string help, char letter = 0);
/// Takes a text: `--name NAME`.
[[nodiscard]] Option valued(std::string name, std::string value, std::string help,
                            Completes completes = Completes::nothing);
[[nodiscard]] Option repeated(std::string name, std::string value, std::string help,
                              Completes completes = Completes::nothing);
[[nodiscard]] Option numeric(std::string name, std::string value, std::string help);
[[nodiscard]] Option choice(std::string name, std::vector<std::string> choices, std::string help);

/// Options that every command takes.
[[nodiscard]] const std::vector<Option>& commonOptions();
/// --output and --columns, for what shows one thing.
[[nodiscard]] std::vector<Option> showing(std::vector<Option> more = {});
/// The same with --sort, --limit and --all, for what lists.
[[nodiscard]] std::vector<Option> listing(std::vector<Option> more = {},
                                          std::vector<std::string> sortKeys = {});
/// --output and --dry-run, for what changes something.
[[nodiscard]] std::vector<Option> changing(std::vector<Option> more = {});
/// The same with --yes, for what asks before it is done.
[[nodiscard]] std::vector<Option> destroying(std::vector<Option> more = {});

/// Every command, in the order of the help; groups stand before what they hold.
[[nodiscard]] const std::vector<Command>& commands();
/// nullptr when there is none of that path.
[[nodiscard]] const Command* findCommand(std::string_view path);
/// What a group holds; for "" the commands and groups of the first level. Hidden ones are left out.
[[nodiscard]] std::vector<const Command*> commandsIn(std::string_view group);

} // namespace coffer::ctl
