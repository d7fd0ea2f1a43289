#include <coffer/testkit/LinkedPlugin.h>

#include <coffer/testkit/Test.h>

#include <optional>

using coffer::testkit::FakeHost;
using coffer::testkit::linkedPlugin;
using coffer::testkit::somebody;

class SampleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SampleTest);
    COFFER_TEST(anAddedEntryIsListedAndRecorded);
    COFFER_TEST(nothingIsAddedBeyondTheLimit);
    COFFER_TEST(aViewerReadsAndAddsNothing);
    COFFER_TEST(otherOrganizationsDoNotExist);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_.emplace(linkedPlugin());
        host_->organization(1, "Acme");
        host_->organization(2, "Umbrella");
        host_->start({{"limit", "2"}});
    }

    void anAddedEntryIsListedAndRecorded() {
        const auto added = host_->request("POST", "/sample", R"({"organizationId": 1, "text": "first"})");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, 201, added.status);
        const auto listed = host_->request("GET", "/sample?organizationId=1");
        CPPUNIT_ASSERT_EQUAL(std::string("first"), listed["items"][0]["text"].text());
        CPPUNIT_ASSERT_EQUAL(std::string("sample.add"), host_->audit().back().event.action);
    }

    void nothingIsAddedBeyondTheLimit() {
        for (const int status : {201, 201, 409}) {
            const auto added = host_->request("POST", "/sample", R"({"organizationId": 1, "text": "more"})");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(added.body, status, added.status);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{2},
                             host_->request("GET", "/sample?organizationId=1")["items"].size());
        CPPUNIT_ASSERT(host_->health().state == coffer::Health::State::degraded);
    }

    void aViewerReadsAndAddsNothing() {
        const auto viewer = host_->as(somebody(coffer::Role::viewer, 1));
        CPPUNIT_ASSERT_EQUAL(200, viewer.request("GET", "/sample?organizationId=1").status);
        CPPUNIT_ASSERT_EQUAL(
            403, viewer.request("POST", "/sample", R"({"organizationId": 1, "text": "x"})").status);
    }

    void otherOrganizationsDoNotExist() {
        const auto manager = host_->as(somebody(coffer::Role::manager, 1));
        CPPUNIT_ASSERT_EQUAL(
            404, manager.request("POST", "/sample", R"({"organizationId": 2, "text": "x"})").status);
        CPPUNIT_ASSERT_EQUAL(404, manager.request("GET", "/sample?organizationId=2").status);
    }

private:
    std::optional<FakeHost> host_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(SampleTest);
