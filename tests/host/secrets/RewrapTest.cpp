#include "host/secrets/Rewrap.h"

#include "host/secrets/Hex.h"
#include "host/secrets/VaultStore.h"
#include "tests/host/secrets/Keys.h"
#include "tests/support/Eventually.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace coffer::test {

using namespace coffer::host;

namespace {

constexpr SecretContext context{1, "record", "field"};

std::string textOf(std::int64_t number) {
    return "secret number " + std::to_string(number);
}

/// Every file of the database, as it lies on the disk.
std::string everyFile(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().filename() != "key")
            all += readFile(entry.path());
    return all;
}

} // namespace

class RewrapTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RewrapTest);
    COFFER_TEST(sealsEverythingUnderTheActiveVersion);
    COFFER_TEST(changesNothingForThePlugins);
#if !defined(__SANITIZE_THREAD__) // which does not follow a process that forks and then makes threads
    COFFER_TEST(goesOnAfterKillNine);
#endif
    COFFER_TEST(leavesWhatDoesNotOpenAndSaysSo);
    COFFER_TEST(aRotationInBetweenStartsItAnew);
    COFFER_TEST(noSecretAndNoKeyLiesOpenInTheFiles);
    COFFER_TEST(replacedAndErasedCiphertextLeavesTheFiles);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    std::unique_ptr<KeyHouse> house_;

    void store(int count) {
        house_->write([&](Transaction& t) {
            for (int i = 1; i <= count; ++i)
                (void)house_->vault()->store(t, context, SecretBytes(std::string_view(textOf(i))));
            return 0;
        });
    }
    void rotateAndRequest(Rewrapper& rewrapper) {
        house_->write([&](Transaction& t) {
            (void)house_->ring().rotate(t);
            return rewrapper.request(t).target;
        });
    }
    RewrapProgress progress() {
        return house_->read([](Transaction& t) { return Rewrapper::progress(t).value_or(RewrapProgress{}); });
    }
    bool finished() {
        return progress().finishedAt.has_value();
    }
    /// What a child of this process does. Writes one byte to `told` when it has come further than it was.
    [[noreturn]] void rewrapUntilKilled(bool first, int told) {
        try {
            house_->open();
            const auto done = progress().done;
            Rewrapper rewrapper(house_->database(), house_->ring(), house_->log,
                                {5, std::chrono::milliseconds{10}});
            if (first)
                rotateAndRequest(rewrapper);
            rewrapper.start();
            if (eventually([&] { return progress().done > done || finished(); }) &&
                ::write(told, "x", 1) == 1)
                for (;;)
                    ::pause();
        } catch (const std::exception&) { // the parent reads nothing, and fails
        }
        ::_exit(1);
    }
    void expectAllOpen(int count) {
        house_->read([&](Transaction& t) {
            for (int i = 1; i <= count; ++i)
                CPPUNIT_ASSERT_EQUAL(textOf(i),
                                     std::string(house_->vault()->open(t, {i, 1}, context).reveal()));
            CPPUNIT_ASSERT(vault_store::check(t).empty());
            return 0;
        });
    }

public:
    void setUp() override {
        house_ = std::make_unique<KeyHouse>(folder_.path());
    }
    void tearDown() override {
        house_.reset();
    }

    void sealsEverythingUnderTheActiveVersion() {
        store(50);
        Rewrapper rewrapper(house_->database(), house_->ring(), house_->log,
                            {7, std::chrono::milliseconds{1}});
        rewrapper.start();
        rotateAndRequest(rewrapper);
        rewrapper.wake();
        CPPUNIT_ASSERT(eventually([&] { return finished(); }));
        const auto done = progress();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{50}, done.total);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{50}, done.done);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, done.failed);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, done.target);
        expectAllOpen(50);
        CPPUNIT_ASSERT(house_->recorded("key.rewrap"));
        CPPUNIT_ASSERT(house_->recorded("key.rewrap-finished"));
        house_->write([&](Transaction& t) { return house_->ring().retire(t, 1).version; });
        expectAllOpen(50);
    }

    void changesNothingForThePlugins() {
        store(3);
        const std::string fingerprint = house_->vault()->fingerprint(SecretBytes(std::string_view("one")));
        Rewrapper rewrapper(house_->database(), house_->ring(), house_->log);
        rotateAndRequest(rewrapper);
        rewrapper.start();
        CPPUNIT_ASSERT(eventually([&] { return finished(); }));
        expectAllOpen(3); // under the references that store() returned
        CPPUNIT_ASSERT_EQUAL(fingerprint, house_->vault()->fingerprint(SecretBytes(std::string_view("one"))));
    }

    void goesOnAfterKillNine() {
        constexpr int count = 400;
        store(count);
        house_->close();
        int killed = 0;
        for (int attempt = 0; attempt < 4; ++attempt) {
            int ends[2];
            CPPUNIT_ASSERT_EQUAL(0, ::pipe(ends));
            const pid_t child = ::fork();
            if (child == 0)
                rewrapUntilKilled(attempt == 0, ends[1]);
            ::close(ends[1]);
            char told = 0;
            CPPUNIT_ASSERT_EQUAL(ssize_t{1}, ::read(ends[0], &told, 1));
            ::close(ends[0]);
            ::kill(child, SIGKILL);
            int status = 0;
            CPPUNIT_ASSERT_EQUAL(child, ::waitpid(child, &status, 0));
            killed += WIFSIGNALED(status) ? 1 : 0;
        }
        CPPUNIT_ASSERT_EQUAL(4, killed);
        house_->open();
        expectAllOpen(count);
        Rewrapper rewrapper(house_->database(), house_->ring(), house_->log,
                            {50, std::chrono::milliseconds{1}});
        rewrapper.start();
        CPPUNIT_ASSERT(eventually([&] { return finished(); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{count}, progress().done);
        expectAllOpen(count);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             house_->read([](Transaction& t) { return key_store::find(t, 1)->sealedCount; }));
    }

    void leavesWhatDoesNotOpenAndSaysSo() {
        store(20);
        house_->tamper("UPDATE secret_slot SET sealed = zeroblob(length(sealed)) WHERE slot = 5");
        Rewrapper rewrapper(house_->database(), house_->ring(), house_->log,
                            {6, std::chrono::milliseconds{1}});
        rotateAndRequest(rewrapper);
        rewrapper.start();
        CPPUNIT_ASSERT(eventually([&] { return finished(); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{19}, progress().done);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, progress().failed);
        CPPUNIT_ASSERT(house_->log.contains("secret=5"));
        CPPUNIT_ASSERT_EQUAL(std::string("key_in_use"), problemOf([&] {
                                 house_->write(
                                     [&](Transaction& t) { return house_->ring().retire(t, 1).version; });
                             }));
    }

    void aRotationInBetweenStartsItAnew() {
        store(30);
        {
            Rewrapper first(house_->database(), house_->ring(), house_->log, {1, std::chrono::hours{1}});
            rotateAndRequest(first);
            first.start();
            CPPUNIT_ASSERT(eventually([&] { return progress().done == 1; }));
        }
        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
        Rewrapper second(house_->database(), house_->ring(), house_->log, {1, std::chrono::milliseconds{1}});
        second.start();
        CPPUNIT_ASSERT(eventually([&] { return finished(); }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, progress().target);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{30},
                             house_->read([](Transaction& t) { return key_store::find(t, 3)->sealedCount; }));
        expectAllOpen(30);
    }

    void noSecretAndNoKeyLiesOpenInTheFiles() {
        const std::string canary = "canary-5b1f0c6e9d";
        house_->write([&](Transaction& t) {
            return house_->vault()->store(t, context, SecretBytes(std::string_view(canary))).id;
        });
        const std::string files = everyFile(folder_.path());
        CPPUNIT_ASSERT(!files.empty());
        CPPUNIT_ASSERT(files.find(canary) == std::string::npos);
        const auto keyLine = readFile(folder_.path() / "key");
        const auto begin = keyLine.rfind('\n', keyLine.size() - 2) + 1;
        const std::string base64 = keyLine.substr(begin, 43);
        CPPUNIT_ASSERT(files.find(base64) == std::string::npos);
        const SecretBytes integrity = house_->ring().integrityKey("audit");
        CPPUNIT_ASSERT(files.find(integrity.reveal()) == std::string::npos);
        CPPUNIT_ASSERT(!house_->log.contains(canary));
    }

    void replacedAndErasedCiphertextLeavesTheFiles() {
        store(200);
        const auto sealed = [&](std::int64_t id) {
            return house_->read([&](Transaction& t) { return vault_store::find(t, id)->sealed; });
        };
        const std::string erased = sealed(77).substr(5);
        const std::string replaced = sealed(78).substr(5);
        const std::string retired = house_->read([](Transaction& t) { return key_store::wrapped(t, 1); });
        // Not at once: it may be moved from one file to another while they are read.
        CPPUNIT_ASSERT(
            eventually([&] { return everyFile(folder_.path()).find(erased) != std::string::npos; }));
        house_->write([&](Transaction& t) {
            house_->vault()->erase(t, {77, 1});
            return house_->vault()
                ->replace(t, {78, 1}, context, SecretBytes(std::string_view("new")))
                .version;
        });
        Rewrapper rewrapper(house_->database(), house_->ring(), house_->log,
                            {50, std::chrono::milliseconds{1}});
        rotateAndRequest(rewrapper);
        const std::string rewrapped = sealed(79).substr(5);
        rewrapper.start();
        CPPUNIT_ASSERT(eventually([&] { return finished(); }));
        house_->write([&](Transaction& t) { return house_->ring().retire(t, 1).version; });
        for (const std::string& gone : {erased, replaced, rewrapped, retired})
            CPPUNIT_ASSERT(
                eventually([&] { return everyFile(folder_.path()).find(gone) == std::string::npos; }));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RewrapTest);

} // namespace coffer::test
