#include "host/console/ConsoleFiles.h"
#include "tests/support/TemporaryFolder.h"

#include <Poco/InflatingStream.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>

#include <coffer/testkit/Test.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace coffer::test {

using namespace coffer::host;

namespace {

std::string header(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (Poco::icompare(key, name) == 0)
            return value;
    return {};
}

std::string unpacked(const std::string& gzip) {
    std::istringstream in(gzip);
    Poco::InflatingInputStream stream(in, Poco::InflatingStreamBuf::STREAM_GZIP);
    std::string out;
    Poco::StreamCopier::copyToString(stream, out);
    return out;
}

const std::string longScript = "export default " + std::string(2000, '1') + ";\n";

} // namespace

/// A folder of static files as browsers get it.
class ConsoleFilesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsoleFilesTest);
    COFFER_TEST(filesHaveTheTypeOfTheirExtension);
    COFFER_TEST(otherTypesAreNotServed);
    COFFER_TEST(namesAreDecodedOnce);
    COFFER_TEST(nothingOutsideTheFolderIsServed);
    COFFER_TEST(symbolicLinksAreNotFollowed);
    COFFER_TEST(theFolderItselfMayBeALink);
    COFFER_TEST(foldersAndPipesAreNoFiles);
    COFFER_TEST(whatABrowserHasIsNotSentAgain);
    COFFER_TEST(aChangedFileIsSeenByTheNextRequest);
    COFFER_TEST(textIsCompressedForWhoTakesIt);
    COFFER_TEST(compressedAndPlainAreTwoVersions);
    COFFER_TEST(whatDoesNotGetSmallerIsNotCompressed);
    COFFER_TEST(aFileThatIsTooLargeIsRefused);
    COFFER_TEST(whatIsKeptIsBounded);
    CPPUNIT_TEST_SUITE_END();

public:
    void filesHaveTheTypeOfTheirExtension() {
        const std::vector<std::pair<std::string, std::string>> types{{"html", "text/html; charset=utf-8"},
                                                                     {"js", "text/javascript; charset=utf-8"},
                                                                     {"css", "text/css; charset=utf-8"},
                                                                     {"svg", "image/svg+xml"},
                                                                     {"json", "application/json"},
                                                                     {"txt", "text/plain; charset=utf-8"},
                                                                     {"png", "image/png"},
                                                                     {"ico", "image/x-icon"},
                                                                     {"woff2", "font/woff2"}};
        for (const auto& [extension, type] : types) {
            folder_.write("file." + extension, "content");
            const auto response = get("/file." + extension);
            CPPUNIT_ASSERT_EQUAL(200, response.status);
            CPPUNIT_ASSERT_EQUAL(type, response.contentType);
            CPPUNIT_ASSERT_EQUAL(std::string("content"), response.body);
            CPPUNIT_ASSERT_EQUAL(std::string("no-cache"), header(response, "Cache-Control"));
            CPPUNIT_ASSERT_EQUAL(std::string("Accept-Encoding"), header(response, "Vary"));
        }
    }

    void otherTypesAreNotServed() {
        for (const auto* name : {"page.exe", "page", "page.js.bak", "page.JS", "js", "page."}) {
            folder_.write(name, "content");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, 404, status("/" + std::string(name)));
        }
    }

    void namesAreDecodedOnce() {
        folder_.write("a page.js", "spaced");
        folder_.write("%61.js", "escaped");
        folder_.write("\xC3\xA9.js", "accented");
        CPPUNIT_ASSERT_EQUAL(std::string("spaced"), get("/a%20page.js").body);
        CPPUNIT_ASSERT_EQUAL(std::string("accented"), get("/%C3%A9.js").body);
        CPPUNIT_ASSERT_EQUAL(std::string("escaped"), get("/%2561.js").body);
        CPPUNIT_ASSERT_EQUAL(404, status("/%61.js")); // a.js, which is not there
    }

    void nothingOutsideTheFolderIsServed() {
        std::filesystem::create_directory(folder_ / "inner");
        folder_.write("secret.js", "outside");
        folder_.write("inner/page.js", "inside");
        folder_.write(".hidden.js", "hidden");
        ConsoleFiles inner(folder_ / "inner");
        CPPUNIT_ASSERT_EQUAL(std::string("inside"), inner.answer("/page.js", {}).body);
        for (const auto* path : {"/../secret.js",
                                 "/%2e%2e/secret.js",
                                 "/..%2fsecret.js",
                                 "/%2e%2e%2fsecret.js",
                                 "/./page.js",
                                 "//page.js",
                                 "/page.js/",
                                 "/",
                                 "",
                                 "page.js",
                                 "/page.js%00",
                                 "/%00page.js",
                                 "/..\\secret.js",
                                 "/%5c..%5csecret.js",
                                 "/%252e%252e/secret.js",
                                 "/%zz.js",
                                 "/page.js%",
                                 "/\xC0\xAE\xC0\xAE/secret.js",
                                 "/nothing.js",
                                 "/nowhere/page.js"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 404, statusOf(inner, path));
        CPPUNIT_ASSERT_EQUAL(404, status("/.hidden.js"));
        CPPUNIT_ASSERT_EQUAL(404, status("/" + std::string(5000, 'a') + ".js"));
    }

    void symbolicLinksAreNotFollowed() {
        const TemporaryFolder outside;
        outside.write("secret.js", "outside");
        std::filesystem::create_symlink(outside / "secret.js", folder_ / "link.js");
        std::filesystem::create_directory_symlink(outside.path(), folder_ / "folder");
        CPPUNIT_ASSERT_EQUAL(404, status("/link.js"));
        CPPUNIT_ASSERT_EQUAL(404, status("/folder/secret.js"));
    }

    void theFolderItselfMayBeALink() {
        folder_.write("page.js", "content");
        const TemporaryFolder other;
        std::filesystem::create_directory_symlink(folder_.path(), other / "link");
        ConsoleFiles linked(other / "link");
        CPPUNIT_ASSERT(linked.folderExists());
        CPPUNIT_ASSERT_EQUAL(std::string("content"), linked.answer("/page.js", {}).body);
        CPPUNIT_ASSERT(!ConsoleFiles(other / "nothing").folderExists());
    }

    void foldersAndPipesAreNoFiles() {
        std::filesystem::create_directory(folder_ / "folder.js");
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo((folder_ / "pipe.js").c_str(), 0600));
        CPPUNIT_ASSERT_EQUAL(404, status("/folder.js"));
        CPPUNIT_ASSERT_EQUAL(404, status("/pipe.js"));
        CPPUNIT_ASSERT_EQUAL(404, status("/folder.js/page.js"));
    }

    void whatABrowserHasIsNotSentAgain() {
        folder_.write("page.js", "content");
        const std::string tag = header(get("/page.js"), "ETag");
        CPPUNIT_ASSERT(tag.size() > 10 && tag.front() == '"' && tag.back() == '"');
        for (const auto& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
            const auto again = get("/page.js", {{"If-None-Match", known}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(known, 304, again.status);
            CPPUNIT_ASSERT_EQUAL(std::string(), again.body);
            CPPUNIT_ASSERT_EQUAL(tag, header(again, "ETag"));
            CPPUNIT_ASSERT_EQUAL(std::string("no-cache"), header(again, "Cache-Control"));
        }
        CPPUNIT_ASSERT_EQUAL(200, get("/page.js", {{"If-None-Match", "\"other\""}}).status);
    }

    void aChangedFileIsSeenByTheNextRequest() {
        folder_.write("page.js", "first!");
        const std::string tag = header(get("/page.js"), "ETag");
        folder_.write("page.js", "second"); // of the same size
        const auto fresh = get("/page.js", {{"If-None-Match", tag}});
        CPPUNIT_ASSERT_EQUAL(200, fresh.status);
        CPPUNIT_ASSERT_EQUAL(std::string("second"), fresh.body);
        std::filesystem::remove(folder_ / "page.js");
        CPPUNIT_ASSERT_EQUAL(404, status("/page.js"));
        folder_.write("page.js", "first!");
        CPPUNIT_ASSERT_EQUAL(304, get("/page.js", {{"If-None-Match", tag}}).status);
    }

    void textIsCompressedForWhoTakesIt() {
        folder_.write("page.js", longScript);
        for (const auto* accepted : {"gzip", "br, gzip;q=0.5", "GZIP", "*", "identity;q=0, *;q=0.1"}) {
            const auto response = get("/page.js", {{"Accept-Encoding", accepted}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(accepted, std::string("gzip"), header(response, "Content-Encoding"));
            CPPUNIT_ASSERT(response.body.size() < longScript.size() / 2);
            CPPUNIT_ASSERT_EQUAL(longScript, unpacked(response.body));
        }
        for (const auto* refused : {"", "br", "gzip;q=0", "gzip;q=0.000, *", "identity", "*;q=0"}) {
            const auto response = get("/page.js", {{"Accept-Encoding", refused}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(refused, std::string(), header(response, "Content-Encoding"));
            CPPUNIT_ASSERT_EQUAL(longScript, response.body);
        }
    }

    void compressedAndPlainAreTwoVersions() {
        folder_.write("page.js", longScript);
        const std::string plain = header(get("/page.js"), "ETag");
        const std::string packed = header(get("/page.js", {{"Accept-Encoding", "gzip"}}), "ETag");
        CPPUNIT_ASSERT(plain != packed);
        CPPUNIT_ASSERT_EQUAL(200, get("/page.js", {{"If-None-Match", packed}}).status);
        CPPUNIT_ASSERT_EQUAL(
            304, get("/page.js", {{"If-None-Match", packed}, {"Accept-Encoding", "gzip"}}).status);
    }

    void whatDoesNotGetSmallerIsNotCompressed() {
        folder_.write("short.js", "1");
        folder_.write("picture.png", longScript); // of a type that is compressed already
        for (const auto* name : {"/short.js", "/picture.png"})
            CPPUNIT_ASSERT_EQUAL(std::string(),
                                 header(get(name, {{"Accept-Encoding", "gzip"}}), "Content-Encoding"));
    }

    void aFileThatIsTooLargeIsRefused() {
        ConsoleFiles small(folder_.path(), {.file = 100, .kept = 1000});
        folder_.write("page.js", std::string(100, 'x'));
        CPPUNIT_ASSERT_EQUAL(200, statusOf(small, "/page.js"));
        folder_.write("page.js", std::string(101, 'x'));
        CPPUNIT_ASSERT_EQUAL(500, statusOf(small, "/page.js"));
    }

    void whatIsKeptIsBounded() {
        ConsoleFiles small(folder_.path(), {.file = 100, .kept = 150});
        for (int round = 0; round < 3; ++round)
            for (const auto* name : {"a.png", "b.png", "c.png"}) {
                const std::string content(90, static_cast<char>('0' + round));
                folder_.write(name, content);
                CPPUNIT_ASSERT_EQUAL(content, small.answer("/" + std::string(name), {}).body);
                CPPUNIT_ASSERT(small.keptBytes() <= 150);
            }
    }

private:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    static Poco::Net::HTTPRequest head(const Headers& headers) {
        Poco::Net::HTTPRequest request("GET", "/");
        for (const auto& [name, value] : headers)
            request.set(name, value);
        return request;
    }
    Response get(const std::string& path, const Headers& headers = {}) {
        return files_.answer(path, head(headers));
    }
    static int statusOf(ConsoleFiles& files, const std::string& path) {
        try {
            return files.answer(path, {}).status;
        } catch (const Problem& problem) {
            return problem.status();
        }
    }
    int status(const std::string& path) { return statusOf(files_, path); }

    TemporaryFolder folder_;
    ConsoleFiles files_{folder_.path()};
};
CPPUNIT_TEST_SUITE_REGISTRATION(ConsoleFilesTest);

} // namespace coffer::test
