#include <coffer/sdk/detail/FieldCheck.h>

#include <stdexcept>

namespace coffer::test {

using detail::RawField;
using detail::RawValue;
using Kind = RawValue::Kind;

class FieldCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FieldCheckTest);
    COFFER_TEST(rightValuesArriveWithTheirTypes);
    COFFER_TEST(everyBadFieldIsListedAtOnce);
    COFFER_TEST(lengthIsCountedInCodePoints);
    COFFER_TEST(nullNeedsANullableField);
    COFFER_TEST(wrongTypesAreToldApart);
    COFFER_TEST(integersKeepToTheirRange);
    COFFER_TEST(queryTextsBecomeWhatTheFieldIs);
    COFFER_TEST(queryParameterGivenTwiceNeedsAList);
    COFFER_TEST(listsAreBoundedAndHoldTextsOnly);
    COFFER_TEST(whatIsNotTextIsRefused);
    COFFER_TEST(detailsNeverRepeatAValue);
    COFFER_TEST(readingWhatWasNotSentIsTheHandlersMistake);
    CPPUNIT_TEST_SUITE_END();

public:
    void rightValuesArriveWithTheirTypes() {
        const Values values = check({Field::string("name", "").length(3, 30), Field::integer("count", ""),
                                     Field::boolean("on", ""), Field::secret("key", ""),
                                     Field::instant("when", ""), Field::strings("tags", "")},
                                    {{"name", text("nightly")},
                                     {"count", {Kind::integer, {}, INT64_MIN}},
                                     {"on", {Kind::boolean, {}, 1}},
                                     {"key", text("hush")},
                                     {"when", text("1970-01-01T00:00:01Z")},
                                     {"tags", {Kind::array, {}, 0, {text("a"), text("b")}}}});
        CPPUNIT_ASSERT(codes_.empty());
        CPPUNIT_ASSERT_EQUAL(std::string("nightly"), values.string("name"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{INT64_MIN}, values.integer("count"));
        CPPUNIT_ASSERT(values.boolean("on"));
        CPPUNIT_ASSERT(values.secret("key").reveal() == "hush");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1000}, toMilliseconds(values.instant("when")));
        CPPUNIT_ASSERT(values.strings("tags") == (std::vector<std::string>{"a", "b"}));
    }

    void everyBadFieldIsListedAtOnce() {
        const Values values = check(
            {Field::string("name", "").length(3, 5), Field::string("mode", "").oneOf({"a", "b"}),
             Field::integer("count", "").range(1, 9), Field::string("region", "").required(),
             Field::instant("when", ""), Field::string("long", "").length(0, 2), Field::string("good", "")},
            {{"name", text("ab")},
             {"mode", text("c")},
             {"count", {Kind::integer, {}, 10}},
             {"when", text("yesterday")},
             {"long", text("abc")},
             {"good", text("fine")},
             {"extra", text("x")}});
        CPPUNIT_ASSERT_EQUAL(std::string("name:too_short mode:not_allowed count:out_of_range region:required "
                                         "when:not_an_instant long:too_long extra:unknown_field "),
                             codes_);
        CPPUNIT_ASSERT(values.has("good"));
        CPPUNIT_ASSERT(!values.has("name"));
    }

    void lengthIsCountedInCodePoints() {
        const std::vector<Field> fields{Field::string("name", "").length(3, 3)};
        (void)check(fields, {{"name", text("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")}});
        CPPUNIT_ASSERT(codes_.empty());
        (void)check(fields, {{"name", text("\xC3\xA9\xE2\x82\xAC")}});
        CPPUNIT_ASSERT_EQUAL(std::string("name:too_short "), codes_);
    }

    void nullNeedsANullableField() {
        const Values values = check({Field::string("a", "").nullable(), Field::string("b", "")},
                                    {{"a", {Kind::null}}, {"b", {Kind::null}}});
        CPPUNIT_ASSERT_EQUAL(std::string("b:wrong_type "), codes_);
        CPPUNIT_ASSERT(values.has("a"));
        CPPUNIT_ASSERT(values.isNull("a"));
        CPPUNIT_ASSERT(!values.maybeString("a"));
        CPPUNIT_ASSERT(!values.isNull("b"));
    }

    void wrongTypesAreToldApart() {
        const std::vector<Field> fields{Field::string("s", ""),  Field::integer("i", ""),
                                        Field::boolean("b", ""), Field::strings("l", ""),
                                        Field::secret("k", ""),  Field::instant("t", "")};
        const RawValue number{Kind::number};
        (void)check(fields, {{"s", {Kind::integer, {}, 1}},
                             {"i", number},
                             {"b", text("true")},
                             {"l", text("a")},
                             {"k", {Kind::object}},
                             {"t", {Kind::integer, {}, 1}}});
        CPPUNIT_ASSERT_EQUAL(std::string("s:wrong_type i:wrong_type b:wrong_type l:wrong_type k:wrong_type "
                                         "t:wrong_type "),
                             codes_);
        (void)check(fields, {{"i", text("5")}, {"s", {Kind::array}}, {"l", {Kind::object}}});
        CPPUNIT_ASSERT_EQUAL(std::string("s:wrong_type i:wrong_type l:wrong_type "), codes_);
    }

    void integersKeepToTheirRange() {
        Field least = Field::integer("n", "");
        least.minimum = 1;
        (void)check({least}, {{"n", {Kind::integer, {}, 0}}});
        CPPUNIT_ASSERT_EQUAL(std::string("n:out_of_range "), codes_);
        Field most = Field::integer("n", "");
        most.maximum = 1;
        (void)check({most}, {{"n", {Kind::integer, {}, 2}}});
        CPPUNIT_ASSERT_EQUAL(std::string("n:out_of_range "), codes_);
        (void)check({Field::integer("n", "").range(1, 500)}, {{"n", {Kind::integer, {}, 500}}});
        CPPUNIT_ASSERT(codes_.empty());
    }

    void queryTextsBecomeWhatTheFieldIs() {
        const std::vector<Field> fields{Field::integer("limit", ""), Field::boolean("locked", ""),
                                        Field::string("search", ""), Field::instant("from", ""),
                                        Field::strings("tag", "")};
        const Values values = check(fields, {{"limit", query("-7")},
                                             {"locked", query("false")},
                                             {"search", query("")},
                                             {"from", query("2026-01-02T03:04:05+01:00")},
                                             {"tag", query("one")}});
        CPPUNIT_ASSERT(codes_.empty());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{-7}, values.integer("limit"));
        CPPUNIT_ASSERT(!values.boolean("locked"));
        CPPUNIT_ASSERT(values.string("search").empty());
        CPPUNIT_ASSERT_EQUAL(std::string("2026-01-02T02:04:05.000Z"), formatRfc3339(values.instant("from")));
        CPPUNIT_ASSERT(values.strings("tag") == (std::vector<std::string>{"one"}));
        for (const std::string_view bad : {"", "1x", "1.0", "+1", " 1", "9223372036854775808", "0x1"}) {
            (void)check(fields, {{"limit", query(bad)}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(bad), std::string("limit:wrong_type "), codes_);
        }
        (void)check(fields, {{"locked", query("yes")}});
        CPPUNIT_ASSERT_EQUAL(std::string("locked:wrong_type "), codes_);
    }

    void queryParameterGivenTwiceNeedsAList() {
        const RawValue twice{Kind::array, {}, 0, {query("1"), query("2")}};
        const Values values = check({Field::integer("limit", ""), Field::strings("tag", "")},
                                    {{"limit", twice}, {"tag", twice}}, "query.");
        CPPUNIT_ASSERT_EQUAL(std::string("query.limit:wrong_type "), codes_);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, values.strings("tag").size());
    }

    void listsAreBoundedAndHoldTextsOnly() {
        const std::vector<Field> fields{Field::strings("l", "").length(1, 2).oneOf({"a", "b"})};
        const auto list = [](std::vector<RawValue> entries) {
            return RawValue{Kind::array, {}, 0, std::move(entries)};
        };
        (void)check(fields, {{"l", list({})}});
        CPPUNIT_ASSERT_EQUAL(std::string("l:too_short "), codes_);
        (void)check(fields, {{"l", list({text("a"), text("b"), text("a")})}});
        CPPUNIT_ASSERT_EQUAL(std::string("l:too_long "), codes_);
        (void)check(fields, {{"l", list({text("a"), {Kind::integer, {}, 1}})}});
        CPPUNIT_ASSERT_EQUAL(std::string("l:wrong_type "), codes_);
        (void)check(fields, {{"l", list({text("c")})}});
        CPPUNIT_ASSERT_EQUAL(std::string("l:not_allowed "), codes_);
    }

    void whatIsNotTextIsRefused() {
        const std::vector<Field> fields{Field::string("s", ""), Field::secret("k", ""),
                                        Field::strings("l", "")};
        const RawValue nul = text(std::string_view("a\0b", 3));
        (void)check(fields, {{"s", nul}, {"k", nul}, {"l", {Kind::array, {}, 0, {query("\xFF")}}}});
        CPPUNIT_ASSERT_EQUAL(std::string("s:not_text k:not_text l:not_text "), codes_);
    }

    void detailsNeverRepeatAValue() {
        const std::string_view canary = "canary-value";
        const std::string longName(200, 'n');
        (void)check({Field::secret("key", "").length(20, 30), Field::integer("i", ""),
                     Field::string("s", "").oneOf({"x"}), Field::instant("t", "")},
                    {{"key", text(canary)},
                     {"i", text(canary)},
                     {"s", text(canary)},
                     {"t", text(canary)},
                     {"unknown", text(canary)},
                     {longName, text(canary)},
                     {"bad\xFF", text(canary)}});
        CPPUNIT_ASSERT(document_.find(canary) == std::string::npos);
        CPPUNIT_ASSERT(document_.find(longName) == std::string::npos);
        CPPUNIT_ASSERT(codes_.find("unknown:unknown_field") != std::string::npos);
    }

    void readingWhatWasNotSentIsTheHandlersMistake() {
        const Values values = check({Field::string("a", ""), Field::integer("b", "")}, {{"a", text("x")}});
        CPPUNIT_ASSERT_THROW((void)values.string("b"), std::logic_error);
        CPPUNIT_ASSERT_THROW((void)values.integer("a"), std::logic_error);
        CPPUNIT_ASSERT(!values.maybeInteger("b"));
        CPPUNIT_ASSERT(values.maybeSecret("a") == nullptr);
    }

private:
    static RawValue text(std::string_view value) { return {Kind::string, value}; }
    static RawValue query(std::string_view value) { return {Kind::untyped, value}; }

    Values check(const std::vector<Field>& fields, const std::vector<RawField>& sent,
                 std::string_view prefix = "") {
        Problem problem = Problem::invalidFields();
        Values values = detail::checkFields(fields, sent, prefix, problem);
        codes_.clear();
        for (const auto& error : problem.fields())
            codes_ += error.field + ":" + error.code + " ";
        document_ = problem.toJson("r");
        return values;
    }

    std::string codes_;
    std::string document_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FieldCheckTest);

} // namespace coffer::test
