#pragma once

#include "host/ctl/Secret.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::ctl {

enum class Colour { none, bold, dim, red, green, yellow };

/// Standard input, output and error of this process, and what they are connected to.
class Terminal {
public:
    Terminal();

    /// Whether somebody sits there who can answer questions.
    [[nodiscard]] bool canAsk() const noexcept { return inputIsTerminal_ && errorIsTerminal_; }
    [[nodiscard]] bool inputIsTerminal() const noexcept { return inputIsTerminal_; }
    [[nodiscard]] bool outputIsTerminal() const noexcept { return outputIsTerminal_; }
    [[nodiscard]] bool errorIsTerminal() const noexcept { return errorIsTerminal_; }
    /// Columns of the terminal; 80 when there is none.
    [[nodiscard]] std::size_t width() const noexcept;

    /// To standard output. @throws Failure when it takes no more, a full disk say; a reader that has gone
    /// ends the process with SIGPIPE, as it ends other programs
    void write(std::string_view text) const;
    /// A line to standard error.
    void note(std::string_view line) const;
    /// With colour when standard output is a terminal and NO_COLOR is not set.
    [[nodiscard]] std::string coloured(std::string_view text, Colour colour) const;
    /// The same for standard error.
    [[nodiscard]] std::string colouredError(std::string_view text, Colour colour) const;

    /// Asks for a line; `preset` is what Return alone answers. @throws UsageError when canAsk() is false
    [[nodiscard]] std::string ask(const std::string& question, const std::string& preset = {}) const;
    /// The same without echo.
    [[nodiscard]] Secret askSecret(const std::string& question) const;
    /// Asks for yes or no. Anything but yes is no.
    [[nodiscard]] bool confirm(const std::string& question) const;

    /// All of standard input, without the line end it ends with. @throws UsageError beyond so many bytes
    [[nodiscard]] Secret readInput(std::size_t most = 64 * 1024) const;

private:
    bool inputIsTerminal_;
    bool outputIsTerminal_;
    bool errorIsTerminal_;
    bool colours_;
};

} // namespace coffer::ctl
