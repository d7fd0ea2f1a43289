#include "schedule/CronWalk.h"

namespace coffer::projects {

using namespace std::chrono;

CronWalk::CronWalk(const Cron& cron, const TimeZone& zone, sys_seconds after)
    : cron_(cron), zone_(zone), period_(zone.periodAt(after)) {
    go(after + seconds(1));
}

std::optional<sys_seconds> CronWalk::next() {
    const year lastYear = date_.year() + years(5);
    while (date_.year() <= lastYear)
        if (findMonth() && findDay() && findHour() && findMinute() && findSecond())
            return at_;
    return std::nullopt;
}

bool CronWalk::findMonth() {
    while (!cron_.months_.has(static_cast<unsigned>(date_.month()))) {
        if (beginsToMove())
            goTo(month(), 1, seconds(0));
        goTo(month() + months(1), day(), clock_);
        if (date_.month() == January)
            return false;
    }
    return true;
}

bool CronWalk::findDay() {
    while (!dayFits()) {
        if (beginsToMove())
            goTo(month(), day(), seconds(0));
        goTo(month(), day() + 1, clock_);
        // Midnight may not exist, or come twice.
        if (hour() > hours(12))
            go(at_ + hours(24) - hour());
        else
            go(at_ - hour());
        if (day() == 1)
            return false;
    }
    return true;
}

bool CronWalk::findHour() {
    while (!cron_.hours_.has(static_cast<unsigned>(hour().count()))) {
        if (beginsToMove())
            goTo(month(), day(), hour());
        go(at_ + hours(1));
        if (hour() == hours(0))
            return false;
    }
    return true;
}

bool CronWalk::findMinute() {
    const auto minute = [this] { return floor<minutes>(clock_) - hour(); };
    while (!cron_.minutes_.has(static_cast<unsigned>(minute().count()))) {
        if (beginsToMove())
            go(floor<minutes>(at_));
        go(at_ + minutes(1));
        if (minute() == minutes(0))
            return false;
    }
    return true;
}

bool CronWalk::findSecond() {
    const seconds past = clock_ % minutes(1);
    if (past == seconds(0))
        return true;
    moved_ = true;
    go(at_ + minutes(1) - past);
    return false;
}

bool CronWalk::dayFits() const {
    const bool dayOfMonth = cron_.days_.has(day());
    const bool dayOfWeek = cron_.weekdays_.has(weekday(sys_days(date_)).c_encoding());
    return cron_.days_.star || cron_.weekdays_.star ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
}

void CronWalk::go(sys_seconds at) {
    at_ = at;
    const auto local = at + offsetAt(at);
    const auto midnight = floor<days>(local);
    date_ = year_month_day(midnight);
    clock_ = local - midnight;
}

void CronWalk::goTo(year_month month, unsigned day, seconds clock) {
    // As Go's time.Date: a time that comes twice, or not at all, is read with one of the two offsets around
    // it.
    const sys_seconds local = sys_days(month / 1) + days(day - 1) + clock;
    const auto guessed = offsetAt(local);
    const sys_seconds at = local - guessed;
    const bool inside = guessed == seconds(0) || (at >= period_.begin && at < period_.end);
    go(inside ? at : local - offsetAt(at));
}

seconds CronWalk::offsetAt(sys_seconds at) {
    if (at < period_.begin || at >= period_.end)
        period_ = zone_.periodAt(at);
    return period_.offset;
}

} // namespace coffer::projects
