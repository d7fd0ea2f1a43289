#include <coffer/sdk/Page.h>
#include <coffer/sdk/Problem.h>

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// Positions in lists, as callers carry them from page to page.
class PageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PageTest);
    COFFER_TEST(cursorBringsBackItsPosition);
    COFFER_TEST(cursorOfAnotherOrderIsRefused);
    COFFER_TEST(whatIsNoCursorIsRefused);
    COFFER_TEST(listsEndInOneForm);
    COFFER_TEST(choicesOfAnOrderGoBothWays);
    CPPUNIT_TEST_SUITE_END();

public:
    static void refused(std::string_view cursor, std::string_view order, bool integerKey) {
        try {
            (void)fromCursor(cursor, order, integerKey);
            CPPUNIT_FAIL("accepted: " + std::string(cursor));
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(422, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("query.cursor"), problem.fields().at(0).field);
            CPPUNIT_ASSERT_EQUAL(std::string("invalid_cursor"), problem.fields().at(0).code);
        }
    }

    void cursorBringsBackItsPosition() {
        const auto text = fromCursor(toCursor("-name", {"n\u00e4chtlich\n2", 17}), "-name", false);
        CPPUNIT_ASSERT_EQUAL(std::string("n\u00e4chtlich\n2"), std::get<std::string>(text.key));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{17}, text.id);
        const auto number = fromCursor(toCursor("id", {INT64_MIN, INT64_MAX}), "id", true);
        CPPUNIT_ASSERT_EQUAL(INT64_MIN, std::get<std::int64_t>(number.key));
        CPPUNIT_ASSERT_EQUAL(INT64_MAX, number.id);
    }
    void cursorOfAnotherOrderIsRefused() {
        const auto cursor = toCursor("name", {std::string("nightly"), 17});
        refused(cursor, "-name", false);
        refused(cursor, "id", true);
        refused(cursor, "name", true);
    }
    void whatIsNoCursorIsRefused() {
        const auto cursor = toCursor("id", {std::int64_t{17}, 17});
        for (const auto& text : {std::string(), std::string("17"), cursor + "=", cursor + "A",
                                 cursor.substr(1), std::string("a b"), std::string("\xff")})
            refused(text, "id", true);
    }
    void listsEndInOneForm() {
        JsonWriter json;
        json.beginObject().key("items").beginArray().value(1);
        endList(json, std::nullopt, {7, false});
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"items":[1],"nextCursor":null,"totalCount":7,"totalIsExact":false})"),
            json.text());
    }
    void choicesOfAnOrderGoBothWays() {
        CPPUNIT_ASSERT(
            (sortChoices({"id", "name"}) == std::vector<std::string>{"id", "-id", "name", "-name"}));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(PageTest);

} // namespace coffer::test
