#include <coffer/sdk/Http.h>
#include <coffer/sdk/Json.h>
#include <coffer/sdk/Problem.h>

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <limits>
#include <stdexcept>

namespace coffer::test {

class JsonProblemTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JsonProblemTest);
    COFFER_TEST(commasStandWhereTheyBelong);
    COFFER_TEST(textsAreEscapedAndInvalidUtf8IsReplaced);
    COFFER_TEST(everyCharacterReadsBackWhereverItStands);
    COFFER_TEST(namesAreEscapedLikeTexts);
    COFFER_TEST(numbersAreExact);
    COFFER_TEST(optionalsAndRawValues);
    COFFER_TEST(problemIsRfc9457);
    COFFER_TEST(problemWithErrorsAndMembers);
    COFFER_TEST(whatDoesNotExistReadsTheSameAlways);
    COFFER_TEST(unavailableSaysWhen);
    COFFER_TEST(responsesRefuseHeadersThatSplit);
    COFFER_TEST(versionsThatDifferAreRefused);
    COFFER_TEST(secretsAreComparedAndMoved);
    CPPUNIT_TEST_SUITE_END();

public:
    void commasStandWhereTheyBelong() {
        JsonWriter json;
        json.beginObject().member("a", 1).key("b").beginArray();
        json.beginObject().endObject().value("x").beginArray().endArray().null().endArray();
        json.key("c").beginObject().member("d", true).endObject().member("e", false).endObject();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":1,"b":[{},"x",[],null],"c":{"d":true},"e":false})"),
                             json.text());
    }

    void textsAreEscapedAndInvalidUtf8IsReplaced() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"("a\"\\\n\r\t\u0000\u001f")") + "",
                             jsonString(std::string_view("a\"\\\n\r\t\0\x1F", 8)));
        CPPUNIT_ASSERT_EQUAL(std::string("\"\xC3\xA9\xF0\x9F\x98\x80\""),
                             jsonString("\xC3\xA9\xF0\x9F\x98\x80"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"a\xEF\xBF\xBD"
                                         "b\""),
                             jsonString("a\xFF"
                                        "b"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"("\u007f")"), jsonString("\x7F"));
    }

    void everyCharacterReadsBackWhereverItStands() {
        // Texts are looked at eight bytes at a time, and short ones are put together apart from long ones.
        for (const std::size_t length : {1UL, 2UL, 7UL, 8UL, 9UL, 15UL, 16UL, 17UL, 59UL, 60UL, 61UL, 200UL})
            for (int c = 0; c < 256; ++c)
                for (const std::size_t at : {std::size_t{0}, length / 2, length - 1}) {
                    std::string text(length, 'x');
                    text[at] = static_cast<char>(c);
                    std::string expected = text;
                    if (c >= 0x80)
                        expected.replace(at, 1, "\xEF\xBF\xBD");
                    const std::string written = jsonString(text);
                    const bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
                    CPPUNIT_ASSERT_EQUAL(plain, written == '"' + text + '"');
                    Poco::JSON::Parser parser;
                    const auto read = parser.parse("{\"text\":" + written + "}");
                    CPPUNIT_ASSERT_EQUAL(
                        expected, read.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("text"));
                }
    }

    void namesAreEscapedLikeTexts() {
        JsonWriter json;
        const std::string longName(100, 'n');
        json.beginObject().member("a\"b", 1).member(longName, 2).member("", "").endObject();
        CPPUNIT_ASSERT_EQUAL(R"({"a\"b":1,")" + longName + R"(":2,"":""})", json.take());
    }

    void numbersAreExact() {
        JsonWriter json;
        json.beginArray()
            .value(std::numeric_limits<std::int64_t>::max())
            .value(std::numeric_limits<std::int64_t>::min())
            .value(0.1)
            .value(std::numeric_limits<double>::quiet_NaN())
            .value(std::numeric_limits<double>::infinity())
            .endArray();
        CPPUNIT_ASSERT_EQUAL(std::string("[9223372036854775807,-9223372036854775808,0.1,null,null]"),
                             json.text());
    }

    void optionalsAndRawValues() {
        JsonWriter json;
        json.beginObject()
            .member("none", std::optional<std::int64_t>())
            .member("some", std::optional<std::string>("x"))
            .rawMember("raw", "[1,2]")
            .nullMember("null")
            .member("when", fromMilliseconds(0))
            .endObject();
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"none":null,"some":"x","raw":[1,2],"null":null,"when":"1970-01-01T00:00:00.000Z"})"),
            json.take());
    }

    void problemIsRfc9457() {
        const Problem problem(409, "credential_locked", "The credential is locked", "It is \"locked\".");
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"type":"urn:coffer:problem:credential_locked","title":"The credential is locked",)"
                R"("status":409,"code":"credential_locked","detail":"It is \"locked\".","requestId":"r1"})"),
            problem.toJson("r1"));
    }

    void problemWithErrorsAndMembers() {
        Problem problem = Problem::invalidFields();
        problem.field("name", "too_short", "At least 3.").with("cause", R"({"code":"tls"})");
        const auto parsed =
            Poco::JSON::Parser().parse(problem.toJson("r")).extract<Poco::JSON::Object::Ptr>();
        CPPUNIT_ASSERT_EQUAL(422, parsed->getValue<int>("status"));
        const auto error = parsed->getArray("errors")->getObject(0);
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), error->getValue<std::string>("code"));
        CPPUNIT_ASSERT_EQUAL(std::string("tls"), parsed->getObject("cause")->getValue<std::string>("code"));
    }

    void whatDoesNotExistReadsTheSameAlways() {
        CPPUNIT_ASSERT_EQUAL(Problem::notFound().toJson("r"), Problem::notFound().toJson("r"));
        CPPUNIT_ASSERT_EQUAL(404, Problem::notFound().status());
    }

    void unavailableSaysWhen() {
        const Problem problem = Problem::unavailable("lane_full", "Later.", 5);
        CPPUNIT_ASSERT_EQUAL(503, problem.status());
        CPPUNIT_ASSERT_EQUAL(std::string("Retry-After"), problem.headers().front().first);
        CPPUNIT_ASSERT_EQUAL(std::string("5"), problem.headers().front().second);
    }

    void responsesRefuseHeadersThatSplit() {
        Response response;
        CPPUNIT_ASSERT_THROW(response.header("X-A", "b\r\nSet-Cookie: c"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.header("X\n", "b"), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(response.header("X-A", std::string("\0", 1)), std::invalid_argument);
        CPPUNIT_ASSERT(response.headers.empty());
        CPPUNIT_ASSERT_EQUAL(std::string("\"7\""), response.version(7).headers.front().second);
    }

    void versionsThatDifferAreRefused() {
        requireVersion(std::nullopt, 3);
        requireVersion(3, 3);
        try {
            requireVersion(2, 3);
            CPPUNIT_FAIL("a lost update");
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(412, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("version_mismatch"), problem.code());
        }
    }

    void secretsAreComparedAndMoved() {
        SecretBytes one(std::string_view("hush"));
        CPPUNIT_ASSERT(one.equals(one.clone()));
        CPPUNIT_ASSERT(!one.equals(SecretBytes(std::string_view("husk"))));
        CPPUNIT_ASSERT(!one.equals(SecretBytes(std::string_view("hush!"))));
        const SecretBytes other = std::move(one);
        CPPUNIT_ASSERT(other.reveal() == "hush");
        std::string text = "hush";
        wipe(text);
        CPPUNIT_ASSERT_EQUAL(std::string(4, '\0'), text);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JsonProblemTest);

} // namespace coffer::test
