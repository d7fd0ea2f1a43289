#pragma once

#include "host/ctl/Command.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

/// A command line, understood: the command, and what was given to it.
class Invocation {
public:
    explicit Invocation(const Command& command) : command_(&command) {}

    [[nodiscard]] const Command& command() const noexcept { return *command_; }
    [[nodiscard]] bool has(std::string_view option) const { return options_.contains(option); }
    /// The last value given; nothing when it was not.
    [[nodiscard]] std::optional<std::string> option(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> options(std::string_view name) const;
    [[nodiscard]] std::optional<long long> number(std::string_view name) const;
    /// The nth argument; empty when it was left out.
    [[nodiscard]] std::string argument(std::size_t index) const;
    /// It and all that follow.
    [[nodiscard]] std::vector<std::string> arguments(std::size_t from = 0) const;

    void add(const Option& option, std::string value) { options_[option.name].push_back(std::move(value)); }
    void add(std::string argument) { arguments_.push_back(std::move(argument)); }
    [[nodiscard]] std::size_t argumentCount() const noexcept { return arguments_.size(); }

private:
    const Command* command_;
    std::map<std::string, std::vector<std::string>, std::less<>> options_;
    std::vector<std::string> arguments_;
};

/// What a command line asks for.
struct Request {
    enum class Kind { run, help, extension };
    Kind kind;
    /// run: all of it; help: of what, nullptr for cofferctl itself; extension: the options before its name.
    std::optional<Invocation> invocation{};
    const Command* helpOf = nullptr;
    /// extension: its name, and what follows.
    std::vector<std::string> words{};
};

/// @throws UsageError with what would be right
[[nodiscard]] Request parse(std::span<const std::string> words);

/// The option that a word names, `--name`, `--name=value` or `-n`; nullptr when the command has none like it.
[[nodiscard]] const Option* findOption(const Command* command, std::string_view word);
/// All options of a command, its own first.
[[nodiscard]] std::vector<const Option*> optionsOf(const Command* command);
/// `Usage: cofferctl credentials show CREDENTIAL [OPTIONS]`.
[[nodiscard]] std::string usageLine(const Command& command);

} // namespace coffer::ctl
