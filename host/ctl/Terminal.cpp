#include "host/ctl/Terminal.h"

#include "host/ctl/Failure.h"
#include "host/ctl/Text.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace coffer::ctl {

namespace {

bool coloursWanted() {
    const char* forbidden = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    return !(forbidden && *forbidden) && kind && *kind && std::string_view(kind) != "dumb";
}

std::string_view sequence(Colour colour) {
    switch (colour) {
    case Colour::none:
        return "";
    case Colour::bold:
        return "\x1b[1m";
    case Colour::dim:
        return "\x1b[2m";
    case Colour::red:
        return "\x1b[31m";
    case Colour::green:
        return "\x1b[32m";
    case Colour::yellow:
        return "\x1b[33m";
    }
    return "";
}

std::string painted(std::string_view text, Colour colour, bool wanted) {
    if (!wanted || colour == Colour::none || text.empty())
        return std::string(text);
    return std::string(sequence(colour)).append(text).append("\x1b[0m");
}

/// Standard input without echo. Signals that end or stop the process wait until the echo is back: whoever
/// presses Ctrl-C at a prompt has a terminal that shows what is typed.
class HiddenInput {
public:
    HiddenInput() {
        sigemptyset(&signals_);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP})
            sigaddset(&signals_, signal);
        descriptor_ = signalfd(-1, &signals_, SFD_CLOEXEC);
        hide();
    }
    HiddenInput(const HiddenInput&) = delete;
    HiddenInput& operator=(const HiddenInput&) = delete;
    ~HiddenInput() {
        restore();
        ::close(descriptor_);
    }

    /// Returns when there is input.
    void wait() {
        std::array<pollfd, 2> both{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{descriptor_, POLLIN, 0}};
        while (true) {
            if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR)
                return;
            if (both[1].revents != 0) {
                // The signal that waits is delivered once it is let through; after a stop, here it goes on.
                restore();
                hide();
            } else if (both[0].revents != 0) {
                return;
            }
        }
    }

private:
    void hide() {
        sigprocmask(SIG_BLOCK, &signals_, &mask_);
        tcgetattr(STDIN_FILENO, &settings_);
        termios hidden = settings_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden);
    }
    void restore() {
        tcsetattr(STDIN_FILENO, TCSADRAIN, &settings_);
        sigprocmask(SIG_SETMASK, &mask_, nullptr);
    }

    sigset_t signals_{};
    sigset_t mask_{};
    termios settings_{};
    int descriptor_ = -1;
};

/// A line of standard input, taken byte by byte: what follows is left for the next question.
std::string readLine(HiddenInput* hidden) {
    std::string line;
    char c = 0;
    while (true) {
        if (hidden)
            hidden->wait();
        const auto got = ::read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 && line.empty())
            throw Failure(Exit::usage, "Standard input ended before the question was answered");
        if (got <= 0 || c == '\n')
            return line;
        line += c;
    }
}

void requireSomebody(bool present, const std::string& question) {
    if (!present)
        throw UsageError("Nobody is there to answer \"" + question + "\"",
                         "Give it with an option; --help lists them.");
}

} // namespace

Terminal::Terminal()
    : inputIsTerminal_(::isatty(STDIN_FILENO) == 1), outputIsTerminal_(::isatty(STDOUT_FILENO) == 1),
      errorIsTerminal_(::isatty(STDERR_FILENO) == 1), colours_(coloursWanted()) {}

std::size_t Terminal::width() const noexcept {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

void Terminal::write(std::string_view text) const {
    while (!text.empty()) {
        const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            std::signal(SIGPIPE, SIG_DFL);
            std::raise(SIGPIPE);
        } else if (errno != EINTR) {
            throw Failure(Exit::unexpected,
                          std::string("Standard output cannot be written: ") + std::strerror(errno));
        }
    }
}

void Terminal::note(std::string_view line) const {
    std::string text(line);
    text += '\n';
    // Nobody is left to be told that standard error does not work.
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0)
        return;
}

std::string Terminal::coloured(std::string_view text, Colour colour) const {
    return painted(text, colour, colours_ && outputIsTerminal_);
}

std::string Terminal::colouredError(std::string_view text, Colour colour) const {
    return painted(text, colour, colours_ && errorIsTerminal_);
}

std::string Terminal::ask(const std::string& question, const std::string& preset) const {
    requireSomebody(canAsk(), question);
    const std::string shown =
        printable(question) + (preset.empty() ? "" : " [" + printable(preset) + "]") + ": ";
    while (true) {
        if (::write(STDERR_FILENO, shown.data(), shown.size()) < 0)
            throw Failure(Exit::unexpected, "The terminal cannot be written");
        std::string answer = trimmed(readLine(nullptr));
        if (answer.empty())
            answer = preset;
        if (!answer.empty())
            return answer;
    }
}

Secret Terminal::askSecret(const std::string& question) const {
    requireSomebody(canAsk(), question);
    HiddenInput hidden;
    const std::string shown = printable(question) + " (not shown): ";
    while (true) {
        if (::write(STDERR_FILENO, shown.data(), shown.size()) < 0)
            throw Failure(Exit::unexpected, "The terminal cannot be written");
        const std::string answer = trimmed(readLine(&hidden));
        note("");
        if (!answer.empty())
            return Secret(answer);
    }
}

bool Terminal::confirm(const std::string& question) const {
    const std::string answer = ask(question + " Type yes or no", "no");
    return folded(answer) == "y" || folded(answer) == "yes";
}

Secret Terminal::readInput(std::size_t most) const {
    std::string text;
    std::array<char, 4096> piece{};
    while (true) {
        const auto got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > most)
            throw UsageError("Standard input holds more than " + std::to_string(most / 1024) + " KiB",
                             "Is it the right file?");
    }
    return Secret(trimmed(text));
}

} // namespace coffer::ctl
