#include <Poco/Crypto/Cipher.h>
#include <Poco/Crypto/CipherFactory.h>
#include <Poco/Crypto/CipherKey.h>
#include <Poco/Crypto/CryptoTransform.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <limits>
#include <new>
#include <sstream>

namespace coffer::test {

namespace {

constexpr unsigned char mask = 0xA5;

/// 32 bytes that stand nowhere in memory but where they are made: they are kept masked.
std::array<unsigned char, 32> maskedKey() {
    std::array<unsigned char, 32> key{};
    std::ifstream("/dev/urandom", std::ios::binary).read(reinterpret_cast<char*>(key.data()), key.size());
    return key;
}

std::string unmasked(const std::array<unsigned char, 32>& masked) {
    std::string key;
    key.reserve(64);
    for (const unsigned char byte : masked)
        key += static_cast<char>(byte ^ mask);
    return key;
}

bool liesAt(const unsigned char* memory, const std::array<unsigned char, 32>& masked) {
    for (std::size_t i = 16; i < masked.size(); ++i) // the allocator writes its lists over the beginning
        if ((memory[i] ^ mask) != masked[i])
            return false;
    return true;
}

/// How often the key's second half lies in the heap.
int countInHeap(const std::array<unsigned char, 32>& masked) {
    std::ifstream maps("/proc/self/maps");
    int found = 0;
    for (std::string line; std::getline(maps, line);) {
        if (line.find("[heap]") == std::string::npos)
            continue;
        std::istringstream range(line);
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        char dash = 0;
        range >> std::hex >> begin >> dash >> end;
        const auto* memory = reinterpret_cast<const unsigned char*>(begin);
        for (std::size_t i = 0; i + masked.size() <= end - begin; ++i)
            found += liesAt(memory + i, masked) ? 1 : 0;
    }
    return found;
}

} // namespace

/// This program is linked with the heap that the daemon runs on.
class WipingHeapTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WipingHeapTest);
    COFFER_TEST(whatIsFreedIsWiped);
    COFFER_TEST(keysThatPocoCopiedAreWiped);
    COFFER_TEST(everyFormOfNewAndDeleteWorks);
    COFFER_TEST(tooMuchThrowsOrGivesNothing);
    CPPUNIT_TEST_SUITE_END();

    const std::array<unsigned char, 32> masked_ = maskedKey();

public:
    void whatIsFreedIsWiped() {
        {
            const std::string key = unmasked(masked_);
            CPPUNIT_ASSERT(countInHeap(masked_) >= 1);
            std::vector<std::string> copies(50, key);
            CPPUNIT_ASSERT(countInHeap(masked_) >= 51);
            for (std::string& copy : copies)
                copy.append(5000, 'x'); // moves to another block
        }
        CPPUNIT_ASSERT_EQUAL(0, countInHeap(masked_));
    }

    void keysThatPocoCopiedAreWiped() {
        {
            const std::string key = unmasked(masked_);
            const Poco::Crypto::CipherKey cipherKey("aes-256-gcm", {key.begin(), key.end()},
                                                    Poco::Crypto::CipherKey::ByteVec(12, 1));
            Poco::Crypto::Cipher::Ptr cipher =
                Poco::Crypto::CipherFactory::defaultFactory().createCipher(cipherKey);
            auto transform = cipher->createEncryptor();
            CPPUNIT_ASSERT(countInHeap(masked_) >= 2);
        }
        CPPUNIT_ASSERT_EQUAL(0, countInHeap(masked_));
    }

    void everyFormOfNewAndDeleteWorks() {
        struct alignas(64) Wide {
            std::array<char, 100> bytes{};
        };
        for (int i = 0; i < 100; ++i) {
            const auto one = std::make_unique<int>(i);
            const auto many = std::make_unique<int[]>(static_cast<std::size_t>(i));
            const auto wide = std::make_unique<Wide>();
            const auto manyWide = std::make_unique<Wide[]>(3);
            const std::unique_ptr<int> quiet(new (std::nothrow) int(i));
            CPPUNIT_ASSERT_EQUAL(i, *one);
            CPPUNIT_ASSERT_EQUAL(i, *quiet);
            CPPUNIT_ASSERT_EQUAL(std::uintptr_t{0}, reinterpret_cast<std::uintptr_t>(wide.get()) % 64);
            CPPUNIT_ASSERT_EQUAL(std::uintptr_t{0}, reinterpret_cast<std::uintptr_t>(manyWide.get()) % 64);
        }
    }

    void tooMuchThrowsOrGivesNothing() {
        // volatile: the compiler may not see what is asked for, and refuse it
        volatile std::size_t size = std::numeric_limits<std::size_t>::max() / 4;
        CPPUNIT_ASSERT_THROW(::operator delete(::operator new(size)), std::bad_alloc);
        void* const none = ::operator new(size, std::nothrow);
        CPPUNIT_ASSERT(none == nullptr);
        ::operator delete(none);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WipingHeapTest);

} // namespace coffer::test
