#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"
#include "host/secrets/Random.h"
#include "tests/host/secrets/Keys.h"

#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace coffer::test {

using host::KeyEncryptionKey;

namespace {

/// CREDENTIALS_DIRECTORY as systemd sets it, until it goes out of scope.
class CredentialsDirectory {
public:
    explicit CredentialsDirectory(const char* folder) {
        if (const char* before = std::getenv(name))
            before_ = before;
        set(folder);
    }
    CredentialsDirectory(const CredentialsDirectory&) = delete;
    CredentialsDirectory& operator=(const CredentialsDirectory&) = delete;
    ~CredentialsDirectory() { set(before_ ? before_->c_str() : nullptr); }

private:
    static constexpr const char* name = "CREDENTIALS_DIRECTORY";

    static void set(const char* folder) {
        if (folder)
            ::setenv(name, folder, 1);
        else
            ::unsetenv(name);
    }

    std::optional<std::string> before_;
};

} // namespace

class KeyEncryptionKeyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(KeyEncryptionKeyTest);
    COFFER_TEST(readsBase64AndHexadecimalAlike);
    COFFER_TEST(hasAnIdThatTellsNothing);
    COFFER_TEST(refusesWhatIsNoKeyAndSaysHowToMakeOne);
    COFFER_TEST(refusesAFileThatOthersMayRead);
    COFFER_TEST(refusesAFileOfAnotherUser);
    COFFER_TEST(refusesWhatIsNoFile);
    COFFER_TEST(generatesAFileForItsOwnerOnlyAndNeverOverwritesOne);
    COFFER_TEST(readsASystemdCredential);
    COFFER_TEST(wrapsForOnePurposeOnly);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* hexadecimal =
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    static constexpr const char* base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    TemporaryFolder folder_;

    [[nodiscard]] std::string refusal(const std::string& content) {
        const std::string file = folder_.write("refused", content);
        return errorOf([&] { (void)KeyEncryptionKey::fromFile(file); });
    }

public:
    void readsBase64AndHexadecimalAlike() {
        const auto one = KeyEncryptionKey::fromFile(folder_.write("one", hexadecimal));
        std::string content = "# a comment\n\n  ";
        content.append(base64).append("  \r\n# another");
        const auto two = KeyEncryptionKey::fromFile(folder_.write("two", content));
        CPPUNIT_ASSERT_EQUAL(one.id(), two.id());
    }

    void hasAnIdThatTellsNothing() {
        const auto key = KeyEncryptionKey::fromFile(folder_.write("key", hexadecimal));
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, key.id().size());
        CPPUNIT_ASSERT_EQUAL(
            host::toHex(host::sha256("coffer kek id" + host::fromHex(hexadecimal))).substr(0, 16), key.id());
    }

    void refusesWhatIsNoKeyAndSaysHowToMakeOne() {
        const std::string key = hexadecimal;
        std::vector<std::string> contents{"", "# only a comment\n", "secret", key.substr(2), key};
        contents.back().append("00");
        contents.emplace_back(44, 'A');
        contents.emplace_back(44, 'A').back() = '!';
        contents.emplace_back(44, '=').replace(0, 42, 42, 'A');
        for (const std::string& content : contents)
            CPPUNIT_ASSERT(refusal(content).find("openssl rand -base64 32") != std::string::npos);
        std::string two = key;
        two.append("\n").append(base64);
        CPPUNIT_ASSERT(refusal(two).find("more than one line") != std::string::npos);
        CPPUNIT_ASSERT(refusal(std::string(5000, '#')).find("larger than 4 KiB") != std::string::npos);
        CPPUNIT_ASSERT(refusal("secret-in-the-wrong-file").find("secret-in") == std::string::npos);
    }

    void refusesAFileThatOthersMayRead() {
        const std::string file = folder_.write("open", hexadecimal);
        for (const mode_t mode : {0640U, 0604U, 0660U, 0644U, 0610U}) {
            CPPUNIT_ASSERT_EQUAL(0, ::chmod(file.c_str(), mode));
            const std::string error = errorOf([&] { (void)KeyEncryptionKey::fromFile(file); });
            CPPUNIT_ASSERT(error.find("chmod 600 " + file) != std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(0, ::chmod(file.c_str(), 0400));
        CPPUNIT_ASSERT_EQUAL(std::string(), errorOf([&] { (void)KeyEncryptionKey::fromFile(file); }));
    }

    void refusesAFileOfAnotherUser() {
        if (::geteuid() != 0)
            return; // only root can make one
        const std::string file = folder_.write("foreign", hexadecimal);
        CPPUNIT_ASSERT_EQUAL(0, ::chown(file.c_str(), 12345, 12345));
        const std::string error = errorOf([&] { (void)KeyEncryptionKey::fromFile(file); });
        CPPUNIT_ASSERT(error.find("belongs to user 12345") != std::string::npos);
    }

    void refusesWhatIsNoFile() {
        CPPUNIT_ASSERT(errorOf([&] {
                           (void)KeyEncryptionKey::fromFile(folder_.path());
                       }).find("not a regular") != std::string::npos);
        const std::string missing = folder_ / "missing";
        CPPUNIT_ASSERT(errorOf([&] { (void)KeyEncryptionKey::fromFile(missing); }).find(missing) !=
                       std::string::npos);
        const std::string pipe = folder_ / "pipe";
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo(pipe.c_str(), 0600));
        CPPUNIT_ASSERT(errorOf([&] { (void)KeyEncryptionKey::fromFile(pipe); }).find("not a regular") !=
                       std::string::npos);
    }

    void generatesAFileForItsOwnerOnlyAndNeverOverwritesOne() {
        const std::string file = folder_ / "fresh";
        const auto made = KeyEncryptionKey::generate(file);
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat(file.c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(mode_t{0600}, status.st_mode & 0777);
        CPPUNIT_ASSERT_EQUAL(made.id(), KeyEncryptionKey::fromFile(file).id());
        CPPUNIT_ASSERT(!errorOf([&] { (void)KeyEncryptionKey::generate(file); }).empty());
        CPPUNIT_ASSERT_EQUAL(made.id(), KeyEncryptionKey::fromFile(file).id());
        CPPUNIT_ASSERT(made.id() != KeyEncryptionKey::generate(folder_ / "other").id());
    }

    void readsASystemdCredential() {
        {
            const CredentialsDirectory none(nullptr);
            CPPUNIT_ASSERT(errorOf([] {
                               (void)KeyEncryptionKey::fromCredential("coffer.key");
                           }).find("LoadCredential=coffer.key") != std::string::npos);
        }
        const CredentialsDirectory given(folder_.path().c_str());
        const std::string file = folder_.write("coffer.key", hexadecimal);
        CPPUNIT_ASSERT_EQUAL(0, ::chmod(file.c_str(), 0440));
        const auto key = KeyEncryptionKey::fromCredential("coffer.key");
        CPPUNIT_ASSERT(key.source().find("coffer.key") != std::string::npos);
        CPPUNIT_ASSERT(!errorOf([] { (void)KeyEncryptionKey::fromCredential("../coffer.key"); }).empty());
        CPPUNIT_ASSERT_EQUAL(0, ::chmod(file.c_str(), 0444));
        CPPUNIT_ASSERT(!errorOf([] { (void)KeyEncryptionKey::fromCredential("coffer.key"); }).empty());
    }

    void wrapsForOnePurposeOnly() {
        const auto kek = KeyEncryptionKey::generate(folder_ / "kek");
        const auto other = KeyEncryptionKey::generate(folder_ / "another");
        const SecretBytes key = host::randomSecret(32);
        const std::string wrapped = kek.wrap("data key 1", key);
        CPPUNIT_ASSERT_EQUAL(kek.id(), KeyEncryptionKey::idOf(wrapped));
        CPPUNIT_ASSERT(kek.unwrap("data key 1", wrapped).equals(key));
        CPPUNIT_ASSERT_THROW((void)kek.unwrap("data key 2", wrapped), host::NotAuthentic);
        CPPUNIT_ASSERT_THROW((void)other.unwrap("data key 1", wrapped), host::NotAuthentic);
        for (std::size_t i = 0; i < wrapped.size(); ++i) {
            std::string changed = wrapped;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CPPUNIT_ASSERT_THROW((void)kek.unwrap("data key 1", changed), host::NotAuthentic);
            CPPUNIT_ASSERT_THROW((void)kek.unwrap("data key 1", wrapped.substr(0, i)), host::NotAuthentic);
        }
        CPPUNIT_ASSERT(KeyEncryptionKey::idOf(std::string(wrapped.size(), '\0')).empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(KeyEncryptionKeyTest);

} // namespace coffer::test
