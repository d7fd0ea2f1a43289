#include "probe/Validation.h"

#include <coffer/testkit/Test.h>

#include <set>

namespace coffer::backup_credentials {

namespace {

using std::chrono::minutes;

const Instant start = parseRfc3339("2026-01-02T12:00:00Z").value();

Verdict verdict(Cause cause, minutes later) {
    Verdict result;
    result.cause = cause;
    result.when = start + later;
    return result;
}

Validation validationOf(std::initializer_list<std::pair<Cause, int>> probes, Validation validation = {}) {
    for (const auto& [cause, minute] : probes)
        validation = after(validation, verdict(cause, minutes(minute)));
    return validation;
}

} // namespace

class ValidationTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ValidationTest);
    COFFER_TEST(successMakesValidAtOnce);
    COFFER_TEST(definitiveCausesMakeInvalidAtOnce);
    COFFER_TEST(transientCausesCountAfterThreeOverFifteenMinutes);
    COFFER_TEST(manyFailuresInAShortTimeDoNotCount);
    COFFER_TEST(successForgetsFailures);
    COFFER_TEST(invalidStaysUntilASuccess);
    COFFER_TEST(lastCauseAndTimeAreKept);
    COFFER_TEST(sinceIsTheProbeThatChangedTheState);
    COFFER_TEST(probesAreSoonerWhileFailuresAreCounted);
    COFFER_TEST(probesOfManyAreSpread);
    COFFER_TEST(statesHaveStableNames);
    CPPUNIT_TEST_SUITE_END();

public:
    void successMakesValidAtOnce() {
        CPPUNIT_ASSERT(validationOf({{Cause::none, 0}}).state == ValidationState::valid);
        CPPUNIT_ASSERT(validationOf({{Cause::key, 0}, {Cause::none, 1}}).state == ValidationState::valid);
    }

    void definitiveCausesMakeInvalidAtOnce() {
        for (const Cause cause : {Cause::secret, Cause::key, Cause::suspended})
            CPPUNIT_ASSERT(validationOf({{Cause::none, 0}, {cause, 1}}).state == ValidationState::invalid);
    }

    void transientCausesCountAfterThreeOverFifteenMinutes() {
        for (const Cause cause :
             {Cause::clock, Cause::region, Cause::tls, Cause::name, Cause::refused, Cause::silent,
              Cause::notS3, Cause::rights, Cause::ambiguous, Cause::address, Cause::unavailable}) {
            CPPUNIT_ASSERT(validationOf({{Cause::none, 0}, {cause, 1}, {cause, 20}}).state ==
                           ValidationState::valid);
            CPPUNIT_ASSERT(validationOf({{Cause::none, 0}, {cause, 1}, {cause, 9}, {cause, 16}}).state ==
                           ValidationState::failing);
            CPPUNIT_ASSERT(validationOf({{cause, 1}, {cause, 9}}).state == ValidationState::unverified);
        }
    }

    void manyFailuresInAShortTimeDoNotCount() {
        const Validation hammered = validationOf({{Cause::none, 0},
                                                  {Cause::silent, 1},
                                                  {Cause::silent, 2},
                                                  {Cause::silent, 3},
                                                  {Cause::silent, 4},
                                                  {Cause::silent, 15}});
        CPPUNIT_ASSERT(hammered.state == ValidationState::valid);
        CPPUNIT_ASSERT_EQUAL(5, hammered.failures);
        CPPUNIT_ASSERT(validationOf({{Cause::refused, 16}}, hammered).state == ValidationState::failing);
    }

    void successForgetsFailures() {
        const Validation recovered = validationOf({{Cause::silent, 0},
                                                   {Cause::silent, 10},
                                                   {Cause::none, 20},
                                                   {Cause::silent, 30},
                                                   {Cause::silent, 50}});
        CPPUNIT_ASSERT(recovered.state == ValidationState::valid);
        CPPUNIT_ASSERT_EQUAL(2, recovered.failures);
    }

    void invalidStaysUntilASuccess() {
        const Validation invalid =
            validationOf({{Cause::key, 0}, {Cause::silent, 10}, {Cause::silent, 20}, {Cause::silent, 40}});
        CPPUNIT_ASSERT(invalid.state == ValidationState::invalid);
    }

    void lastCauseAndTimeAreKept() {
        const Validation validation = validationOf({{Cause::none, 0}, {Cause::silent, 7}});
        CPPUNIT_ASSERT(validation.cause == Cause::silent);
        CPPUNIT_ASSERT(validation.probed == start + minutes(7));
        CPPUNIT_ASSERT(validation.failingSince == start + minutes(7));
    }

    void sinceIsTheProbeThatChangedTheState() {
        CPPUNIT_ASSERT(!Validation{}.since);
        CPPUNIT_ASSERT(validationOf({{Cause::none, 3}, {Cause::none, 60}}).since == start + minutes(3));
        CPPUNIT_ASSERT(validationOf({{Cause::none, 3}, {Cause::key, 60}, {Cause::key, 70}}).since ==
                       start + minutes(60));
        CPPUNIT_ASSERT(validationOf({{Cause::none, 3}, {Cause::silent, 60}}).since == start + minutes(3));
        CPPUNIT_ASSERT(
            validationOf({{Cause::none, 3}, {Cause::silent, 60}, {Cause::silent, 70}, {Cause::silent, 80}})
                .since == start + minutes(80));
        CPPUNIT_ASSERT(validationOf({{Cause::key, 3}, {Cause::none, 60}}).since == start + minutes(60));
    }

    void probesAreSoonerWhileFailuresAreCounted() {
        using std::chrono::hours;
        const auto wait = [](const Validation& validation) {
            return nextProbe(validation, start, hours(24), 17) - start;
        };
        CPPUNIT_ASSERT(wait(validationOf({{Cause::none, 0}})) >= hours(21));
        CPPUNIT_ASSERT(wait(validationOf({{Cause::none, 0}})) <= hours(27));
        CPPUNIT_ASSERT(wait(validationOf({{Cause::none, 0}, {Cause::silent, 1}})) <= minutes(9));
        CPPUNIT_ASSERT(wait(validationOf({{Cause::silent, 0}, {Cause::silent, 8}, {Cause::silent, 16}})) <=
                       minutes(66));
        CPPUNIT_ASSERT(wait(validationOf({{Cause::key, 0}})) >= hours(21));
        // Three probes at the shortest waits span what counts, or the fourth does.
        CPPUNIT_ASSERT(nextProbe(validationOf({{Cause::silent, 0}}), start, std::chrono::seconds(10), 1) -
                           start <=
                       std::chrono::seconds(11));
    }

    void probesOfManyAreSpread() {
        std::set<std::int64_t> hoursOfProbes;
        for (std::uint64_t id = 1; id <= 1000; ++id)
            hoursOfProbes.insert(toMilliseconds(nextProbe({}, start, std::chrono::hours(24), id)) /
                                 3'600'000);
        CPPUNIT_ASSERT(hoursOfProbes.size() >= 4);
    }

    void statesHaveStableNames() {
        for (const char* name : {"unverified", "valid", "failing", "invalid"})
            CPPUNIT_ASSERT_EQUAL(std::string(name), std::string(toString(*validationStateFromString(name))));
        CPPUNIT_ASSERT(!validationStateFromString("other"));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ValidationTest);

} // namespace coffer::backup_credentials
