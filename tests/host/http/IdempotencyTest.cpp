#include "tests/host/http/PipelineHouse.h"

#include <future>
#include <latch>

namespace coffer::test {

class IdempotencyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdempotencyTest);
    COFFER_TEST(keyIsVisibleAscii);
    COFFER_TEST(sameRequestGetsTheFirstAnswer);
    COFFER_TEST(keyIsScopedToPrincipalAndPath);
    COFFER_TEST(otherBodyOrQueryIsRefused);
    COFFER_TEST(replayLooksAtFieldsAndPermissionFirst);
    COFFER_TEST(failedRequestMayBeTriedAgain);
    COFFER_TEST(requestWithoutChangeIsKeptToo);
    COFFER_TEST(answerThatCannotBeKeptIsNotGiven);
    COFFER_TEST(secondAttemptInFlightIsRefused);
    COFFER_TEST(ofManyAtOnceExactlyOneRuns);
    COFFER_TEST(firstAnswerOutlivesARestart);
    COFFER_TEST(answerIsForgottenAfterADay);
    COFFER_TEST(secretIsShownAgainForTenMinutesAndRecorded);
    COFFER_TEST(secretIsErasedAfterTenMinutes);
    COFFER_TEST(bodyIsKeptAsAKeyedDigestOnly);
    COFFER_TEST(otherMethodsPayNoAttention);
    COFFER_TEST(purgeTakesOnlyWhatIsOld);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::int64_t minute = 60'000;
    static constexpr std::int64_t day = 24 * 60 * minute;

public:
    void setUp() override {
        house_ = std::make_unique<PipelineHouse>();
        Route change = PipelineHouse::post("/things", [](RequestContext& context) {
            const std::string name = context.body().string("name");
            return context.change([&](Transaction& transaction) -> Response {
                transaction.execute("INSERT INTO thing (name) VALUES (?)", name);
                const auto id = std::to_string(transaction.lastInsertId());
                transaction.record({"thing.create", "thing", id, 7, AuditResult::success, "", "", ""});
                if (name == "bad")
                    throw Problem::conflict("bad_name", "Bad", "No.");
                Response response = Response::created("{\"id\":" + id + "}", "/api/v1/things/" + id);
                response.version(1).header("X-Volatile", "1");
                if (name == "token") {
                    response.body = R"({"token":"canary-token"})";
                    response.oneTimeSecret = true;
                }
                return response;
            });
        });
        change.query = {Field::boolean("dry", "")};
        Route probe = PipelineHouse::post("/probe", [this](RequestContext&) {
            return Response::json("{\"run\":" + std::to_string(++runs_) + "}");
        });
        Route other = change;
        other.pattern = "/others";
        Route put = change;
        put.method = Method::put;
        house_->install({change, probe, other, put});
    }

    void keyIsVisibleAscii() {
        Poco::Net::HTTPRequest head;
        CPPUNIT_ASSERT(!host::idempotencyKey(head));
        const std::string longest(255, 'k');
        head.set("Idempotency-Key", longest);
        CPPUNIT_ASSERT(host::idempotencyKey(head) == longest);
        for (const std::string& key : {std::string(), std::string(256, 'k'), std::string("a b"),
                                       std::string("caf\xC3\xA9"), std::string("a\x7F")}) {
            head.set("Idempotency-Key", key);
            assertRefused(head);
        }
        head.set("Idempotency-Key", "a");
        head.add("Idempotency-Key", "b");
        assertRefused(head);
    }

    void sameRequestGetsTheFirstAnswer() {
        const auto first = post("k1", R"({"name":"x"})");
        const auto second = post("k1", R"({"name":"x"})");
        same("201", second);
        CPPUNIT_ASSERT_EQUAL(first.body, second.body);
        CPPUNIT_ASSERT_EQUAL(std::string("application/json"), second.contentType);
        CPPUNIT_ASSERT_EQUAL(std::string("/api/v1/things/1"), headerOf(second, "Location"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"1\""), headerOf(second, "ETag"));
        CPPUNIT_ASSERT_EQUAL(std::string(), headerOf(second, "X-Volatile"));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), headerOf(second, "Idempotent-Replayed"));
        CPPUNIT_ASSERT_EQUAL(std::string(), headerOf(first, "Idempotent-Replayed"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things());
        CPPUNIT_ASSERT_EQUAL(std::string("thing.create success  thing/1 7 mara\n"), house_->recorded());
    }

    void keyIsScopedToPrincipalAndPath() {
        same("201", post("k1", R"({"name":"x"})"));
        same("201", post("k1", R"({"name":"x"})", "partner"));
        same("201", post("k1", R"({"name":"x"})", "manager", "/api/v1/others"));
        same("201", post("k2", R"({"name":"x"})"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, things());
    }

    void otherBodyOrQueryIsRefused() {
        same("201", post("k1", R"({"name":"x"})"));
        same("422 idempotency_key_reused", post("k1", R"({"name":"y"})"));
        same("422 idempotency_key_reused", post("k1", R"({"name": "x"})"));
        same("422 idempotency_key_reused",
             post("k1", R"({"name":"x"})", "manager", "/api/v1/things?dry=true"));
        same("201", post("k1", R"({"name":"x"})"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things());
        CPPUNIT_ASSERT(house_->recorded().find("thing.create refused idempotency_key_reused") !=
                       std::string::npos);
    }

    void replayLooksAtFieldsAndPermissionFirst() {
        same("201", post("k1", R"({"name":"x"})"));
        house_->tokens.known["manager"].roles = {{Role::viewer, 7}};
        same("403 forbidden", post("k1", R"({"name":"x"})"));
        house_->tokens.known["manager"].roles = {{Role::manager, 7}};
        same("422 invalid_fields", post("k1", R"({"nam":"x"})"));
    }

    void failedRequestMayBeTriedAgain() {
        same("409 bad_name", post("k1", R"({"name":"bad"})"));
        same("409 bad_name", post("k1", R"({"name":"bad"})"));
        same("201", post("k1", R"({"name":"good"})"));
        house_->storage.broken = true;
        same("503 storage_unavailable", post("k2", R"({"name":"good"})"));
        house_->storage.broken = false;
        same("201", post("k2", R"({"name":"good"})"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, things());
    }

    void requestWithoutChangeIsKeptToo() {
        same("200", post("k1", R"({"name":"x"})", "manager", "/api/v1/probe"));
        const auto second = post("k1", R"({"name":"x"})", "manager", "/api/v1/probe");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"run":1})"), second.body);
        CPPUNIT_ASSERT_EQUAL(1, runs_.load());
    }

    void answerThatCannotBeKeptIsNotGiven() {
        house_->storage.broken = true;
        same("503 storage_unavailable", post("k1", R"({"name":"x"})", "manager", "/api/v1/probe"));
    }

    void secondAttemptInFlightIsRefused() {
        host::IdempotencyStore* const store = &*house_->idempotency;
        auto first = store->admit({3, "POST", "/p", "k", "d"}, {}, {});
        CPPUNIT_ASSERT(first.claim);
        try {
            (void)store->admit({3, "POST", "/p", "k", "other"}, {}, {});
            CPPUNIT_FAIL("admitted twice");
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(409, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("idempotency_key_in_flight"), problem.code());
        }
        CPPUNIT_ASSERT(store->admit({4, "POST", "/p", "k", "d"}, {}, {}).claim);
        first.claim.reset();
        CPPUNIT_ASSERT(store->admit({3, "POST", "/p", "k", "d"}, {}, {}).claim);
    }

    void ofManyAtOnceExactlyOneRuns() {
        constexpr int clients = 16;
        std::latch start(clients);
        std::vector<std::future<std::string>> answers;
        for (int i = 0; i < clients; ++i)
            answers.push_back(std::async(std::launch::async, [&] {
                start.arrive_and_wait();
                const auto answer = post("k1", R"({"name":"x"})");
                return answer.status == 201 ? answer.body : summaryOf(answer);
            }));
        int ran = 0;
        for (auto& answer : answers) {
            const std::string got = answer.get();
            ran += got == R"({"id":1})" ? 1 : 0;
            CPPUNIT_ASSERT_MESSAGE(got, got == R"({"id":1})" || got == "409 idempotency_key_in_flight");
        }
        CPPUNIT_ASSERT(ran >= 1);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things());
    }

    void firstAnswerOutlivesARestart() {
        const auto first = post("k1", R"({"name":"token"})");
        host::IdempotencyOptions options;
        options.clock = [this] { return fromMilliseconds(house_->now); };
        host::IdempotencyStore again(house_->database, *house_->ownVault,
                                     house_->keys->integrityKey("idempotency"), options);
        const auto admission =
            again.admit({3, "POST", "/api/v1/things", "k1", again.digest("", R"({"name":"token"})")}, {}, {});
        CPPUNIT_ASSERT(admission.replay);
        CPPUNIT_ASSERT_EQUAL(first.body, admission.replay->body);
    }

    void answerIsForgottenAfterADay() {
        same("201", post("k1", R"({"name":"x"})"));
        house_->now += day - 1;
        same("422 idempotency_key_reused", post("k1", R"({"name":"y"})"));
        house_->now += 1;
        same("201", post("k1", R"({"name":"y"})"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"id":2})"), post("k1", R"({"name":"y"})").body);
    }

    void secretIsShownAgainForTenMinutesAndRecorded() {
        const auto first = post("k1", R"({"name":"token"})");
        CPPUNIT_ASSERT(first.body.find("canary-token") != std::string::npos);
        house_->now += 10 * minute - 1;
        const auto second = post("k1", R"({"name":"token"})");
        CPPUNIT_ASSERT_EQUAL(first.body, second.body);
        CPPUNIT_ASSERT(second.oneTimeSecret);
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), headerOf(second, "Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::string("thing.create success  thing/1 7 mara\n"
                                         "thing.create success replayed thing/ 7 mara\n"),
                             house_->recorded());
        house_->storage.broken = true;
        same("503 storage_unavailable", post("k1", R"({"name":"token"})"));
        house_->storage.broken = false;
        house_->now += 1;
        same("409 secret_already_shown", post("k1", R"({"name":"token"})"));
        same("422 idempotency_key_reused", post("k1", R"({"name":"x"})"));
    }

    void secretIsErasedAfterTenMinutes() {
        (void)post("k1", R"({"name":"token"})");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, house_->idempotency->purge());
        house_->now += 10 * minute;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house_->idempotency->purge());
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{0},
            house_->count("SELECT count(*) FROM http_idempotency WHERE secret_id IS NOT NULL"));
        same("409 secret_already_shown", post("k1", R"({"name":"token"})"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, things());
    }

    void bodyIsKeptAsAKeyedDigestOnly() {
        (void)post("k1", R"({"name":"token","secret":"canary-secret"})");
        (void)post("k2", R"({"name":"canary-name"})");
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{0},
            house_->count(
                "SELECT count(*) FROM http_idempotency WHERE "
                "instr(CAST(digest AS TEXT) || ifnull(CAST(body AS TEXT), '') || headers, 'canary') > 0"));
        const auto digest = house_->idempotency->digest("", "body");
        CPPUNIT_ASSERT_EQUAL(std::size_t{32}, digest.size());
        const host::IdempotencyStore other(house_->database, *house_->ownVault,
                                           SecretBytes(std::string_view("another key")));
        CPPUNIT_ASSERT(digest != other.digest("", "body"));
        CPPUNIT_ASSERT(house_->idempotency->digest("ab", "c") != house_->idempotency->digest("a", "bc"));
    }

    void otherMethodsPayNoAttention() {
        for (int i = 0; i < 2; ++i)
            same("201",
                 house_->ask(
                     {"PUT", "/api/v1/things", R"({"name":"x"})", "manager", {{"Idempotency-Key", "k1"}}}));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, things());
    }

    void purgeTakesOnlyWhatIsOld() {
        std::vector<std::unique_ptr<host::IdempotencyClaim>> claims;
        for (int i = 0; i < 450; ++i)
            claims.push_back(
                house_->idempotency->admit({1, "POST", "/x", std::to_string(i), "d"}, {}, {}).claim);
        house_->database.write(Origin::system("test"),
                               std::function<void(Transaction&)>([&](Transaction& transaction) {
                                   for (const auto& claim : claims)
                                       claim->keep(transaction, Response::json("{}"));
                               }));
        house_->now += day;
        (void)post("fresh", R"({"name":"x"})");
        CPPUNIT_ASSERT_EQUAL(std::size_t{450}, house_->idempotency->purge());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house_->count("SELECT count(*) FROM http_idempotency"));
    }

private:
    static void assertRefused(const Poco::Net::HTTPRequest& head) {
        try {
            (void)host::idempotencyKey(head);
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(std::string("invalid_idempotency_key"), problem.code());
            return;
        }
        CPPUNIT_FAIL("the key was taken: " + head.get("Idempotency-Key"));
    }
    Response post(const std::string& key, const std::string& body, const std::string& token = "manager",
                  const std::string& target = "/api/v1/things") {
        return house_->ask({"POST", target, body, token, {{"Idempotency-Key", key}}});
    }
    std::int64_t things() { return house_->count("SELECT count(*) FROM thing"); }
    static void same(const std::string& expected, const Response& answer) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, expected, summaryOf(answer));
    }

    std::unique_ptr<PipelineHouse> house_;
    std::atomic<int> runs_{0};
};

CPPUNIT_TEST_SUITE_REGISTRATION(IdempotencyTest);

} // namespace coffer::test
