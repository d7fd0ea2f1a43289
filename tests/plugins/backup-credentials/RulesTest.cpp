#include "tests/plugins/backup-credentials/House.h"

namespace coffer::test {

/// Lock, default, associations, and what they guard.
class RulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RulesTest);
    COFFER_TEST(locksWithAReasonAndSaysWhenItAlreadyWas);
    COFFER_TEST(lockNeedsAReason);
    COFFER_TEST(lockedCredentialRefusesUpdate);
    COFFER_TEST(lockedCredentialRefusesDeletion);
    COFFER_TEST(lockedCredentialRefusesProjects);
    COFFER_TEST(lockedCredentialCannotBecomeDefault);
    COFFER_TEST(lockedCredentialAllowsProbeReleaseAndUnlock);
    COFFER_TEST(lockingADefaultKeepsIt);
    COFFER_TEST(defaultMovesInOneStep);
    COFFER_TEST(defaultsOfOrganizationsAreApart);
    COFFER_TEST(clearingWhatIsNotTheDefaultChangesNothing);
    COFFER_TEST(noDefaultHasItsOwnCode);
    COFFER_TEST(deletingTheDefaultLeavesNone);
    COFFER_TEST(associatesAndReleasesByHand);
    COFFER_TEST(associatingAgainRenames);
    COFFER_TEST(refusesProjectsThatAreNone);
    COFFER_TEST(credentialInUseRefusesDeletionAndNamesTheProjects);
    COFFER_TEST(releaseOfAPluginsProjectNamesItsOwner);
    COFFER_TEST(projectsArePagedInOrder);
    COFFER_TEST(showsTwentyProjectsAndCountsAll);
    CPPUNIT_TEST_SUITE_END();

public:
    static constexpr const char* why = R"({"reason":"keys are being rotated"})";
    static constexpr const char* web = R"({"name":"Web shop"})";

    void locksWithAReasonAndSaysWhenItAlreadyWas() {
        House house;
        const auto id = house.create("nightly");
        const Answer first = house.put(House::at(id, "/lock"), why);
        CPPUNIT_ASSERT_EQUAL(200, first.status);
        CPPUNIT_ASSERT(!first.truth("alreadyLocked"));
        CPPUNIT_ASSERT(first.truth("locked"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, first.number("version"));
        const Answer second =
            house.send("manager1", "PUT", House::at(id, "/lock"), R"({"reason":"another reason"})");
        CPPUNIT_ASSERT(second.truth("alreadyLocked"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, second.number("version"));
        const auto lock = second.object("lock");
        CPPUNIT_ASSERT_EQUAL(std::string("keys are being rotated"), lock->getValue<std::string>("reason"));
        CPPUNIT_ASSERT_EQUAL(std::string("administrator"), lock->getValue<std::string>("by"));

        const Answer unlocked = house.remove(House::at(id, "/lock"));
        CPPUNIT_ASSERT(!unlocked.truth("alreadyUnlocked"));
        CPPUNIT_ASSERT(unlocked.isNull("lock"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, unlocked.number("version"));
        CPPUNIT_ASSERT(house.remove(House::at(id, "/lock")).truth("alreadyUnlocked"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, house.history(id).size());
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.lock"));
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.unlock"));
    }

    void lockNeedsAReason() {
        House house;
        const auto id = house.create("nightly");
        for (const char* body : {"{}", R"({"reason":""})", R"({"reason":"   "})", R"({"reason":"a\nb"})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(body, 422, house.put(House::at(id, "/lock"), body).status);
    }

    void lockedCredentialRefusesUpdate() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/lock"), why);
        const Answer answer = house.patch(House::at(id), R"({"name":"other"})");
        CPPUNIT_ASSERT_EQUAL(409, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), answer.code());
        for (const char* part : {"administrator", "keys are being rotated", "/lock"})
            CPPUNIT_ASSERT(answer.text("detail").find(part) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("keys are being rotated"),
                             answer.object("lock")->getValue<std::string>("reason"));
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.update", AuditResult::refused));
    }

    void lockedCredentialRefusesDeletion() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/lock"), why);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), house.remove(House::at(id)).code());
        CPPUNIT_ASSERT_EQUAL(200, house.get(House::at(id)).status);
        (void)house.remove(House::at(id, "/lock"));
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id)).status);
    }

    void lockedCredentialRefusesProjects() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/lock"), why);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"),
                             house.put(House::at(id, "/projects/web"), web).code());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, house.get(House::at(id, "/projects")).number("totalCount"));
    }

    void lockedCredentialCannotBecomeDefault() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/lock"), why);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), house.put(House::at(id, "/default")).code());
    }

    void lockedCredentialAllowsProbeReleaseAndUnlock() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/projects/web"), web);
        (void)house.put(House::at(id, "/lock"), why);
        CPPUNIT_ASSERT_EQUAL(200, house.post(House::at(id, "/probe"), "").status);
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id, "/projects/web")).status);
        CPPUNIT_ASSERT_EQUAL(200, house.remove(House::at(id, "/lock")).status);
    }

    void lockingADefaultKeepsIt() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/default"));
        const Answer locked = house.put(House::at(id, "/lock"), why);
        CPPUNIT_ASSERT(locked.truth("default"));
        const Answer asked = house.get("/backup-credentials/default?organizationId=1");
        CPPUNIT_ASSERT_EQUAL(200, asked.status);
        CPPUNIT_ASSERT(asked.truth("locked"));
        CPPUNIT_ASSERT_EQUAL(200, house.remove(House::at(id, "/default")).status);
    }

    void defaultMovesInOneStep() {
        House house;
        const auto first = house.create("first");
        const auto second = house.create("second");
        CPPUNIT_ASSERT(!house.put(House::at(first, "/default")).truth("alreadyDefault"));
        CPPUNIT_ASSERT(house.put(House::at(first, "/default")).truth("alreadyDefault"));
        const Answer moved = house.put(House::at(second, "/default"));
        CPPUNIT_ASSERT(moved.truth("default"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, moved.number("version"));
        CPPUNIT_ASSERT(!house.get(House::at(first)).truth("default"));
        CPPUNIT_ASSERT_EQUAL(second, house.get("/backup-credentials/default?organizationId=1").number("id"));
        CPPUNIT_ASSERT(house.recorded(first, "backup-credential.clear-default"));
        CPPUNIT_ASSERT(house.recorded(second, "backup-credential.make-default"));
    }

    void defaultsOfOrganizationsAreApart() {
        House house;
        const auto one = house.create("nightly", 1);
        const auto two = house.create("nightly", 2);
        (void)house.put(House::at(one, "/default"));
        (void)house.put(House::at(two, "/default"));
        CPPUNIT_ASSERT_EQUAL(one, house.send("manager1", "GET", "/backup-credentials/default").number("id"));
        CPPUNIT_ASSERT_EQUAL(two, house.send("manager2", "GET", "/backup-credentials/default").number("id"));
        CPPUNIT_ASSERT_EQUAL(422, house.get("/backup-credentials/default").status);
    }

    void clearingWhatIsNotTheDefaultChangesNothing() {
        House house;
        const auto first = house.create("first");
        const auto second = house.create("second");
        (void)house.put(House::at(first, "/default"));
        CPPUNIT_ASSERT(house.remove(House::at(second, "/default")).truth("alreadyCleared"));
        CPPUNIT_ASSERT(house.get(House::at(first)).truth("default"));
        CPPUNIT_ASSERT(!house.remove(House::at(first, "/default")).truth("alreadyCleared"));
        CPPUNIT_ASSERT(!house.get(House::at(first)).truth("default"));
    }

    void noDefaultHasItsOwnCode() {
        House house;
        (void)house.create("nightly");
        const Answer answer = house.get("/backup-credentials/default?organizationId=1");
        CPPUNIT_ASSERT_EQUAL(404, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("no_default"), answer.code());
        CPPUNIT_ASSERT_EQUAL(std::string("not_found"),
                             house.get("/backup-credentials/default?organizationId=99").code());
    }

    void deletingTheDefaultLeavesNone() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/default"));
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id)).status);
        CPPUNIT_ASSERT_EQUAL(std::string("no_default"),
                             house.get("/backup-credentials/default?organizationId=1").code());
    }

    void associatesAndReleasesByHand() {
        House house;
        const auto id = house.create("nightly");
        const Answer made = house.put(House::at(id, "/projects/web%20%231"), web);
        CPPUNIT_ASSERT_EQUAL(200, made.status);
        CPPUNIT_ASSERT_EQUAL(std::string("web #1"), made.text("id"));
        CPPUNIT_ASSERT_EQUAL(std::string("manual"), made.text("owner"));
        CPPUNIT_ASSERT(!made.truth("alreadyAssociated"));
        const Answer shown = house.get(House::at(id));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, shown.number("projectCount"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, shown.number("version"));
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop"),
                             shown.list("projects").front()->getValue<std::string>("name"));
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id, "/projects/web%20%231")).status);
        CPPUNIT_ASSERT_EQUAL(404, house.remove(House::at(id, "/projects/web%20%231")).status);
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.associate"));
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.release"));
    }

    void associatingAgainRenames() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/projects/prj"), web);
        CPPUNIT_ASSERT(house.put(House::at(id, "/projects/prj"), web).truth("alreadyAssociated"));
        const Answer renamed = house.put(House::at(id, "/projects/prj"), R"({"name":"Shop"})");
        CPPUNIT_ASSERT(renamed.truth("alreadyAssociated"));
        CPPUNIT_ASSERT_EQUAL(std::string("Shop"), renamed.text("name"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(House::at(id)).number("projectCount"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                             house.get("/backup-credentials?search=shop").number("totalCount"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             house.get("/backup-credentials?search=web+shop").number("totalCount"));
    }

    void refusesProjectsThatAreNone() {
        House house;
        const auto id = house.create("nightly");
        const std::string longest(64, 'p');
        CPPUNIT_ASSERT_EQUAL(200, house.put(House::at(id, "/projects/" + longest), web).status);
        const Answer tooLong = house.put(House::at(id, "/projects/" + longest + "p"), web);
        CPPUNIT_ASSERT_EQUAL(422, tooLong.status);
        CPPUNIT_ASSERT(tooLong.hasError("projectId:invalid_project_id"));
        CPPUNIT_ASSERT_EQUAL(422, house.put(House::at(id, "/projects/a%E2%80%AEb"), web).status);
        CPPUNIT_ASSERT_EQUAL(422, house.put(House::at(id, "/projects/web"), R"({"name":" "})").status);
        CPPUNIT_ASSERT_EQUAL(422, house.put(House::at(id, "/projects/web"), "{}").status);
    }

    void credentialInUseRefusesDeletionAndNamesTheProjects() {
        House house;
        const auto id = house.create("nightly");
        (void)house.put(House::at(id, "/projects/web"), web);
        house.write([&](Transaction& transaction) {
            house.sibling().associate(transaction, {"projects", 1, id, "p-7", "Payments"});
            return 0;
        });
        const Answer answer = house.remove(House::at(id));
        CPPUNIT_ASSERT_EQUAL(409, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_in_use"), answer.code());
        const auto projects = answer.list("projects");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, projects.size());
        CPPUNIT_ASSERT_EQUAL(std::string("projects"), projects[0]->getValue<std::string>("owner"));
        CPPUNIT_ASSERT_EQUAL(std::string("Web shop"), projects[1]->getValue<std::string>("name"));
        CPPUNIT_ASSERT(answer.text("detail").find("Payments") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(200, house.get(House::at(id)).status);
    }

    void releaseOfAPluginsProjectNamesItsOwner() {
        House house;
        const auto id = house.create("nightly");
        house.write([&](Transaction& transaction) {
            house.sibling().associate(transaction, {"projects", 1, id, "p-7", "Payments"});
            return 0;
        });
        const Answer answer = house.remove(House::at(id, "/projects/p-7"));
        CPPUNIT_ASSERT_EQUAL(409, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("associated_by_plugin"), answer.code());
        CPPUNIT_ASSERT_EQUAL(std::string("projects"), answer.text("owner"));
        (void)house.put(House::at(id, "/projects/p-7"), web);
        CPPUNIT_ASSERT_EQUAL(204, house.remove(House::at(id, "/projects/p-7")).status);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.get(House::at(id)).number("projectCount"));
    }

    void projectsArePagedInOrder() {
        House house;
        const auto id = house.create("nightly");
        for (int i = 0; i < 5; ++i)
            (void)house.put(House::at(id, "/projects/p" + std::to_string(i)), web);
        std::string cursor;
        std::vector<std::string> seen;
        do {
            const Answer page = house.get(House::at(id, "/projects?limit=2" + cursor));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, page.number("totalCount"));
            for (const auto& item : page.list())
                seen.push_back(item->getValue<std::string>("id"));
            cursor = page.isNull("nextCursor") ? "" : "&cursor=" + page.text("nextCursor");
        } while (!cursor.empty());
        CPPUNIT_ASSERT((seen == std::vector<std::string>{"p0", "p1", "p2", "p3", "p4"}));
        CPPUNIT_ASSERT_EQUAL(422, house.get(House::at(id, "/projects?cursor=rubbish")).status);
    }

    void showsTwentyProjectsAndCountsAll() {
        House house;
        const auto id = house.create("nightly");
        for (int i = 0; i < 23; ++i)
            (void)house.put(House::at(id, "/projects/p" + std::to_string(i)), web);
        const Answer listed = house.get("/backup-credentials");
        const auto item = listed.list().front();
        CPPUNIT_ASSERT_EQUAL(std::size_t{20}, item->getArray("projects")->size());
        CPPUNIT_ASSERT_EQUAL(23, item->getValue<int>("projectCount"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RulesTest);

} // namespace coffer::test
