#include "service/ShownCredentials.h"
#include "routes/Representation.h"
#include "tests/plugins/backup-credentials/House.h"
#include "tests/support/RethrowingThread.h"

#include <coffer/testkit/Test.h>

#include <atomic>
#include <list>
#include <set>

using namespace coffer;
using namespace coffer::test;
using backup_credentials::ShownCredentials;

/// What is rendered once and shown to many.
class ShownCredentialsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ShownCredentialsTest);
    COFFER_TEST(isRenderedOnceWhileNothingIsCommitted);
    COFFER_TEST(isRenderedAnewAfterACommitOfAnybody);
    COFFER_TEST(insideAChangeNothingIsKept);
    COFFER_TEST(aPageIsKeptByAllThatWasAskedFor);
    COFFER_TEST(aPageEndsWithTheNextCommit);
    COFFER_TEST(whatDoesNotExistIsLeftOutAndTheOrderStays);
    COFFER_TEST(manyLargeOnesAreForgottenInsteadOfFillingMemory);
    COFFER_TEST(aPageThatIsTooLargeIsNotKept);
    COFFER_TEST(readersThatShareItSeeOnlyWhatWasAcknowledged);
    CPPUNIT_TEST_SUITE_END();

    House house_;
    ShownCredentials shown_{backup_credentials::toJson};

    ShownCredentials::Row read(std::int64_t id) {
        return house_.host().storage().read(
            [&](Transaction& transaction) { return shown_.find(transaction, id); });
    }

public:
    void isRenderedOnceWhileNothingIsCommitted() {
        const auto id = house_.create("nightly");
        const auto first = read(id);
        CPPUNIT_ASSERT_EQUAL(house_.get(House::at(id)).body, first->json);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, first->organization);
        CPPUNIT_ASSERT(read(id) == first);
    }
    void isRenderedAnewAfterACommitOfAnybody() {
        const auto id = house_.create("nightly");
        const auto before = read(id);
        house_.put(House::at(id, "/lock"), R"({"reason":"rotation"})");
        const auto locked = read(id);
        CPPUNIT_ASSERT(locked->json.find(R"("locked":true)") != std::string::npos);
        CPPUNIT_ASSERT(before->json.find(R"("locked":false)") != std::string::npos);
        house_.sql("UPDATE organization SET name = 'Renamed' WHERE id = 1");
        CPPUNIT_ASSERT(read(id)->json.find(R"("name":"Renamed")") != std::string::npos);
        house_.remove(House::at(id, "/lock"));
        house_.remove(House::at(id));
        CPPUNIT_ASSERT(!read(id));
    }
    void aPageIsKeptByAllThatWasAskedFor() {
        for (const auto* name : {"alpha", "beta", "gamma"}) {
            house_.create(name);
            house_.create(name, 2);
        }
        using backup_credentials::search::Listing;
        const auto ask = [&](auto change) {
            Listing listing;
            listing.scope.all = true;
            change(listing);
            return house_.host().storage().read(
                [&](Transaction& transaction) { return shown_.list(transaction, listing); });
        };
        const auto all = ask([](Listing&) {});
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, all->rows.size());
        CPPUNIT_ASSERT(ask([](Listing&) {}) == all);
        // Each differs from the first in one thing only.
        const std::vector<std::function<void(Listing&)>> others{
            [](Listing& listing) {
                listing.scope = {false, {1}};
            },
            [](Listing& listing) {
                listing.scope = {false, {1, 2}};
            },
            [](Listing& listing) { listing.scope = {}; },
            [](Listing& listing) { listing.search = "alpha"; },
            [](Listing& listing) { listing.locked = false; },
            [](Listing& listing) { listing.locked = true; },
            [](Listing& listing) { listing.isDefault = false; },
            [](Listing& listing) { listing.projectId = ""; },
            [](Listing& listing) { listing.validation = backup_credentials::ValidationState::valid; },
            [](Listing& listing) { listing.sort.descending = true; },
            [](Listing& listing) { listing.sort.order = backup_credentials::search::Order::name; },
            [](Listing& listing) { listing.limit = 2; },
            [](Listing& listing) {
                listing.after = Position{std::int64_t{2}, 2};
            },
            [](Listing& listing) {
                listing.after = Position{std::string("2"), 2};
            },
        };
        std::set<const void*> pages{all.get()};
        std::vector<std::shared_ptr<const ShownCredentials::Page>> kept;
        for (const auto& other : others) {
            kept.push_back(ask(other));
            CPPUNIT_ASSERT(pages.insert(kept.back().get()).second);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, kept[0]->rows.size());
        for (const auto& row : kept[0]->rows)
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, row->organization);
        CPPUNIT_ASSERT(kept[2]->rows.empty());
    }
    void aPageEndsWithTheNextCommit() {
        const auto id = house_.create("alpha");
        const auto ask = [&] {
            backup_credentials::search::Listing listing;
            listing.scope.all = true;
            return house_.host().storage().read(
                [&](Transaction& transaction) { return shown_.list(transaction, listing); });
        };
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, ask()->rows.size());
        house_.create("beta");
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ask()->rows.size());
        house_.remove(House::at(id));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, ask()->rows.size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, ask()->total.count);
    }
    void insideAChangeNothingIsKept() {
        const auto id = house_.create("nightly");
        const auto before = read(id);
        try {
            house_.write([&](Transaction& transaction) -> bool {
                transaction.execute("UPDATE backup_credentials_credential SET region = 'mars-1' WHERE id = ?",
                                    id);
                const auto within = shown_.find(transaction, id);
                CPPUNIT_ASSERT(within->json.find("mars-1") != std::string::npos);
                throw std::runtime_error("taken back");
            });
        } catch (const std::runtime_error&) {
        }
        CPPUNIT_ASSERT_EQUAL(before->json, read(id)->json);
    }
    void whatDoesNotExistIsLeftOutAndTheOrderStays() {
        std::vector<std::int64_t> ids;
        for (const auto* name : {"one", "two", "three", "four"})
            ids.push_back(house_.create(name));
        (void)read(ids[2]); // one of them is kept already
        const auto rows = house_.host().storage().read([&](Transaction& transaction) {
            return shown_.find(transaction, {999, ids[3], ids[0], 998, ids[2], ids[1], 997});
        });
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, rows.size());
        const std::vector expected{ids[3], ids[0], ids[2], ids[1]};
        for (std::size_t i = 0; i < rows.size(); ++i)
            CPPUNIT_ASSERT(rows[i]->json.starts_with("{\"id\":" + std::to_string(expected[i]) + ","));
        CPPUNIT_ASSERT(rows[2] == read(ids[2]));
    }
    void manyLargeOnesAreForgottenInsteadOfFillingMemory() {
        house_.createMany(300, 1, "large");
        house_.sql("UPDATE backup_credentials_credential SET ca_certificate = hex(zeroblob(32768))");
        const std::weak_ptr<const backup_credentials::ShownCredential> first = read(1);
        for (std::int64_t id = 1; id <= 300; ++id) // 64 KiB each
            (void)read(id);
        CPPUNIT_ASSERT(first.expired());
    }
    void aPageThatIsTooLargeIsNotKept() {
        house_.createMany(100, 1, "large");
        house_.sql("UPDATE backup_credentials_credential SET ca_certificate = hex(zeroblob(32768))");
        const auto weak = [&](std::size_t limit) {
            backup_credentials::search::Listing listing;
            listing.scope.all = true;
            listing.limit = limit;
            return std::weak_ptr(house_.host().storage().read(
                [&](Transaction& transaction) { return shown_.list(transaction, listing); }));
        };
        CPPUNIT_ASSERT(weak(100).expired()); // 6.4 MB
        const auto small = weak(20);
        CPPUNIT_ASSERT(!small.expired());
        for (std::size_t limit = 1; limit < 20; ++limit) // 13 MB together
            (void)weak(limit);
        CPPUNIT_ASSERT(small.expired());
    }
    void readersThatShareItSeeOnlyWhatWasAcknowledged() {
        const auto id = house_.create("nightly");
        std::atomic<int> acknowledged = 0;
        std::list<RethrowingThread> readers;
        const auto acknowledge = [&](int version) {
            acknowledged = version;
            acknowledged.notify_all();
        };
        for (int i = 0; i < 3; ++i)
            readers.emplace_back([&] {
                for (int known = 0; known < 100;) {
                    known = acknowledged;
                    CPPUNIT_ASSERT(read(id)->version >= known);
                    // Readers that do not wait here would keep the writer from the database for long.
                    if (known < 100)
                        acknowledged.wait(known);
                }
            });
        try {
            for (int i = 1; i <= 100; ++i) {
                house_.write([&](Transaction& transaction) {
                    return transaction.execute(
                        "UPDATE backup_credentials_credential SET version = ? WHERE id = ?", i, id);
                });
                acknowledge(i);
            }
        } catch (...) {
            acknowledge(100); // lets the readers end
            throw;
        }
        for (RethrowingThread& reader : readers)
            reader.join();
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ShownCredentialsTest);
