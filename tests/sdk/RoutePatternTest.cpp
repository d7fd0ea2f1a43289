#include <coffer/sdk/Text.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <stdexcept>

namespace coffer::test {

using detail::PatternTree;
using detail::RoutePattern;
using detail::splitPath;

class RoutePatternTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RoutePatternTest);
    COFFER_TEST(literalsAndParametersMatch);
    COFFER_TEST(parametersArePercentDecoded);
    COFFER_TEST(pathsThatMeanSomethingElseMatchNothing);
    COFFER_TEST(badPatternsAreRefusedWithASentence);
    COFFER_TEST(literalBeatsParameter);
    COFFER_TEST(literalThatLeadsNowhereGivesWayToTheParameter);
    COFFER_TEST(samePlaceIsGivenOnce);
    COFFER_TEST(parameterKeepsOneNameAtOnePlace);
    COFFER_TEST(codePointsAreCountedAndBadUtf8IsNoText);
    CPPUNIT_TEST_SUITE_END();

public:
    void literalsAndParametersMatch() {
        const auto pattern = RoutePattern::parse("/credentials/{id}/projects/{projectId}");
        CPPUNIT_ASSERT(pattern.parameters() == (std::vector<std::string>{"id", "projectId"}));
        const auto values = pattern.match("/credentials/17/projects/blue");
        CPPUNIT_ASSERT(values);
        CPPUNIT_ASSERT(*values == (std::vector<std::string>{"17", "blue"}));
        CPPUNIT_ASSERT(!pattern.match("/credentials/17/projects"));
        CPPUNIT_ASSERT(!pattern.match("/credentials/17/projects/blue/more"));
        CPPUNIT_ASSERT(!pattern.match("/Credentials/17/projects/blue"));
    }

    void parametersArePercentDecoded() {
        const auto values = RoutePattern::parse("/a/{x}").match("/a/caf%C3%A9%20%7B%25");
        CPPUNIT_ASSERT(values);
        CPPUNIT_ASSERT_EQUAL(std::string("café {%"), values->front());
        CPPUNIT_ASSERT(RoutePattern::parse("/ab").match("/a%62"));
    }

    void pathsThatMeanSomethingElseMatchNothing() {
        for (const std::string_view path :
             {"",         "a",       "/",         "//",        "/a/",          "/a//b",
              "/a/..",    "/a/.",    "/a/%2e%2e", "/a/%2E",    "/a/b%2Fc",     "/a/b%2fc",
              "/a/b%5Cc", "/a/b\\c", "/a/%",      "/a/%4",     "/a/%zz",       "/a/%00",
              "/a/%0d",   "/a/%7f",  "/a/%C3",    "/a/%C0%AF", "/a/%ED%A0%80", "/a/\xFF"})
            CPPUNIT_ASSERT_MESSAGE(std::string(path), !splitPath(path));
    }

    void badPatternsAreRefusedWithASentence() {
        for (const std::string_view pattern :
             {"", "a", "/", "/a/", "//a", "/..", "/a/./b", "/a b", "/a%20b", "/{}", "/{a", "/a}", "/x{a}",
              "/{a}x", "/{a-b}", "/{a}/{a}", "/a?b", "/*"}) {
            try {
                (void)RoutePattern::parse(pattern);
                CPPUNIT_FAIL(std::string(pattern));
            } catch (const std::invalid_argument& error) {
                CPPUNIT_ASSERT(std::string(error.what()).find("the route pattern '") == 0);
            }
        }
    }

    void literalBeatsParameter() {
        const auto tree = treeOf({"/c/{id}", "/c/default", "/c/{id}/lock"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, tree.find("/c/default")->place);
        CPPUNIT_ASSERT(tree.find("/c/default")->parameters.empty());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, tree.find("/c/other")->place);
        CPPUNIT_ASSERT_EQUAL(std::string("other"), tree.find("/c/other")->parameters.front());
        CPPUNIT_ASSERT(!tree.find("/c"));
        CPPUNIT_ASSERT(!tree.find("/d/1"));
    }

    void literalThatLeadsNowhereGivesWayToTheParameter() {
        const auto tree = treeOf({"/c/default", "/c/{id}/lock/{x}", "/{y}/default/end"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, tree.find("/c/default/lock/1")->place);
        CPPUNIT_ASSERT(tree.find("/c/default/lock/1")->parameters ==
                       (std::vector<std::string>{"default", "1"}));
        CPPUNIT_ASSERT(tree.find("/c/default/end")->parameters == (std::vector<std::string>{"c"}));
    }

    void samePlaceIsGivenOnce() {
        PatternTree tree;
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, tree.add(RoutePattern::parse("/a/{id}")));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, tree.add(RoutePattern::parse("/a")));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, tree.add(RoutePattern::parse("/a/{id}")));
    }

    void parameterKeepsOneNameAtOnePlace() {
        PatternTree tree;
        tree.add(RoutePattern::parse("/a/{id}"));
        CPPUNIT_ASSERT_THROW(tree.add(RoutePattern::parse("/a/{key}/more")), std::invalid_argument);
    }

    void codePointsAreCountedAndBadUtf8IsNoText() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, codePoints("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
        CPPUNIT_ASSERT(detail::isText("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
        for (const std::string_view bad :
             {std::string_view("\0", 1), std::string_view("\xC3"), std::string_view("\x80"),
              std::string_view("\xC0\x80"), std::string_view("\xE0\x80\x80"),
              std::string_view("\xED\xBF\xBF"), std::string_view("\xF4\x90\x80\x80"),
              std::string_view("\xF8\x88\x80\x80\x80")})
            CPPUNIT_ASSERT(!detail::isText(bad));
    }

private:
    static PatternTree treeOf(const std::vector<std::string>& patterns) {
        PatternTree tree;
        for (const auto& pattern : patterns)
            tree.add(RoutePattern::parse(pattern));
        return tree;
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RoutePatternTest);

} // namespace coffer::test
