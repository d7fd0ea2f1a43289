#include "tests/host/http/PipelineHouse.h"

#include <Poco/Net/HTTPServerRequest.h>

#include <stdexcept>

namespace coffer::test {

class PipelineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PipelineTest);
    COFFER_TEST(handlerGetsWhatTheRequestBrought);
    COFFER_TEST(unknownPathIsNotFoundAndOtherMethodIsNotAllowed);
    COFFER_TEST(headRunsGetAndOptionsSaysWhatIsAllowed);
    COFFER_TEST(callerMustBeKnownUnlessTheRouteIsPublic);
    COFFER_TEST(missingPermissionIsForbiddenAndRecorded);
    COFFER_TEST(selfNeedsNoRole);
    COFFER_TEST(mediaTypesAreNegotiated);
    COFFER_TEST(everyBadFieldIsInOneAnswerAndNotRecorded);
    COFFER_TEST(bodyIsReadStrictly);
    COFFER_TEST(secretsAreGoneFromTheRequestsBody);
    COFFER_TEST(answersAreNotCachedUnlessTheySaySo);
    COFFER_TEST(pagesAnswerWhoeverAsks);
    COFFER_TEST(aPageThatEndsInASlashStandsForWhatIsBelow);
    COFFER_TEST(everyAnswerOfAPageCarriesItsHeaders);
    COFFER_TEST(browsersAreNotAskedForNameAndPassword);
    COFFER_TEST(bodyLimitIsTheRoutes);
    COFFER_TEST(requestsAreCountedByPattern);
    CPPUNIT_TEST_SUITE_END();

public:
    void handlerGetsWhatTheRequestBrought() {
        PipelineHouse house;
        Route route = PipelineHouse::post("/things/{id}/parts/{part}", [](RequestContext& context) {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{12}, context.pathId("id"));
            CPPUNIT_ASSERT(context.path("part") == "a b");
            CPPUNIT_ASSERT(context.query().boolean("dry"));
            CPPUNIT_ASSERT_EQUAL(std::string("nightly"), context.body().string("name"));
            CPPUNIT_ASSERT(context.body().secret("secret").reveal() == "hush");
            CPPUNIT_ASSERT(context.ifMatch() == 4);
            CPPUNIT_ASSERT_EQUAL(std::string("mara"), context.principal().name);
            CPPUNIT_ASSERT(context.scope().contains(7) && !context.scope().contains(8));
            CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.7"), context.origin().address);
            CPPUNIT_ASSERT_EQUAL(std::string("request-1"), context.origin().requestId);
            CPPUNIT_ASSERT_EQUAL(std::string("\"4\""), context.request().get("If-Match"));
            CPPUNIT_ASSERT_EQUAL(std::string("192.0.2.7"),
                                 context.request().clientAddress().host().toString());
            CPPUNIT_ASSERT_THROW((void)context.path("other"), std::logic_error);
            return Response::created(R"({"id":1})", "/api/v1/things/1").version(1);
        });
        route.query = {Field::boolean("dry", "")};
        house.install({route});
        const auto answer = house.ask({"POST",
                                       "/api/v1/things/12/parts/a%20b?dry=true",
                                       R"({"name":"nightly","secret":"hush"})",
                                       "manager",
                                       {{"If-Match", "\"4\""}}});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("/api/v1/things/1"), headerOf(answer, "Location"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"1\""), headerOf(answer, "ETag"));
    }

    void unknownPathIsNotFoundAndOtherMethodIsNotAllowed() {
        PipelineHouse house;
        house.install({thing()});
        same("404 not_found", house.ask({"GET", "/api/v1/other"}));
        same("404 not_found", house.ask({"GET", "/"}));
        same("404 not_found", house.ask({"OPTIONS", "/api/v1/other"}));
        const auto answer = house.ask({"DELETE", "/api/v1/things/1"});
        same("405 method_not_allowed", answer);
        CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD, OPTIONS"), headerOf(answer, "Allow"));
        same("405 method_not_allowed", house.ask({"BREW", "/api/v1/things/1"}));
    }

    void headRunsGetAndOptionsSaysWhatIsAllowed() {
        PipelineHouse house;
        house.install({thing()});
        same("200", house.ask({"HEAD", "/api/v1/things/1"}));
        same("401 authentication_required", house.ask({"HEAD", "/api/v1/things/1", "", ""}));
        const auto answer = house.ask({"OPTIONS", "/api/v1/things/1", "", ""});
        same("204", answer);
        CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD, OPTIONS"), headerOf(answer, "Allow"));
        same("204", house.ask({"OPTIONS", "*", "", ""}));
    }

    void callerMustBeKnownUnlessTheRouteIsPublic() {
        PipelineHouse house;
        Route open = PipelineHouse::get("/open", [](RequestContext& context) {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, context.principal().id);
            CPPUNIT_ASSERT(context.scope().empty());
            return Response::json("{}");
        });
        open.permission = "open:public";
        house.install({thing(), open});
        const auto nobody = house.ask({"GET", "/api/v1/things/1", "", ""});
        same("401 authentication_required", nobody);
        CPPUNIT_ASSERT(headerOf(nobody, "WWW-Authenticate").starts_with("Bearer"));
        const auto wrong = house.ask({"GET", "/api/v1/things/1", "", "stolen"});
        same("401 invalid_token", wrong);
        CPPUNIT_ASSERT_EQUAL(std::string("Bearer"), headerOf(wrong, "WWW-Authenticate"));
        const auto answer = house.ask({"GET", "/api/v1/open", "", ""});
        same("200", answer);
        CPPUNIT_ASSERT_EQUAL(std::string(), headerOf(answer, "Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.recorded());
    }

    void missingPermissionIsForbiddenAndRecorded() {
        PipelineHouse house;
        house.install({thing(), PipelineHouse::post("/things", never)});
        same("403 forbidden", house.ask({"POST", "/api/v1/things", "not even JSON", "viewer"}));
        same("403 forbidden", house.ask({"GET", "/api/v1/things/17", "", "nothing"}));
        CPPUNIT_ASSERT_EQUAL(std::string("thing.create refused forbidden thing/ 7 vic\n"
                                         "things.read refused forbidden things/17 0 nil\n"),
                             house.recorded());
        house.storage.broken = true;
        same("503 audit_unavailable", house.ask({"POST", "/api/v1/things", "{}", "viewer"}));
    }

    void selfNeedsNoRole() {
        PipelineHouse house;
        Route whoami = PipelineHouse::get("/whoami", [](RequestContext&) { return Response::json("{}"); });
        whoami.permission = "whoami:self";
        house.install({whoami});
        same("200", house.ask({"GET", "/api/v1/whoami", "", "nothing"}));
        same("401 authentication_required", house.ask({"GET", "/api/v1/whoami", "", ""}));
    }

    void mediaTypesAreNegotiated() {
        PipelineHouse house;
        house.install({thing(), PipelineHouse::post("/things", created)});
        same("406 not_acceptable",
             house.ask({"GET", "/api/v1/things/1", "", "manager", {{"Accept", "text/html"}}}));
        same("415 unsupported_media_type",
             house.ask({"POST", "/api/v1/things", "name=x", "manager", {{"Content-Type", "text/plain"}}}));
        same("400 unexpected_body", house.ask({"GET", "/api/v1/things/1", "{}"}));
    }

    void everyBadFieldIsInOneAnswerAndNotRecorded() {
        PipelineHouse house;
        Route route = PipelineHouse::post("/things", never);
        route.query = {Field::integer("limit", "").range(1, 500)};
        house.install({route});
        const auto answer =
            house.ask({"POST", "/api/v1/things?limit=0&more=1", R"({"organizationId":"x","extra":1})"});
        same("422 invalid_fields", answer);
        std::string listed;
        const auto errors = parsed(answer)->getArray("errors");
        for (std::size_t i = 0; i < errors->size(); ++i)
            listed += errors->getObject(static_cast<unsigned>(i))->getValue<std::string>("field") + " ";
        CPPUNIT_ASSERT_EQUAL(std::string("query.limit query.more name organizationId extra "), listed);
        same("422 invalid_fields", house.ask({"POST", "/api/v1/things"}));
        CPPUNIT_ASSERT_EQUAL(std::string(), house.recorded());
    }

    void bodyIsReadStrictly() {
        PipelineHouse house;
        house.install({PipelineHouse::post("/things", created)});
        same("400 malformed_json", house.ask({"POST", "/api/v1/things", R"({"name":"x"} x)"}));
        same("400 malformed_json", house.ask({"POST", "/api/v1/things", R"({"name":"x","name":"y"})"}));
        same("400 malformed_json", house.ask({"POST", "/api/v1/things", "[]"}));
        same("400 malformed_query", house.ask({"POST", "/api/v1/things?a=%", R"({"name":"x"})"}));
        same("422 invalid_fields",
             house.ask({"POST", "/api/v1/things", R"({"name":"x","organizationId":18446744073709551616})"}));
        same("412 version_mismatch",
             house.ask({"POST", "/api/v1/things", R"({"name":"x"})", "manager", {{"If-Match", "\"abc\""}}}));
        same("400 invalid_idempotency_key",
             house.ask(
                 {"POST", "/api/v1/things", R"({"name":"x"})", "manager", {{"Idempotency-Key", "a b"}}}));
        same("201", house.ask({"POST", "/api/v1/things", R"({"name":"x"})"}));
    }

    void secretsAreGoneFromTheRequestsBody() {
        PipelineHouse house;
        auto request = std::make_shared<host::IncomingRequest>();
        const auto* body = &request->body;
        house.install({PipelineHouse::post("/things", [body](RequestContext& context) {
            CPPUNIT_ASSERT(context.body().secret("secret").reveal() == "canary");
            CPPUNIT_ASSERT(body->find("canary") == std::string::npos);
            return created(context);
        })});
        request->head = Poco::Net::HTTPRequest("POST", "/api/v1/things", "HTTP/1.1");
        request->head.set("Authorization", "Bearer manager");
        request->head.set("Content-Type", "application/json");
        request->body = R"({"name":"x","secret":"canary"})";
        request->address = "192.0.2.7";
        int status = 0;
        house.pipeline->handle(request, [&](const Response& response) { status = response.status; });
        CPPUNIT_ASSERT_EQUAL(201, status);
    }

    void answersAreNotCachedUnlessTheySaySo() {
        PipelineHouse house;
        house.install({thing(), PipelineHouse::get("/kept", [](RequestContext&) {
                           return Response::json("{}").header("cache-control", "private, max-age=5");
                       })});
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"),
                             headerOf(house.ask({"GET", "/api/v1/things/1"}), "Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::string("private, max-age=5"),
                             headerOf(house.ask({"GET", "/api/v1/kept"}), "Cache-Control"));
        const auto problem = house.ask({"GET", "/nowhere"});
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), headerOf(problem, "Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::string("application/problem+json"), problem.contentType);
        CPPUNIT_ASSERT(headerOf(problem, "Content-Security-Policy").starts_with("default-src 'none'"));
        const auto rendered =
            house.pipeline->render(Problem(413, "too_large", "", "").header("X", "a\r\nb"), "r");
        CPPUNIT_ASSERT_EQUAL(413, rendered.status);
        CPPUNIT_ASSERT_EQUAL(std::string(), headerOf(rendered, "X"));
    }

    void pagesAnswerWhoeverAsks() {
        host::PipelineOptions options;
        options.pages["/healthz"] = {[](const auto&) { return Response::json("{}"); }, true};
        options.pages["/metrics"] = {[](const auto&) -> Response { throw std::runtime_error("inner"); },
                                     false};
        PipelineHouse house({}, options);
        same("200", house.ask({"GET", "/healthz?verbose", "", ""}));
        same("405 method_not_allowed", house.ask({"POST", "/healthz", "", ""}));
        same("204", house.ask({"OPTIONS", "/healthz", "", ""}));
        same("500 internal_error", house.ask({"GET", "/metrics", "", ""}));
        CPPUNIT_ASSERT(house.pipeline->isInstant(Poco::Net::HTTPRequest("GET", "/healthz?x=1")));
        CPPUNIT_ASSERT(!house.pipeline->isInstant(Poco::Net::HTTPRequest("GET", "/metrics")));
        CPPUNIT_ASSERT(!house.pipeline->isInstant(Poco::Net::HTTPRequest("GET", "/api/v1/healthz")));
    }

    void aPageThatEndsInASlashStandsForWhatIsBelow() {
        const auto says = [](const char* what) {
            return host::PublicPage{[what](const auto& head) {
                return Response::json("\"" + std::string(what) + " " + head.getURI() + "\"");
            }};
        };
        host::PipelineOptions options;
        options.pages = {{"/", says("top")},
                         {"/site", says("site")},
                         {"/site/", says("below")},
                         {"/site/inner/", says("inner")},
                         {"/site/page", says("page")}};
        PipelineHouse house({}, options);
        const auto body = [&](const char* target) { return house.ask({"GET", target, "", ""}).body; };
        CPPUNIT_ASSERT_EQUAL(std::string("\"top /\""), body("/"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"site /site\""), body("/site"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"below /site/\""), body("/site/"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"below /site/a/b?c=/site/page\""), body("/site/a/b?c=/site/page"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"below /site/page/\""), body("/site/page/"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"below /site/inner\""), body("/site/inner"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"inner /site/inner/a\""), body("/site/inner/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"page /site/page\""), body("/site/page"));
        same("404 not_found", house.ask({"GET", "/sitemap", "", ""}));
        same("404 not_found", house.ask({"GET", "/other", "", ""}));
    }

    void everyAnswerOfAPageCarriesItsHeaders() {
        host::PipelineOptions options;
        options.pages["/site/"] = {
            [](const auto& head) -> Response {
                if (head.getURI() != "/site/")
                    throw Problem::notFound();
                return Response::json("{}").header("X-Other", "its own");
            },
            false,
            {{"Content-Security-Policy", "default-src 'self'"}, {"X-Other", "the page's"}}};
        PipelineHouse house({}, options);
        for (const auto& asked : {Asked{"GET", "/site/", "", ""}, Asked{"GET", "/site/nothing", "", ""},
                                  Asked{"POST", "/site/", "", ""}, Asked{"OPTIONS", "/site/", "", ""}}) {
            const auto answer = house.ask(asked);
            CPPUNIT_ASSERT_EQUAL(std::string("default-src 'self'"),
                                 headerOf(answer, "Content-Security-Policy"));
            CPPUNIT_ASSERT_EQUAL(1L, std::ranges::count(answer.headers, std::string("X-Other"),
                                                        &std::pair<std::string, std::string>::first));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("its own"),
                             headerOf(house.ask({"GET", "/site/", "", ""}), "X-Other"));
        same("404 not_found", house.ask({"GET", "/site/nothing", "", ""}));
        same("405 method_not_allowed", house.ask({"POST", "/site/", "", ""}));
    }

    void browsersAreNotAskedForNameAndPassword() {
        PipelineHouse house;
        house.install({thing()});
        const auto challenges = [&](std::vector<std::pair<std::string, std::string>> headers) {
            const auto answer = house.ask({"GET", "/api/v1/things/1", "", "", std::move(headers)});
            same("401 authentication_required", answer);
            std::string all;
            for (const auto& [name, value] : answer.headers)
                if (name == "WWW-Authenticate")
                    all += value.substr(0, value.find(' ')) + " ";
            return all;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("Bearer Basic "), challenges({}));
        CPPUNIT_ASSERT_EQUAL(std::string("Bearer Basic "), challenges({{"Accept", "text/html"}}));
        for (const auto* name : {"Cookie", "X-CSRF-Token", "Sec-Fetch-Mode", "Sec-Fetch-Site"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string("Bearer "), challenges({{name, "x"}}));
    }

    void bodyLimitIsTheRoutes() {
        PipelineHouse house;
        Route large = PipelineHouse::post("/things", created);
        large.bodyLimit = 123456;
        house.install({large, thing()});
        const auto limit = [&](const char* method, const char* target) {
            return house.pipeline->bodyLimit(Poco::Net::HTTPRequest(method, target));
        };
        CPPUNIT_ASSERT_EQUAL(std::size_t{123456}, limit("POST", "/api/v1/things?x=1"));
        CPPUNIT_ASSERT(limit("GET", "/api/v1/things/1") <= 4096);
        CPPUNIT_ASSERT(limit("POST", "/nowhere") <= 4096);
    }

    void requestsAreCountedByPattern() {
        PipelineHouse house;
        house.install({thing()});
        (void)house.ask({"GET", "/api/v1/things/1"});
        (void)house.ask({"GET", "/api/v1/things/2"});
        (void)house.ask({"PUT", "/api/v1/things/2"});
        (void)house.ask({"GET", "/api/v1/secret-path"});
        (void)house.ask({"BREW", "/coffee"});
        const std::string text = house.metrics.render();
        for (const char* line :
             {"coffer_http_requests_total{method=\"GET\",route=\"/api/v1/things/{id}\",status=\"200\"} 2",
              "coffer_http_requests_total{method=\"PUT\",route=\"/api/v1/things/{id}\",status=\"405\"} 1",
              "coffer_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
              "coffer_http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\"} 1",
              "coffer_http_request_duration_seconds_count{route=\"/api/v1/things/{id}\"} 3"})
            CPPUNIT_ASSERT_MESSAGE(text, text.find(line) != std::string::npos);
        CPPUNIT_ASSERT(text.find("secret-path") == std::string::npos);
    }

private:
    static Response never(RequestContext& /*context*/) {
        throw std::logic_error("a refused request reached its handler");
    }
    static Response created(RequestContext& /*context*/) {
        return Response::created("{}", "/api/v1/things/1");
    }
    static Route thing() {
        return PipelineHouse::get("/things/{id}",
                                  [](RequestContext&) { return Response::json(R"({"id":1})"); });
    }
    static void same(const std::string& expected, const Response& answer) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, expected, summaryOf(answer));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PipelineTest);

} // namespace coffer::test
