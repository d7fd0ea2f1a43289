#include "host/http/Lanes.h"

#include <utility>

namespace coffer::host {

Lanes::Lanes(LanesOptions options, Log& log, Metrics& metrics)
    : options_(options), watch_(log, options.watchInterval), slow_("slow", options.slow, true, metrics),
      bulk_("bulk", options.bulk, false, metrics) {}

void Lanes::run(Lane lane, LaneAccounts accounts, std::string_view route, std::string_view requestId,
                Task task, GiveUp giveUp) {
    if (lane == Lane::fast) {
        const HandlerWatch::Run run(watch_, route, requestId, options_.fastLimits, giveUp);
        task([](LaneAccount) {});
        return;
    }
    const bool slow = lane == Lane::slow;
    const auto limits = slow ? options_.slowLimits : options_.bulkLimits;
    (slow ? slow_ : bulk_)
        .submit(accounts, [this, route, requestId, limits, task = std::move(task),
                           giveUp = std::move(giveUp)](LanePool::Place& place) {
            const GiveUp leave = [&](std::chrono::milliseconds took) {
                giveUp(took);
                place.giveUp();
            };
            const HandlerWatch::Run run(watch_, route, requestId, limits, giveUp ? leave : giveUp);
            task([&place](LaneAccount organization) { place.charge(organization); });
        });
}

bool Lanes::stop(std::chrono::steady_clock::time_point deadline) {
    const bool slow = slow_.stop(deadline);
    const bool bulk = bulk_.stop(deadline);
    return slow && bulk && !watch_.hasGivenUp();
}

} // namespace coffer::host
