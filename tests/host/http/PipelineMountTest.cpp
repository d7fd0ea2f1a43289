#include "tests/host/http/PipelineHouse.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

namespace coffer::test {

class PipelineMountTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PipelineMountTest);
    COFFER_TEST(mountedFactoryRunsBehindTheSameDoor);
    COFFER_TEST(mountedHandlerThatMisbehavesIsAnInternalError);
    CPPUNIT_TEST_SUITE_END();

public:
    void mountedFactoryRunsBehindTheSameDoor() {
        struct Echo final : Poco::Net::HTTPRequestHandler {
            void handleRequest(Poco::Net::HTTPServerRequest& request,
                               Poco::Net::HTTPServerResponse& response) override {
                response.setStatus(Poco::Net::HTTPResponse::HTTP_ACCEPTED);
                response.setContentType("text/plain");
                response.set("X-Echo", request.getURI());
                response.setContentLength(99999);
                response.send() << request.getMethod() << ":" << request.stream().rdbuf();
            }
        };
        PipelineHouse house;
        house.install({}, {{"ui", "things:change", factory([] { return new Echo; })}});
        const auto answer = house.ask({"PROPFIND", "/plugins/things/ui/a/b?c", "raw \x01 body"});
        CPPUNIT_ASSERT_EQUAL(202, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("PROPFIND:raw \x01 body"), answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("text/plain"), answer.contentType);
        CPPUNIT_ASSERT_EQUAL(std::string("/plugins/things/ui/a/b?c"), headerOf(answer, "X-Echo"));
        CPPUNIT_ASSERT_EQUAL(std::string(), headerOf(answer, "Content-Length"));
        same("401 authentication_required", house.ask({"GET", "/plugins/things/ui", "", ""}));
        same("403 forbidden", house.ask({"GET", "/plugins/things/ui", "", "viewer"}));
        CPPUNIT_ASSERT_EQUAL(std::string("things.change refused forbidden things/ 7 vic\n"),
                             house.recorded());
        CPPUNIT_ASSERT(house.pipeline->bodyLimit(Poco::Net::HTTPRequest("PUT", "/plugins/things/ui")) > 4096);
    }

    void mountedHandlerThatMisbehavesIsAnInternalError() {
        struct Silent final : Poco::Net::HTTPRequestHandler {
            void handleRequest(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse&) override {}
        };
        struct Twice final : Poco::Net::HTTPRequestHandler {
            void handleRequest(Poco::Net::HTTPServerRequest&,
                               Poco::Net::HTTPServerResponse& response) override {
                response.redirect("/elsewhere", Poco::Net::HTTPResponse::HTTP_SEE_OTHER);
                response.sendBuffer("x", 1);
            }
        };
        PipelineHouse house;
        house.install({}, {{"silent", "things:read", factory([] { return new Silent; })},
                           {"twice", "things:read", factory([] { return new Twice; })},
                           {"none", "things:read", factory([] { return nullptr; })}});
        same("500 internal_error", house.ask({"GET", "/plugins/things/silent"}));
        same("500 internal_error", house.ask({"GET", "/plugins/things/twice"}));
        same("404 not_found", house.ask({"GET", "/plugins/things/none"}));
    }

private:
    static void same(const std::string& expected, const Response& answer) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, expected, summaryOf(answer));
    }
    static Poco::Net::HTTPRequestHandlerFactory::Ptr
    factory(std::function<Poco::Net::HTTPRequestHandler*()> make) {
        struct Factory final : Poco::Net::HTTPRequestHandlerFactory {
            explicit Factory(std::function<Poco::Net::HTTPRequestHandler*()> maker)
                : make(std::move(maker)) {}
            Poco::Net::HTTPRequestHandler*
            createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
                return make();
            }
            std::function<Poco::Net::HTTPRequestHandler*()> make;
        };
        return Poco::Net::HTTPRequestHandlerFactory::Ptr(new Factory(std::move(make)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PipelineMountTest);

} // namespace coffer::test
