#include "sdk/shared/MetricsRegistry.h"

#include <cppunit/TestAssert.h>

using namespace coffer;
using coffer::detail::MetricsRegistry;

class MetricsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MetricsTest);
    COFFER_TEST(countersGaugesAndHistogramsAreRendered);
    COFFER_TEST(labelValuesAreEscaped);
    COFFER_TEST(badNamesAndChangedTypesAreRefused);
    COFFER_TEST(aCollectorThatThrowsIsLeftOutAndCounted);
    COFFER_TEST(aCollectorMayAskForMetrics);
    COFFER_TEST(aRemovedCollectorIsGone);
    COFFER_TEST(manyThreadsLoseNoCount);
    CPPUNIT_TEST_SUITE_END();

public:
    void countersGaugesAndHistogramsAreRendered() {
        metrics_.counter("coffer_things_total", "Things.", {{"kind", "a"}}).add(3);
        metrics_.gauge("coffer_level", "Level.", {}).set(1.5);
        metrics_.histogram("coffer_wait_seconds", "Waits.", {}).observe(0.02);
        expect("# HELP coffer_things_total Things.\n# TYPE coffer_things_total "
               "counter\ncoffer_things_total{kind=\"a\"} 3\n");
        expect("coffer_level 1.5\n");
        expect("coffer_wait_seconds_bucket{le=\"0.01\"} 0\n");
        expect("coffer_wait_seconds_bucket{le=\"0.025\"} 1\n");
        expect("coffer_wait_seconds_bucket{le=\"+Inf\"} 1\ncoffer_wait_seconds_sum "
               "0.02\ncoffer_wait_seconds_count 1\n");
    }
    void labelValuesAreEscaped() {
        metrics_.gauge("coffer_level", "Level.", {{"name", "a\"b\\c\nd"}}).set(1);
        expect("coffer_level{name=\"a\\\"b\\\\c d\"} 1\n");
    }
    void badNamesAndChangedTypesAreRefused() {
        CPPUNIT_ASSERT_THROW(metrics_.counter("coffer_things", "x", {}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(metrics_.gauge("Coffer-x", "x", {}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(metrics_.gauge("coffer_x", "x", {{"le", "1"}}), std::invalid_argument);
        metrics_.gauge("coffer_x", "x", {});
        CPPUNIT_ASSERT_THROW(metrics_.histogram("coffer_x", "x", {}), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(metrics_.gauge("coffer_x", "y", {}), std::invalid_argument);
    }
    void aCollectorThatThrowsIsLeftOutAndCounted() {
        metrics_.collector("coffer_bad", "Bad.", []() -> std::vector<Sample> { throw 7; });
        metrics_.gauge("coffer_good", "Good.", {}).set(1);
        const auto text = metrics_.render();
        CPPUNIT_ASSERT(text.find("coffer_good 1\n") != std::string::npos);
        CPPUNIT_ASSERT(text.find("coffer_bad") == std::string::npos);
        CPPUNIT_ASSERT(text.find("coffer_metrics_collector_failures_total 1\n") != std::string::npos);
    }
    void aCollectorMayAskForMetrics() {
        metrics_.collector("coffer_outer", "Outer.", [this] {
            metrics_.gauge("coffer_inner", "Inner.", {}).set(2);
            return std::vector<Sample>{{{{"state", "x"}}, 4}};
        });
        expect("coffer_outer{state=\"x\"} 4\n");
        expect("coffer_inner 2\n");
    }
    void aRemovedCollectorIsGone() {
        metrics_.collector("coffer_c", "C.", [] { return std::vector<Sample>{{{}, 1}}; });
        metrics_.removeCollector("coffer_c");
        CPPUNIT_ASSERT(metrics_.render().find("coffer_c") == std::string::npos);
    }
    void manyThreadsLoseNoCount() {
        auto& counter = metrics_.counter("coffer_race_total", "Race.", {});
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 1000; ++j)
                    counter.add(1);
            });
        threads.clear();
        expect("coffer_race_total 8000\n");
    }

private:
    void expect(const std::string& part) {
        const auto text = metrics_.render();
        CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
    }

    MetricsRegistry metrics_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(MetricsTest);
