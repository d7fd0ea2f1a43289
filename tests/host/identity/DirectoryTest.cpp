#include "host/identity/Directory.h"
#include "host/identity/TokenAuthenticator.h"
#include "tests/host/identity/House.h"
#include "tests/support/RethrowingThread.h"

#include <barrier>
#include <list>
#include <stdexcept>

namespace coffer::test {

/// The first start, a restored backup, and administrators who delete each other.
class DirectoryTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DirectoryTest);
    COFFER_TEST(theFirstStartMakesOneAdministratorAndItsToken);
    COFFER_TEST(aTokenThatCannotBeDeliveredLeavesNothing);
    COFFER_TEST(aRestoredBackupHasOneValidLogin);
    COFFER_TEST(aBackupWithoutAdministratorGetsOne);
    COFFER_TEST(twoAdministratorsCannotDeleteEachOther);
    COFFER_TEST(manyWhoMakeTheSameOrganizationMakeOne);
    CPPUNIT_TEST_SUITE_END();

    House house;
    host::TokenAuthenticator authenticator{house.storage(), house.metrics()};

    std::optional<Principal> login(const std::string& header) {
        host::IncomingRequest request;
        request.head.set("Authorization", header);
        request.address = "192.0.2.1";
        try {
            return authenticator.authenticate(request);
        } catch (const Problem&) {
            return std::nullopt;
        }
    }

    std::string firstStart() {
        std::string header;
        CPPUNIT_ASSERT(host::makeFirstAdministrator(house.storage(), [&](const SecretBytes& token) {
            header = "Bearer " + std::string(token.reveal());
        }));
        return header;
    }

    void theFirstStartMakesOneAdministratorAndItsToken() {
        const auto known = login(firstStart());
        CPPUNIT_ASSERT(known);
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), known->name);
        CPPUNIT_ASSERT((known->roles == std::vector<RoleGrant>{everywhere}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.count("principal.create"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.count("token.create"));
        CPPUNIT_ASSERT(!host::makeFirstAdministrator(
            house.storage(), [](const SecretBytes&) { CPPUNIT_FAIL("a second start made another token"); }));
    }

    void aTokenThatCannotBeDeliveredLeavesNothing() {
        CPPUNIT_ASSERT_THROW(
            host::makeFirstAdministrator(house.storage(),
                                         [](const SecretBytes&) { throw std::runtime_error("disk full"); }),
            std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.number("SELECT count(*) FROM principal"));
        CPPUNIT_ASSERT(login(firstStart()));
    }

    SecretBytes restore() {
        return house.storage().write(Origin::system("restore"), [](Transaction& transaction) {
            return host::revokeEverything(transaction);
        });
    }

    void aRestoredBackupHasOneValidLogin() {
        const std::string before = firstStart();
        const auto admin = login(before)->id;
        const auto organization = house.makeOrganization("Research");
        const auto robot =
            house.call(admin, Method::post, "/robots",
                       {{"name", "nightly"}, {"organizationId", organization}, {"role", "viewer"}});
        const SecretBytes token = restore();
        CPPUNIT_ASSERT(!login(before));
        const auto known = login("Bearer " + std::string(token.reveal()));
        CPPUNIT_ASSERT(known);
        CPPUNIT_ASSERT_EQUAL(admin, known->id);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"revokedTokens":1,"revokedRobotSecrets":1,"endedSessions":0})"),
                             house.last("login.revoke-everything").after);
        const auto path = "/robots/" + std::to_string(robot.id());
        CPPUNIT_ASSERT(!house.call(admin, Method::get, path).json()->getValue<bool>("usable"));
        CPPUNIT_ASSERT(house.call(admin, Method::post, path + "/rotate").json()->getValue<bool>("usable"));
    }

    void aBackupWithoutAdministratorGetsOne() {
        const auto ada = house.makePrincipal("Ada", {{Role::viewer, house.makeOrganization("Research")}});
        const SecretBytes token = restore();
        const auto known = login("Bearer " + std::string(token.reveal()));
        CPPUNIT_ASSERT(known && known->id != ada);
        CPPUNIT_ASSERT((known->roles == std::vector<RoleGrant>{everywhere}));
    }

    void twoAdministratorsCannotDeleteEachOther() {
        auto kept = house.makePrincipal("First", {everywhere});
        for (int round = 0; round < 20; ++round) {
            const auto second = house.makePrincipal("Second", {everywhere});
            const Principal one = house.principal(kept);
            const Principal two = house.principal(second);
            std::barrier start(2);
            std::array<int, 2> statuses{};
            const auto remove = [&](std::size_t which, const Principal& caller, std::int64_t victim) {
                start.arrive_and_wait();
                statuses[which] =
                    house.call(caller, Method::remove, "/principals/" + std::to_string(victim)).status;
            };
            {
                RethrowingThread first([&] { remove(0, one, two.id); });
                remove(1, two, one.id);
                first.join();
            }
            CPPUNIT_ASSERT_EQUAL(1L, std::ranges::count(statuses, 204));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.number("SELECT count(*) FROM principal"));
            kept = house.number("SELECT id FROM principal");
        }
    }

    void manyWhoMakeTheSameOrganizationMakeOne() {
        const Principal admin = house.principal(house.makePrincipal("Root", {everywhere}));
        std::barrier start(16);
        std::array<int, 16> statuses{};
        {
            std::list<RethrowingThread> threads;
            for (std::size_t i = 0; i < statuses.size(); ++i)
                threads.emplace_back([&, i] {
                    start.arrive_and_wait();
                    statuses[i] = house
                                      .call(admin, Method::post, "/organizations",
                                            {{"name", i % 2 ? "research" : "RESEARCH"}})
                                      .status;
                });
            for (auto& thread : threads)
                thread.join();
        }
        CPPUNIT_ASSERT_EQUAL(1L, std::ranges::count(statuses, 201));
        CPPUNIT_ASSERT_EQUAL(15L, std::ranges::count(statuses, 409));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DirectoryTest);

} // namespace coffer::test
