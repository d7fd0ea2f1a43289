#include "host/plugin/DescriptorReader.h"
#include "host/plugin/Compatibility.h"
#include "host/plugin/PluginRefused.h"
#include "tests/support/Paths.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/testkit/Test.h>

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

namespace coffer::test {

using namespace coffer::host;

namespace {

std::string goodPlugin() {
    return readFile(buildPath("lib/coffer/fixtures/good.so"));
}

template <class T>
T at(const std::string& bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}
template <class T>
void put(std::string& bytes, std::size_t offset, const T& value) {
    std::memcpy(bytes.data() + offset, &value, sizeof value);
}

/// Where the section header with this name lies in the file.
std::size_t sectionHeader(const std::string& bytes, const std::string& name) {
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    const auto names = at<Elf64_Shdr>(bytes, header.e_shoff + header.e_shstrndx * sizeof(Elf64_Shdr));
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        const auto place = header.e_shoff + i * sizeof(Elf64_Shdr);
        if (bytes.c_str() + names.sh_offset + at<Elf64_Shdr>(bytes, place).sh_name == name)
            return place;
    }
    throw std::logic_error("no such section");
}

} // namespace

class DescriptorReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DescriptorReaderTest);
    COFFER_TEST(descriptorIsReadWithoutLoading);
    COFFER_TEST(hashIsThatOfTheFile);
    COFFER_TEST(missingFileIsRefused);
    COFFER_TEST(symbolicLinkIsRefused);
    COFFER_TEST(folderAndFifoAreRefused);
    COFFER_TEST(fileThatOthersMayWriteIsRefused);
    COFFER_TEST(folderThatOthersMayWriteIsRefused);
    COFFER_TEST(fileOfAnotherUserIsRefused);
    COFFER_TEST(emptyAndGarbageFilesAreRefused);
    COFFER_TEST(everyTruncationIsRefused);
    COFFER_TEST(programIsRefused);
    COFFER_TEST(fileOfAnotherMachineIsRefused);
    COFFER_TEST(libraryWithoutDescriptorIsRefused);
    COFFER_TEST(sectionTableOutsideTheFileIsRefused);
    COFFER_TEST(absurdCountsAreRefused);
    COFFER_TEST(sectionNamesOutsideTheFileAreRefused);
    COFFER_TEST(descriptorOutsideTheFileIsRefused);
    COFFER_TEST(damagedDescriptorIsRefused);
    COFFER_TEST(secondDescriptorIsRefused);
    COFFER_TEST(longerDescriptorOfANewerSdkIsCut);
    COFFER_TEST(randomDamageIsReadOrRefusedAndNothingElse);
    COFFER_TEST(needsAreSplitAtCommas);
    CPPUNIT_TEST_SUITE_END();

public:
    void descriptorIsReadWithoutLoading() {
        const auto descriptor = read(goodPlugin());
        CPPUNIT_ASSERT_EQUAL(std::string("good"), std::string(textOf(descriptor.id)));
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"), std::string(textOf(descriptor.version)));
        CPPUNIT_ASSERT_EQUAL(std::string(COFFER_ABI_FINGERPRINT),
                             std::string(textOf(descriptor.fingerprint)));
        CPPUNIT_ASSERT_EQUAL(sdkMajor, descriptor.sdkMajor);
    }

    void hashIsThatOfTheFile() {
        CPPUNIT_ASSERT_EQUAL(std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
                             PluginFile(folder_.write("abc", "abc")).sha256()); // FIPS 180-4, example B.1
        CPPUNIT_ASSERT_EQUAL(std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                             PluginFile(folder_.write("empty", "")).sha256());
    }

    void missingFileIsRefused() { refusesPath(folder_ / "nothing.so", "does not exist"); }

    void symbolicLinkIsRefused() {
        std::filesystem::create_symlink(folder_.write("real.so", goodPlugin()), folder_ / "link.so");
        refusesPath(folder_ / "link.so", "is a symbolic link");
    }

    void folderAndFifoAreRefused() {
        std::filesystem::create_directory(folder_ / "folder.so");
        refusesPath(folder_ / "folder.so", "is not a regular file");
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo((folder_ / "fifo.so").c_str(), 0600));
        refusesPath(folder_ / "fifo.so", "is not a regular file");
    }

    void fileThatOthersMayWriteIsRefused() {
        const auto file = folder_.write("open.so", goodPlugin());
        ::chmod(file.c_str(), 0620);
        refusesPath(file,
                    "the file '" + file + "' can be written by its group or by others; run `chmod go-w");
        ::chmod(file.c_str(), 0602);
        refusesPath(file, "can be written");
        ::chmod(file.c_str(), 0644);
        (void)readDescriptor(PluginFile(file));
    }

    void folderThatOthersMayWriteIsRefused() {
        const auto file = folder_.write("open/good.so", goodPlugin());
        ::chmod((folder_ / "open").c_str(), 0770);
        refusesPath(file, "the folder '" + (folder_ / "open") + "' can be written");
        ::chmod((folder_ / "open").c_str(), 01777); // sticky, as /tmp is, does not help
        refusesPath(file, "can be written");
    }

    void fileOfAnotherUserIsRefused() {
        const auto file = folder_.write("foreign.so", goodPlugin());
        if (::geteuid() != 0) // only root can give a file away; the rule is the same code for both
            return;
        CPPUNIT_ASSERT_EQUAL(0, ::chown(file.c_str(), 12345, static_cast<gid_t>(-1)));
        refusesPath(file, "belongs to user id 12345");
    }

    void emptyAndGarbageFilesAreRefused() {
        refuses("", "is empty");
        refuses("#!/bin/sh\n", "is too short");
        refuses(std::string(5000, 'x'), "is not a shared library (ELF)");
    }

    void everyTruncationIsRefused() {
        const auto whole = goodPlugin();
        // The section table is the end of the file, so every shorter one lacks a part of it.
        for (std::size_t length = 0; length < whole.size(); length += length < 4096 ? 7 : whole.size() / 97)
            refuses(whole.substr(0, length), "");
        refuses(whole.substr(0, whole.size() - 1), "is damaged");
    }

    void programIsRefused() {
        auto bytes = goodPlugin();
        put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_type), ET_EXEC);
        refuses(bytes, "is not a shared library but another kind of ELF file");
    }

    void fileOfAnotherMachineIsRefused() {
        auto bytes = goodPlugin();
        put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_machine), EM_S390);
        refuses(bytes, "was built for another machine");
        bytes = goodPlugin();
        bytes[EI_CLASS] = ELFCLASS32;
        refuses(bytes, "was built for another machine");
    }

    void libraryWithoutDescriptorIsRefused() {
        refuses(readFile(buildPath("lib/coffer/fixtures/no-descriptor.so")),
                "has no section `coffer_plugin`");
    }

    void sectionTableOutsideTheFileIsRefused() {
        const auto whole = goodPlugin();
        for (const Elf64_Off offset : {Elf64_Off{whole.size()}, Elf64_Off{whole.size() - 10}, ~Elf64_Off{0},
                                       ~Elf64_Off{0} - 64 * 30, Elf64_Off{1} << 63U}) {
            auto bytes = whole;
            put(bytes, offsetof(Elf64_Ehdr, e_shoff), offset);
            refuses(bytes, "its section table lies outside the file");
        }
    }

    void absurdCountsAreRefused() {
        for (const Elf64_Half count : {Elf64_Half{0}, Elf64_Half{5000}, Elf64_Half{65535}}) {
            auto bytes = goodPlugin();
            put(bytes, offsetof(Elf64_Ehdr, e_shnum), count);
            refuses(bytes, "its section table makes no sense");
        }
        auto bytes = goodPlugin();
        put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_shentsize), 8);
        refuses(bytes, "its section table makes no sense");
        bytes = goodPlugin();
        put<Elf64_Half>(bytes, offsetof(Elf64_Ehdr, e_shstrndx), 4000);
        refuses(bytes, "its section table makes no sense");
    }

    void sectionNamesOutsideTheFileAreRefused() {
        auto bytes = goodPlugin();
        const auto names = sectionHeader(bytes, ".shstrtab");
        put<Elf64_Xword>(bytes, names + offsetof(Elf64_Shdr, sh_size), ~Elf64_Xword{0});
        refuses(bytes, "its section names lie outside the file");
        bytes = goodPlugin();
        put<Elf64_Off>(bytes, names + offsetof(Elf64_Shdr, sh_offset), ~Elf64_Off{0} - 5);
        refuses(bytes, "its section names lie outside the file");
        bytes = goodPlugin();
        put<Elf64_Word>(bytes, sectionHeader(bytes, ".text") + offsetof(Elf64_Shdr, sh_name), 0x7FFFFFFF);
        refuses(bytes, "a section's name lies outside the file");
    }

    void descriptorOutsideTheFileIsRefused() {
        const auto whole = goodPlugin();
        const auto section = sectionHeader(whole, "coffer_plugin");
        for (const Elf64_Off offset :
             {Elf64_Off{whole.size()}, Elf64_Off{whole.size() - 100}, ~Elf64_Off{0} - 1}) {
            auto bytes = whole;
            put(bytes, section + offsetof(Elf64_Shdr, sh_offset), offset);
            refuses(bytes, "its plugin descriptor lies outside the file");
        }
        auto bytes = whole;
        put<Elf64_Word>(bytes, section + offsetof(Elf64_Shdr, sh_type), SHT_NOBITS);
        refuses(bytes, "its plugin descriptor lies outside the file");
    }

    void damagedDescriptorIsRefused() {
        const auto whole = goodPlugin();
        const auto section = sectionHeader(whole, "coffer_plugin");
        const auto place = at<Elf64_Shdr>(whole, section).sh_offset;
        auto bytes = whole;
        bytes[place] = 'X';
        refuses(bytes, "does not begin with COFFERPL");
        bytes = whole;
        put<std::uint32_t>(bytes, place + offsetof(Descriptor, size), 4096);
        refuses(bytes, "gives the wrong size");
        bytes = whole;
        put<Elf64_Xword>(bytes, section + offsetof(Elf64_Shdr, sh_size), 10);
        refuses(bytes, "is cut short");
    }

    void secondDescriptorIsRefused() {
        auto bytes = goodPlugin();
        const auto real = at<Elf64_Shdr>(bytes, sectionHeader(bytes, "coffer_plugin"));
        put(bytes, sectionHeader(bytes, ".comment"), real);
        refuses(bytes, "it has two plugin descriptors");
    }

    void longerDescriptorOfANewerSdkIsCut() {
        auto bytes = goodPlugin();
        const auto section = sectionHeader(bytes, "coffer_plugin");
        const auto place = at<Elf64_Shdr>(bytes, section).sh_offset;
        put<Elf64_Xword>(bytes, section + offsetof(Elf64_Shdr, sh_size), sizeof(Descriptor) + 8);
        put<std::uint32_t>(bytes, place + offsetof(Descriptor, size), sizeof(Descriptor) + 8);
        CPPUNIT_ASSERT_EQUAL(std::string("good"), std::string(textOf(read(bytes).id)));
    }

    void randomDamageIsReadOrRefusedAndNothingElse() {
        const auto whole = goodPlugin();
        const auto header = at<Elf64_Ehdr>(whole, 0);
        std::mt19937 random(20260101); // NOLINT: the same damage every time
        for (int round = 0; round < 600; ++round) {
            auto bytes = whole;
            for (int i = 0; i < 4; ++i) {
                const bool inHeader = random() % 3 == 0;
                const auto place = inHeader
                                       ? random() % sizeof header
                                       : header.e_shoff + random() % (header.e_shnum * sizeof(Elf64_Shdr));
                bytes[place] = static_cast<char>(random());
            }
            try {
                (void)read(bytes);
            } catch (const PluginRefused& refused) {
                CPPUNIT_ASSERT(std::strlen(refused.what()) > 0);
            }
        }
    }

    void needsAreSplitAtCommas() {
        Descriptor descriptor{};
        CPPUNIT_ASSERT(neededServices(descriptor).empty());
        descriptor.needs = coffer::descriptorText<256>(" weather, ,greeting ,");
        CPPUNIT_ASSERT((neededServices(descriptor) == std::vector<std::string>{"weather", "greeting"}));
    }

private:
    Descriptor read(const std::string& bytes) {
        return readDescriptor(PluginFile(folder_.write("plugin.so", bytes)));
    }

    static void refusesPath(const std::string& path, const std::string& sentence) {
        try {
            (void)readDescriptor(PluginFile(path));
        } catch (const PluginRefused& refused) {
            CPPUNIT_ASSERT_MESSAGE(refused.what(),
                                   std::string(refused.what()).find(sentence) != std::string::npos);
            return;
        }
        CPPUNIT_FAIL("it was taken: " + path);
    }
    void refuses(const std::string& bytes, const std::string& sentence) {
        refusesPath(folder_.write("plugin.so", bytes), sentence);
    }

    TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DescriptorReaderTest);

} // namespace coffer::test
