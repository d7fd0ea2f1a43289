#pragma once

#include "host/ctl/Client.h"
#include "host/ctl/CommandLine.h"
#include "host/ctl/Names.h"
#include "host/ctl/Output.h"
#include "host/ctl/Terminal.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coffer::ctl {

/// Columns that the daemon sorts by, and what it calls them.
using SortKeys = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::vector<std::string> columnsOf(const SortKeys& keys);

/// One run of a command: what was given to it, and what it works with. Nothing is connected before the client
/// is asked for.
class Run {
public:
    Run(Invocation invocation, const Terminal& terminal);

    [[nodiscard]] const Invocation& invocation() const noexcept { return invocation_; }
    [[nodiscard]] bool has(std::string_view option) const { return invocation_.has(option); }
    [[nodiscard]] std::string option(std::string_view name) const {
        return invocation_.option(name).value_or("");
    }
    [[nodiscard]] std::string argument(std::size_t index) const { return invocation_.argument(index); }
    [[nodiscard]] const Terminal& terminal() const noexcept { return terminal_; }
    [[nodiscard]] const Output& output() const noexcept { return output_; }
    [[nodiscard]] Client& client();
    [[nodiscard]] Names& names();
    [[nodiscard]] bool isDryRun() const { return has("dry-run"); }

    /// The organization to make something in: the chosen one, else the only one there is; on a terminal it is
    /// asked for. @throws UsageError otherwise
    [[nodiscard]] std::string organizationForNew();
    /// The option, else what somebody at the terminal answers. @throws UsageError when nobody is there
    [[nodiscard]] std::string optionOrAsk(std::string_view name, const std::string& question,
                                          const std::string& preset = {}) const;
    /// Goes on with --yes, or when somebody says so. @throws UsageError when nobody is there to ask
    void confirm(const std::string& question) const;
    /// Shows a list as --sort, --limit and --all say.
    Exit list(const std::string& path, const Query& query, const Shape& shape, const SortKeys& sortKeys = {});

private:
    Invocation invocation_;
    const Terminal& terminal_;
    Output output_;
    std::unique_ptr<Client> client_;
    std::optional<Names> names_;
};

} // namespace coffer::ctl
