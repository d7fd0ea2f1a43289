#include "host/audit/AuditSchema.h"

namespace coffer::host {

namespace {

// The triggers keep the daemon's own mistakes from the log; whoever can write to the file can drop them, and
// is found by the chain.
constexpr std::string_view first = R"sql(
CREATE TABLE audit_chain (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    chain TEXT NOT NULL
) STRICT;
INSERT INTO audit_chain (id, chain) VALUES (1, lower(hex(randomblob(16))));

CREATE TABLE audit_record (
    sequence       INTEGER PRIMARY KEY,
    time           INTEGER NOT NULL,
    principal      INTEGER NOT NULL,
    principal_name TEXT    NOT NULL,
    address        TEXT    NOT NULL,
    request_id     TEXT    NOT NULL,
    action         TEXT    NOT NULL,
    result         INTEGER NOT NULL CHECK (result BETWEEN 0 AND 2),
    reason         TEXT    NOT NULL,
    organization   INTEGER NOT NULL,
    object_type    TEXT    NOT NULL,
    object_id      TEXT    NOT NULL,
    before         TEXT    NOT NULL,
    after          TEXT    NOT NULL,
    mac            BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_record_time ON audit_record (time);
CREATE INDEX audit_record_principal ON audit_record (principal_name);
CREATE INDEX audit_record_organization ON audit_record (organization);
CREATE INDEX audit_record_action ON audit_record (action);
CREATE INDEX audit_record_object ON audit_record (object_type, object_id);
CREATE INDEX audit_record_request ON audit_record (request_id);
CREATE TRIGGER audit_record_is_not_changed BEFORE UPDATE ON audit_record BEGIN
    SELECT RAISE(ABORT, 'audit records are not changed');
END;
CREATE TRIGGER audit_record_is_not_deleted BEFORE DELETE ON audit_record BEGIN
    SELECT RAISE(ABORT, 'audit records are not deleted');
END;

CREATE TABLE audit_sink (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;
)sql";

constexpr std::array<Migration, 1> steps{{{1, "the audit log and the positions of its sinks", first}}};

} // namespace

std::span<const Migration> auditMigrations() noexcept {
    return steps;
}

} // namespace coffer::host
