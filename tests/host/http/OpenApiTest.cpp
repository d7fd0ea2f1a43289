#include "host/http/OpenApi.h"
#include "tests/host/http/PipelineHouse.h"

#include <Poco/JSON/Parser.h>

#include <cstdlib>
#include <fstream>

namespace coffer::test {

using Object = Poco::JSON::Object::Ptr;

class OpenApiTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OpenApiTest);
    COFFER_TEST(documentHoldsEveryRoute);
    COFFER_TEST(fieldsBecomeSchemas);
    COFFER_TEST(refusalsFitTheRoute);
    COFFER_TEST(headersStandWhereTheyApply);
    COFFER_TEST(operationIdsAreUnique);
    COFFER_TEST(documentFollowsTheTable);
    COFFER_TEST(whoeverCallsMayReadIt);
    CPPUNIT_TEST_SUITE_END();

public:
    void documentHoldsEveryRoute() {
        const auto document = made();
        CPPUNIT_ASSERT_EQUAL(std::string("3.1.0"), document->getValue<std::string>("openapi"));
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"),
                             document->getObject("info")->getValue<std::string>("version"));
        const auto operation = operationOf(document, "/api/v1/things/{id}", "get");
        CPPUNIT_ASSERT_EQUAL(std::string("getThingsById"), operation->getValue<std::string>("operationId"));
        CPPUNIT_ASSERT_EQUAL(std::string("Reads a thing"), operation->getValue<std::string>("summary"));
        CPPUNIT_ASSERT_EQUAL(std::string("things:read"), operation->getValue<std::string>("x-permission"));
        CPPUNIT_ASSERT_EQUAL(std::string("things"), operation->getArray("tags")->getElement<std::string>(0));
        const auto parameter = operation->getArray("parameters")->getObject(0);
        CPPUNIT_ASSERT_EQUAL(std::string("path"), parameter->getValue<std::string>("in"));
        CPPUNIT_ASSERT(parameter->getValue<bool>("required"));
        CPPUNIT_ASSERT(document->getObject("components")->getObject("securitySchemes")->has("basic"));
    }

    void fieldsBecomeSchemas() {
        const auto schema = operationOf(made(), "/api/v1/things", "post")
                                ->getObject("requestBody")
                                ->getObject("content")
                                ->getObject("application/json")
                                ->getObject("schema");
        CPPUNIT_ASSERT(!schema->getValue<bool>("additionalProperties"));
        CPPUNIT_ASSERT_EQUAL(std::string("name"), schema->getArray("required")->getElement<std::string>(0));
        const auto name = schema->getObject("properties")->getObject("name");
        CPPUNIT_ASSERT_EQUAL(1, name->getValue<int>("minLength"));
        CPPUNIT_ASSERT_EQUAL(30, name->getValue<int>("maxLength"));
        const auto secret = schema->getObject("properties")->getObject("secret");
        CPPUNIT_ASSERT_EQUAL(std::string("password"), secret->getValue<std::string>("format"));
        CPPUNIT_ASSERT(secret->getValue<bool>("writeOnly"));
        const auto mode = schema->getObject("properties")->getObject("mode");
        CPPUNIT_ASSERT_EQUAL(std::string("null"), mode->getArray("type")->getElement<std::string>(1));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, mode->getArray("enum")->size());
        const auto items = operationOf(made(), "/api/v1/things", "get")
                               ->getObject("responses")
                               ->getObject("200")
                               ->getObject("content")
                               ->getObject("application/json")
                               ->getObject("schema")
                               ->getObject("properties")
                               ->getObject("items");
        CPPUNIT_ASSERT_EQUAL(std::string("array"), items->getValue<std::string>("type"));
        CPPUNIT_ASSERT(items->getObject("items")->getObject("properties")->has("id"));
    }

    void refusalsFitTheRoute() {
        const auto document = made();
        CPPUNIT_ASSERT_EQUAL(std::string("200 400 401 403 404 406 422 429 503 "),
                             statuses(operationOf(document, "/api/v1/things/{id}", "get")));
        CPPUNIT_ASSERT_EQUAL(std::string("201 400 401 403 404 406 409 412 413 415 422 429 503 "),
                             statuses(operationOf(document, "/api/v1/things", "post")));
        CPPUNIT_ASSERT_EQUAL(std::string("200 400 404 406 422 503 "),
                             statuses(operationOf(document, "/api/v1/openapi.json", "get")));
        CPPUNIT_ASSERT(!operationOf(document, "/api/v1/things/{id}", "delete")
                            ->getObject("responses")
                            ->getObject("204")
                            ->has("content"));
        const auto types = operationOf(document, "/api/v1/things/download", "get")
                               ->getObject("responses")
                               ->getObject("200")
                               ->getObject("content");
        CPPUNIT_ASSERT(types->has("application/x-ndjson") && types->has("text/csv"));
    }

    void headersStandWhereTheyApply() {
        const auto document = made();
        CPPUNIT_ASSERT_EQUAL(std::string("Idempotency-Key "),
                             headers(operationOf(document, "/api/v1/things", "post")));
        CPPUNIT_ASSERT_EQUAL(std::string("If-Match "),
                             headers(operationOf(document, "/api/v1/things/{id}", "delete")));
        CPPUNIT_ASSERT_EQUAL(std::string(), headers(operationOf(document, "/api/v1/things/{id}", "get")));
        CPPUNIT_ASSERT_EQUAL(
            std::size_t{0},
            operationOf(document, "/api/v1/openapi.json", "get")->getArray("security")->size());
    }

    void operationIdsAreUnique() {
        host::Router router;
        router.install("a", {PipelineHouse::get("/a-b", nothing), PipelineHouse::get("/a/b", nothing)},
                       nullptr);
        const std::string text = host::openApiDocument(*router.table(), "1");
        CPPUNIT_ASSERT(text.find("\"getAB\"") != std::string::npos);
        CPPUNIT_ASSERT(text.find("\"getAB2\"") != std::string::npos);
    }

    void documentFollowsTheTable() {
        PipelineHouse house;
        house.router.install("http", host::documentRoutes(house.router, "1"), nullptr);
        const auto has = [&](const std::string& path) {
            return parsed(house.ask({"GET", "/api/v1/openapi.json"}))->getObject("paths")->has(path);
        };
        CPPUNIT_ASSERT(!has("/api/v1/things"));
        house.install({PipelineHouse::get("/things", nothing)});
        CPPUNIT_ASSERT(has("/api/v1/things"));
        house.router.revoke("things");
        CPPUNIT_ASSERT(!has("/api/v1/things"));
    }

    void whoeverCallsMayReadIt() {
        PipelineHouse house;
        house.router.install("http", host::documentRoutes(house.router, "1"), nullptr);
        const auto answer = house.ask({"GET", "/api/v1/openapi.json", "", ""});
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("application/json"), answer.contentType);
    }

private:
    static Response nothing(RequestContext& /*context*/) { return Response::json("{}"); }

    static Object made() {
        host::Router router;
        Route post = PipelineHouse::post("/things", nothing);
        post.body.push_back(Field::string("mode", "How").oneOf({"a", "b"}).nullable());
        post.description = "**Much** to say.";
        Route list = PipelineHouse::get("/things", nothing);
        list.query = {Field::integer("limit", "How many").range(1, 500).example(std::int64_t{50}),
                      Field::strings("tag", "Tags").oneOf({"x"})};
        list.response = {Field::objects("items", "The things", {Field::integer("id", "Its id")}),
                         Field::string("nextCursor", "Where the next page begins").nullable(),
                         Field::instant("asOf", "When")};
        Route remove = PipelineHouse::get("/things/{id}", nothing);
        remove.method = Method::remove;
        remove.action = "thing.delete";
        remove.response.clear();
        remove.successStatus = 204;
        Route download = PipelineHouse::get("/things/download", nothing);
        download.response.clear();
        download.responseType = "application/x-ndjson, text/csv";
        router.install("a", {post, list, remove, download, PipelineHouse::get("/things/{id}", nothing)},
                       nullptr);
        router.install("http", host::documentRoutes(router, "1.2.3"), nullptr);
        const std::string text = host::openApiDocument(*router.table(), "1.2.3");
        // For a validator that a person or script runs on it.
        if (const char* file = std::getenv("COFFER_WRITE_OPENAPI"))
            std::ofstream(file) << text;
        return Poco::JSON::Parser().parse(text).extract<Object>();
    }
    static Object operationOf(const Object& document, const std::string& path, const std::string& method) {
        return document->getObject("paths")->getObject(path)->getObject(method);
    }
    static std::string statuses(const Object& operation) {
        std::string all;
        for (const auto& name : operation->getObject("responses")->getNames())
            all += name + " ";
        return all;
    }
    static std::string headers(const Object& operation) {
        std::string all;
        const auto parameters = operation->getArray("parameters");
        for (std::size_t i = 0; i < parameters->size(); ++i) {
            const auto parameter = parameters->getObject(static_cast<unsigned>(i));
            if (parameter->getValue<std::string>("in") == "header")
                all += parameter->getValue<std::string>("name") + " ";
        }
        return all;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OpenApiTest);

} // namespace coffer::test
