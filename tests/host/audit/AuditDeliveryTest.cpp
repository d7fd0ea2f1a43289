#include "host/audit/AuditDelivery.h"

#include "host/audit/JsonLinesSink.h"
#include "tests/host/audit/AuditHouse.h"
#include "tests/host/audit/DisturbedStorage.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace coffer::test {

using namespace coffer::host;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

/// Keeps what it gets; can be told to fail or to hang.
class TestSink final : public AuditSink {
public:
    explicit TestSink(std::string name) : name_(std::move(name)) {}

    std::string name() const override { return name_; }
    void deliver(std::span<const AuditRecord> records) override {
        std::unique_lock lock(mutex_);
        ++calls_;
        changed_.wait(lock, [this] { return !hanging_; });
        if (failing_)
            throw std::runtime_error("the disk is full");
        for (const AuditRecord& record : records)
            sequences_.push_back(record.sequence);
    }
    void reopen() override {
        const std::lock_guard lock(mutex_);
        ++reopened_;
    }

    void setFailing(bool failing) {
        const std::lock_guard lock(mutex_);
        failing_ = failing;
    }
    void setHanging(bool hanging) {
        {
            const std::lock_guard lock(mutex_);
            hanging_ = hanging;
        }
        changed_.notify_all();
    }
    std::vector<std::int64_t> sequences() const {
        const std::lock_guard lock(mutex_);
        return sequences_;
    }
    bool hasUpTo(std::int64_t last) const {
        const auto all = sequences();
        for (std::int64_t i = 1; i <= last; ++i)
            if (std::ranges::find(all, i) == all.end())
                return false;
        return true;
    }
    int calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    int reopened() const {
        const std::lock_guard lock(mutex_);
        return reopened_;
    }

private:
    const std::string name_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::int64_t> sequences_;
    bool failing_ = false;
    bool hanging_ = false;
    int calls_ = 0;
    int reopened_ = 0;
};

DeliveryOptions quick(SinkFailure onFailure = SinkFailure::buffer) {
    DeliveryOptions options;
    options.onFailure = onFailure;
    options.checkEvery = milliseconds{10};
    options.headEvery = std::chrono::hours{1};
    options.longestLag = std::chrono::hours{1};
    options.largestLag = 5;
    options.feeder = {
        10, milliseconds{20}, milliseconds{1}, milliseconds{5}, milliseconds{20}, milliseconds{50}};
    return options;
}

std::chrono::steady_clock::time_point within(milliseconds duration) {
    return std::chrono::steady_clock::now() + duration;
}

} // namespace

class AuditDeliveryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditDeliveryTest);
    COFFER_TEST(deliversEverythingInOrder);
    COFFER_TEST(goesOnWhereItWasAfterARestart);
    COFFER_TEST(aFailingSinkGetsEverythingOnceItRecovers);
    COFFER_TEST(aHangingSinkHoldsUpNobody);
    COFFER_TEST(bufferLetsChangesPassAndHealthSaysSo);
    COFFER_TEST(refuseStopsChangesUntilTheSinkHasCaughtUp);
    COFFER_TEST(refuseLooksAtTheAgeToo);
    COFFER_TEST(aSinkThatIsNotRequiredRefusesNothing);
    COFFER_TEST(recordsHeadsAtIntervalsAndAtStop);
    COFFER_TEST(reopensItsSinks);
    COFFER_TEST(sinksAreAddedOnceAndTakenAway);
    COFFER_TEST(aSinkThatWasTakenAwayGetsNothingMore);
    COFFER_TEST(feederGoesOnAfterAnythingThrown);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    std::unique_ptr<AuditHouse> house_;
    std::unique_ptr<AuditDelivery> delivery_;
    std::shared_ptr<TestSink> sink_;

    void deliver(const DeliveryOptions& options, bool required = true) {
        delivery_ = std::make_unique<AuditDelivery>(house_->database(), house_->audit(), house_->log(),
                                                    house_->metrics(), options);
        delivery_->add(sink_, required);
        delivery_->start();
    }
    void gateWrites() {
        house_->database().setWriteGate([delivery = delivery_.get()] { delivery->writeGate(); });
    }
    std::int64_t keptPosition() {
        return house_->database().read(
            [](Transaction& transaction) { return audit_store::position(transaction, "test"); });
    }
    bool refuses() {
        return problemOf([&] { house_->fill(1); }) == "audit_sink_lagging";
    }

public:
    void setUp() override {
        house_ = std::make_unique<AuditHouse>(folder_.path());
        sink_ = std::make_shared<TestSink>("test");
    }
    void tearDown() override {
        sink_->setHanging(false);
        delivery_.reset();
        house_.reset();
    }

    void deliversEverythingInOrder() {
        house_->fill(25);
        deliver(quick());
        house_->fill(25);
        CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(50); }));
        const auto all = sink_->sequences();
        CPPUNIT_ASSERT(std::ranges::is_sorted(all));
        CPPUNIT_ASSERT_EQUAL(std::size_t{50}, all.size());
    }

    void goesOnWhereItWasAfterARestart() {
        deliver(quick());
        house_->fill(20);
        CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(20); }));
        delivery_->stop(within(minutes{5}));
        delivery_.reset();
        house_.reset();
        house_ = std::make_unique<AuditHouse>(folder_.path());
        house_->fill(5);
        deliver(quick());
        CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(26); })); // a head was recorded at the stop
        CPPUNIT_ASSERT_EQUAL(std::size_t{26}, sink_->sequences().size());
    }

    void aFailingSinkGetsEverythingOnceItRecovers() {
        sink_->setFailing(true);
        deliver(quick());
        house_->fill(30);
        CPPUNIT_ASSERT(eventually([&] { return sink_->calls() > 3; }));
        CPPUNIT_ASSERT(house_->log().contains("the disk is full"));
        sink_->setFailing(false);
        CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(30); }));
        CPPUNIT_ASSERT(eventually([&] { return house_->log().contains("takes records again"); }));
    }

    void aHangingSinkHoldsUpNobody() {
        sink_->setHanging(true);
        const auto other = std::make_shared<TestSink>("other");
        deliver(quick());
        delivery_->add(other, false);
        house_->fill(30);
        CPPUNIT_ASSERT(eventually([&] { return other->hasUpTo(30) && sink_->calls() == 1; }));
        delivery_->stop(within(milliseconds{300}));
        CPPUNIT_ASSERT(house_->log().contains("did not take everything in time"));
        delivery_.reset();
        house_.reset(); // the thread that hangs may no longer touch it
        sink_->setHanging(false);
        CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(10); }));
    }

    void bufferLetsChangesPassAndHealthSaysSo() {
        sink_->setFailing(true);
        deliver(quick(SinkFailure::buffer));
        gateWrites();
        house_->fill(10);
        CPPUNIT_ASSERT(eventually([&] { return delivery_->health().state == Health::State::degraded; }));
        CPPUNIT_ASSERT(eventually(
            [&] { return delivery_->health().reason.find("test lacks 10 records") != std::string::npos; }));
        CPPUNIT_ASSERT(!refuses());
        delivery_->mayReveal();
        sink_->setFailing(false);
        CPPUNIT_ASSERT(eventually([&] { return delivery_->health().state == Health::State::ok; }));
    }

    void refuseStopsChangesUntilTheSinkHasCaughtUp() {
        sink_->setFailing(true);
        deliver(quick(SinkFailure::refuse));
        gateWrites();
        house_->fill(10);
        CPPUNIT_ASSERT(eventually([&] { return refuses(); }));
        CPPUNIT_ASSERT_EQUAL(std::string("audit_sink_lagging"), problemOf([&] { delivery_->mayReveal(); }));
        CPPUNIT_ASSERT(delivery_->health().state == Health::State::failed);
        const auto before = house_->records().size(); // reads go on
        CPPUNIT_ASSERT(refuses());
        CPPUNIT_ASSERT_EQUAL(before, house_->records().size());
        sink_->setFailing(false);
        CPPUNIT_ASSERT(eventually([&] { return !refuses(); }));
        CPPUNIT_ASSERT(eventually([&] { return problemOf([&] { delivery_->mayReveal(); }).empty(); }));
        CPPUNIT_ASSERT(house_->problems().empty());
    }

    void refuseLooksAtTheAgeToo() {
        auto options = quick(SinkFailure::refuse);
        options.largestLag = 1'000'000;
        options.longestLag = milliseconds{50};
        sink_->setHanging(true);
        deliver(options);
        gateWrites();
        house_->fill(1);
        CPPUNIT_ASSERT(eventually([&] { return refuses(); }));
        sink_->setHanging(false);
        CPPUNIT_ASSERT(eventually([&] { return !refuses(); }));
    }

    void aSinkThatIsNotRequiredRefusesNothing() {
        sink_->setFailing(true);
        deliver(quick(SinkFailure::refuse), false);
        gateWrites();
        house_->fill(10);
        CPPUNIT_ASSERT(eventually([&] { return delivery_->health().state == Health::State::degraded; }));
        CPPUNIT_ASSERT(!refuses());
    }

    void recordsHeadsAtIntervalsAndAtStop() {
        auto options = quick();
        options.headEvery = milliseconds{20};
        deliver(options);
        house_->fill(1);
        const auto heads = [&] {
            const auto records = house_->records();
            return std::ranges::count(records, std::string("audit.head"),
                                      [](const AuditRecord& record) { return record.event.action; });
        };
        CPPUNIT_ASSERT(eventually([&] { return heads() == 1 && sink_->hasUpTo(2); }));
        delivery_->stop(within(minutes{5}));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, heads());
        options.headEvery = std::chrono::hours{1};
        deliver(options);
        house_->fill(1);
        delivery_->stop(within(minutes{5}));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2}, heads());
        CPPUNIT_ASSERT(sink_->hasUpTo(4));
    }

    void reopensItsSinks() {
        deliver(quick());
        delivery_->reopen();
        CPPUNIT_ASSERT(eventually([&] { return sink_->reopened() == 1; }));
    }

    void sinksAreAddedOnceAndTakenAway() {
        deliver(quick());
        CPPUNIT_ASSERT_THROW(delivery_->add(std::make_shared<TestSink>("test"), false),
                             std::invalid_argument);
        delivery_->remove("test");
        house_->fill(10);
        const auto again = std::make_shared<TestSink>("test");
        delivery_->add(again, false);
        CPPUNIT_ASSERT(eventually([&] { return again->hasUpTo(10); }));
        CPPUNIT_ASSERT(sink_->sequences().empty());
    }

    void aSinkThatWasTakenAwayGetsNothingMore() {
        HoldingStorage storage(house_->database());
        auto options = quick();
        options.feeder.poll = milliseconds{1};
        AuditDelivery delivery(storage, house_->audit(), house_->log(), house_->metrics(), options);
        delivery.start();
        CPPUNIT_ASSERT(eventually([&] { return storage.hasRead(); }));
        delivery.add(sink_, false);
        // The delivery looks at the sink's lag, and does not come to an end with it.
        const HoldingStorage::Hold hold(storage);
        CPPUNIT_ASSERT(eventually([&] { return hold.holds(); }));
        delivery.remove("test");
        const auto other = std::make_shared<TestSink>("other");
        delivery.add(other, false);
        for (int last = 1; last <= 20; ++last) {
            house_->fill(1);
            CPPUNIT_ASSERT(eventually([&] { return other->hasUpTo(last); }));
        }
        CPPUNIT_ASSERT(sink_->sequences().empty());
    }

    void feederGoesOnAfterAnythingThrown() {
        int last = 0;
        for (const std::function<void()>& fail :
             {std::function<void()>([] { throw std::runtime_error("the database is odd"); }),
              std::function<void()>([] { throw 1; })}) {
            FailingStorage storage(house_->database(), fail);
            SinkFeeder feeder(sink_, storage, house_->log(), quick().feeder);
            house_->fill(5);
            last += 5;
            feeder.wake();
            CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(last) && keptPosition() == last; }));
            CPPUNIT_ASSERT(storage.writes() > 3);
            house_->fill(5);
            last += 5;
            feeder.wake();
            CPPUNIT_ASSERT(eventually([&] { return sink_->hasUpTo(last); }));
            CPPUNIT_ASSERT(feeder.awaitStop(within(minutes{5})));
        }
        CPPUNIT_ASSERT(house_->log().contains("the database is odd"));
        CPPUNIT_ASSERT(house_->log().contains("no std::exception"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuditDeliveryTest);

} // namespace coffer::test
