// Runs the tests of this program, or those whose names contain the first argument; prints each as it runs.
#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <csignal>
#include <cstdio>
#include <iostream>

namespace {

void addMatching(CppUnit::Test& test, const std::string& part, CppUnit::TestRunner& runner) {
    if (test.getChildTestCount() == 0 && test.getName().find(part) != std::string::npos)
        runner.addTest(&test);
    for (int i = 0; i < test.getChildTestCount(); ++i)
        addMatching(*test.getChildTestAt(i), part, runner);
}

} // namespace

int main(int argumentCount, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    CppUnit::Test* all = CppUnit::TestFactoryRegistry::getRegistry().makeTest();
    CppUnit::TestRunner runner;
    if (argumentCount > 1)
        addMatching(*all, arguments[1], runner);
    else
        runner.addTest(all);

    CppUnit::TestResult controller;
    CppUnit::TestResultCollector results;
    CppUnit::BriefTestProgressListener progress;
    controller.addListener(&results);
    controller.addListener(&progress);
    runner.run(controller);
    CppUnit::CompilerOutputter(&results, std::cerr).write();
    const int failed = results.testFailuresTotal();
    std::printf("%d passed, %d failed\n", results.runTests() - failed, failed);
    return failed == 0 && results.runTests() > 0 ? 0 : 1;
}
