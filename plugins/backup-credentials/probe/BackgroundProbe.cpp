#include "probe/BackgroundProbe.h"

#include <coffer/sdk/Problem.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

namespace coffer::backup_credentials {

namespace {

using std::chrono::steady_clock;

/// What is under way, shared by the thread that looks for work and its workers.
class Work {
public:
    Work(const Prober& prober, const BackgroundProbePorts& ports, Log& log,
         const BackgroundProbeOptions& options, std::stop_token stop)
        : prober_(prober), ports_(ports), log_(log), options_(options), stop_(std::move(stop)) {}

    void dispatchUntilStopped();
    void serveUntilStopped();

private:
    [[nodiscard]] bool dispatch();
    [[nodiscard]] std::vector<std::string> busyEndpoints() const;
    [[nodiscard]] bool take(const DueProbe& due);
    void finish(const DueProbe& done, bool putOff);
    /// @returns whether it was reported
    [[nodiscard]] bool probe(const DueProbe& due);

    const Prober& prober_;
    const BackgroundProbePorts& ports_;
    Log& log_;
    const BackgroundProbeOptions& options_;
    std::stop_token stop_;

    std::mutex mutex_;
    std::condition_variable_any workChanged_; ///< there is something to probe
    std::condition_variable_any roomChanged_; ///< a probe has ended
    std::deque<DueProbe> waiting_;
    std::map<std::int64_t, std::string> underWay_; ///< waiting or being probed: id and endpoint
    std::set<std::int64_t> endedWhileAsked_; ///< since due() was asked, whose answer may still name them
    std::map<std::int64_t, steady_clock::time_point> putOff_; ///< not to be tried before
    bool ended_ = false;                                      ///< a probe has ended since last looked
};

std::vector<std::string> Work::busyEndpoints() const {
    std::map<std::string, std::size_t> counts;
    std::vector<std::string> busy;
    for (const auto& [id, endpoint] : underWay_) {
        if (++counts[endpoint] == options_.perEndpoint)
            busy.push_back(endpoint);
    }
    return busy;
}

bool Work::take(const DueProbe& due) {
    const auto same = [&](const auto& entry) { return entry.second == due.endpoint; };
    if (underWay_.size() >= options_.workers || underWay_.contains(due.id) || putOff_.contains(due.id) ||
        endedWhileAsked_.contains(due.id) ||
        static_cast<std::size_t>(std::ranges::count_if(underWay_, same)) >= options_.perEndpoint)
        return false;
    underWay_.emplace(due.id, due.endpoint);
    waiting_.push_back(due);
    workChanged_.notify_one();
    return true;
}

/// Asks for what is due and gives it to the workers. @returns whether asking again at once may give more
bool Work::dispatch() {
    std::vector<std::string> busy;
    std::size_t limit = 0;
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(putOff_,
                      [now = steady_clock::now()](const auto& entry) { return entry.second <= now; });
        if (underWay_.size() >= options_.workers)
            return false;
        endedWhileAsked_.clear();
        busy = busyEndpoints();
        limit = options_.workers + underWay_.size() + putOff_.size();
    }
    const std::vector<DueProbe> due = ports_.due(limit, busy);
    const std::lock_guard lock(mutex_);
    std::size_t taken = 0;
    for (const DueProbe& one : due)
        taken += take(one) ? 1U : 0U;
    return taken > 0 && underWay_.size() < options_.workers;
}

void Work::dispatchUntilStopped() {
    while (!stop_.stop_requested()) {
        try {
            while (!stop_.stop_requested() && dispatch()) {
            }
        } catch (const std::exception& error) {
            log_.warning("cannot find out which credentials are due for a probe", {{"error", error.what()}});
        }
        std::unique_lock lock(mutex_);
        roomChanged_.wait_for(lock, stop_, options_.poll, [&] { return ended_; });
        ended_ = false;
    }
}

void Work::serveUntilStopped() {
    while (true) {
        DueProbe due;
        {
            std::unique_lock lock(mutex_);
            if (!workChanged_.wait(lock, stop_, [&] { return !waiting_.empty(); }) || stop_.stop_requested())
                return;
            due = std::move(waiting_.front());
            waiting_.pop_front();
        }
        bool reported = false;
        try {
            reported = probe(due);
        } catch (const std::exception& error) {
            if (!stop_.stop_requested())
                log_.warning("a stored credential could not be probed",
                             {{"credential", std::to_string(due.id)}, {"error", error.what()}});
        }
        finish(due, !reported);
    }
}

bool Work::probe(const DueProbe& due) {
    std::optional<LoadedProbe> loaded = ports_.load(due.id);
    if (!loaded)
        return false;
    loaded->request.secretAccessKey = &loaded->secretAccessKey;
    const Verdict verdict = prober_.probe(loaded->request, stop_);
    ports_.report(due.id, loaded->keysVersion, verdict);
    return true;
}

void Work::finish(const DueProbe& done, bool putOff) {
    const std::lock_guard lock(mutex_);
    underWay_.erase(done.id);
    endedWhileAsked_.insert(done.id);
    if (putOff)
        putOff_[done.id] = steady_clock::now() + options_.poll;
    ended_ = true;
    roomChanged_.notify_one();
}

} // namespace

BackgroundProbe::BackgroundProbe(const Prober& prober, BackgroundProbePorts ports, Log& log,
                                 BackgroundProbeOptions options)
    : prober_(prober), ports_(std::move(ports)), log_(log), options_(options) {
    if (!ports_.due || !ports_.load || !ports_.report)
        throw std::logic_error("the background probe needs all of its ports");
    options_.workers = std::max<std::size_t>(options_.workers, 1);
    options_.perEndpoint = std::max<std::size_t>(options_.perEndpoint, 1);
}

void BackgroundProbe::run(std::stop_token stop) {
    Work work(prober_, ports_, log_, options_, stop);
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < options_.workers; ++i)
        workers.emplace_back([&work] { work.serveUntilStopped(); });
    work.dispatchUntilStopped();
}

} // namespace coffer::backup_credentials
