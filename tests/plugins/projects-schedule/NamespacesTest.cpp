#include "schedule/Namespaces.h"

#include <coffer/testkit/Test.h>

#include <string>
#include <vector>

namespace coffer::projects {

using Names = std::vector<std::string>;

class NamespacesTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NamespacesTest);
    COFFER_TEST(oneListIsEnough);
    COFFER_TEST(noneIsNot);
    COFFER_TEST(everyBadNameIsTold);
    COFFER_TEST(aNameStandsOnce);
    COFFER_TEST(whatIsIncludedIsNotExcluded);
    COFFER_TEST(whatSomebodyTypedIsNotRepeated);
    CPPUNIT_TEST_SUITE_END();

    /// `field code` of each refused field.
    static Names refusals(const Names& included, const Names& excluded) {
        Problem problem = Problem::invalidFields();
        checkNamespaces(included, excluded, problem);
        Names found;
        for (const auto& error : problem.fields()) {
            CPPUNIT_ASSERT_MESSAGE(error.detail, error.detail.ends_with("."));
            found.push_back(error.field + " " + error.code);
        }
        return found;
    }

public:
    void oneListIsEnough() {
        CPPUNIT_ASSERT(
            refusals({"shop", "kube-system", "a", "0", "no", "1e3", std::string(63, 'x')}, {}).empty());
        CPPUNIT_ASSERT(refusals({}, {"shop"}).empty());
        CPPUNIT_ASSERT(refusals({"shop"}, {"blog"}).empty());
    }
    void noneIsNot() { CPPUNIT_ASSERT(refusals({}, {}) == Names{"includedNamespaces required"}); }
    void everyBadNameIsTold() {
        const Names bad{"",       "Shop", "-shop",  "shop-",    "shop_1", "shop.1", "a b",
                        "shop\n", "*",    "~",      "\xc3\xa1", "s/p",    "---",    std::string(64, 'x'),
                        "a\"b",   "..",   "{shop}", "%20"};
        CPPUNIT_ASSERT(refusals(bad, {}) == Names(bad.size(), "includedNamespaces invalid_namespace"));
        CPPUNIT_ASSERT(refusals({"shop"}, bad) == Names(bad.size(), "excludedNamespaces invalid_namespace"));
        CPPUNIT_ASSERT(refusals({"x", std::string("sh\0op", 5)}, {}).size() == 1);
    }
    void aNameStandsOnce() {
        CPPUNIT_ASSERT(refusals({"a", "b", "a", "a"}, {"c", "c"}) ==
                       (Names{"includedNamespaces duplicate", "includedNamespaces duplicate",
                              "excludedNamespaces duplicate"}));
    }
    void whatIsIncludedIsNotExcluded() {
        CPPUNIT_ASSERT(refusals({"a", "b"}, {"b", "c", "a"}) ==
                       (Names{"excludedNamespaces overlap", "excludedNamespaces overlap"}));
    }
    void whatSomebodyTypedIsNotRepeated() {
        Problem problem = Problem::invalidFields();
        checkNamespaces({std::string(100000, 'x')}, {}, problem);
        CPPUNIT_ASSERT(problem.fields().front().detail.size() < 200);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(NamespacesTest);

} // namespace coffer::projects
