#include "host/identity/Names.h"

namespace coffer::test {

class NamesTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NamesTest);
    COFFER_TEST(nameIsNormalized);
    COFFER_TEST(whatIsNoNameIsRefused);
    COFFER_TEST(theDaemonsOwnNamesAreReserved);
    CPPUNIT_TEST_SUITE_END();

    static std::string codeOf(std::string_view text) {
        try {
            (void)host::acceptedName(text, "name", {3, 10});
            return "accepted";
        } catch (const Problem& problem) {
            CPPUNIT_ASSERT_EQUAL(422, problem.status());
            CPPUNIT_ASSERT_EQUAL(std::string("name"), problem.fields().at(0).field);
            return problem.fields().at(0).code;
        }
    }

    void nameIsNormalized() {
        const auto name = host::acceptedName(" Cafe\u0301 ", "name", {3, 10});
        CPPUNIT_ASSERT_EQUAL(std::string("Caf\u00e9"), name.text);
        CPPUNIT_ASSERT_EQUAL(std::string("caf\u00e9"), name.key);
    }

    void whatIsNoNameIsRefused() {
        CPPUNIT_ASSERT_EQUAL(std::string("too_short"), codeOf(" ab "));
        CPPUNIT_ASSERT_EQUAL(std::string("invalid_characters"), codeOf("ab\u202ec"));
    }

    void theDaemonsOwnNamesAreReserved() {
        CPPUNIT_ASSERT_EQUAL(std::string("reserved"), codeOf("System:x"));
        CPPUNIT_ASSERT_EQUAL(std::string("reserved"), codeOf("\uff33ystem:x"));
        CPPUNIT_ASSERT_EQUAL(std::string("accepted"), codeOf("systems"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(NamesTest);

} // namespace coffer::test
