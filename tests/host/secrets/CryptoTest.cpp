#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/FieldEncoding.h"
#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"
#include "host/secrets/Random.h"

#include <openssl/evp.h>

namespace coffer::test {

using namespace coffer::host;

namespace {

SecretBytes secretOf(const std::string& hexadecimal) {
    return SecretBytes(std::string_view(fromHex(hexadecimal)));
}

/// AES-256-GCM straight from OpenSSL: ciphertext, tag.
std::string sealWithOpenSsl(const SecretBytes& key, const std::string& vector, const std::string& additional,
                            const std::string& plaintext) {
    const auto bytes = [](std::string_view text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free);
    std::string out(plaintext.size() + 16, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    int size = 0;
    EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key.reveal()), bytes(vector));
    EVP_EncryptUpdate(context.get(), nullptr, &size, bytes(additional), static_cast<int>(additional.size()));
    EVP_EncryptUpdate(context.get(), to, &size, bytes(plaintext), static_cast<int>(plaintext.size()));
    EVP_EncryptFinal_ex(context.get(), to + size, &size);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, 16, to + plaintext.size());
    return out;
}

} // namespace

class CryptoTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CryptoTest);
    COFFER_TEST(gcmGivesTheAnswersOfNist);
    COFFER_TEST(gcmGivesTheAnswersOfOpenSsl);
    COFFER_TEST(gcmOpensWhatItSealedAndNothingElse);
    COFFER_TEST(gcmRefusesKeysAndVectorsOfTheWrongSize);
    COFFER_TEST(gcmRefusesShortTags);
    COFFER_TEST(gcmNeverUsesAVectorTwice);
    COFFER_TEST(hmacGivesTheAnswersOfRfc4231);
    COFFER_TEST(hkdfGivesTheAnswersOfRfc5869);
    COFFER_TEST(fieldsCannotFlowIntoEachOther);
    COFFER_TEST(hexReadsBackWhatItWrote);
    CPPUNIT_TEST_SUITE_END();

public:
    /// "The Galois/Counter Mode of Operation", McGrew and Viega, appendix B: test cases 13 to 16.
    void gcmGivesTheAnswersOfNist() {
        const SecretBytes zeroKey(std::size_t{32});
        const std::string zeroVector(12, '\0');
        CPPUNIT_ASSERT_EQUAL(std::string("530f8afbc74536b9a963b4f1c4cb738b"),
                             toHex(Aes256Gcm(zeroKey).sealWithVector(zeroVector, "", "")));
        CPPUNIT_ASSERT_EQUAL(std::string("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
                             toHex(Aes256Gcm(zeroKey).sealWithVector(zeroVector, "", std::string(16, '\0'))));

        const SecretBytes key = secretOf("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        const std::string vector = fromHex("cafebabefacedbaddecaf888");
        const std::string plaintext =
            fromHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
        const std::string ciphertext = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad";
        CPPUNIT_ASSERT_EQUAL(ciphertext + "b094dac5d93471bdec1a502270e3cc6c",
                             toHex(Aes256Gcm(key).sealWithVector(vector, "", plaintext)));
        const std::string additional = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        CPPUNIT_ASSERT_EQUAL(
            ciphertext.substr(0, 120) + "76fc6ece0f4e1768cddf8853bb2d551b",
            toHex(Aes256Gcm(key).sealWithVector(vector, additional, plaintext.substr(0, 60))));
    }

    void gcmGivesTheAnswersOfOpenSsl() {
        const SecretBytes key = randomSecret(32);
        for (std::size_t size = 0; size < 300; size += 7) {
            const std::string vector = fromHex(randomHex(12));
            const std::string additional = fromHex(randomHex(size % 50));
            const std::string plaintext = fromHex(randomHex(size));
            CPPUNIT_ASSERT(sealWithOpenSsl(key, vector, additional, plaintext) ==
                           Aes256Gcm(key).sealWithVector(vector, additional, plaintext));
        }
    }

    void gcmOpensWhatItSealedAndNothingElse() {
        const SecretBytes key = randomSecret(32);
        const Aes256Gcm cipher(key);
        const std::string sealed = cipher.seal("to whom", "the secret");
        CPPUNIT_ASSERT_EQUAL(std::string("the secret"), std::string(cipher.open("to whom", sealed).reveal()));
        CPPUNIT_ASSERT_THROW((void)cipher.open("to another", sealed), NotAuthentic);
        CPPUNIT_ASSERT_THROW((void)cipher.open("", sealed), NotAuthentic);
        for (std::size_t i = 0; i < sealed.size(); ++i)
            for (int bit = 0; bit < 8; ++bit) {
                std::string changed = sealed;
                changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
                CPPUNIT_ASSERT_THROW((void)cipher.open("to whom", changed), NotAuthentic);
            }
        const SecretBytes otherKey = randomSecret(32);
        CPPUNIT_ASSERT_THROW((void)Aes256Gcm(otherKey).open("to whom", sealed), NotAuthentic);
    }

    void gcmRefusesKeysAndVectorsOfTheWrongSize() {
        for (const std::size_t size : {0U, 16U, 24U, 31U, 33U}) {
            const SecretBytes key(size);
            CPPUNIT_ASSERT_THROW(Aes256Gcm{key}, std::invalid_argument);
        }
        const SecretBytes key = randomSecret(32);
        for (const std::size_t size : {0U, 8U, 11U, 13U, 16U})
            CPPUNIT_ASSERT_THROW((void)Aes256Gcm(key).sealWithVector(std::string(size, 'v'), "", "text"),
                                 std::invalid_argument);
    }

    void gcmRefusesShortTags() {
        const SecretBytes key = randomSecret(32);
        const Aes256Gcm cipher(key);
        const std::string sealed = cipher.seal("", "the secret");
        for (std::size_t size = 0; size < sealed.size(); ++size)
            CPPUNIT_ASSERT_THROW((void)cipher.open("", std::string_view(sealed).substr(0, size)),
                                 NotAuthentic);
        CPPUNIT_ASSERT_THROW((void)cipher.open("", sealed + "x"), NotAuthentic);
    }

    void gcmNeverUsesAVectorTwice() {
        const SecretBytes key = randomSecret(32);
        std::vector<std::string> vectors;
        for (int i = 0; i < 1000; ++i)
            vectors.push_back(Aes256Gcm(key).seal("", "text").substr(0, Aes256Gcm::vectorSize));
        std::ranges::sort(vectors);
        CPPUNIT_ASSERT(std::ranges::adjacent_find(vectors) == vectors.end());
    }

    void hmacGivesTheAnswersOfRfc4231() {
        const auto hmac = [](const std::string& key, const std::string& data) {
            return toHex(hmacSha256(SecretBytes(std::string_view(key)), data));
        };
        CPPUNIT_ASSERT_EQUAL(std::string("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
                             hmac(std::string(20, '\x0b'), "Hi There"));
        CPPUNIT_ASSERT_EQUAL(std::string("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
                             hmac("Jefe", "what do ya want for nothing?"));
        CPPUNIT_ASSERT_EQUAL(std::string("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
                             hmac(std::string(20, '\xaa'), std::string(50, '\xdd')));
        CPPUNIT_ASSERT_EQUAL(
            std::string("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
            hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"));
        CPPUNIT_ASSERT_EQUAL(std::string("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
                             hmac("", ""));
    }

    void hkdfGivesTheAnswersOfRfc5869() {
        const SecretBytes key = secretOf("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
        CPPUNIT_ASSERT_EQUAL(
            std::string("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                        "34007208d5b887185865"),
            toHex(hkdfSha256(key, fromHex("000102030405060708090a0b0c"), fromHex("f0f1f2f3f4f5f6f7f8f9"), 42)
                      .reveal()));
        CPPUNIT_ASSERT_EQUAL(std::string("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                                         "9d201395faa4b61a96c8"),
                             toHex(hkdfSha256(key, "", "", 42).reveal()));
    }

    void fieldsCannotFlowIntoEachOther() {
        CPPUNIT_ASSERT(FieldEncoding("f").text("ab").text("c").take() !=
                       FieldEncoding("f").text("a").text("bc").take());
        CPPUNIT_ASSERT(FieldEncoding("f").text("").text("a").take() !=
                       FieldEncoding("f").text("a").text("").take());
        CPPUNIT_ASSERT(FieldEncoding("f").number(1).take() != FieldEncoding("f").number(256).take());
        CPPUNIT_ASSERT_EQUAL(std::size_t{8 + 1 + 8}, FieldEncoding("f").number(-1).take().size());
    }

    void hexReadsBackWhatItWrote() {
        const std::string bytes("\0\x7f\xff\x10", 4);
        CPPUNIT_ASSERT_EQUAL(std::string("007fff10"), toHex(bytes));
        CPPUNIT_ASSERT(fromHex("007FFF10") == bytes);
        CPPUNIT_ASSERT(fromHex("0g").empty());
        CPPUNIT_ASSERT(fromHex("123").empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CryptoTest);

} // namespace coffer::test
