#include "tests/sdk/package/InstalledSdk.h"
#include "tests/support/FreePort.h"
#include "tests/support/Paths.h"

#include <coffer/testkit/Test.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

namespace coffer::test {

namespace {

/// In the order in which the guide names them: they continue each other.
const std::vector<std::string> pages{"PLUGIN_GUIDE.md",  "PLUGIN_LIFE.md",       "PLUGIN_STORAGE.md",
                                     "PLUGIN_ROUTES.md", "PLUGIN_MIGRATIONS.md", "PLUGIN_SERVICES.md",
                                     "PLUGIN_SINKS.md",  "PLUGIN_TESTING.md",    "PLUGIN_OPERATING.md"};

/// A fenced block: `sh` is pasted into the shell, `cpp file=a/b.cpp` (or cmake, ini) is a file to write, the
/// lines of `text` are said by the shell block before it.
struct Block {
    std::string heading;
    std::string text;
};

std::vector<Block> blocksOf(const std::string& page) {
    std::istringstream lines(page);
    std::vector<Block> blocks;
    bool isInside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            isInside = !isInside;
            if (isInside)
                blocks.push_back({line.substr(3), ""});
        } else if (isInside)
            blocks.back().text += line + "\n";
    }
    return blocks;
}

void replaceAll(std::string& text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

std::string markOf(std::size_t block) {
    return "=== block " + std::to_string(block) + "\n";
}

} // namespace

/// The plugin guide, pasted into a shell as it stands there, against the installed SDK and a real daemon.
class GuideTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GuideTest);
    COFFER_TEST(everyPageIsShortAndKnownHere);
    COFFER_TEST(everySnippetDoesWhatItSays);
    CPPUNIT_TEST_SUITE_END();

public:
    void everyPageIsShortAndKnownHere() {
        std::size_t count = 0;
        for (const auto& file : std::filesystem::directory_iterator(sourcePath("sdk/docs"))) {
            const auto name = file.path().filename().string();
            if (!name.starts_with("PLUGIN_"))
                continue;
            ++count;
            CPPUNIT_ASSERT_MESSAGE(name, std::ranges::find(pages, name) != pages.end());
            const auto text = readFile(file.path());
            CPPUNIT_ASSERT_MESSAGE(name, std::ranges::count(text, '\n') <= 250);
        }
        CPPUNIT_ASSERT_EQUAL(pages.size(), count);
    }

    void everySnippetDoesWhatItSays() {
        const TemporaryFolder folder;
        const InstalledSdk sdk;
        const auto blocks = readBlocks(sdk);
        // What is said of a failure stands at the end of what was said.
        std::string script =
            "set -eu -o pipefail\ncd " + folder.path().string() +
            "\ntrap '[ -z \"${DAEMON:-}\" ] || kill $DAEMON 2>/dev/null || true; wait' EXIT\n";
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const auto& [heading, text] = blocks[i];
            if (heading == "sh")
                script += "printf '" + markOf(i).substr(0, markOf(i).size() - 1) + "\\n'\n" + text;
            else if (const auto file = heading.find(" file="); file != std::string::npos)
                script += fileOf(heading.substr(file + 6), text);
            else
                CPPUNIT_ASSERT_EQUAL_MESSAGE("every snippet is run: " + text, std::string("text"), heading);
        }
        const auto said = shell("bash " + folder.write("guide.sh", script));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said.output, 0, said.status);
        for (std::size_t i = 1; i < blocks.size(); ++i)
            if (blocks[i].heading == "text")
                requireSaid(said.output, i - 1, blocks[i].text);
    }

private:
    static std::vector<Block> readBlocks(const InstalledSdk& sdk) {
        std::string all;
        for (const auto& page : pages)
            all += readFile(sourcePath("sdk/docs/" + page));
        replaceAll(all, "8420", std::to_string(freePort()));
        replaceAll(all, "export PREFIX=/usr\n", "export PREFIX=" + sdk.prefix() + "\n");
        return blocksOf(all);
    }

    static std::string fileOf(const std::string& name, const std::string& text) {
        return "mkdir -p $(dirname " + name + ")\ncat > " + name + " <<'END_OF_FILE'\n" + text +
               "END_OF_FILE\n";
    }

    static void requireSaid(const std::string& output, std::size_t block, const std::string& expected) {
        const auto begin = output.find(markOf(block));
        CPPUNIT_ASSERT_MESSAGE("a text block follows what says it: " + expected, begin != std::string::npos);
        const auto end = output.find("=== block ", begin + 1);
        const auto said = output.substr(begin, end == std::string::npos ? end : end - begin);
        std::istringstream lines(expected);
        for (std::string line; std::getline(lines, line);)
            CPPUNIT_ASSERT_MESSAGE(line + "\nis not in\n" + said, said.find(line) != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(GuideTest);

} // namespace coffer::test
