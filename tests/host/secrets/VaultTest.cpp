#include "host/secrets/Hex.h"
#include "host/secrets/Rewrap.h"
#include "host/secrets/VaultStore.h"
#include "tests/host/secrets/Keys.h"
#include "tests/support/RethrowingThread.h"

#include <atomic>
#include <list>

namespace coffer::test {

using namespace coffer::host;

namespace {

constexpr SecretContext context{7, "backup-credential/17", "secret-access-key"};

std::string revealed(const SecretBytes& secret) {
    return std::string(secret.reveal());
}

SecretBytes secret(std::string_view text) {
    return SecretBytes(text);
}

} // namespace

class VaultTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VaultTest);
    COFFER_TEST(opensWhatItStored);
    COFFER_TEST(takesSecretsOfOneTo4096Bytes);
    COFFER_TEST(hidesTheLength);
    COFFER_TEST(opensNothingForAnotherContext);
    COFFER_TEST(opensNothingForAnotherPlugin);
    COFFER_TEST(findsEveryChangedBit);
    COFFER_TEST(findsEveryTruncation);
    COFFER_TEST(findsSwappedRows);
    COFFER_TEST(findsAnOlderCiphertextPutBack);
    COFFER_TEST(findsAChangedKeyVersion);
    COFFER_TEST(replacesInPlaceAndRaisesTheVersion);
    COFFER_TEST(replacesByOneOfAnotherSize);
    COFFER_TEST(replaceRefusesAnOldReference);
    COFFER_TEST(anErasedSecretOpensNothingAndItsIdIsNotUsedAgain);
    COFFER_TEST(freeSlotsAreUsedAgain);
    COFFER_TEST(slotsAreNeitherDeletedNorResized);
    COFFER_TEST(whatIsUndoneLeavesNothing);
    COFFER_TEST(fingerprintsTellSecretsApartAndStayTheSame);
    COFFER_TEST(fingerprintsOfWhatDoesNotOpenAreUnreadable);
    COFFER_TEST(manyThreadsStoreReplaceEraseAndRotate);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    std::unique_ptr<KeyHouse> house_;
    std::shared_ptr<SecretVault> vault_;

    SecretReference store(std::string_view text, const SecretContext& where = context) {
        return house_->write([&](Transaction& t) { return vault_->store(t, where, secret(text)); });
    }
    std::string open(SecretReference reference, const SecretContext& where = context) {
        return house_->read([&](Transaction& t) { return revealed(vault_->open(t, reference, where)); });
    }
    std::string refusal(SecretReference reference, const SecretContext& where = context) {
        return problemOf([&] { (void)open(reference, where); });
    }
    std::string sealed(std::int64_t id) {
        return house_->read([&](Transaction& t) { return vault_store::find(t, id)->sealed; });
    }
    void putSealed(std::int64_t id, const std::string& bytes) {
        house_->tamper("UPDATE secret_slot SET sealed = x'" + toHex(bytes) +
                       "' WHERE slot = (SELECT slot FROM secret_owner WHERE id = " + std::to_string(id) +
                       ")");
    }
    std::int64_t count(std::string_view sql) {
        return house_->read([&](Transaction& t) {
            Rows rows = t.query(sql);
            return rows.next() ? rows.integer(0) : -1;
        });
    }
    /// `id fingerprint ` of every secret, as verification sees them.
    std::string reported() {
        const Vault vault(house_->ring());
        std::string all;
        house_->read([&](Transaction& t) {
            vault.fingerprints(t, [&](std::string_view, std::string_view id, std::string_view fingerprint) {
                all.append(id).append(" ").append(fingerprint).append(" ");
            });
            return 0;
        });
        return all;
    }
    static constexpr const char* unreadable = "secret_unreadable";

public:
    void setUp() override {
        house_ = std::make_unique<KeyHouse>(folder_.path());
        vault_ = house_->vault();
    }
    void tearDown() override {
        const auto problems = house_->read([](Transaction& t) { return vault_store::check(t); });
        CPPUNIT_ASSERT_EQUAL(std::string(), problems.empty() ? std::string() : problems.front());
        vault_.reset();
        house_.reset();
    }

    void opensWhatItStored() {
        const auto reference = store("hunter2");
        CPPUNIT_ASSERT(reference.id >= 1);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, reference.version);
        CPPUNIT_ASSERT_EQUAL(std::string("hunter2"), open(reference));
        vault_.reset();
        house_->close();
        house_->open();
        vault_ = house_->vault();
        CPPUNIT_ASSERT_EQUAL(std::string("hunter2"), open(reference));
    }

    void takesSecretsOfOneTo4096Bytes() {
        for (const std::size_t size : {1U, 61U, 62U, 63U, 64U, 4095U, 4096U}) {
            const std::string text(size, 's');
            CPPUNIT_ASSERT_EQUAL(text, open(store(text)));
        }
        const std::string zeros(5, '\0');
        CPPUNIT_ASSERT_EQUAL(zeros, open(store(zeros)));
        CPPUNIT_ASSERT_THROW(store(""), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(store(std::string(4097, 's')), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(store("s", {1, "", "field"}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(store("s", {1, std::string(129, 'r'), "field"}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(store("s", {1, "record", std::string(65, 'f')}), std::invalid_argument);
    }

    void hidesTheLength() {
        const auto size = [&](std::size_t length) {
            return sealed(store(std::string(length, 's')).id).size();
        };
        CPPUNIT_ASSERT_EQUAL(size(1), size(62));
        CPPUNIT_ASSERT_EQUAL(size(1) + 64, size(63));
    }

    void opensNothingForAnotherContext() {
        const auto reference = store("hunter2");
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference, {8, context.record, context.field}));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable),
                             refusal(reference, {7, "backup-credential/18", context.field}));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference, {7, context.record, "another"}));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal({reference.id + 1, 1}));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal({reference.id, 2}));
    }

    void opensNothingForAnotherPlugin() {
        const auto reference = store("hunter2");
        const auto other = house_->vault("other");
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), problemOf([&] {
                                 (void)house_->read([&](Transaction& t) {
                                     return revealed(other->open(t, reference, context));
                                 });
                             }));
        house_->tamper("UPDATE secret_owner SET plugin = 'other'");
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), problemOf([&] {
                                 (void)house_->read([&](Transaction& t) {
                                     return revealed(other->open(t, reference, context));
                                 });
                             }));
        house_->tamper("UPDATE secret_owner SET plugin = 'tests'");
        house_->write([&](Transaction& t) { return other->erase(t, reference), 0; });
        CPPUNIT_ASSERT_EQUAL(std::string("hunter2"), open(reference));
    }

    void findsEveryChangedBit() {
        const auto reference = store("hunter2");
        const std::string right = sealed(reference.id);
        for (std::size_t i = 0; i < right.size(); ++i) {
            std::string wrong = right;
            wrong[i] = static_cast<char>(wrong[i] ^ (1 << (i % 8)));
            putSealed(reference.id, wrong);
            CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference));
        }
        putSealed(reference.id, right);
        CPPUNIT_ASSERT_EQUAL(std::string("hunter2"), open(reference));
    }

    void findsEveryTruncation() {
        const auto reference = store("hunter2");
        const std::string right = sealed(reference.id);
        for (std::size_t size = 0; size < right.size(); size += size < right.size() - 17 ? 9 : 1) {
            putSealed(reference.id, right.substr(0, size));
            CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference));
        }
        putSealed(reference.id, right + std::string(1, '\0'));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference));
    }

    void findsSwappedRows() {
        const auto one = store("one");
        const auto two = store("two"); // the very same context
        const std::string sealedOne = sealed(one.id);
        putSealed(one.id, sealed(two.id));
        putSealed(two.id, sealedOne);
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(one));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(two));
    }

    void findsAnOlderCiphertextPutBack() {
        const auto old = store("old");
        const std::string oldBytes = sealed(old.id);
        const auto now =
            house_->write([&](Transaction& t) { return vault_->replace(t, old, context, secret("new")); });
        putSealed(old.id, oldBytes);
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(now));
    }

    void findsAChangedKeyVersion() {
        const auto reference = store("hunter2");
        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
        std::string moved = sealed(reference.id);
        house_->tamper("UPDATE secret_owner SET key_version = 2");
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference));
        moved[4] = 2;
        putSealed(reference.id, moved);
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(reference));
        moved[4] = 1;
        putSealed(reference.id, moved);
        house_->tamper("UPDATE secret_owner SET key_version = 1");
        CPPUNIT_ASSERT_EQUAL(std::string("hunter2"), open(reference));
    }

    void replacesInPlaceAndRaisesTheVersion() {
        const auto first = store("old");
        const std::string oldBytes = sealed(first.id);
        const auto second =
            house_->write([&](Transaction& t) { return vault_->replace(t, first, context, secret("new")); });
        CPPUNIT_ASSERT_EQUAL(first.id, second.id);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, second.version);
        CPPUNIT_ASSERT_EQUAL(std::string("new"), open(second));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(first));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("SELECT count(*) FROM secret_slot"));
    }

    void replacesByOneOfAnotherSize() {
        const auto first = store("short");
        const std::string longer(500, 'l');
        const auto second =
            house_->write([&](Transaction& t) { return vault_->replace(t, first, context, secret(longer)); });
        CPPUNIT_ASSERT_EQUAL(longer, open(second));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("SELECT count(*) FROM secret_free"));
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{1},
            count("SELECT count(*) FROM secret_slot WHERE sealed = zeroblob(length(sealed))"));
    }

    void replaceRefusesAnOldReference() {
        const auto first = store("old");
        const auto replace = [&](SecretReference reference, const SecretContext& where) {
            return problemOf([&] {
                (void)house_->write(
                    [&](Transaction& t) { return vault_->replace(t, reference, where, secret("new")); });
            });
        };
        CPPUNIT_ASSERT_EQUAL(std::string(), replace(first, context));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), replace(first, context));
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable),
                             replace({first.id, 2}, {9, context.record, context.field}));
        CPPUNIT_ASSERT_EQUAL(std::string(), replace({first.id, 2}, context));
    }

    void anErasedSecretOpensNothingAndItsIdIsNotUsedAgain() {
        const auto gone = store("gone");
        house_->write([&](Transaction& t) { return vault_->erase(t, gone), 0; });
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(gone));
        house_->write([&](Transaction& t) { return vault_->erase(t, gone), 0; });
        CPPUNIT_ASSERT(store("next").id > gone.id);
        CPPUNIT_ASSERT_EQUAL(std::string(unreadable), refusal(gone));
    }

    void freeSlotsAreUsedAgain() {
        for (int i = 0; i < 10; ++i) {
            const auto reference = store("text " + std::to_string(i));
            CPPUNIT_ASSERT_EQUAL("text " + std::to_string(i), open(reference));
            house_->write([&](Transaction& t) { return vault_->erase(t, reference), 0; });
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count("SELECT count(*) FROM secret_slot"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, count("SELECT sum(sealed_count) FROM secret_key"));
    }

    void slotsAreNeitherDeletedNorResized() {
        store("kept");
        for (const std::string_view sql : {"DELETE FROM secret_slot", "UPDATE secret_slot SET sealed = x'00'",
                                           "UPDATE secret_slot SET slot = slot + 1"})
            CPPUNIT_ASSERT(
                !errorOf([&] { house_->write([&](Transaction& t) { return t.execute(sql); }); }).empty());
    }

    void whatIsUndoneLeavesNothing() {
        const auto kept = store("kept");
        const auto undone = [&](auto act) {
            CPPUNIT_ASSERT_THROW(house_->write([&](Transaction& t) {
                act(t);
                throw std::runtime_error("undone");
                return 0;
            }),
                                 std::runtime_error);
        };
        undone([&](Transaction& t) { (void)vault_->store(t, context, secret("undone")); });
        undone([&](Transaction& t) { (void)vault_->replace(t, kept, context, secret("undone")); });
        undone([&](Transaction& t) { vault_->erase(t, kept); });
        undone([&](Transaction& t) {
            (void)house_->ring().rotate(t);
            (void)vault_->store(t, context, secret("sealed under a key that never was"));
        });
        CPPUNIT_ASSERT_EQUAL(std::string("kept"), open(kept));
        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
        CPPUNIT_ASSERT_EQUAL(std::string("after"), open(store("after")));
    }

    void fingerprintsTellSecretsApartAndStayTheSame() {
        const std::string one = vault_->fingerprint(secret("one"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, one.size());
        CPPUNIT_ASSERT_EQUAL(one, house_->vault("other")->fingerprint(secret("one")));
        CPPUNIT_ASSERT(one != vault_->fingerprint(secret("two")));
        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
        vault_.reset();
        house_->close();
        house_->open();
        vault_ = house_->vault();
        CPPUNIT_ASSERT_EQUAL(one, vault_->fingerprint(secret("one")));
    }

    void fingerprintsOfWhatDoesNotOpenAreUnreadable() {
        (void)store("one");
        (void)store("two", {7, "backup-credential/18", context.field});
        const std::string one = vault_->fingerprint(secret("one"));
        const std::string two = vault_->fingerprint(secret("two"));
        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
        house_->write([&](Transaction& t) { return house_->ring().retire(t, 2).version; });
        CPPUNIT_ASSERT_EQUAL("17 " + one + " 18 " + two + " ", reported());
        const std::string first = " WHERE record = 'backup-credential/17'";
        house_->tamper("UPDATE secret_owner SET key_version = 2" + first);
        CPPUNIT_ASSERT_EQUAL("17 unreadable 18 " + two + " ", reported());
        house_->tamper("UPDATE secret_owner SET key_version = 3" + first);
        CPPUNIT_ASSERT_EQUAL("17 unreadable 18 " + two + " ", reported());
        house_->tamper("UPDATE secret_owner SET key_version = 1" + first);
        house_->tamper("UPDATE secret_key SET state = 'retired' WHERE version = 1");
        CPPUNIT_ASSERT_EQUAL(std::string("17 unreadable 18 unreadable "), reported());
        house_->tamper("UPDATE secret_key SET state = 'retiring' WHERE version = 1");
        CPPUNIT_ASSERT_EQUAL("17 " + one + " 18 " + two + " ", reported());
    }

    void manyThreadsStoreReplaceEraseAndRotate() {
        std::atomic<int> wrong = 0;
        Rewrapper rewrapper(house_->database(), house_->ring(), house_->log,
                            {3, std::chrono::milliseconds{1}});
        rewrapper.start();
        std::list<RethrowingThread> threads;
        for (int n = 0; n < 8; ++n)
            threads.emplace_back([&, n] {
                const std::string record = "record/" + std::to_string(n);
                const SecretContext where{n, record, "field"};
                for (int i = 0; i < 20; ++i) {
                    auto reference = store("first", where);
                    reference = house_->write([&](Transaction& t) {
                        return vault_->replace(t, reference, where, secret(std::string(1 + i * 30, 's')));
                    });
                    wrong += open(reference, where) != std::string(1 + static_cast<std::size_t>(i) * 30, 's');
                    if (i % 5 == n % 5) {
                        house_->write([&](Transaction& t) { return house_->ring().rotate(t).version; });
                        house_->write([&](Transaction& t) { return rewrapper.request(t).target; });
                        rewrapper.wake();
                    }
                    wrong += open(reference, where) != std::string(1 + static_cast<std::size_t>(i) * 30, 's');
                    if (i % 2 == 0)
                        house_->write([&](Transaction& t) { return vault_->erase(t, reference), 0; });
                }
            });
        for (auto& thread : threads)
            thread.join();
        rewrapper.stop();
        CPPUNIT_ASSERT_EQUAL(0, wrong.load());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{80}, count("SELECT sum(sealed_count) FROM secret_key"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(VaultTest);

} // namespace coffer::test
