#include "tests/support/DaemonProcess.h"
#include "tests/support/S3Stub.h"

#include <csignal>
#include <future>

using namespace coffer::test;

/// A POST that is sent again because its answer was lost.
class IdempotencyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdempotencyTest);
    COFFER_TEST(theSameRequestGetsTheFirstAnswerAlsoAfterKillNine);
    COFFER_TEST(theSameKeyWithAnotherBodyIsRefused);
    COFFER_TEST(aRefusalIsNotKept);
    COFFER_TEST(aKeyMeansSomethingElseToSomebodyElse);
    COFFER_TEST(ofSixteenAtOnceExactlyOneCreates);
    COFFER_TEST(aTokenIsReplayedFromASealedCopy);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        daemon_ = std::make_unique<DaemonProcess>();
        stub_ = std::make_unique<S3Stub>();
        organization_ = daemon_->addOrganization("again");
    }
    void tearDown() override {
        daemon_.reset();
        stub_.reset();
    }

    void theSameRequestGetsTheFirstAnswerAlsoAfterKillNine() {
        const auto first = create("nightly", "one");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(first.body, 201, first.status);
        CPPUNIT_ASSERT(!first.head.has("Idempotent-Replayed"));
        assertReplayOf(first, create("nightly", "one"));
        const int probes = stub_->requests();
        daemon_->kill();
        daemon_->start();
        assertReplayOf(first, create("nightly", "one"));
        CPPUNIT_ASSERT_EQUAL(probes, stub_->requests()); // nothing was asked anew
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
    }
    void theSameKeyWithAnotherBodyIsRefused() {
        CPPUNIT_ASSERT_EQUAL(201, create("nightly", "one").status);
        const auto other = create("weekly", "one");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(other.body, 422, other.status);
        CPPUNIT_ASSERT_EQUAL(std::string("idempotency_key_reused"), other.code());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
        CPPUNIT_ASSERT_EQUAL(201, create("weekly", "two").status);
    }
    void aRefusalIsNotKept() {
        stub_->refuseAll(true);
        CPPUNIT_ASSERT_EQUAL(422, create("nightly", "one").status);
        stub_->refuseAll(false);
        const auto now = create("nightly", "one");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(now.body, 201, now.status);
        CPPUNIT_ASSERT(!now.head.has("Idempotent-Replayed"));
    }
    void aKeyMeansSomethingElseToSomebodyElse() {
        const auto other = daemon_->addPrincipal("other", "manager", organization_);
        CPPUNIT_ASSERT_EQUAL(201, create("nightly", "one").status);
        const auto answer = daemon_->client(other).post(
            "/backup-credentials", credentialJson(organization_, "nightly", stub_->endpoint()),
            {{"Idempotency-Key", "one"}});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 409, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("name_taken"), answer.code());
    }
    void ofSixteenAtOnceExactlyOneCreates() {
        std::vector<std::future<Answer>> answers;
        for (int i = 0; i < 16; ++i)
            answers.push_back(std::async(std::launch::async, [this] { return create("nightly", "one"); }));
        int created = 0;
        std::string id;
        for (auto& future : answers) {
            const auto answer = future.get();
            if (answer.status == 409) {
                CPPUNIT_ASSERT_EQUAL(std::string("idempotency_key_in_flight"), answer.code());
                continue;
            }
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
            CPPUNIT_ASSERT(id.empty() || id == answer.text("id"));
            id = answer.text("id");
            created += answer.head.has("Idempotent-Replayed") ? 0 : 1;
        }
        CPPUNIT_ASSERT_EQUAL(1, created);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
    }
    void aTokenIsReplayedFromASealedCopy() {
        const auto first = makeToken();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(first.body, 201, first.status);
        const auto token = first.text("token");
        assertNowhereInTheDatabase(token);
        daemon_->kill();
        assertNowhereInTheDatabase(token);
        daemon_->start();
        assertReplayOf(first, makeToken());
        CPPUNIT_ASSERT_EQUAL(200, daemon_->client(token).get("/whoami").status);
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        assertNowhereInTheDatabase(token);
    }

private:
    Answer create(const std::string& name, const std::string& key) {
        return daemon_->client().post("/backup-credentials",
                                      credentialJson(organization_, name, stub_->endpoint()),
                                      {{"Idempotency-Key", key}});
    }
    Answer makeToken() {
        return daemon_->client().post("/whoami/tokens", R"({"name":"laptop"})",
                                      {{"Idempotency-Key", "token"}});
    }
    std::int64_t count() { return daemon_->client().get("/backup-credentials").number("totalCount"); }
    static void assertReplayOf(const Answer& first, const Answer& again) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(again.body, first.status, again.status);
        CPPUNIT_ASSERT_EQUAL(first.body, again.body);
        CPPUNIT_ASSERT_EQUAL(std::string("true"), again.head.get("Idempotent-Replayed", ""));
        for (const auto* name : {"Location", "ETag", "Content-Type"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, first.head.get(name, ""), again.head.get(name, ""));
    }
    void assertNowhereInTheDatabase(const std::string& token) const {
        for (const auto& entry : std::filesystem::directory_iterator(daemon_->folder()))
            if (entry.is_regular_file())
                CPPUNIT_ASSERT_MESSAGE("the token stands in " + entry.path().string(),
                                       readFile(entry.path()).find(token) == std::string::npos);
    }

    std::unique_ptr<DaemonProcess> daemon_;
    std::unique_ptr<S3Stub> stub_;
    std::int64_t organization_ = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(IdempotencyTest);
