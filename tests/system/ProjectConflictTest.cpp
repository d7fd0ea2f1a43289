#include "tests/support/DaemonProcess.h"
#include "tests/support/S3Stub.h"
#include "tests/system/Racers.h"

#include <Poco/JSON/Array.h>

#include <csignal>
#include <map>

using namespace coffer::test;

/// Sixteen clients race at what projects and credentials owe each other. Whatever the order: a project that
/// is backed up has a credential, and that credential knows it.
class ProjectConflictTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProjectConflictTest);
    COFFER_TEST(nothingIsEnabledOnceItIsLocked);
    COFFER_TEST(whatIsDeletedBacksNothingUp);
    COFFER_TEST(enablingAndDisablingLeaveOneOfTheTwo);
    COFFER_TEST(theDefaultChangesUnderThoseWhoTakeIt);
    COFFER_TEST(changingTheCredentialAndDeletingEither);
    COFFER_TEST(aCredentialStaysGuardedWhileProjectsIsDisabled);
    COFFER_TEST(projectsAreShownWhileBackupCredentialsIsDisabled);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        daemon_ = std::make_unique<DaemonProcess>();
        stub_ = std::make_unique<S3Stub>();
        organization_ = daemon_->addOrganization("races");
        racers_ = std::make_unique<Racers>(*daemon_);
    }
    void tearDown() override {
        racers_.reset();
        daemon_.reset();
        stub_.reset();
    }

    void nothingIsEnabledOnceItIsLocked() {
        const auto projects = makeProjects();
        for (int round = 0; round < rounds; ++round) {
            const auto credential = makeCredential("lockable " + std::to_string(round));
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? client.put(pathOf(credential) + "/lock", R"({"reason":"a race"})")
                                 : enable(client, projects[at(racer)], credential);
            });
            CPPUNIT_ASSERT_EQUAL(Racers::count / 2, Racers::succeeded(answers, 1, {200}));
            const int enabled = Racers::succeeded(answers, 0, {200, 409});
            assertGuards(projects);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{enabled},
                                 racers_->first().get(pathOf(credential)).number("projectCount"));
            const auto suspended =
                racers_->first().get("/projects?backup=suspended&credentialId=" + std::to_string(credential));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{enabled}, suspended.number("totalCount"));
            assertNothingAssociatedAfterTheLock(credential, enabled);
        }
        assertSound();
    }
    void whatIsDeletedBacksNothingUp() {
        const auto projects = makeProjects();
        for (int round = 0; round < rounds; ++round) {
            const auto credential = makeCredential("prey " + std::to_string(round));
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? client.remove(pathOf(credential))
                                 : enable(client, projects[at(racer)], credential);
            });
            const int deleted = Racers::succeeded(answers, 1, {204, 404, 409});
            const int enabled = Racers::succeeded(answers, 0, {200, 409});
            CPPUNIT_ASSERT_EQUAL(enabled == 0 ? 1 : 0, deleted);
            CPPUNIT_ASSERT_EQUAL(deleted == 1 ? 404 : 200, racers_->first().get(pathOf(credential)).status);
            assertGuards(projects);
        }
        assertSound();
    }
    void enablingAndDisablingLeaveOneOfTheTwo() {
        const auto project = makeProject("switched");
        const auto credential = makeCredential("nightly");
        for (int round = 0; round < rounds; ++round) {
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? client.remove(pathOfProject(project) + "/backup")
                                 : enable(client, project, credential);
            });
            CPPUNIT_ASSERT_EQUAL(Racers::count / 2, Racers::succeeded(answers, 0, {200}));
            (void)Racers::succeeded(answers, 1, {200, 409});
            assertGuards({project});
        }
        assertSound();
    }
    void theDefaultChangesUnderThoseWhoTakeIt() {
        const auto projects = makeProjects();
        std::vector<std::int64_t> candidates;
        for (int i = 0; i < 4; ++i)
            candidates.push_back(makeCredential("candidate " + std::to_string(i)));
        (void)racers_->first().put(pathOf(candidates[0]) + "/default");
        for (int round = 0; round < rounds; ++round) {
            const auto answers = racers_->race([&](Client& client, int racer) {
                return racer % 2 ? client.put(pathOf(candidates[at(racer) % 4]) + "/default")
                                 : client.put(pathOfProject(projects[at(racer)]) + "/backup", "{}");
            });
            CPPUNIT_ASSERT_EQUAL(Racers::count / 2, Racers::succeeded(answers, 1, {200}));
            CPPUNIT_ASSERT_EQUAL(Racers::count / 2, Racers::succeeded(answers, 0, {200}));
            assertGuards(projects);
            for (std::size_t racer = 0; racer < projects.size(); racer += 2)
                (void)racers_->first().remove(pathOfProject(projects[racer]) + "/backup");
        }
        assertSound();
    }
    void changingTheCredentialAndDeletingEither() {
        const auto project = makeProject("wanderer");
        for (int round = 0; round < rounds; ++round) {
            const std::int64_t both[] = {makeCredential("one " + std::to_string(round)),
                                         makeCredential("two " + std::to_string(round))};
            CPPUNIT_ASSERT_EQUAL(200, enable(racers_->first(), project, both[0]).status);
            const auto answers = racers_->race([&](Client& client, int racer) {
                const auto credential = both[racer / 2 % 2];
                return racer % 2 ? client.remove(pathOf(credential)) : enable(client, project, credential);
            });
            (void)Racers::succeeded(answers, 0, {200, 409});
            CPPUNIT_ASSERT(Racers::succeeded(answers, 1, {204, 404, 409}) <= 1);
            const auto now = racers_->first().get(pathOfProject(project));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(now.body, std::string("enabled"), now.text("backup.state"));
            assertGuards({project});
        }
        assertSound();
    }
    void aCredentialStaysGuardedWhileProjectsIsDisabled() {
        const auto credential = makeCredential("nightly");
        const auto project = makeProject("Web shop");
        CPPUNIT_ASSERT_EQUAL(200, enable(racers_->first(), project, credential).status);
        CPPUNIT_ASSERT_EQUAL(200, racers_->first().post("/plugins/projects/disable").status);
        CPPUNIT_ASSERT_EQUAL(503, racers_->first().get(pathOfProject(project)).status);
        CPPUNIT_ASSERT_EQUAL(std::string("credential_in_use"),
                             racers_->first().remove(pathOf(credential)).code());
        CPPUNIT_ASSERT_EQUAL(
            std::string("associated_by_plugin"),
            racers_->first().remove(pathOf(credential) + "/projects/" + std::to_string(project)).code());
        const auto kept = racers_->first().remove("/organizations/" + std::to_string(organization_));
        CPPUNIT_ASSERT_EQUAL(std::string("organization_in_use"), kept.code());
        CPPUNIT_ASSERT_MESSAGE(kept.body, kept.body.find("1 of projects (project)") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(kept.body,
                               kept.body.find("1 of backup-credentials (credential)") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(200, racers_->first().post("/plugins/projects/enable").status);
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"),
                             racers_->first().get(pathOfProject(project)).text("backup.state"));
        assertGuards({project});
        assertSound();
    }

    void projectsAreShownWhileBackupCredentialsIsDisabled() {
        const auto credential = makeCredential("nightly");
        const auto project = makeProject("Web shop");
        CPPUNIT_ASSERT_EQUAL(200, enable(racers_->first(), project, credential).status);
        CPPUNIT_ASSERT_EQUAL(200, racers_->first().post("/plugins/backup-credentials/disable").status);
        const auto shown = racers_->first().get(pathOfProject(project));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(shown.body, std::string("unknown"), shown.text("backup.state"));
        const auto refused = racers_->first().remove(pathOfProject(project) + "/backup");
        CPPUNIT_ASSERT_EQUAL(503, refused.status);
        CPPUNIT_ASSERT_EQUAL(std::string("backup_credentials_gone"), refused.code());
        CPPUNIT_ASSERT(
            racers_->first().get("//metrics").body.find(R"(coffer_projects{backup="unknown"} 1)") !=
            std::string::npos);
        CPPUNIT_ASSERT_EQUAL(200, racers_->first().post("/plugins/backup-credentials/enable").status);
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"),
                             racers_->first().get(pathOfProject(project)).text("backup.state"));
        assertGuards({project});
        assertSound();
    }

private:
    static constexpr int rounds = 6;

    static std::size_t at(int racer) { return static_cast<std::size_t>(racer); }
    static std::string pathOf(std::int64_t credential) {
        return "/backup-credentials/" + std::to_string(credential);
    }
    static std::string pathOfProject(std::int64_t project) { return "/projects/" + std::to_string(project); }
    static Answer enable(Client& client, std::int64_t project, std::int64_t credential) {
        return client.put(pathOfProject(project) + "/backup",
                          R"({"credentialId":)" + std::to_string(credential) + "}");
    }
    std::int64_t makeCredential(const std::string& name) {
        const auto answer = racers_->first().post("/backup-credentials",
                                                  credentialJson(organization_, name, stub_->endpoint()));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        return answer.number("id");
    }
    std::int64_t makeProject(const std::string& name) {
        const auto answer =
            racers_->first().post("/projects", R"({"organizationId":)" + std::to_string(organization_) +
                                                   R"(,"name":")" + name + "\"}");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        return answer.number("id");
    }
    /// One for each racer.
    std::vector<std::int64_t> makeProjects() {
        std::vector<std::int64_t> out;
        for (int i = 0; i < Racers::count; ++i)
            out.push_back(makeProject("project " + std::to_string(i)));
        return out;
    }
    /// Every project that is backed up is one that its credential names, and no credential names another.
    void assertGuards(const std::vector<std::int64_t>& projects) {
        std::map<std::int64_t, std::int64_t> backedUp; // by credential
        for (const auto project : projects) {
            const auto shown = racers_->first().get(pathOfProject(project));
            if (shown.text("backup.state") == "disabled")
                continue;
            const auto credential = shown.number("backup.credentialId");
            ++backedUp[credential];
            const auto uses = racers_->first().get(pathOf(credential) + "/projects");
            CPPUNIT_ASSERT_MESSAGE(uses.body, uses.body.find("\"id\":\"" + std::to_string(project) + "\"") !=
                                                  std::string::npos);
        }
        for (const auto& [credential, count] : backedUp)
            CPPUNIT_ASSERT_EQUAL(count, racers_->first().get(pathOf(credential)).number("projectCount"));
    }
    /// The log has the order in which it was.
    void assertNothingAssociatedAfterTheLock(std::int64_t credential, int expected) {
        const auto history = racers_->first().get(pathOf(credential) + "/history?limit=100");
        const auto items = history.json()->getArray("items");
        int before = 0;
        bool isAfter = true; // newest first
        for (std::size_t i = 0; i < items->size(); ++i) {
            const auto item = items->getObject(static_cast<unsigned>(i));
            if (item->getValue<std::string>("result") != "success")
                continue;
            const auto did = item->getValue<std::string>("action");
            isAfter = isAfter && did != "backup-credential.lock";
            if (did == "backup-credential.associate") {
                CPPUNIT_ASSERT_MESSAGE(history.body, !isAfter);
                ++before;
            }
        }
        CPPUNIT_ASSERT_EQUAL(expected, before);
    }
    /// As the daemon's own inspection has it, both plugins together.
    void assertSound() {
        racers_.reset();
        daemon_->signal(SIGTERM);
        CPPUNIT_ASSERT_EQUAL(0, daemon_->wait());
        std::string output;
        CPPUNIT_ASSERT_EQUAL_MESSAGE(output, 0, daemon_->run({"storage", "check"}, &output));
    }

    std::unique_ptr<DaemonProcess> daemon_;
    std::unique_ptr<S3Stub> stub_;
    std::unique_ptr<Racers> racers_;
    std::int64_t organization_ = 0;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProjectConflictTest);
