#include "sdk/testkit/main/Leftovers.h"
#include "tests/support/TemporaryFolder.h"

#include <coffer/testkit/Test.h>

#include <cppunit/TestFailure.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace coffer::test {

namespace {

/// A test that does what it is told.
class ScriptedTest final : public CppUnit::TestCase {
public:
    explicit ScriptedTest(std::function<void()> body) : TestCase("scripted"), body_(std::move(body)) {}
    void runTest() override { body_(); }

private:
    const std::function<void()> body_;
};

} // namespace

/// The check in the common main() of test programs.
class LeftoversTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LeftoversTest);
    COFFER_TEST(testThatGivesEverythingBackPasses);
    COFFER_TEST(runningThreadFailsTheTest);
    COFFER_TEST(openDescriptorFailsTheTest);
    COFFER_TEST(runningProcessFailsTheTest);
    COFFER_TEST(temporaryFileFailsTheTest);
    COFFER_TEST(leftoversOfOneTestAreNotThoseOfTheNext);
    COFFER_TEST(fixtureExistsOnlyWhileItsTestRuns);
    CPPUNIT_TEST_SUITE_END();

public:
    void testThatGivesEverythingBackPasses() {
        CPPUNIT_ASSERT_EQUAL(std::string(), failureOf([&] {
                                 std::thread([] {}).join();
                                 ::close(::open("/dev/null", O_RDONLY | O_CLOEXEC));
                                 std::filesystem::remove(folder_.write("file", "x"));
                             }));
    }

    void runningThreadFailsTheTest() {
        std::jthread left;
        const auto said = failureOf([&] {
            left = std::jthread([](const std::stop_token& stop) {
                while (!stop.stop_requested())
                    std::this_thread::yield();
            });
        });
        CPPUNIT_ASSERT_MESSAGE(said, said.find("thread ") != std::string::npos);
    }

    void openDescriptorFailsTheTest() {
        int left = -1;
        const auto said = failureOf([&] { left = ::open("/dev/null", O_RDONLY | O_CLOEXEC); });
        ::close(left);
        CPPUNIT_ASSERT_MESSAGE(said, said.find("descriptor " + std::to_string(left) + ": /dev/null") !=
                                         std::string::npos);
    }

    void runningProcessFailsTheTest() {
        pid_t left = -1;
        const auto said = failureOf([&] {
            left = ::fork();
            if (left == 0) {
                ::execl("/bin/sleep", "sleep", "1000", nullptr);
                ::_exit(127);
            }
        });
        ::kill(left, SIGKILL);
        ::waitpid(left, nullptr, 0);
        CPPUNIT_ASSERT_MESSAGE(said, said.find("process " + std::to_string(left)) != std::string::npos);
    }

    void temporaryFileFailsTheTest() {
        const auto said = failureOf([&] { (void)folder_.write("left", "x"); });
        CPPUNIT_ASSERT_MESSAGE(said, said.find("file left: " + (folder_ / "left")) != std::string::npos);
    }

    void leftoversOfOneTestAreNotThoseOfTheNext() {
        (void)failureOf([&] { (void)folder_.write("left", "x"); });
        CPPUNIT_ASSERT_EQUAL(std::string(), failureOf([] {}));
    }

    void fixtureExistsOnlyWhileItsTestRuns() {
        struct Fixture : CppUnit::TestFixture {
            Fixture() { ++count(); }
            Fixture(const Fixture&) = delete;
            Fixture& operator=(const Fixture&) = delete;
            ~Fixture() override { --count(); }
            static int& count() {
                static int alive = 0;
                return alive;
            }
            void fails() {
                CPPUNIT_ASSERT_EQUAL(1, count());
                throw std::runtime_error("it fails");
            }
        };
        testkit::ScopedFixtureTest<Fixture> test("fails", &Fixture::fails);
        CPPUNIT_ASSERT_EQUAL(0, Fixture::count());
        CppUnit::TestResult controller;
        CppUnit::TestResultCollector results;
        controller.addListener(&results);
        test.run(&controller);
        CPPUNIT_ASSERT_EQUAL(1, results.testErrors());
        CPPUNIT_ASSERT_EQUAL(0, Fixture::count());
    }

private:
    /// Runs a test under the check. @returns what it is failed with; empty when it passes
    std::string failureOf(std::function<void()> body) {
        ScriptedTest test(std::move(body));
        CppUnit::TestResult controller;
        CppUnit::TestResultCollector results;
        testkit::LeftoverCheck check(controller, folder_.path(), std::chrono::milliseconds(200));
        controller.addListener(&check);
        controller.addListener(&results);
        test.run(&controller);
        return results.failures().empty() ? std::string()
                                          : results.failures().front()->thrownException()->what();
    }

    const TemporaryFolder folder_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(LeftoversTest);

} // namespace coffer::test
