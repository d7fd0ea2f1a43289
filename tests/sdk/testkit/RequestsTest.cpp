#include "tests/sdk/testkit/Notes.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <coffer/testkit/Test.h>

namespace coffer::test {

using namespace testkit;

namespace {

/// Sends back what it was sent.
class Echo final : public Poco::Net::HTTPRequestHandler {
public:
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
        response.setContentType("text/plain");
        response.send() << request.getMethod() << ' ' << request.getURI() << ' ' << request.stream().rdbuf();
    }
};

class EchoFactory final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
        return std::make_unique<Echo>().release();
    }
};

} // namespace

/// Requests go the daemon's way.
class FakeHostRequestsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FakeHostRequestsTest);
    COFFER_TEST(whatIsCreatedIsFoundWhereLocationSays);
    COFFER_TEST(pathThatNobodyHasIsNotFound);
    COFFER_TEST(methodThatThePathDoesNotHaveNamesThoseItHas);
    COFFER_TEST(headIsAnsweredWithoutBodyAndOptionsWithMethods);
    COFFER_TEST(everyBadFieldIsNamedAtOnce);
    COFFER_TEST(queryIsChecked);
    COFFER_TEST(whatIsNoJsonIsMalformed);
    COFFER_TEST(bodyOfAnotherTypeIsRefused);
    COFFER_TEST(bodyThatTheRouteDoesNotTakeIsRefused);
    COFFER_TEST(bodyAboveTheRoutesLimitIsTooLarge);
    COFFER_TEST(typeThatTheRouteDoesNotAnswerIsRefused);
    COFFER_TEST(olderVersionIsRefusedAndNothingIsChanged);
    COFFER_TEST(roleDecidesAndTheRefusalIsRecorded);
    COFFER_TEST(refusalByARuleIsRecordedForItsOrganization);
    COFFER_TEST(requestThatCannotBeReadIsNotRecorded);
    COFFER_TEST(whoIsUnknownIsAskedWhoTheyAre);
    COFFER_TEST(publicRouteIsAnsweredToNobody);
    COFFER_TEST(namedGrantIsSeenByTheHandler);
    COFFER_TEST(whatAHandlerThrowsIsAnInternalErrorWhoseReasonIsLoggedOnly);
    COFFER_TEST(handlersHeadersAndTheDaemonsArriveTogether);
    COFFER_TEST(requestIdIsTheCallersOrANumber);
    COFFER_TEST(secondChangeInARequestIsRefused);
    COFFER_TEST(producerIsPulledToItsEnd);
    COFFER_TEST(producerThatThrowsIsSeen);
    COFFER_TEST(mountedFactoryAnswersBehindItsPermission);
    COFFER_TEST(requestBeforeTheStartIsAMistakeOfTheTest);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host = std::make_unique<FakeHost>(Notes::make(notes));
        host->organization(1, "Acme");
        host->organization(2, "Beta");
    }

    void whatIsCreatedIsFoundWhereLocationSays() {
        host->start();
        const Answer made = write("milk");
        CPPUNIT_ASSERT_EQUAL(201, made.status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, made["id"].integer());
        CPPUNIT_ASSERT_EQUAL(std::string("/api/v1/notes/1"), made.header("location"));
        const Answer shown = host->request("GET", made.header("Location"), {}, {{"User-Agent", "test"}});
        CPPUNIT_ASSERT_EQUAL(200, shown.status);
        CPPUNIT_ASSERT_EQUAL(std::string("milk"), shown["text"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("test"), shown["agent"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("\"1\""), shown.header("ETag"));
    }
    void pathThatNobodyHasIsNotFound() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(std::string("not_found"), host->request("GET", "/note").code());
        CPPUNIT_ASSERT_EQUAL(404, host->request("GET", "/notes/7").status);
        CPPUNIT_ASSERT_EQUAL(404, host->request("GET", "/notes/7/").status);
    }
    void methodThatThePathDoesNotHaveNamesThoseItHas() {
        host->start();
        const Answer answer = host->request("DELETE", "/notes/7");
        CPPUNIT_ASSERT_EQUAL(405, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("GET, HEAD, PATCH, OPTIONS"), answer.header("Allow"));
    }
    void headIsAnsweredWithoutBodyAndOptionsWithMethods() {
        host->start();
        write("milk");
        const Answer head = host->request("HEAD", "/notes/1");
        CPPUNIT_ASSERT_EQUAL(200, head.status);
        CPPUNIT_ASSERT_EQUAL(std::string(), head.body);
        CPPUNIT_ASSERT_EQUAL(std::string("\"1\""), head.header("ETag"));
        CPPUNIT_ASSERT_EQUAL(std::string("POST, OPTIONS"),
                             host->request("OPTIONS", "/notes").header("Allow"));
    }
    void everyBadFieldIsNamedAtOnce() {
        host->start();
        const Answer answer = host->request("POST", "/notes", R"({"organizationId":100,"text":"","more":1})");
        CPPUNIT_ASSERT_EQUAL(422, answer.status);
        const std::vector<std::string> expected{"organizationId:out_of_range", "text:too_short",
                                                "more:unknown_field"};
        CPPUNIT_ASSERT(expected == answer.errors());
        CPPUNIT_ASSERT_EQUAL(0, notes->runs.load());
    }
    void queryIsChecked() {
        host->start();
        write("milk");
        CPPUNIT_ASSERT_EQUAL(200, host->request("GET", "/notes/1?as=plain").status);
        CPPUNIT_ASSERT(std::vector<std::string>{"query.as:not_allowed"} ==
                       host->request("GET", "/notes/1?as=rich").errors());
        CPPUNIT_ASSERT_EQUAL(std::string("malformed_query"), host->request("GET", "/notes/1?as=%").code());
    }
    void whatIsNoJsonIsMalformed() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(std::string("malformed_json"), host->request("POST", "/notes", "{").code());
    }
    void bodyOfAnotherTypeIsRefused() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(415, host->request("POST", "/notes", "text=milk",
                                                {{"Content-Type", "application/x-www-form-urlencoded"}})
                                      .status);
    }
    void bodyThatTheRouteDoesNotTakeIsRefused() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(std::string("unexpected_body"), host->request("GET", "/notes/1", "{}").code());
    }
    void bodyAboveTheRoutesLimitIsTooLarge() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(413, host->request("POST", "/notes", std::string(201, ' ')).status);
    }
    void typeThatTheRouteDoesNotAnswerIsRefused() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(406, host->request("GET", "/notes/1", {}, {{"Accept", "text/html"}}).status);
    }
    void olderVersionIsRefusedAndNothingIsChanged() {
        host->start();
        write("milk");
        const std::string body = R"({"text":"bread"})";
        CPPUNIT_ASSERT_EQUAL(204, host->request("PATCH", "/notes/1", body, {{"If-Match", "\"1\""}}).status);
        CPPUNIT_ASSERT_EQUAL(
            412, host->request("PATCH", "/notes/1", R"({"text":"jam"})", {{"If-Match", "\"1\""}}).status);
        CPPUNIT_ASSERT_EQUAL(std::string("bread"), host->request("GET", "/notes/1")["text"].text());
    }
    void roleDecidesAndTheRefusalIsRecorded() {
        host->start();
        const Caller viewer = host->as(somebody(Role::viewer, 1));
        const Answer answer = viewer.request("POST", "/notes", R"({"organizationId":1,"text":"milk"})");
        CPPUNIT_ASSERT_EQUAL(std::string("forbidden"), answer.code());
        CPPUNIT_ASSERT_EQUAL(0, notes->runs.load());
        const AuditRecord record = host->audit().back();
        CPPUNIT_ASSERT_EQUAL(std::string("note.create"), record.event.action);
        CPPUNIT_ASSERT(record.event.result == AuditResult::refused);
        CPPUNIT_ASSERT_EQUAL(std::string("forbidden"), record.event.reason);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, record.event.organization);
        CPPUNIT_ASSERT_EQUAL(viewer.principal().id, record.origin.principal);
        CPPUNIT_ASSERT_EQUAL(std::string("viewer-1"), record.origin.principalName);
    }
    void refusalByARuleIsRecordedForItsOrganization() {
        host->start();
        write("milk");
        CPPUNIT_ASSERT_EQUAL(409, write("milk").status);
        const AuditRecord record = host->audit().back();
        CPPUNIT_ASSERT_EQUAL(std::string("note_exists"), record.event.reason);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, record.event.organization);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, host->audit().size());
    }
    void requestThatCannotBeReadIsNotRecorded() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(422, host->request("POST", "/notes", "{}").status);
        CPPUNIT_ASSERT_EQUAL(404, host->request("GET", "/notes/9").status);
        CPPUNIT_ASSERT(host->audit().empty());
    }
    void whoIsUnknownIsAskedWhoTheyAre() {
        host->start();
        const Answer answer = host->as(nobody()).request("GET", "/notes/1");
        CPPUNIT_ASSERT_EQUAL(401, answer.status);
        CPPUNIT_ASSERT(!answer.header("WWW-Authenticate").empty());
        CPPUNIT_ASSERT(host->audit().empty());
    }
    void publicRouteIsAnsweredToNobody() {
        serve("notes:public", [](RequestContext& request) {
            return Response::json(R"({"name":")" + request.origin().principalName + "\"}");
        });
        CPPUNIT_ASSERT_EQUAL(std::string("anonymous"),
                             host->as(nobody()).request("GET", "/more")["name"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("anonymous"), host->request("GET", "/more")["name"].text());
    }
    void namedGrantIsSeenByTheHandler() {
        serve("notes:use", [](RequestContext& request) {
            if (!holdsNamed(request.principal(), "notes:use", "17"))
                throw Problem::notFound();
            return Response::json("{}");
        });
        const Principal manager = somebody(Role::manager, 1);
        CPPUNIT_ASSERT_EQUAL(404, host->as(manager).request("GET", "/more").status);
        CPPUNIT_ASSERT_EQUAL(200,
                             host->as(granted(manager, "notes:use", "17")).request("GET", "/more").status);
    }
    void whatAHandlerThrowsIsAnInternalErrorWhoseReasonIsLoggedOnly() {
        serve("notes:read", [](RequestContext&) -> Response { throw std::runtime_error("broken inside"); });
        const Answer answer = host->request("GET", "/more");
        CPPUNIT_ASSERT_EQUAL(std::string("internal_error"), answer.code());
        CPPUNIT_ASSERT(answer.body.find("broken inside") == std::string::npos);
        CPPUNIT_ASSERT(host->hasLogged("error=broken inside"));
        CPPUNIT_ASSERT(!host->hasLogged("another reason"));
    }
    void handlersHeadersAndTheDaemonsArriveTogether() {
        serve("notes:read", [](RequestContext&) { return Response::json("{}").header("X-Note", "7"); });
        const Answer answer = host->request("GET", "/more");
        CPPUNIT_ASSERT_EQUAL(std::string("7"), answer.header("x-note"));
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), answer.header("Cache-Control"));
        CPPUNIT_ASSERT_EQUAL(std::string(), answer.header("Strict-Transport-Security"));
    }
    void requestIdIsTheCallersOrANumber() {
        host->start();
        CPPUNIT_ASSERT_EQUAL(std::string("request-1"), host->request("GET", "/notes/1")["requestId"].text());
        CPPUNIT_ASSERT_EQUAL(
            std::string("mine"),
            host->request("GET", "/notes/1", {}, {{"X-Request-Id", "mine"}})["requestId"].text());
    }
    void secondChangeInARequestIsRefused() {
        serve("notes:read", [](RequestContext& request) {
            (void)request.change([](Transaction&) { return Response::noContent(); });
            return request.change([](Transaction&) { return Response::noContent(); });
        });
        CPPUNIT_ASSERT_EQUAL(500, host->request("GET", "/more").status);
        CPPUNIT_ASSERT(host->hasLogged("a second time"));
    }
    void producerIsPulledToItsEnd() {
        class Three final : public BodyProducer {
        public:
            std::string next() override { return left-- > 0 ? "piece " : ""; }
            int left = 3;
        };
        serve("notes:read", [](RequestContext&) {
            Response response;
            response.producer = std::make_shared<Three>();
            return response;
        });
        CPPUNIT_ASSERT_EQUAL(std::string("piece piece piece "), host->request("GET", "/more").body);
    }
    void producerThatThrowsIsSeen() {
        class Broken final : public BodyProducer {
        public:
            std::string next() override { throw std::runtime_error("not whole"); }
        };
        serve("notes:read", [](RequestContext&) {
            Response response;
            response.producer = std::make_shared<Broken>();
            return response;
        });
        CPPUNIT_ASSERT_THROW(host->request("GET", "/more"), std::runtime_error);
    }
    void mountedFactoryAnswersBehindItsPermission() {
        notes->more = [](HostContext& context) {
            context.mount(
                "ui", "notes:change",
                Poco::Net::HTTPRequestHandlerFactory::Ptr(std::make_unique<EchoFactory>().release()));
        };
        host->start();
        const Answer answer = host->request("PUT", "/plugins/notes/ui/page?x=1", "as it is");
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("text/plain"), answer.contentType);
        CPPUNIT_ASSERT_EQUAL(std::string("PUT /plugins/notes/ui/page?x=1 as it is"), answer.body);
        CPPUNIT_ASSERT_EQUAL(403,
                             host->as(somebody(Role::viewer, 1)).request("GET", "/plugins/notes/ui").status);
        CPPUNIT_ASSERT_EQUAL(404, host->request("GET", "/plugins/notes/uix").status);
    }
    void requestBeforeTheStartIsAMistakeOfTheTest() {
        CPPUNIT_ASSERT_THROW(host->request("GET", "/notes/1"), std::logic_error);
    }

private:
    Answer write(const std::string& text) {
        return host->request("POST", "/notes", R"({"organizationId":1,"text":")" + text + "\"}");
    }
    /// Starts the plugin with one route more: GET /more.
    void serve(const std::string& permission, Handler handler) {
        Route route;
        route.pattern = "/more";
        route.permission = permission;
        route.summary = "More";
        route.response = {Field::string("name", "A name")};
        route.handler = std::move(handler);
        notes->more = [route](HostContext& context) { context.route(route); };
        host->start();
    }

    Notes* notes = nullptr;
    std::unique_ptr<FakeHost> host;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FakeHostRequestsTest);

} // namespace coffer::test
