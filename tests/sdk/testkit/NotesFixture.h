#pragma once

#include "tests/sdk/testkit/Notes.h"

#include <coffer/testkit/Test.h>

namespace coffer::test {

/// A FakeHost with `notes`, which each test starts when it has said what it wants otherwise.
class NotesFixture : public CppUnit::TestFixture {
public:
    void setUp() override {
        host = std::make_unique<testkit::FakeHost>(Notes::make(notes));
        host->organization(1, "Acme");
    }
    void tearDown() override { host.reset(); }

protected:
    static AuditEvent event(const std::string& action, const std::string& id) {
        AuditEvent out;
        out.action = action;
        out.objectType = "note";
        out.objectId = id;
        return out;
    }
    static void insert(Transaction& transaction, std::string_view text) {
        transaction.execute("INSERT INTO notes_note(organization, text) VALUES(1, ?)", text);
    }
    void write(const std::function<void(Transaction&)>& closure) {
        host->storage().write(Origin::system("test"), closure);
    }
    std::int64_t count() {
        return host->storage().read([](Transaction& transaction) {
            Rows rows = transaction.query("SELECT count(*) FROM notes_note");
            return rows.next() ? rows.integer(0) : -1;
        });
    }

    Notes* notes = nullptr; ///< owned by the host
    std::unique_ptr<testkit::FakeHost> host;
};

} // namespace coffer::test
