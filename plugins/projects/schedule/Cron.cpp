#include "schedule/Cron.h"

#include "schedule/CronWalk.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace coffer::projects {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> named{{{"@yearly", "0 0 1 1 *"},
                                                                              {"@annually", "0 0 1 1 *"},
                                                                              {"@monthly", "0 0 1 * *"},
                                                                              {"@weekly", "0 0 * * 0"},
                                                                              {"@daily", "0 0 * * *"},
                                                                              {"@midnight", "0 0 * * *"},
                                                                              {"@hourly", "0 * * * *"}}};

[[noreturn]] void refuse(const std::string& sentence) {
    throw std::invalid_argument(sentence);
}

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> found;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = text.find_first_not_of(" \t", at);
        if (begin == std::string_view::npos)
            break;
        at = std::min(text.find_first_of(" \t", begin), text.size());
        found.push_back(text.substr(begin, at - begin));
    }
    return found;
}

std::string joined(const std::vector<std::string_view>& parts) {
    std::string text;
    for (const auto part : parts)
        text.append(text.empty() ? "" : " ").append(part);
    return text;
}

std::string lowerCase(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// The five fields that an `@` form stands for.
std::string_view fieldsOf(const std::string& form) {
    const auto known = std::ranges::find(named, form, [](const auto& entry) { return entry.first; });
    if (known != named.end())
        return known->second;
    if (form.starts_with("@every"))
        refuse(
            "@every counts from whenever a server was started, so its runs cannot be foreseen. Write a step, "
            "as in \"*/30 * * * *\", or @hourly.");
    refuse("There is no schedule \"" + form +
           "\". Those with a name are @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly.");
}

void refuseWhatIsNoSchedule(std::string_view text, const std::vector<std::string_view>& parts) {
    if (text.size() > Cron::longest)
        refuse("A schedule has at most " + std::to_string(Cron::longest) + " characters, and this one has " +
               std::to_string(text.size()) + ".");
    if (!std::ranges::all_of(text, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; }))
        refuse("A schedule is written in ASCII on one line: with digits, names, spaces, and * , - / ? "
               "between them.");
    if (parts.empty())
        refuse("The schedule is empty. Write five fields (minute, hour, day of month, month, day of week), "
               "as in "
               "\"30 2 * * *\", or @daily.");
    const std::string first = lowerCase(std::string(parts.front()));
    if (first.starts_with("cron_tz=") || first.starts_with("tz="))
        refuse("A schedule holds no time zone: it is given beside it.");
}

void refuseCount(std::size_t count) {
    if (count == 5)
        return;
    std::string sentence = "A schedule has five fields (minute, hour, day of month, month, day of week), and "
                           "this one has " +
                           std::to_string(count) + ".";
    if (count > 5)
        sentence += " There are no fields for seconds and years.";
    refuse(sentence);
}

/// How many days a month has at most.
unsigned longestDay(unsigned month) {
    if (month == 2)
        return 29;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool hasDay(const CronField& days, const CronField& months) {
    for (unsigned month = 1; month <= 12; ++month)
        for (unsigned day = 1; months.has(month) && day <= longestDay(month); ++day)
            if (days.has(day))
                return true;
    return false;
}

} // namespace

Cron Cron::parse(std::string_view text) {
    auto parts = words(text);
    refuseWhatIsNoSchedule(text, parts);
    Cron cron;
    cron.text_ = joined(parts);
    if (cron.text_.front() == '@') {
        cron.text_ = lowerCase(std::move(cron.text_));
        parts = words(fieldsOf(cron.text_));
    }
    refuseCount(parts.size());
    cron.minutes_ = parseCronField(CronPart::minute, parts[0]);
    cron.hours_ = parseCronField(CronPart::hour, parts[1]);
    cron.days_ = parseCronField(CronPart::dayOfMonth, parts[2]);
    cron.months_ = parseCronField(CronPart::month, parts[3]);
    cron.weekdays_ = parseCronField(CronPart::dayOfWeek, parts[4]);
    // A restricted day of the week comes in every month.
    if (cron.weekdays_.star && !hasDay(cron.days_, cron.months_))
        refuse(
            "This schedule never runs: none of its months has such a day of month. Choose a day that one of "
            "them has.");
    return cron;
}

std::string Cron::veleroText() const {
    if (!weekdays_.seven)
        return text_;
    std::string days;
    for (unsigned day = 0; day <= 6; ++day)
        if (weekdays_.has(day))
            days.append(days.empty() ? "" : ",").append(std::to_string(day));
    return text_.substr(0, text_.rfind(' ') + 1) + (weekdays_.star ? "*" : days);
}

std::vector<Instant> Cron::next(Instant after, const TimeZone& zone, std::size_t count) const {
    std::vector<Instant> runs;
    auto last = std::chrono::floor<std::chrono::seconds>(after);
    while (runs.size() < count) {
        const auto run = CronWalk(*this, zone, last).next();
        if (!run)
            break;
        runs.emplace_back(*run);
        last = *run;
    }
    return runs;
}

} // namespace coffer::projects
