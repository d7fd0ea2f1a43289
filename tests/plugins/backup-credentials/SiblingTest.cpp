#include "tests/plugins/backup-credentials/House.h"

namespace coffer::test {

using backup_credentials::SuspendedCredentials;

/// What other plugins are told and may do.
class SiblingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SiblingTest);
    COFFER_TEST(siblingsSeeOnlyTheOrganizationTheyName);
    COFFER_TEST(siblingsMayNotUseWhatIsLocked);
    COFFER_TEST(siblingsMayNotUseWhatDoesNotWork);
    COFFER_TEST(acceptingWhatDoesNotWorkOpensNoLock);
    COFFER_TEST(siblingsAreToldWhyItDoesNotWork);
    COFFER_TEST(projectsOfALockedCredentialCanBeRenamed);
    COFFER_TEST(suspendedAreThoseThatTheOwnerUses);
    COFFER_TEST(suspendedLooksAtTheScope);
    COFFER_TEST(siblingsPageThroughTheirOwnAssociations);
    COFFER_TEST(associationsGuardWhateverBecomesOfTheirOwner);
    COFFER_TEST(siblingsAssociateInTheirOwnNameOnly);
    COFFER_TEST(secretNeedsAGrantByName);
    CPPUNIT_TEST_SUITE_END();

    static std::string refusal(House& house, const std::function<void(Transaction&)>& act) {
        try {
            house.write([&](Transaction& transaction) {
                act(transaction);
                return 0;
            });
        } catch (const Problem& problem) {
            return problem.code();
        }
        return "";
    }
    static void becomes(House& house, std::int64_t id, const std::string& state) {
        house.sql("UPDATE backup_credentials_credential SET validation_state = '" + state +
                  "', validation_cause = 'wrong_secret', validation_advice = 'Enter it again.' WHERE id = " +
                  std::to_string(id));
    }
    static void lock(House& house, std::int64_t id) {
        CPPUNIT_ASSERT_EQUAL(200, house.put(House::at(id, "/lock"), R"({"reason":"why"})").status);
    }
    static void associate(House& house, std::int64_t id, std::int64_t organization = 1,
                          const std::string& owner = "projects") {
        house.write([&](Transaction& transaction) {
            house.sibling().associate(transaction, {owner, organization, id, "p", "P"});
            return 0;
        });
    }
    static SuspendedCredentials suspended(House& house, const OrganizationScope& scope) {
        return house.host().storage().read([&](Transaction& transaction) {
            return house.sibling().suspended(transaction, "projects", scope);
        });
    }

public:
    void siblingsSeeOnlyTheOrganizationTheyName() {
        House house;
        const auto id = house.create("nightly", 1);
        (void)house.put(House::at(id, "/default"));
        house.write([&](Transaction& transaction) {
            auto& sibling = house.sibling();
            CPPUNIT_ASSERT(sibling.find(transaction, 1, id));
            CPPUNIT_ASSERT(!sibling.find(transaction, 2, id));
            CPPUNIT_ASSERT_EQUAL(id, sibling.defaultOf(transaction, 1)->id);
            CPPUNIT_ASSERT(!sibling.defaultOf(transaction, 2));
            CPPUNIT_ASSERT_THROW(sibling.checkUse(transaction, {2, id}), Problem);
            CPPUNIT_ASSERT_THROW(sibling.associate(transaction, {"projects", 2, id, "p", "P"}), Problem);
            CPPUNIT_ASSERT_THROW(sibling.release(transaction, "projects", 2, id, "p"), Problem);
            return 0;
        });
    }

    void siblingsMayNotUseWhatIsLocked() {
        House house;
        const auto id = house.create("nightly");
        house.write([&](Transaction& transaction) {
            house.sibling().associate(transaction, {"projects", 1, id, "p", "P"});
            CPPUNIT_ASSERT_EQUAL(std::string("nightly"), house.sibling().checkUse(transaction, {1, id}).name);
            return 0;
        });
        (void)house.put(House::at(id, "/lock"), R"({"reason":"why"})");
        house.write([&](Transaction& transaction) {
            auto& sibling = house.sibling();
            CPPUNIT_ASSERT(sibling.find(transaction, 1, id)->locked);
            CPPUNIT_ASSERT_THROW(sibling.checkUse(transaction, {1, id}), Problem);
            CPPUNIT_ASSERT_THROW(sibling.associate(transaction, {"projects", 1, id, "q", "Q"}), Problem);
            CPPUNIT_ASSERT(sibling.release(transaction, "projects", 1, id, "p"));
            CPPUNIT_ASSERT(!sibling.release(transaction, "projects", 1, id, "p"));
            return 0;
        });
    }

    void siblingsMayNotUseWhatDoesNotWork() {
        House house;
        const auto id = house.create("nightly");
        for (const char* state : {"invalid", "failing", "unverified"}) {
            becomes(house, id, state);
            CPPUNIT_ASSERT_EQUAL(std::string("credential_not_working"),
                                 refusal(house, [&](Transaction& transaction) {
                                     (void)house.sibling().checkUse(transaction, {1, id});
                                 }));
            CPPUNIT_ASSERT_EQUAL(std::string(), refusal(house, [&](Transaction& transaction) {
                                     (void)house.sibling().checkUse(transaction, {1, id, true});
                                 }));
        }
    }

    void acceptingWhatDoesNotWorkOpensNoLock() {
        House house;
        const auto id = house.create("nightly");
        becomes(house, id, "invalid");
        lock(house, id);
        for (const bool accept : {false, true})
            CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"),
                                 refusal(house, [&](Transaction& transaction) {
                                     (void)house.sibling().checkUse(transaction, {1, id, accept});
                                 }));
    }

    void siblingsAreToldWhyItDoesNotWork() {
        House house;
        const auto id = house.create("nightly");
        const auto find = [&] {
            return house.host().storage().read(
                [&](Transaction& transaction) { return house.sibling().find(transaction, 1, id).value(); });
        };
        CPPUNIT_ASSERT(find().works);
        CPPUNIT_ASSERT_EQUAL(std::string(), find().cause);
        becomes(house, id, "invalid");
        lock(house, id);
        const auto summary = find();
        CPPUNIT_ASSERT(!summary.works);
        CPPUNIT_ASSERT_EQUAL(std::string("wrong_secret"), summary.cause);
        CPPUNIT_ASSERT_EQUAL(std::string("Enter it again."), summary.advice);
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), summary.lockedBy);
        CPPUNIT_ASSERT(summary.lockedSince);
    }

    void projectsOfALockedCredentialCanBeRenamed() {
        House house;
        const auto id = house.create("nightly");
        associate(house, id);
        lock(house, id);
        CPPUNIT_ASSERT_EQUAL(std::string(), refusal(house, [&](Transaction& transaction) {
                                 house.sibling().associate(transaction, {"projects", 1, id, "p", "Web shop"});
                             }));
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop"),
                             house.get(House::at(id)).list("projects").at(0)->getValue<std::string>("name"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, house.get("/backup-credentials?search=shop").ids().size());
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), refusal(house, [&](Transaction& transaction) {
                                 house.sibling().associate(transaction, {"projects", 1, id, "q", "Q"});
                             }));
    }

    void suspendedAreThoseThatTheOwnerUses() {
        House house;
        const auto working = house.create("working");
        const auto locked = house.create("locked");
        const auto failing = house.create("failing");
        const auto both = house.create("both");
        const auto unused = house.create("unused");
        const auto others = house.create("others");
        for (const auto id : {working, locked, failing, both})
            associate(house, id);
        associate(house, others, 1, "another-plugin");
        for (const auto id : {failing, both, unused, others})
            becomes(house, id, "failing");
        for (const auto id : {locked, both, unused, others})
            lock(house, id);
        const auto found = suspended(house, {true, {}});
        CPPUNIT_ASSERT((std::vector{locked, both} == found.locked));
        CPPUNIT_ASSERT((std::vector{failing, both} == found.notWorking));
    }

    void suspendedLooksAtTheScope() {
        House house;
        const auto first = house.create("nightly", 1);
        const auto second = house.create("nightly", 2);
        associate(house, first, 1);
        associate(house, second, 2);
        for (const auto id : {first, second}) {
            becomes(house, id, "invalid");
            lock(house, id);
        }
        CPPUNIT_ASSERT(std::vector{second} == suspended(house, {false, {2}}).locked);
        CPPUNIT_ASSERT(std::vector{second} == suspended(house, {false, {2}}).notWorking);
        CPPUNIT_ASSERT((std::vector{first, second} == suspended(house, {false, {1, 2}}).locked));
        CPPUNIT_ASSERT(suspended(house, {}).locked.empty());
    }

    void siblingsPageThroughTheirOwnAssociations() {
        House house;
        const auto first = house.create("first");
        const auto second = house.create("second");
        house.write([&](Transaction& transaction) {
            for (const char* project : {"10", "9"})
                house.sibling().associate(transaction, {"projects", 1, first, project, "P"});
            house.sibling().associate(transaction, {"projects", 1, second, "1", "Shop"});
            house.sibling().associate(transaction, {"others", 1, second, "2", "P"});
            return 0;
        });
        house.host().storage().read([&](Transaction& transaction) {
            const auto page = [&](std::int64_t credential, const std::string& project, std::size_t limit) {
                std::string out;
                for (const auto& use :
                     house.sibling().associations(transaction, "projects", credential, project, limit))
                    out += std::to_string(use.credential) + "/" + use.projectId + "/" + use.projectName + " ";
                return out;
            };
            CPPUNIT_ASSERT_EQUAL(std::string("1/10/P 1/9/P "), page(0, "", 2));
            CPPUNIT_ASSERT_EQUAL(std::string("2/1/Shop "), page(first, "9", 2));
            CPPUNIT_ASSERT_EQUAL(std::string(), page(second, "1", 2));
            CPPUNIT_ASSERT_THROW((void)house.sibling().associations(transaction, "manual", 0, "", 1),
                                 std::invalid_argument);
        });
    }

    /// Nothing of the owner runs here, as while it is disabled or in quarantine.
    void associationsGuardWhateverBecomesOfTheirOwner() {
        House house;
        const auto id = house.create("nightly");
        associate(house, id);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_in_use"), house.remove(House::at(id)).code());
        CPPUNIT_ASSERT_EQUAL(std::string("associated_by_plugin"),
                             house.remove(House::at(id, "/projects/p")).code());
        CPPUNIT_ASSERT_EQUAL(std::string("credential_in_use"), house.remove(House::at(id)).code());
    }

    void siblingsAssociateInTheirOwnNameOnly() {
        House house;
        const auto id = house.create("nightly");
        house.write([&](Transaction& transaction) {
            for (const char* owner : {"", "manual"}) {
                CPPUNIT_ASSERT_THROW(house.sibling().associate(transaction, {owner, 1, id, "p", "P"}),
                                     std::invalid_argument);
                CPPUNIT_ASSERT_THROW(house.sibling().release(transaction, owner, 1, id, "p"),
                                     std::invalid_argument);
            }
            return 0;
        });
    }

    void secretNeedsAGrantByName() {
        House house;
        const auto id = house.create("nightly");
        const auto other = house.create("other");
        house.principal("user", {{Role::viewer, 1}}, {{"backup-credentials:use", std::to_string(id)}});
        house.principal("stranger", {{Role::viewer, 2}}, {{"backup-credentials:use", std::to_string(id)}});
        const auto open = [&](const char* who, std::int64_t credential) {
            return house.write([&](Transaction& transaction) {
                return std::string(
                    house.sibling()
                        .openSecret(transaction, house.principalOf(who), 1, credential, "tests")
                        .reveal());
            });
        };
        CPPUNIT_ASSERT_EQUAL(std::string(canary), open("user", id));
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.use"));
        CPPUNIT_ASSERT_THROW(open("user", other), Problem);
        CPPUNIT_ASSERT_THROW(open("stranger", id), Problem);
        CPPUNIT_ASSERT_THROW(open("administrator", id), Problem);
        (void)house.put(House::at(id, "/lock"), R"({"reason":"why"})");
        CPPUNIT_ASSERT_THROW(open("user", id), Problem);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SiblingTest);

} // namespace coffer::test
