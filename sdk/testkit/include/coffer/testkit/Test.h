#pragma once

#include <cppunit/TestCase.h>
#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <string>

namespace coffer::testkit {

/// A test whose fixture object exists only while the test runs: it is constructed before the fixture's
/// setUp(), which one thread calls, and destroyed after its tearDown(), also when the test or its setUp()
/// failed. So members of a fixture are what the test needs, and their destructors give it back. An exception
/// of the constructor fails the test as one of setUp() does. Written with COFFER_TEST.
///
/// CppUnit's own CPPUNIT_TEST constructs the fixtures of all tests when the program starts and keeps them
/// until it ends: the threads of each would run beside all other tests.
template <class Fixture>
class ScopedFixtureTest final : public CppUnit::TestCase {
public:
    /// A test: a member function of the fixture.
    using Method = void (Fixture::*)();

    /// Made by COFFER_TEST. @param name  `CountTest::strangersAreNotCounted`
    ScopedFixtureTest(const std::string& name, Method method) : TestCase(name), method_(method) {}

    /// Constructs the fixture, then calls its setUp(). Propagates their exceptions.
    void setUp() override {
        fixture_ = std::make_unique<Fixture>();
        static_cast<CppUnit::TestFixture&>(*fixture_).setUp();
    }
    /// Runs the test. Propagates its exceptions.
    void runTest() override { (fixture_.get()->*method_)(); }
    /// Calls the fixture's tearDown(), then destroys the fixture, also when tearDown() throws.
    void tearDown() override {
        const auto fixture = std::move(fixture_);
        if (fixture)
            static_cast<CppUnit::TestFixture&>(*fixture).tearDown();
    }

private:
    const Method method_;
    std::unique_ptr<Fixture> fixture_;
};

} // namespace coffer::testkit

/// Between CPPUNIT_TEST_SUITE and CPPUNIT_TEST_SUITE_END: adds the test `method`, a member function of the
/// fixture without parameters, as a coffer::testkit::ScopedFixtureTest.
#define COFFER_TEST(method)                                                                                  \
    CPPUNIT_TEST_SUITE_ADD_TEST((new ::coffer::testkit::ScopedFixtureTest<TestFixtureType>(                  \
        context.getTestNameFor(#method), &TestFixtureType::method)))
