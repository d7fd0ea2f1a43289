#include "probe/BackgroundProbe.h"
#include "Probing.h"
#include "tests/support/Telemetry.h"

#include <cppunit/TestFixture.h>

#include <condition_variable>
#include <map>
#include <set>

namespace coffer::backup_credentials {

using std::chrono::milliseconds;
using test::eventually;
using test::FaultServer;
using test::Keys;
using test::listingOf;
using test::loopbackOptions;
using test::Peer;
using test::RecordingLog;

namespace {

/// Stored credentials as far as the background probe knows them: all due until they are reported.
class Stored {
public:
    void add(std::int64_t id, const std::string& endpoint) {
        const std::lock_guard lock(mutex_);
        endpoints_[id] = endpoint;
    }
    BackgroundProbePorts ports() {
        return {[this](std::size_t limit, const std::vector<std::string>& busy) { return due(limit, busy); },
                [this](std::int64_t id) { return load(id); },
                [this](std::int64_t id, std::int64_t version, const Verdict& verdict) {
                    report(id, version, verdict);
                }};
    }
    /// Waits, with a bound for hangs only. @returns whether so many were reported
    bool awaitReports(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::minutes(5), [&] { return verdicts_.size() >= count; });
    }
    std::map<std::int64_t, Verdict> verdicts() {
        const std::lock_guard lock(mutex_);
        return verdicts_;
    }
    std::function<void(std::int64_t)> onReport = [](std::int64_t) {};
    std::set<std::int64_t> gone;
    std::atomic<int> loads{0};
    std::atomic<std::size_t> mostAsked{0};

private:
    std::vector<DueProbe> due(std::size_t limit, const std::vector<std::string>& busy) {
        const std::lock_guard lock(mutex_);
        mostAsked = std::max(mostAsked.load(), limit);
        std::vector<DueProbe> result;
        for (const auto& [id, endpoint] : endpoints_) {
            if (result.size() < limit && !verdicts_.contains(id) &&
                std::ranges::find(busy, endpoint) == busy.end())
                result.push_back({id, endpoint});
        }
        return result;
    }
    std::optional<LoadedProbe> load(std::int64_t id) {
        ++loads;
        const std::lock_guard lock(mutex_);
        if (gone.contains(id))
            return std::nullopt;
        return LoadedProbe{Keys(endpoints_.at(id)).request, SecretBytes(std::string_view("secret")), id * 10};
    }
    void report(std::int64_t id, std::int64_t version, const Verdict& verdict) {
        onReport(id);
        CPPUNIT_ASSERT_EQUAL(id * 10, version);
        const std::lock_guard lock(mutex_);
        verdicts_[id] = verdict;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::int64_t, std::string> endpoints_;
    std::map<std::int64_t, Verdict> verdicts_;
};

/// A background probe at work; stopped when destroyed.
class Running {
public:
    Running(Stored& stored, ProbeOptions options, BackgroundProbeOptions background)
        : prober_(std::move(options)), probe_(prober_, stored.ports(), log, background),
          thread_([this](std::stop_token stop) { probe_.run(stop); }) {}
    void stop() {
        thread_.request_stop();
        thread_.join();
    }
    RecordingLog log;

private:
    Prober prober_;
    BackgroundProbe probe_;
    std::jthread thread_;
};

BackgroundProbeOptions quick() {
    BackgroundProbeOptions options;
    options.poll = milliseconds(20);
    return options;
}

} // namespace

class BackgroundProbeTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BackgroundProbeTest);
    COFFER_TEST(whatIsDueIsProbedAndReported);
    COFFER_TEST(whatBecomesDueLaterIsFound);
    COFFER_TEST(hangingEndpointsDoNotHoldUpOthers);
    COFFER_TEST(noMoreThanTheCapAtOneEndpoint);
    COFFER_TEST(goneCredentialsAreLeftAlone);
    COFFER_TEST(failuresOfTheStoreAreLoggedAndTriedAgain);
    COFFER_TEST(unusableStoredValuesAreLogged);
    COFFER_TEST(stopBreaksOffHangingProbesUnreported);
    CPPUNIT_TEST_SUITE_END();

public:
    void whatIsDueIsProbedAndReported() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Stored stored;
        for (int id = 1; id <= 50; ++id)
            stored.add(id, server.url());
        Running running(stored, loopbackOptions(), quick());
        CPPUNIT_ASSERT(stored.awaitReports(50));
        running.stop();
        for (const auto& [id, verdict] : stored.verdicts())
            ASSERT_CAUSE("none", verdict);
        CPPUNIT_ASSERT_EQUAL(50, server.connections());
        CPPUNIT_ASSERT(stored.mostAsked <= 8);
    }

    void whatBecomesDueLaterIsFound() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Stored stored;
        Running running(stored, loopbackOptions(), quick());
        stored.add(1, server.url());
        CPPUNIT_ASSERT(stored.awaitReports(1));
    }

    void hangingEndpointsDoNotHoldUpOthers() {
        FaultServer hanging([](Peer& peer) { peer.waitForEnd(); });
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Stored stored;
        for (int id = 1; id <= 1000; ++id)
            stored.add(id, hanging.url());
        for (int id = 1001; id <= 1020; ++id)
            stored.add(id, server.url());
        Running running(stored, loopbackOptions(), quick());
        CPPUNIT_ASSERT(stored.awaitReports(20));
        CPPUNIT_ASSERT(eventually([&] { return hanging.connections() >= 2; }));
        running.stop();
        CPPUNIT_ASSERT_EQUAL(2, hanging.connections());
        CPPUNIT_ASSERT_EQUAL(std::size_t{20}, stored.verdicts().size());
    }

    void noMoreThanTheCapAtOneEndpoint() {
        std::atomic<int> now{0};
        std::atomic<int> most{0};
        FaultServer server([&](Peer& peer) {
            const int count = ++now;
            int seen = most;
            while (count > seen && !most.compare_exchange_weak(seen, count)) {
            }
            peer.readRequest();
            std::this_thread::sleep_for(milliseconds(5));
            --now; // before the reply: the next probe may begin as soon as it is read
            peer.send("HTTP/1.1 200 OK\r\n\r\n" + listingOf("user"));
        });
        Stored stored;
        for (int id = 1; id <= 40; ++id)
            stored.add(id, server.url());
        BackgroundProbeOptions options = quick();
        options.workers = 8;
        options.perEndpoint = 3;
        Running running(stored, loopbackOptions(), options);
        CPPUNIT_ASSERT(stored.awaitReports(40));
        running.stop();
        CPPUNIT_ASSERT(most <= 3);
    }

    void goneCredentialsAreLeftAlone() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Stored stored;
        stored.add(1, server.url());
        stored.add(2, server.url());
        stored.gone.insert(1);
        BackgroundProbeOptions options = quick();
        options.poll = std::chrono::minutes(10);
        Running running(stored, loopbackOptions(), options);
        CPPUNIT_ASSERT(stored.awaitReports(1));
        CPPUNIT_ASSERT(eventually([&] { return stored.loads >= 2; }));
        running.stop();
        CPPUNIT_ASSERT(!stored.verdicts().contains(1));
        CPPUNIT_ASSERT_EQUAL(2, stored.loads.load());
    }

    void failuresOfTheStoreAreLoggedAndTriedAgain() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Stored stored;
        stored.add(1, server.url());
        std::atomic<int> failures{3};
        stored.onReport = [&](std::int64_t) {
            if (failures-- > 0)
                throw std::runtime_error("storage is busy");
        };
        Running running(stored, loopbackOptions(), quick());
        CPPUNIT_ASSERT(stored.awaitReports(1));
        running.stop();
        CPPUNIT_ASSERT(running.log.contains("storage is busy"));
        CPPUNIT_ASSERT(!running.log.contains("secret"));
    }

    void unusableStoredValuesAreLogged() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Stored stored;
        stored.add(1, "not an endpoint");
        stored.add(2, server.url());
        Running running(stored, loopbackOptions(), quick());
        CPPUNIT_ASSERT(stored.awaitReports(1));
        CPPUNIT_ASSERT(eventually([&] { return running.log.contains("credential=1"); }));
        running.stop();
    }

    void stopBreaksOffHangingProbesUnreported() {
        FaultServer hanging([](Peer& peer) { peer.waitForEnd(); });
        Stored stored;
        for (int id = 1; id <= 10; ++id)
            stored.add(id, hanging.url());
        Running running(stored, loopbackOptions(), quick());
        CPPUNIT_ASSERT(eventually([&] { return hanging.connections() >= 2; }));
        running.stop();
        CPPUNIT_ASSERT(stored.verdicts().empty());
        CPPUNIT_ASSERT(!running.log.contains("could not be probed"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(BackgroundProbeTest);

} // namespace coffer::backup_credentials
