// Runs the tests of this program, or those whose names contain the first argument; prints each as it runs. A
// test that leaves something behind fails.
#include "Leftovers.h"

#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/Test.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

namespace {

void runMatching(CppUnit::Test& test, const std::string& part, CppUnit::TestResult& result) {
    if (test.getChildTestCount() == 0 && test.getName().find(part) != std::string::npos)
        test.run(&result);
    for (int i = 0; i < test.getChildTestCount(); ++i)
        runMatching(*test.getChildTestAt(i), part, result);
}

} // namespace

int main(int argumentCount, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    const coffer::testkit::TemporaryDirectory temporary;
    const std::unique_ptr<CppUnit::Test> all(CppUnit::TestFactoryRegistry::getRegistry().makeTest());
    CppUnit::TestResult controller;
    CppUnit::TestResultCollector results;
    CppUnit::BriefTestProgressListener progress;
    coffer::testkit::LeftoverCheck leftovers(controller, temporary.path());
    // The check comes before the progress, which prints the result at a test's end.
    controller.addListener(&leftovers);
    controller.addListener(&results);
    controller.addListener(&progress);
    runMatching(*all, argumentCount > 1 ? arguments[1] : "", controller);
    CppUnit::CompilerOutputter(&results, std::cerr).write();
    const int failed = results.testFailuresTotal();
    std::printf("%d passed, %d failed\n", results.runTests() - failed, failed);
    return failed == 0 && results.runTests() > 0 ? 0 : 1;
}
