#include "host/ctl/FilteredTime.h"

#include "host/ctl/Failure.h"
#include "host/ctl/Text.h"

#include <array>
#include <ctime>

namespace coffer::ctl {

namespace {

/// 0 when it is no unit.
std::chrono::seconds unit(char letter) {
    switch (letter) {
    case 's':
        return std::chrono::seconds(1);
    case 'm':
        return std::chrono::minutes(1);
    case 'h':
        return std::chrono::hours(1);
    case 'd':
        return std::chrono::hours(24);
    default:
        return std::chrono::seconds(0);
    }
}

bool looksLike(const std::string& text, std::string_view pattern) {
    if (text.size() < pattern.size())
        return false;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == '9' ? !isNumber(text.substr(i, 1)) : text[i] != pattern[i])
            return false;
    return true;
}

} // namespace

std::string timeGiven(const std::string& text, std::chrono::system_clock::time_point now) {
    constexpr std::string_view date = "9999-99-99";
    if (looksLike(text, "9999-99-99T99:99"))
        return text;
    if (looksLike(text, date) && text.size() == date.size())
        return text + "T00:00:00Z";
    const std::string count = text.substr(0, text.empty() ? 0 : text.size() - 1);
    if (isNumber(count) && count.size() < 7 && unit(text.back()).count() > 0) {
        const std::time_t instant =
            std::chrono::system_clock::to_time_t(now - unit(text.back()) * std::stoi(count));
        std::tm parts{};
        ::gmtime_r(&instant, &parts);
        std::array<char, 32> out{};
        return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
    }
    throw UsageError("\"" + text + "\" is no time",
                     "Write 2026-05-01, 2026-05-01T12:00:00Z, or 90m, 24h, 7d for so long ago.");
}

} // namespace coffer::ctl
