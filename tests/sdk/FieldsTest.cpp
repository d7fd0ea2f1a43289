#include "sdk/shared/JsonBody.h"
#include "sdk/shared/Negotiation.h"
#include "sdk/shared/QueryString.h"

namespace coffer::test {

using detail::RawField;
using Kind = detail::RawValue::Kind;

/// How bodies, queries and headers are read before their fields are checked.
class FieldsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FieldsTest);
    COFFER_TEST(membersArriveWithTheirKinds);
    COFFER_TEST(integersAreExactToSixtyFourBits);
    COFFER_TEST(escapesAreUnescapedInPlace);
    COFFER_TEST(whatIsNoJsonObjectIsMalformed);
    COFFER_TEST(malformedNamesTheOffsetAndNotTheContent);
    COFFER_TEST(bodyThatEndsInsideACharacterIsNotReadBeyondItsEnd);
    COFFER_TEST(memberTwiceIsRefusedAtEveryDepth);
    COFFER_TEST(depthIsBounded);
    COFFER_TEST(queryIsDecoded);
    COFFER_TEST(queryThatCannotBeReadIsMalformed);
    COFFER_TEST(contentTypeMustBeJson);
    COFFER_TEST(acceptDecidesByTheClosestRange);
    COFFER_TEST(ifMatchIsAVersion);
    CPPUNIT_TEST_SUITE_END();

public:
    void membersArriveWithTheirKinds() {
        std::string body =
            R"( {"s":"x","i":-5,"n":1.0,"t":true,"f":false,"z":null,"a":["p",2,["q"]],"o":{"s":[1]}} )";
        const auto fields = detail::readJsonBody(body);
        CPPUNIT_ASSERT_EQUAL(std::size_t{8}, fields.size());
        CPPUNIT_ASSERT(fields[0].name == "s" && fields[0].value.kind == Kind::string);
        CPPUNIT_ASSERT(fields[0].value.text == "x");
        CPPUNIT_ASSERT(fields[1].value.kind == Kind::integer && fields[1].value.number == -5);
        CPPUNIT_ASSERT(fields[2].value.kind == Kind::number);
        CPPUNIT_ASSERT(fields[3].value.kind == Kind::boolean && fields[3].value.number == 1);
        CPPUNIT_ASSERT(fields[4].value.kind == Kind::boolean && fields[4].value.number == 0);
        CPPUNIT_ASSERT(fields[5].value.kind == Kind::null);
        CPPUNIT_ASSERT(fields[6].value.kind == Kind::array);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, fields[6].value.entries.size());
        CPPUNIT_ASSERT(fields[6].value.entries[2].kind == Kind::array);
        CPPUNIT_ASSERT(fields[7].value.kind == Kind::object);
    }

    void integersAreExactToSixtyFourBits() {
        CPPUNIT_ASSERT_EQUAL(INT64_MAX, number("9223372036854775807").number);
        CPPUNIT_ASSERT_EQUAL(INT64_MIN, number("-9223372036854775808").number);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9007199254740993}, number("9007199254740993").number);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4294967295}, number("4294967295").number);
        for (const char* other : {"9223372036854775808", "18446744073709551615", "18446744073709551616",
                                  "-9223372036854775809", "1.0", "1e3", "1E0", "0.5", "-1.5e-3"})
            CPPUNIT_ASSERT_MESSAGE(other, number(other).kind == Kind::number);
    }

    void escapesAreUnescapedInPlace() {
        std::string body = R"({"a\u0041":"q\"\\\/\b\n\u20ac\ud83d\ude00","n":"x\u0000y"})";
        const auto fields = detail::readJsonBody(body);
        CPPUNIT_ASSERT(fields[0].name == "aA");
        CPPUNIT_ASSERT(fields[0].value.text == "q\"\\/\b\n\xE2\x82\xAC\xF0\x9F\x98\x80");
        CPPUNIT_ASSERT(fields[1].value.text == std::string_view("x\0y", 3));
        CPPUNIT_ASSERT(fields[0].value.text.data() > body.data());
        CPPUNIT_ASSERT(fields[0].value.text.data() < body.data() + body.size());
    }

    void whatIsNoJsonObjectIsMalformed() {
        for (const std::string text : {"",
                                       " ",
                                       "[]",
                                       "\"a\"",
                                       "5",
                                       "null",
                                       "true",
                                       "{",
                                       "}",
                                       "{}{}",
                                       "{} x",
                                       "{}]",
                                       "{\"a\":1,}",
                                       "{\"a\" 1}",
                                       "{a:1}",
                                       "{'a':1}",
                                       "{\"a\":01}",
                                       "{\"a\":+1}",
                                       "{\"a\":.5}",
                                       "{\"a\":1.}",
                                       "{\"a\":NaN}",
                                       "{\"a\":Infinity}",
                                       "{\"a\":1e}",
                                       "{\"a\":1e999}",
                                       "{\"a\":\"\\x\"}",
                                       "{\"a\":\"\\ud800\"}",
                                       "{\"a\":\"\\ud800\\u0041\"}",
                                       "{\"a\":\"\x01\"}",
                                       "{\"a\":\"\xFF\"}",
                                       "{\"a\":\"\xC0\xAF\"}",
                                       "{\"a\":\"\xED\xA0\x80\"}",
                                       "\xEF\xBB\xBF{}",
                                       "{}//c",
                                       "{/*c*/}",
                                       "{\"a\":tru}",
                                       "{\"a\":[1,]}",
                                       "{\"a\":[1}",
                                       "{\"a\":{]}"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string("400 malformed_json"), refusal([&] {
                                             std::string body = text;
                                             (void)detail::readJsonBody(body);
                                         }));
        CPPUNIT_ASSERT_EQUAL(std::string("400 malformed_json"), refusal([] {
                                 std::string body("{}\0garbage", 10);
                                 (void)detail::readJsonBody(body);
                             }));
    }

    void malformedNamesTheOffsetAndNotTheContent() {
        std::string body = R"({"secret":"canary", "x": ?})";
        try {
            (void)detail::readJsonBody(body);
            CPPUNIT_FAIL("read");
        } catch (const Problem& problem) {
            const std::string document = problem.toJson("r");
            CPPUNIT_ASSERT_MESSAGE(document, document.find("\"offset\":25") != std::string::npos);
            CPPUNIT_ASSERT(document.find("canary") == std::string::npos);
        }
    }

    void bodyThatEndsInsideACharacterIsNotReadBeyondItsEnd() {
        // Found by the fuzzer: what RapidJSON then took lay outside the body.
        for (const std::string end :
             {"\xF4", "\xF0\x9F", "\xF0\x9F\x98", "\xE2", "\xE2\x82", "\xC3", "\xF4}"}) {
            std::string body = R"({"name":"a)" + end;
            const auto offset = std::to_string(body.find(end));
            try {
                (void)detail::readJsonBody(body);
                CPPUNIT_FAIL("it was taken");
            } catch (const Problem& problem) {
                CPPUNIT_ASSERT_EQUAL("It ends in the middle of a UTF-8 sequence. At byte " + offset + ".",
                                     problem.detail());
            }
        }
        std::string whole = "{\"name\":\"\xF0\x9F\x98\x80\"}";
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, detail::readJsonBody(whole).size());
    }

    void memberTwiceIsRefusedAtEveryDepth() {
        for (const std::string text : {R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"({"o":{"a":1,"a":2}})",
                                       R"({"l":[{"a":1,"a":2}]})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string("400 malformed_json"), refusal([&] {
                                             std::string body = text;
                                             (void)detail::readJsonBody(body);
                                         }));
        std::string fine = R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})";
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, detail::readJsonBody(fine).size());
    }

    void depthIsBounded() {
        const auto nested = [](std::size_t depth) {
            return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
        };
        std::string deepest = nested(16);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, detail::readJsonBody(deepest).size());
        for (const std::size_t depth : {17U, 30000U})
            CPPUNIT_ASSERT_EQUAL(std::string("400 malformed_json"), refusal([&] {
                                     std::string body = nested(depth);
                                     (void)detail::readJsonBody(body);
                                 }));
    }

    void queryIsDecoded() {
        const detail::QueryString query("a=1&b=x+y%2B%26&&c&d=&e=1&e=2&e=3&%61b=z%3D=");
        const auto& fields = query.fields();
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, fields.size());
        CPPUNIT_ASSERT(fields[0].value.text == "1");
        CPPUNIT_ASSERT(fields[1].value.text == "x y+&");
        CPPUNIT_ASSERT(fields[2].value.text.empty() && fields[2].value.kind == Kind::untyped);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, fields[4].value.entries.size());
        CPPUNIT_ASSERT(fields[4].value.entries[2].text == "3");
        CPPUNIT_ASSERT(fields[5].name == "ab" && fields[5].value.text == "z==");
        CPPUNIT_ASSERT(detail::splitTarget("/a?b?c").query == "b?c");
        CPPUNIT_ASSERT(detail::splitTarget("/a").query.empty());
    }

    void queryThatCannotBeReadIsMalformed() {
        std::string many;
        for (int i = 0; i < 200; ++i)
            many += "a=1&";
        for (const std::string& text : {std::string("a=%"), std::string("a=%4"), std::string("a=%zz"),
                                        std::string("%=1"), std::string("a=%-1"), std::string("a=%+1"), many})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string("400 malformed_query"),
                                         refusal([&] { const detail::QueryString query(text); }));
    }

    void contentTypeMustBeJson() {
        for (const char* type : {"application/json", "Application/JSON; charset=utf-8",
                                 "application/json;charset=\"UTF-8\"", "application/json;"})
            detail::requireJson(with("Content-Type", type));
        for (const char* type :
             {"text/plain", "application/json; charset=latin1", "application/jsonx",
              "application/x-www-form-urlencoded", "", "text/json", "application/json; x=y"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(type, std::string("415 unsupported_media_type"),
                                         refusal([&] { detail::requireJson(with("Content-Type", type)); }));
        auto zipped = with("Content-Type", "application/json");
        zipped.set("Content-Encoding", "gzip");
        CPPUNIT_ASSERT_EQUAL(std::string("415 unsupported_media_type"),
                             refusal([&] { detail::requireJson(zipped); }));
        CPPUNIT_ASSERT_EQUAL(std::string("415 unsupported_media_type"),
                             refusal([&] { detail::requireJson(Poco::Net::HTTPRequest()); }));
    }

    void acceptDecidesByTheClosestRange() {
        detail::requireAcceptable(Poco::Net::HTTPRequest(), "application/json");
        for (const char* accept :
             {"*/*", "application/json", "application/*;q=0.1", "text/html, */*;q=0.8", "APPLICATION/JSON",
              "text/html;q=0, application/json", "*/*;q=0, application/json", "application/json;q=0.001"})
            detail::requireAcceptable(with("Accept", accept), "application/json");
        for (const char* accept : {"text/html", "application/xml, text/*", "application/json;q=0",
                                   "*/*, application/json;q=0.000", "application/json; q=0, */*", "json"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                accept, std::string("406 not_acceptable"),
                refusal([&] { detail::requireAcceptable(with("Accept", accept), "application/json"); }));
        detail::requireAcceptable(with("Accept", "text/csv"), "application/x-ndjson, text/csv");
        auto several = with("Accept", "text/html");
        several.add("Accept", "application/json");
        detail::requireAcceptable(several, "application/json");
    }

    void ifMatchIsAVersion() {
        CPPUNIT_ASSERT(detail::ifMatchVersion(with("If-Match", "\"17\"")) == 17);
        CPPUNIT_ASSERT(!detail::ifMatchVersion(with("If-Match", "*")));
        CPPUNIT_ASSERT(!detail::ifMatchVersion(Poco::Net::HTTPRequest()));
        for (const char* tag : {"17", "W/\"17\"", "\"x\"", "\"\"", "\"", "\"1\", \"2\"", "", "\"1 \"",
                                "\"99999999999999999999\""})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(tag, std::string("412 version_mismatch"), refusal([&] {
                                             (void)detail::ifMatchVersion(with("If-Match", tag));
                                         }));
    }

private:
    static detail::RawValue number(const std::string& text) {
        std::string body = "{\"n\":" + text + "}";
        return detail::readJsonBody(body).front().value;
    }
    static Poco::Net::HTTPRequest with(const std::string& name, const std::string& value) {
        Poco::Net::HTTPRequest head;
        head.set(name, value);
        return head;
    }
    static std::string refusal(const std::function<void()>& action) {
        try {
            action();
        } catch (const Problem& problem) {
            return std::to_string(problem.status()) + " " + problem.code();
        }
        return "taken";
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FieldsTest);

} // namespace coffer::test
