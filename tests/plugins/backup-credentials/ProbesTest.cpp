#include "tests/plugins/backup-credentials/House.h"

namespace coffer::test {

using backup_credentials::Cause;
using backup_credentials::Verdict;

/// Probing what is stored, by hand and in the background; history; what siblings may do.
class ProbesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProbesTest);
    COFFER_TEST(givenKeysAreTriedAndNothingIsStored);
    COFFER_TEST(storedKeysAreTriedAndTheVerdictIsKept);
    COFFER_TEST(probeKeepsTheVersion);
    COFFER_TEST(verdictAboutReplacedKeysIsDropped);
    COFFER_TEST(backgroundTakesWhatIsDue);
    COFFER_TEST(backgroundRecordsOnlyChanges);
    COFFER_TEST(backgroundDropsVerdictsAboutReplacedKeys);
    COFFER_TEST(backgroundLeavesOutBusyEndpoints);
    COFFER_TEST(historyIsReadableAndPaged);
    CPPUNIT_TEST_SUITE_END();

    static Verdict verdict(Cause cause, Instant when) {
        Verdict out;
        out.cause = cause;
        out.saw = "It saw something.";
        out.advice = cause == Cause::none ? "" : "Do something.";
        out.when = when;
        return out;
    }
    static std::string stateOf(House& house, std::int64_t id) {
        return house.get(House::at(id)).object("validation")->getValue<std::string>("verdict");
    }
    static void makeDue(House& house) {
        house.sql("UPDATE backup_credentials_credential SET next_probe_at = 1");
    }

public:
    void givenKeysAreTriedAndNothingIsStored() {
        House house;
        const std::string body = R"({"endpoint":"https://s3.example.org","region":"eu","accessKeyId":"KEY",)"
                                 R"("secretAccessKey":"wrong-one"})";
        const Answer answer = house.post("/backup-credentials/probe", body);
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT(!answer.truth("works"));
        CPPUNIT_ASSERT_EQUAL(std::string("wrong_secret"), answer.text("cause"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{403}, answer.number("httpStatus"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0},
                             house.ask("SELECT count(*) FROM backup_credentials_credential"));
        CPPUNIT_ASSERT_EQUAL(403, house.send("viewer1", "POST", "/backup-credentials/probe", body).status);
    }

    void storedKeysAreTriedAndTheVerdictIsKept() {
        House house;
        const auto id = house.create("nightly");
        house.answerProbe = [](const auto& request, std::stop_token) {
            CPPUNIT_ASSERT_EQUAL(std::string_view(canary), request.secretAccessKey->reveal());
            return verdict(Cause::suspended, currentTime());
        };
        const Answer answer = house.post(House::at(id, "/probe"), "");
        CPPUNIT_ASSERT_EQUAL(200, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), answer.text("cause"));
        CPPUNIT_ASSERT_EQUAL(std::string("invalid"),
                             answer.object("validation")->getValue<std::string>("verdict"));
        CPPUNIT_ASSERT_EQUAL(std::string("invalid"), stateOf(house, id));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1},
                             house.get("/backup-credentials?validation=invalid").ids().size());
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.probe"));
        CPPUNIT_ASSERT(house.recorded(id, "backup-credential.verdict-changed"));
        house.answerProbe = nullptr;
        (void)house.post(House::at(id, "/probe"), "");
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), stateOf(house, id));
    }

    void probeKeepsTheVersion() {
        House house;
        const auto id = house.create("nightly");
        (void)house.post(House::at(id, "/probe"), "");
        const Answer shown = house.get(House::at(id));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, shown.number("version"));
        CPPUNIT_ASSERT_EQUAL(shown.text("createdAt"), shown.text("lastModifiedAt"));
    }

    void verdictAboutReplacedKeysIsDropped() {
        House house;
        const auto id = house.create("nightly");
        house.whileProbing = [&] {
            house.whileProbing = nullptr;
            (void)house.patch(House::at(id), R"({"secretAccessKey":"a-newer-secret"})");
            house.answerProbe = [](const auto&, std::stop_token) {
                return verdict(Cause::secret, currentTime());
            };
        };
        CPPUNIT_ASSERT_EQUAL(std::string("changed_meanwhile"),
                             house.post(House::at(id, "/probe"), "").code());
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), stateOf(house, id));
    }

    void backgroundTakesWhatIsDue() {
        House house;
        const auto id = house.create("nightly");
        const auto ports = house.probes().ports();
        CPPUNIT_ASSERT(ports.due(10, {}).empty());
        makeDue(house);
        const auto due = ports.due(10, {});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, due.size());
        CPPUNIT_ASSERT_EQUAL(id, due.front().id);
        const auto loaded = ports.load(id);
        CPPUNIT_ASSERT_EQUAL(std::string_view(canary), loaded->secretAccessKey.reveal());
        CPPUNIT_ASSERT_EQUAL(std::string("https://s3.example.org"), loaded->request.endpoint);
        ports.report(id, loaded->keysVersion, verdict(Cause::none, currentTime()));
        CPPUNIT_ASSERT(ports.due(10, {}).empty());
        CPPUNIT_ASSERT(!ports.load(id + 1));
    }

    void backgroundRecordsOnlyChanges() {
        House house;
        const auto id = house.create("nightly");
        const auto ports = house.probes().ports();
        const auto before = house.history(id).size();
        ports.report(id, 1, verdict(Cause::none, currentTime()));
        CPPUNIT_ASSERT_EQUAL(before, house.history(id).size());
        const Instant now = currentTime();
        for (const int minutes : {0, 10, 20})
            ports.report(id, 1, verdict(Cause::silent, now + std::chrono::minutes(minutes)));
        CPPUNIT_ASSERT_EQUAL(std::string("failing"), stateOf(house, id));
        CPPUNIT_ASSERT_EQUAL(before + 1, house.history(id).size());
        const AuditRecord record = house.history(id).front();
        CPPUNIT_ASSERT_EQUAL(std::string("backup-credential.verdict-changed"), record.event.action);
        CPPUNIT_ASSERT_EQUAL(std::string("system:probe"), record.origin.principalName);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"validation":"valid"})"), record.event.before);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"validation":"failing"})"), record.event.after);
    }

    void backgroundDropsVerdictsAboutReplacedKeys() {
        House house;
        const auto id = house.create("nightly");
        (void)house.patch(House::at(id), R"({"secretAccessKey":"a-newer-secret"})");
        house.probes().ports().report(id, 1, verdict(Cause::secret, currentTime()));
        CPPUNIT_ASSERT_EQUAL(std::string("valid"), stateOf(house, id));
        house.probes().ports().report(id, 2, verdict(Cause::secret, currentTime()));
        CPPUNIT_ASSERT_EQUAL(std::string("invalid"), stateOf(house, id));
        house.probes().ports().report(id + 100, 1, verdict(Cause::secret, currentTime()));
    }

    void backgroundLeavesOutBusyEndpoints() {
        House house;
        (void)house.create("nightly");
        makeDue(house);
        const auto ports = house.probes().ports();
        CPPUNIT_ASSERT(ports.due(10, {"https://s3.example.org"}).empty());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, ports.due(10, {"https://other.example.org"}).size());
    }

    void historyIsReadableAndPaged() {
        House house;
        const auto id = house.create("nightly");
        (void)house.patch(House::at(id), R"({"name":"daily"})");
        (void)house.send("manager1", "PUT", House::at(id, "/lock"), R"({"reason":"why"})");
        (void)house.patch(House::at(id), R"({"name":"refused"})");
        const Answer page = house.send("viewer1", "GET", House::at(id, "/history?limit=3"));
        CPPUNIT_ASSERT_EQUAL(200, page.status);
        const auto items = page.list();
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, items.size());
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), items[0]->getValue<std::string>("result"));
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), items[0]->getValue<std::string>("reason"));
        CPPUNIT_ASSERT_EQUAL(std::string("manager1 locked it"), items[1]->getValue<std::string>("summary"));
        CPPUNIT_ASSERT_EQUAL(std::string("daily"),
                             items[2]->getObject("after")->getValue<std::string>("name"));
        CPPUNIT_ASSERT(!page.truth("totalIsExact"));
        const Answer rest = house.get(House::at(id, "/history?limit=3&cursor=" + page.text("nextCursor")));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rest.list().size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4}, rest.number("totalCount"));
        CPPUNIT_ASSERT(rest.truth("totalIsExact"));
        CPPUNIT_ASSERT(rest.isNull("nextCursor"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProbesTest);

} // namespace coffer::test
