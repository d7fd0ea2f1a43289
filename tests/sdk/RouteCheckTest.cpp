#include <coffer/sdk/detail/RouteCheck.h>

#include <stdexcept>

namespace coffer::test {

class RouteCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RouteCheckTest);
    COFFER_TEST(completeRoutesAreTaken);
    COFFER_TEST(incompleteRoutesAreRefusedBySentence);
    COFFER_TEST(fieldsMustFitTheirPlace);
    CPPUNIT_TEST_SUITE_END();

public:
    void completeRoutesAreTaken() {
        detail::validateRoute(get());
        detail::validateRoute(post());
        Route gone = post();
        gone.response.clear();
        gone.successStatus = 204;
        detail::validateRoute(gone);
        Route download = get();
        download.response.clear();
        download.responseType = "text/csv";
        detail::validateRoute(download);
    }

    void incompleteRoutesAreRefusedBySentence() {
        refused("summary", [](Route& route) { route.summary.clear(); });
        refused("summary", [](Route& route) { route.summary = "two\nlines"; });
        refused("permission", [](Route& route) { route.permission.clear(); });
        refused("permission", [](Route& route) { route.permission = "things:fly"; });
        refused("handler", [](Route& route) { route.handler = nullptr; });
        refused("action", [](Route& route) { route.action.clear(); });
        refused("action", [](Route& route) { route.action = "create"; });
        refused("action", [](Route& route) { route.action = "Thing.create"; });
        refused("action", [](Route& route) { route.action = ".create"; });
        refused("pattern", [](Route& route) { route.pattern = "/things/../x"; });
        refused("fields of its response", [](Route& route) { route.response.clear(); });
        refused("204", [](Route& route) { route.successStatus = 204; });
        refused("success status", [](Route& route) { route.successStatus = 302; });
        refused("body limit", [](Route& route) { route.bodyLimit = 0; });
        refused("GET", [](Route& route) { route.method = Method::get; });
    }

    void fieldsMustFitTheirPlace() {
        refused("twice", [](Route& route) { route.body.push_back(Field::integer("name", "")); });
        refused("twice", [](Route& route) {
            route.query = {Field::string("q", ""), Field::string("q", "")};
        });
        refused("twice", [](Route& route) { route.response.push_back(Field::string("id", "")); });
        refused("without a name", [](Route& route) { route.body.push_back(Field::string("", "")); });
        refused("minimum above",
                [](Route& route) { route.body.push_back(Field::string("x", "").length(3, 2)); });
        refused("in the query", [](Route& route) { route.query = {Field::secret("s", "")}; });
        refused("in the query", [](Route& route) { route.query = {Field::string("s", "").nullable()}; });
        refused("in the body", [](Route& route) { route.body.push_back(Field::object("o", "", {})); });
        refused("secret", [](Route& route) { route.response.push_back(Field::secret("s", "")); });
        refused("secret", [](Route& route) {
            route.response.push_back(Field::objects("items", "", {Field::secret("s", "")}));
        });
    }

private:
    static Route get() {
        Route route;
        route.pattern = "/things/{id}";
        route.permission = "things:read";
        route.summary = "One thing";
        route.handler = [](RequestContext&) { return Response::noContent(); };
        route.response = {Field::integer("id", "Its id")};
        return route;
    }
    static Route post() {
        Route route = get();
        route.method = Method::post;
        route.pattern = "/things";
        route.permission = "things:change";
        route.action = "thing.create";
        route.body = {Field::string("name", "Its name").required()};
        return route;
    }
    template <class Change>
    static void refused(const std::string& word, Change change) {
        Route route = post();
        change(route);
        try {
            detail::validateRoute(route);
            CPPUNIT_FAIL("taken, though its " + word + " is wrong");
        } catch (const std::invalid_argument& error) {
            CPPUNIT_ASSERT_MESSAGE(error.what(), std::string(error.what()).find(word) != std::string::npos);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RouteCheckTest);

} // namespace coffer::test
