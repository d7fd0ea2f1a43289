#include "host/audit/AuditRoutes.h"

#include "host/audit/AuditExport.h"
#include "host/audit/AuditQuery.h"
#include "tests/host/audit/AuditHouse.h"
#include "tests/host/secrets/RouteCall.h"

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <fstream>

namespace coffer::test {

using namespace coffer::host;

namespace {

/// What an export may need, in KiB: far less than the 25 MiB that it writes. The sanitizers keep freed
/// memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long mostMemory = 1024 * 1024;
#else
constexpr long mostMemory = 16 * 1024;
#endif

/// Resident memory now, in KiB.
long residentMemory() {
    std::ifstream status("/proc/self/statm");
    long total = 0;
    long resident = 0;
    status >> total >> resident;
    return resident * 4;
}

Poco::JSON::Object::Ptr parsed(const std::string& json) {
    return Poco::JSON::Parser().parse(json).extract<Poco::JSON::Object::Ptr>();
}

} // namespace

class AuditRoutesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AuditRoutesTest);
    COFFER_TEST(listsNewestFirst);
    COFFER_TEST(pagesThroughEverythingOnce);
    COFFER_TEST(refusesABadCursor);
    COFFER_TEST(filtersByEachField);
    COFFER_TEST(filtersByTimeAlsoWhenTheClockStepsBack);
    COFFER_TEST(combinesFilters);
    COFFER_TEST(showsOnlyTheCallersOrganizations);
    COFFER_TEST(exportsNdjsonAndCsv);
    COFFER_TEST(exportsWhatAcceptPrefers);
    COFFER_TEST(defusesFormulasInCsv);
    COFFER_TEST(exportsFiftyThousandRecordsInLittleMemory);
    COFFER_TEST(showsASignedHead);
    COFFER_TEST(everyRouteIsComplete);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    AuditHouse house_{folder_.path()};
    std::vector<Route> routes_ = auditRoutes(house_.database(), house_.audit());

    RouteCall caller(std::vector<RoleGrant> roles = {{Role::auditor, 0}}) {
        return RouteCall(house_.database(), std::move(roles));
    }
    Poco::JSON::Object::Ptr list(RouteCall& call) {
        return parsed(call(routes_, Method::get, "/audit").body);
    }
    std::vector<std::int64_t> sequences(RouteCall& call) {
        std::vector<std::int64_t> found;
        const auto items = list(call)->getArray("items");
        for (std::size_t i = 0; i < items->size(); ++i)
            found.push_back(items->getObject(static_cast<unsigned>(i))->getValue<std::int64_t>("sequence"));
        return found;
    }
    template <class Value>
    std::vector<std::int64_t> filtered(const std::string& name, const Value& value) {
        auto call = caller();
        call.with(name, value);
        return sequences(call);
    }
    std::string exported(RouteCall& call) {
        const auto producer = call(routes_, Method::get, "/audit/export").producer;
        std::string all;
        for (std::string piece = producer->next(); !piece.empty(); piece = producer->next())
            all += piece;
        return all;
    }

public:
    void listsNewestFirst() {
        house_.fill(3);
        auto call = caller();
        const auto answer = list(call);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, answer->getArray("items")->size());
        CPPUNIT_ASSERT(answer->isNull("nextCursor"));
        CPPUNIT_ASSERT_EQUAL(3, answer->getValue<int>("totalCount"));
        CPPUNIT_ASSERT(answer->getValue<bool>("totalIsExact"));
        CPPUNIT_ASSERT(sequences(call) == (std::vector<std::int64_t>{3, 2, 1}));
        const auto first = answer->getArray("items")->getObject(0);
        CPPUNIT_ASSERT_EQUAL(std::string("blue"), first->getObject("after")->getValue<std::string>("colour"));
    }

    void pagesThroughEverythingOnce() {
        house_.fill(25);
        std::vector<std::int64_t> all;
        std::string cursor;
        for (int pages = 0; pages < 3; ++pages) {
            auto call = caller();
            call.with("limit", std::int64_t{10});
            if (!cursor.empty())
                call.with("cursor", cursor);
            const auto answer = list(call);
            const auto page = sequences(call);
            all.insert(all.end(), page.begin(), page.end());
            CPPUNIT_ASSERT_EQUAL(pages == 2, answer->isNull("nextCursor"));
            CPPUNIT_ASSERT_EQUAL(pages == 2, answer->getValue<bool>("totalIsExact"));
            CPPUNIT_ASSERT_EQUAL(pages == 2 ? 25 : pages * 10 + 11, answer->getValue<int>("totalCount"));
            cursor = pages == 2 ? "" : answer->getValue<std::string>("nextCursor");
            house_.fill(1); // what comes later does not disturb
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{25}, all.size());
        for (std::size_t i = 0; i < all.size(); ++i)
            CPPUNIT_ASSERT_EQUAL(static_cast<std::int64_t>(25 - i), all[i]);
    }

    void refusesABadCursor() {
        for (const std::string& cursor : {std::string("x"), std::string("00"), std::string("312e"),
                                          std::string("2d312e30"), std::string("312e302e")})
            CPPUNIT_ASSERT_EQUAL(std::string("invalid_fields"), problemOf([&] {
                                     auto call = caller();
                                     call.with("cursor", cursor);
                                     (void)list(call);
                                 }));
    }

    void filtersByEachField() {
        house_.fill(3);
        AuditEvent other = AuditHouse::eventAbout(1);
        other.action = "robot.create";
        other.objectType = "robot";
        other.result = AuditResult::refused;
        other.organization = 9;
        house_.record(other, {8, "bob", "198.51.100.1", "request-2"});
        using Found = std::vector<std::int64_t>;
        CPPUNIT_ASSERT(filtered("principal", std::string("bob")) == Found{4});
        CPPUNIT_ASSERT(filtered("principalId", std::int64_t{7}) == (Found{3, 2, 1}));
        CPPUNIT_ASSERT(filtered("organizationId", std::int64_t{9}) == Found{4});
        CPPUNIT_ASSERT(filtered("action", std::string("robot.create")) == Found{4});
        CPPUNIT_ASSERT(filtered("action", std::string("thing.*")) == (Found{3, 2, 1}));
        CPPUNIT_ASSERT(filtered("action", std::string("thing.chang")).empty());
        CPPUNIT_ASSERT(filtered("action", std::string("%*")).empty());
        CPPUNIT_ASSERT(filtered("objectType", std::string("robot")) == Found{4});
        CPPUNIT_ASSERT(filtered("objectId", std::string("1")) == (Found{4, 1}));
        CPPUNIT_ASSERT(filtered("result", std::string("refused")) == Found{4});
        CPPUNIT_ASSERT(filtered("requestId", std::string("request-2")) == Found{4});
        CPPUNIT_ASSERT(filtered("requestId", std::string("' OR 1=1 --")).empty());
    }

    void filtersByTimeAlsoWhenTheClockStepsBack() {
        house_.fill(5);
        house_.tamper("UPDATE audit_record SET time = 1000 * sequence");
        house_.tamper("UPDATE audit_record SET time = 1500 WHERE sequence = 4");
        auto call = caller();
        call.with("from", fromMilliseconds(1200)).with("to", fromMilliseconds(2000));
        CPPUNIT_ASSERT(sequences(call) == (std::vector<std::int64_t>{4, 2}));
        CPPUNIT_ASSERT(filtered("from", fromMilliseconds(9000)).empty());
        CPPUNIT_ASSERT(filtered("to", fromMilliseconds(1000)) == std::vector<std::int64_t>{1});
    }

    void combinesFilters() {
        house_.fill(10);
        auto call = caller();
        call.with("objectType", std::string("thing"))
            .with("objectId", std::string("4"))
            .with("principal", std::string("alice"))
            .with("organizationId", std::int64_t{1});
        CPPUNIT_ASSERT(sequences(call) == std::vector<std::int64_t>{4});
        call.with("result", std::string("failed"));
        CPPUNIT_ASSERT(sequences(call).empty());
    }

    void showsOnlyTheCallersOrganizations() {
        house_.fill(6); // organizations 2, 1, 2, 1, 2, 1
        AuditEvent nobodys = AuditHouse::eventAbout(1);
        nobodys.organization = 0;
        house_.record(nobodys);
        using Found = std::vector<std::int64_t>;
        auto manager = caller({{Role::manager, 1}});
        CPPUNIT_ASSERT(sequences(manager) == (Found{6, 4, 2}));
        auto partner = caller({{Role::partner, 1}, {Role::partner, 2}, {Role::partner, 3}});
        CPPUNIT_ASSERT(sequences(partner) == (Found{6, 5, 4, 3, 2, 1}));
        auto all = caller();
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, sequences(all).size());
        auto curious = caller({{Role::manager, 1}});
        curious.with("organizationId", std::int64_t{2});
        CPPUNIT_ASSERT(sequences(curious).empty());
        auto curiousPartner = caller({{Role::partner, 1}, {Role::partner, 3}});
        curiousPartner.with("organizationId", std::int64_t{2});
        CPPUNIT_ASSERT(sequences(curiousPartner).empty());
        auto nobody = caller({});
        CPPUNIT_ASSERT(sequences(nobody).empty());
        auto exporting = caller({{Role::manager, 1}});
        const std::string lines = exported(exporting);
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{3}, std::ranges::count(lines, '\n'));
    }

    void exportsNdjsonAndCsv() {
        house_.fill(3);
        auto call = caller();
        const std::string lines = exported(call);
        std::string expected;
        for (const AuditRecord& record : house_.records())
            expected += toJson(record) + "\n";
        CPPUNIT_ASSERT_EQUAL(expected, lines);
        call.with("format", std::string("csv"));
        const std::string csv = exported(call);
        CPPUNIT_ASSERT(csv.starts_with("sequence,time,action,"));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{4}, std::ranges::count(csv, '\n'));
        CPPUNIT_ASSERT(csv.find(R"("{""colour"":""blue""}")") != std::string::npos);
        call.with("objectId", std::string("none"));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{1}, std::ranges::count(exported(call), '\n'));
    }

    void exportsWhatAcceptPrefers() {
        const auto typeFor = [&](const std::string& accept, const std::string& format = {}) {
            auto call = caller();
            if (!accept.empty())
                call.header("Accept", accept);
            if (!format.empty())
                call.with("format", format);
            return call(routes_, Method::get, "/audit/export").contentType;
        };
        for (const char* accept : {"text/csv", "TEXT/CSV", "text/*", "text/csv, */*;q=0.1",
                                   "application/x-ndjson;q=0.5, text/csv", "application/x-ndjson;q=0, */*"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(accept, std::string("text/csv; charset=utf-8"), typeFor(accept));
        for (const char* accept : {"", "*/*", "application/x-ndjson", "text/csv, application/x-ndjson",
                                   "text/csv;q=0.5, */*", "text/csv;q=0, */*", "text/csv;q=x", "nonsense"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(accept, std::string("application/x-ndjson"), typeFor(accept));
        CPPUNIT_ASSERT_EQUAL(std::string("application/x-ndjson"), typeFor("text/csv", "ndjson"));
        CPPUNIT_ASSERT_EQUAL(std::string("text/csv; charset=utf-8"), typeFor("*/*", "csv"));
    }

    void defusesFormulasInCsv() {
        AuditRecord record;
        for (const std::string& formula : {std::string("=1+1"), std::string("+1"), std::string("-1"),
                                           std::string("@a"), std::string("\tx"), std::string("=\"x\"")}) {
            record.origin.principalName = formula;
            CPPUNIT_ASSERT(toCsv(record).find(",\"'" + formula.substr(0, 1)) != std::string::npos);
        }
        record.origin.principalName = "a \"quoted\", name";
        CPPUNIT_ASSERT(toCsv(record).find(R"(,"a ""quoted"", name",)") != std::string::npos);
    }

    void exportsFiftyThousandRecordsInLittleMemory() {
        for (int i = 0; i < 50; ++i)
            house_.fill(1000);
        const long before = residentMemory();
        std::size_t bytes = 0;
        std::ptrdiff_t lines = 0;
        long most = 0;
        const auto producer = exportRecords(
            house_.database(), {{true, {}}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}, ExportFormat::ndjson);
        for (std::string piece = producer->next(); !piece.empty(); piece = producer->next()) {
            bytes += piece.size();
            lines += std::ranges::count(piece, '\n');
            CPPUNIT_ASSERT(piece.size() < 256 * 1024);
            most = std::max(most, residentMemory());
        }
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{50'000}, lines);
        CPPUNIT_ASSERT(bytes > 10'000'000);
        CPPUNIT_ASSERT(most - before < mostMemory);
        // A filter that matches nothing ends, without one long query.
        AuditFilter nothing;
        nothing.scope.all = true;
        nothing.action = "none.*";
        CPPUNIT_ASSERT(exportRecords(house_.database(), nothing, ExportFormat::ndjson)->next().empty());
    }

    void showsASignedHead() {
        house_.fill(2);
        auto call = caller({{Role::manager, 1}});
        const auto head = lastHeadIn(call(routes_, Method::get, "/audit/head").body);
        CPPUNIT_ASSERT(head && house_.audit().chain().isSignedHere(*head));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, head->sequence);
    }

    void everyRouteIsComplete() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, routes_.size());
        for (const Route& route : routes_) {
            CPPUNIT_ASSERT(isPermission(route.permission) && !route.summary.empty());
            CPPUNIT_ASSERT(!route.response.empty() || route.responseType != "application/json");
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuditRoutesTest);

} // namespace coffer::test
