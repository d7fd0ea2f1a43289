#include "host/secrets/SecretSchema.h"

namespace coffer::host {

namespace {

// What must be destroyable lies in rows that are appended at the end of their table and afterwards only
// overwritten in place with the same number of bytes (secret_wrapped, secret_slot). SQLite never moves such
// rows between pages, so that no page keeps a stale copy; everything that changes its size has tables of its
// own.
constexpr std::string_view first = R"sql(
CREATE TABLE secret_key (
    version      INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id       TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'retiring', 'retired')),
    created_at   INTEGER NOT NULL,
    retired_at   INTEGER,
    sealed_count INTEGER NOT NULL DEFAULT 0 CHECK (sealed_count >= 0)
) STRICT;
CREATE UNIQUE INDEX secret_key_active ON secret_key (state) WHERE state = 'active';

-- version 0 is the root of the integrity keys
CREATE TABLE secret_wrapped (
    version INTEGER PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;

CREATE TABLE secret_slot (
    slot   INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;
CREATE TRIGGER secret_slot_stays BEFORE DELETE ON secret_slot BEGIN
    SELECT RAISE(ABORT, 'a slot of the vault is overwritten, never deleted');
END;
CREATE TRIGGER secret_slot_keeps_its_size BEFORE UPDATE ON secret_slot
WHEN NEW.slot <> OLD.slot OR length(NEW.sealed) <> length(OLD.sealed) BEGIN
    SELECT RAISE(ABORT, 'a slot of the vault keeps its number and its size');
END;

CREATE TABLE secret_owner (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    slot         INTEGER REFERENCES secret_slot (slot),
    plugin       TEXT    NOT NULL,
    organization INTEGER NOT NULL,
    record       TEXT    NOT NULL,
    field        TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    key_version  INTEGER NOT NULL REFERENCES secret_key (version)
) STRICT;

CREATE TABLE secret_free (
    slot INTEGER PRIMARY KEY REFERENCES secret_slot (slot),
    size INTEGER NOT NULL
) STRICT;
CREATE INDEX secret_free_size ON secret_free (size, slot);

CREATE TABLE secret_rewrap (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    running      INTEGER NOT NULL,
    target       INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    done         INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    requested_at INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT;
)sql";

constexpr std::array<Migration, 1> steps{{{1, "keys, sealed secrets and their owners", first}}};

} // namespace

std::span<const Migration> secretMigrations() noexcept {
    return steps;
}

} // namespace coffer::host
