#include "host/ctl/Report.h"

#include "host/ctl/Text.h"

#include <algorithm>

namespace coffer::ctl {

void report(const Terminal& terminal, const Failure& failure) {
    constexpr std::string_view name = "cofferctl: ";
    constexpr std::string_view indent = "  ";
    const std::size_t width =
        terminal.errorIsTerminal() ? std::max<std::size_t>(terminal.width(), 20) : 100'000;
    terminal.note(
        terminal.colouredError(wrapped(std::string(name) + printable(failure.what()), width), Colour::red));
    for (const auto& line : split(failure.detail(), '\n'))
        terminal.note(std::string(indent) + wrapped(printable(line), width - indent.size(), indent));
}

} // namespace coffer::ctl
