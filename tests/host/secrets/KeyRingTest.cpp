#include "host/secrets/Hex.h"
#include "tests/host/secrets/Keys.h"

namespace coffer::test {

using namespace coffer::host;

class KeyRingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyRingTest);
    COFFER_TEST(anEmptyDatabaseGetsVersionOne);
    COFFER_TEST(aCommandThatOnlyLooksMakesNoKeys);
    COFFER_TEST(aWrongKeyRefusesAndChangesNothing);
    COFFER_TEST(keysThatAreGoneAreNotMadeAnew);
    COFFER_TEST(aDamagedKeyRefuses);
    COFFER_TEST(changesItsKeyEncryptionKeyWhenBothAreThere);
    COFFER_TEST(rotationKeepsTheOldKeyForOpening);
    COFFER_TEST(rotationThatIsUndoneIsForgotten);
    COFFER_TEST(retiringRefusesWhatIsNeeded);
    COFFER_TEST(retiringDestroysTheKey);
    COFFER_TEST(integrityKeysDifferByPurposeAndNeverChange);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    std::unique_ptr<KeyHouse> house_;

    static constexpr SecretContext context{1, "record", "field"};

    SecretReference store(const std::string& text) {
        return house_->write([&](Transaction& t) {
            return house_->vault()->store(t, context, SecretBytes(std::string_view(text)));
        });
    }
    std::string open(SecretReference reference) {
        return house_->read([&](Transaction& t) {
            return std::string(house_->vault()->open(t, reference, context).reveal());
        });
    }
    std::vector<KeyVersion> versions() {
        return house_->read([&](Transaction& t) { return house_->ring().versions(t); });
    }
    std::int64_t rotate() {
        return house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
    }
    std::string retire(std::int64_t version) {
        return problemOf([&] {
            house_->write([&](Transaction& t) { return house_->ring().retire(t, version).version; });
        });
    }
    std::string wrapped(std::int64_t version) {
        return house_->read([&](Transaction& t) { return key_store::wrapped(t, version); });
    }
    std::string openedWith(const KeyEncryptionKey& current, std::optional<KeyEncryptionKey> previous) {
        const auto copy = [](const KeyEncryptionKey& key) {
            return KeyEncryptionKey::fromFile(key.source());
        };
        return errorOf([&] {
            const KeyRing ring(house_->database(), copy(current),
                               previous ? std::optional(copy(*previous)) : std::nullopt, house_->log);
        });
    }

public:
    void setUp() override { house_ = std::make_unique<KeyHouse>(folder_.path()); }
    void tearDown() override { house_.reset(); }

    void anEmptyDatabaseGetsVersionOne() {
        const auto all = versions();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, all[0].version);
        CPPUNIT_ASSERT(all[0].state == KeyState::active);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, all[0].sealedCount);
        house_->close();
        house_->open();
        CPPUNIT_ASSERT_EQUAL(all[0].keyId, versions()[0].keyId);
    }

    void aCommandThatOnlyLooksMakesNoKeys() {
        const TemporaryFolder other;
        Database database(patientOptions(other / "coffer.db"), house_->log, house_->metrics);
        database.migrate(secretSchemaOwner, secretMigrations());
        CPPUNIT_ASSERT_THROW(KeyRing(database, house_->kek(), std::nullopt, house_->log, WhenEmpty::refuse),
                             KeyUnavailable);
        CPPUNIT_ASSERT(!database.read([](Transaction& t) { return key_store::anythingSealed(t); }));
    }

    void aWrongKeyRefusesAndChangesNothing() {
        const auto reference = store("kept");
        const auto right = house_->kek();
        const auto wrong = KeyEncryptionKey::generate(folder_ / "wrong");
        const auto older = KeyEncryptionKey::generate(folder_ / "older");
        const std::string before = wrapped(0) + wrapped(1);
        const std::string error = openedWith(wrong, std::nullopt);
        for (const std::string& part : {right.id(), wrong.id(), wrong.source()})
            CPPUNIT_ASSERT_MESSAGE(error, error.find(part) != std::string::npos);
        CPPUNIT_ASSERT(error.find("no previous one is configured") != std::string::npos);
        CPPUNIT_ASSERT(openedWith(wrong, KeyEncryptionKey::fromFile(older.source())).find(older.id()) !=
                       std::string::npos);
        CPPUNIT_ASSERT_EQUAL(before, wrapped(0) + wrapped(1));
        CPPUNIT_ASSERT_EQUAL(std::string(), openedWith(right, std::nullopt));
        CPPUNIT_ASSERT_EQUAL(std::string("kept"), open(reference));
    }

    void keysThatAreGoneAreNotMadeAnew() {
        store("sealed");
        house_->tamper("DELETE FROM secret_wrapped WHERE version = 0");
        CPPUNIT_ASSERT(openedWith(house_->kek(), std::nullopt).find("restore a backup") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string(), wrapped(0));
    }

    void aDamagedKeyRefuses() {
        std::string damaged = wrapped(1);
        damaged[20] = static_cast<char>(damaged[20] ^ 1);
        house_->tamper("UPDATE secret_wrapped SET wrapped = x'" + toHex(damaged) + "' WHERE version = 1");
        CPPUNIT_ASSERT(openedWith(house_->kek(), std::nullopt).find("damaged") != std::string::npos);
        house_->tamper("UPDATE secret_wrapped SET wrapped = x'00' WHERE version = 1");
        CPPUNIT_ASSERT(openedWith(house_->kek(), std::nullopt).find("damaged") != std::string::npos);
    }

    void changesItsKeyEncryptionKeyWhenBothAreThere() {
        const auto reference = store("kept");
        rotate();
        const auto old = house_->kek();
        const auto fresh = KeyEncryptionKey::generate(folder_ / "fresh");
        {
            KeyRing ring(house_->database(), KeyEncryptionKey::fromFile(fresh.source()), house_->kek(),
                         house_->log);
            ring.adoptCurrentKey();
            CPPUNIT_ASSERT(house_->recorded("key.adopt"));
            CPPUNIT_ASSERT(house_->log.contains(fresh.id()));
            for (const std::int64_t version : {0, 1, 2})
                CPPUNIT_ASSERT_EQUAL(fresh.id(), KeyEncryptionKey::idOf(wrapped(version)));
            const std::string once = wrapped(0) + wrapped(1) + wrapped(2);
            ring.adoptCurrentKey();
            CPPUNIT_ASSERT_EQUAL(once, wrapped(0) + wrapped(1) + wrapped(2));
        }
        CPPUNIT_ASSERT(openedWith(old, std::nullopt).find(fresh.id()) != std::string::npos);
        KeyRing alone(house_->database(), KeyEncryptionKey::fromFile(fresh.source()), std::nullopt,
                      house_->log);
        const Vault vault(alone);
        CPPUNIT_ASSERT_EQUAL(std::string("kept"), house_->read([&](Transaction& t) {
            return std::string(vault.forPlugin("tests")->open(t, reference, context).reveal());
        }));
    }

    void rotationKeepsTheOldKeyForOpening() {
        const auto before = store("before");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, rotate());
        CPPUNIT_ASSERT(house_->recorded("key.rotate"));
        const auto after = store("after");
        const auto all = versions();
        CPPUNIT_ASSERT(all[0].state == KeyState::retiring);
        CPPUNIT_ASSERT(all[1].state == KeyState::active);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, all[0].sealedCount);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, all[1].sealedCount);
        house_->close();
        house_->open();
        CPPUNIT_ASSERT_EQUAL(std::string("before"), open(before));
        CPPUNIT_ASSERT_EQUAL(std::string("after"), open(after));
    }

    void rotationThatIsUndoneIsForgotten() {
        CPPUNIT_ASSERT_THROW(house_->write([&](Transaction& t) {
            (void)house_->ring().rotate(t);
            (void)house_->ring().active(t)->forPlugin("tests");
            throw std::runtime_error("undone");
            return 0;
        }),
                             std::runtime_error);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, versions().size());
        rotate();
        const auto reference = store("sealed under the version that stayed");
        house_->close();
        house_->open();
        CPPUNIT_ASSERT_EQUAL(std::string("sealed under the version that stayed"), open(reference));
    }

    void retiringRefusesWhatIsNeeded() {
        CPPUNIT_ASSERT_EQUAL(std::string("key_active"), retire(1));
        CPPUNIT_ASSERT_EQUAL(std::string("not_found"), retire(2));
        const auto reference = store("kept");
        rotate();
        CPPUNIT_ASSERT_EQUAL(std::string("key_in_use"), retire(1));
        CPPUNIT_ASSERT_EQUAL(std::string("kept"), open(reference));
        CPPUNIT_ASSERT(!house_->recorded("key.retire"));
    }

    void retiringDestroysTheKey() {
        rotate();
        const std::string before = wrapped(1);
        CPPUNIT_ASSERT_EQUAL(std::string(), retire(1));
        CPPUNIT_ASSERT_EQUAL(std::string(before.size(), '\0'), wrapped(1));
        CPPUNIT_ASSERT(versions()[0].state == KeyState::retired);
        CPPUNIT_ASSERT(house_->recorded("key.retire"));
        CPPUNIT_ASSERT_EQUAL(std::string("key_already_retired"), retire(1));
        CPPUNIT_ASSERT_EQUAL(std::string("key_unavailable"), problemOf([&] {
                                 house_->read(
                                     [&](Transaction& t) { return house_->ring().find(t, 1)->version(); });
                             }));
        house_->close();
        house_->open();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, rotate());
    }

    void integrityKeysDifferByPurposeAndNeverChange() {
        const SecretBytes audit = house_->ring().integrityKey("audit");
        CPPUNIT_ASSERT_EQUAL(std::size_t{32}, audit.size());
        CPPUNIT_ASSERT(!audit.equals(house_->ring().integrityKey("fingerprint")));
        rotate();
        house_->close();
        house_->open();
        CPPUNIT_ASSERT(audit.equals(house_->ring().integrityKey("audit")));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyRingTest);

} // namespace coffer::test
