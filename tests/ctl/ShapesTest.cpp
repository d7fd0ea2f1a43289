#include "host/ctl/Json.h"
#include "host/ctl/Output.h"
#include "host/ctl/Shape.h"
#include "host/ctl/Text.h"
#include "host/ctl/Yaml.h"
#include "tests/ctl/Program.h"
#include "tests/support/EnvironmentVariable.h"

#include <yaml-cpp/yaml.h>

using namespace coffer::ctl;
using coffer::test::assertContains;
using coffer::test::assertLacks;

namespace {

const Shape& shape() {
    static const Shape things{.plural = "things",
                              .columns = {{.name = "id", .isKept = true},
                                          {.name = "name", .isKept = true},
                                          {.name = "accessKeyId"},
                                          {.name = "endpoint"},
                                          {.name = "version", .view = Column::View::wide}},
                              .reference = [](const Json& row) { return nameReference(text(row, "name")); }};
    return things;
}

JsonDocument thing(const std::string& name) {
    Fields fields;
    fields.number("id", 7)
        .text("name", name)
        .text("accessKeyId", "AKIAIOSFODNN7EXAMPLE")
        .text("endpoint", "https://s3.eu-west-1.amazonaws.com")
        .number("version", 3);
    return parseJson(fields.body().reveal());
}

std::string shownAt(std::size_t width, const std::string& name, std::vector<std::string>* leftOut = nullptr) {
    const JsonDocument row = thing(name);
    const Terminal terminal;
    const Table shown =
        table(shape(), chosenColumns(shape(), "", Column::View::table), {&row}, width, terminal);
    if (leftOut)
        *leftOut = shown.leftOut;
    return shown.text;
}

} // namespace

/// How things are shown to people and programs.
class ShapesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ShapesTest);
    COFFER_TEST(aTableFitsEveryWidth);
    COFFER_TEST(columnsAreChosenByName);
    COFFER_TEST(aNameOfDigitsIsReferredToAsAName);
    COFFER_TEST(timesAreShownInThisZone);
    COFFER_TEST(yamlReadsBackAsTheSame);
    COFFER_TEST(jsonIsEscapedForTerminalsAndStillTheSame);
    COFFER_TEST(csvQuotesAndDefusesFormulas);
    COFFER_TEST(secretsAreLeftOutOfWhatIsShown);
    COFFER_TEST(brokenJsonSaysWhere);
    CPPUNIT_TEST_SUITE_END();

public:
    void aTableFitsEveryWidth() {
        for (const std::string name : {"nightly", "日本語日本語日本語日本語日本語", "\x1b[31mred"})
            for (const std::size_t width : {20U, 30U, 40U, 60U, 80U, 200U}) {
                for (const auto& line : split(shownAt(width, name), '\n'))
                    CPPUNIT_ASSERT_MESSAGE(line, displayWidth(line) <= width);
                assertLacks(shownAt(width, name), "\x1b");
            }
        std::vector<std::string> leftOut;
        assertContains(shownAt(40, "nightly", &leftOut), "nightly");
        CPPUNIT_ASSERT(leftOut == std::vector<std::string>{"endpoint"});
        assertContains(shownAt(0, "nightly", &leftOut), "https://s3.eu-west-1.amazonaws.com");
        CPPUNIT_ASSERT(leftOut.empty());
    }
    void columnsAreChosenByName() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, chosenColumns(shape(), "", Column::View::table).size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, chosenColumns(shape(), "", Column::View::wide).size());
        const auto chosen = chosenColumns(shape(), "version,name,lock.reason", Column::View::table);
        CPPUNIT_ASSERT_EQUAL(std::string("version"), chosen.front().name);
        CPPUNIT_ASSERT_EQUAL(std::string("lock.reason"), chosen.back().name);
        try {
            (void)chosenColumns(shape(), "endpiont", Column::View::table);
            CPPUNIT_FAIL("accepted");
        } catch (const UsageError& error) {
            assertContains(error.detail(), "Did you mean endpoint?");
            assertContains(error.detail(), "accessKeyId");
        }
    }
    void aNameOfDigitsIsReferredToAsAName() {
        CPPUNIT_ASSERT_EQUAL(std::string("name:123"), nameReference("123"));
        CPPUNIT_ASSERT_EQUAL(std::string("name:name:1"), nameReference("name:1"));
        CPPUNIT_ASSERT_EQUAL(std::string("nightly"), nameReference("nightly"));
    }
    void timesAreShownInThisZone() {
        const coffer::test::EnvironmentVariable zone("TZ", "Europe/Prague");
        CPPUNIT_ASSERT_EQUAL(std::string("2026-07-01 14:00"), localTime("2026-07-01T12:00:30.123Z"));
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-01 00:30"), localTime("2025-12-31T23:30:00Z"));
        CPPUNIT_ASSERT_EQUAL(std::string("soon"), localTime("soon"));
        CPPUNIT_ASSERT_EQUAL(std::string(), localTime(""));
    }
    void yamlReadsBackAsTheSame() {
        for (const std::string text :
             {"plain",  "true",         "No",         "123",      "1e3",         "0x1F",
              "~",      "null",         "",           " led",     "trailing ",   "a: b",
              "- a",    "# no comment", "2026-05-01", "quote\"'", "line\nbreak", "\x1b[31m",
              "日本語", "a\\b",         "*x",         "&x",       "!x",          "@x",
              "{}",     "[]",           "12:30",      "y",        "=",           "\u0085"}) {
            Fields fields;
            fields.text("value", text).list("list", {text, "other"}).list("none", {});
            const YAML::Node node = YAML::Load(yaml(parseJson(fields.body().reveal())));
            CPPUNIT_ASSERT_EQUAL(text, node["value"].as<std::string>());
            CPPUNIT_ASSERT_EQUAL(text, node["list"][0].as<std::string>());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, node["none"].size());
            CPPUNIT_ASSERT(!node["value"].IsNull());
        }
        const YAML::Node node =
            YAML::Load(yaml(parseJson(R"({"a":{"b":[{"c":1,"d":null},{"c":true}]},"e":{},"f":-2})")));
        CPPUNIT_ASSERT_EQUAL(1, node["a"]["b"][0]["c"].as<int>());
        CPPUNIT_ASSERT(node["a"]["b"][0]["d"].IsNull());
        CPPUNIT_ASSERT(node["a"]["b"][1]["c"].as<bool>());
        CPPUNIT_ASSERT_EQUAL(-2, node["f"].as<int>());
    }
    void jsonIsEscapedForTerminalsAndStillTheSame() {
        for (const std::string text :
             {"\x1b[2J", "\u009b", "\u202e", "a\\\U000E0041", "\\u001b", "\x7f", "日本"}) {
            Fields fields;
            fields.text("value", text);
            const JsonDocument row = parseJson(fields.body().reveal());
            for (const auto& shown : {compactJson(row), prettyJson(row)}) {
                CPPUNIT_ASSERT_EQUAL(shown, printable(shown, "\n"));
                CPPUNIT_ASSERT_EQUAL(text, coffer::ctl::text(parseJson(shown), "value"));
            }
        }
    }
    void csvQuotesAndDefusesFormulas() {
        CPPUNIT_ASSERT_EQUAL(std::string("a,\"b,c\",\"d\"\"e\",-5\n"), csvLine({"a", "b,c", "d\"e", "-5"}));
        CPPUNIT_ASSERT_EQUAL(std::string("\"'=1+1\",\"'@x\",\"'-x\"\n"), csvLine({"=1+1", "@x", "-x"}));
        CPPUNIT_ASSERT_EQUAL(std::string("\\u001b[31m\n"), csvLine({"\x1b[31m"}));
    }
    void secretsAreLeftOutOfWhatIsShown() {
        Fields fields;
        fields.text("name", "nightly").secret("secretAccessKey", Secret("notToBeSeen"));
        assertContains(fields.body().reveal(), "notToBeSeen");
        assertLacks(fields.shown(""), "notToBeSeen");
        Fields more;
        more.copyAll(fields).text("region", "x");
        assertContains(more.body().reveal(), "notToBeSeen");
        assertLacks(more.shown(""), "notToBeSeen");
    }
    void brokenJsonSaysWhere() {
        try {
            (void)parseJson("{\n\"a\": 1,\n}");
            CPPUNIT_FAIL("accepted");
        } catch (const std::invalid_argument& error) {
            assertContains(error.what(), "line 3");
        }
        CPPUNIT_ASSERT_THROW((void)parseJson("\"\xff\""), std::invalid_argument);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ShapesTest);
