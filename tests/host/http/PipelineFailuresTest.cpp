#include "tests/host/http/PipelineHouse.h"

#include <coffer/sdk/Service.h>
#include <coffer/sdk/StorageError.h>

#include <Poco/Exception.h>

#include <stdexcept>

namespace coffer::test {

/// What handlers throw, what must be recorded, and owners that stop.
class PipelineFailuresTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PipelineFailuresTest);
    COFFER_TEST(refusalsByARuleAreRecordedWithTheirObject);
    COFFER_TEST(readsThatFailAreNotRecorded);
    COFFER_TEST(whatCannotBeRecordedIsNotSaid);
    COFFER_TEST(refusedChangeIsUndone);
    COFFER_TEST(unexpectedFailuresTellNothingAndAreLogged);
    COFFER_TEST(secondChangeIsTheHandlersMistake);
    COFFER_TEST(stoppedOwnerIsUnavailable);
    COFFER_TEST(ownerStopsOnlyAfterItsRequests);
    COFFER_TEST(downloadHoldsTheOwnerAndEndsWhenItStops);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusalsByARuleAreRecordedWithTheirObject() {
        PipelineHouse house;
        Route route = PipelineHouse::post("/things/{id}/use", [](RequestContext& context) -> Response {
            context.concerns(8);
            const std::string& name = context.body().string("name");
            throw Problem(std::stoi(name.substr(0, 3)), name.substr(4), "Refused", "By a rule.");
        });
        route.action = "thing.use";
        house.install({route});
        const auto ask = [&](const std::string& name) {
            return summaryOf(
                house.ask({"POST", "/api/v1/things/5/use", R"({"name":")" + name + "\"}", "partner"}));
        };
        CPPUNIT_ASSERT_EQUAL(std::string("409 thing_locked"), ask("409 thing_locked"));
        CPPUNIT_ASSERT_EQUAL(std::string("412 version_mismatch"), ask("412 version_mismatch"));
        CPPUNIT_ASSERT_EQUAL(std::string("422 immutable"), ask("422 immutable"));
        CPPUNIT_ASSERT_EQUAL(std::string("422 invalid_fields"), ask("422 invalid_fields"));
        CPPUNIT_ASSERT_EQUAL(std::string("404 not_found"), ask("404 not_found"));
        CPPUNIT_ASSERT_EQUAL(std::string("thing.use refused thing_locked thing/5 8 pat\n"
                                         "thing.use refused version_mismatch thing/5 8 pat\n"
                                         "thing.use refused immutable thing/5 8 pat\n"),
                             house.recorded());
    }

    void readsThatFailAreNotRecorded() {
        PipelineHouse house;
        house.install(
            {PipelineHouse::get("/gone",
                                [](RequestContext&) -> Response { throw ServiceGone("credentials"); }),
             PipelineHouse::get("/missing", [](RequestContext&) -> Response { throw Problem::notFound(); })});
        const auto gone = house.ask({"GET", "/api/v1/gone"});
        same("503 service_unavailable", gone);
        CPPUNIT_ASSERT(!headerOf(gone, "Retry-After").empty());
        same("404 not_found", house.ask({"GET", "/api/v1/missing"}));
        CPPUNIT_ASSERT_EQUAL(house.ask({"GET", "/api/v1/missing"}).body, house.ask({"GET", "/nowhere"}).body);
        CPPUNIT_ASSERT_EQUAL(std::string(), house.recorded());
    }

    void whatCannotBeRecordedIsNotSaid() {
        PipelineHouse house;
        house.install({PipelineHouse::post("/things", [](RequestContext&) -> Response {
            throw Problem::conflict("thing_locked", "Locked", "It is.");
        })});
        house.storage.broken = true;
        const auto answer = house.ask({"POST", "/api/v1/things", R"({"name":"x"})"});
        same("503 audit_unavailable", answer);
        CPPUNIT_ASSERT(answer.body.find("thing_locked") == std::string::npos);
    }

    void refusedChangeIsUndone() {
        PipelineHouse house;
        house.install({PipelineHouse::post("/things", [](RequestContext& context) {
            return context.change([&](Transaction& transaction) -> Response {
                transaction.execute("INSERT INTO thing (name) VALUES (?)", context.body().string("name"));
                if (context.body().string("name") == "bad")
                    throw Problem::conflict("bad_name", "Bad", "No.");
                transaction.record({"thing.create", "thing", "1", 7, AuditResult::success, "", "", ""});
                return Response::created("{}", "/x");
            });
        })});
        same("409 bad_name", house.ask({"POST", "/api/v1/things", R"({"name":"bad"})"}));
        same("201", house.ask({"POST", "/api/v1/things", R"({"name":"good"})"}));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.count("SELECT count(*) FROM thing"));
        CPPUNIT_ASSERT_EQUAL(std::string("thing.create refused bad_name thing/ 7 mara\n"
                                         "thing.create success  thing/1 7 mara\n"),
                             house.recorded());
    }

    void unexpectedFailuresTellNothingAndAreLogged() {
        PipelineHouse house;
        const std::vector<std::pair<std::string, std::function<void()>>> failures{
            {"/std", [] { throw std::runtime_error("inner one"); }},
            {"/poco", [] { throw Poco::NotFoundException("inner two"); }},
            {"/number", [] { throw 42; }},
            {"/constraint",
             [] { throw ConstraintViolation(ConstraintViolation::Kind::unique, "inner three"); }}};
        std::vector<Route> routes;
        for (const auto& [path, fail] : failures)
            routes.push_back(PipelineHouse::get(path, [fail = fail](RequestContext&) {
                fail();
                return Response::noContent();
            }));
        house.install(routes);
        for (const auto& failure : failures) {
            const auto answer = house.ask({"GET", "/api/v1" + failure.first});
            same("500 internal_error", answer);
            CPPUNIT_ASSERT(answer.body.find("inner") == std::string::npos);
            CPPUNIT_ASSERT_EQUAL(std::string("request-1"),
                                 parsed(answer)->getValue<std::string>("requestId"));
        }
        for (const char* inner : {"inner one", "inner two", "inner three", "no exception"})
            CPPUNIT_ASSERT_MESSAGE(inner, house.log.contains(inner));
        CPPUNIT_ASSERT(house.log.contains("a request failed route=/api/v1/std requestId=request-1"));
    }

    void secondChangeIsTheHandlersMistake() {
        PipelineHouse house;
        house.install({PipelineHouse::post("/things", [](RequestContext& context) {
            const auto nothing = [](Transaction&) { return Response::noContent(); };
            (void)context.change(nothing);
            return context.change(nothing);
        })});
        same("500 internal_error", house.ask({"POST", "/api/v1/things", R"({"name":"x"})"}));
    }

    void stoppedOwnerIsUnavailable() {
        PipelineHouse house;
        house.install({thing()});
        house.gate->close();
        const auto closed = house.ask({"GET", "/api/v1/things/1"});
        same("503 plugin_unavailable", closed);
        CPPUNIT_ASSERT(!headerOf(closed, "Retry-After").empty());
        house.router.revoke("things");
        same("503 plugin_unavailable", house.ask({"GET", "/api/v1/things/1"}));
    }

    void ownerStopsOnlyAfterItsRequests() {
        PipelineHouse house;
        auto* gate = house.gate.get();
        house.install({PipelineHouse::get("/things", [gate](RequestContext&) {
            gate->close();
            CPPUNIT_ASSERT(!gate->waitUntilIdle(std::chrono::steady_clock::now()));
            return Response::json("{}");
        })});
        same("200", house.ask({"GET", "/api/v1/things"}));
        CPPUNIT_ASSERT(house.gate->waitUntilIdle(std::chrono::steady_clock::now()));
    }

    void downloadHoldsTheOwnerAndEndsWhenItStops() {
        struct Endless final : BodyProducer {
            std::string next() override { return "piece"; }
        };
        PipelineHouse house;
        house.install({PipelineHouse::get("/things", [](RequestContext&) {
            Response response;
            response.producer = std::make_shared<Endless>();
            return response;
        })});
        auto answer = house.ask({"GET", "/api/v1/things"});
        CPPUNIT_ASSERT_EQUAL(std::string("piece"), answer.producer->next());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, house.gate->inFlight());
        house.gate->close();
        CPPUNIT_ASSERT_THROW((void)answer.producer->next(), Problem);
        answer.producer.reset();
        CPPUNIT_ASSERT(house.gate->waitUntilIdle(std::chrono::steady_clock::now()));
    }

private:
    static Route thing() {
        return PipelineHouse::get("/things/{id}",
                                  [](RequestContext&) { return Response::json(R"({"id":1})"); });
    }
    static void same(const std::string& expected, const Response& answer) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, expected, summaryOf(answer));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PipelineFailuresTest);

} // namespace coffer::test
