#include "store/Schema.h"

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/StorageError.h>

#include <array>

namespace coffer::backup_credentials {

namespace {

constexpr std::string_view tables =
    R"sql(
CREATE TABLE backup_credentials_credential (
    id                       INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    organization             INTEGER NOT NULL REFERENCES organization(id),
    name                     TEXT NOT NULL CHECK (length(name) BETWEEN 3 AND 30),
    name_key                 TEXT NOT NULL CHECK (name_key <> ''),
    endpoint                 TEXT NOT NULL CHECK (endpoint <> ''),
    region                   TEXT NOT NULL,
    access_key_id            TEXT NOT NULL CHECK (access_key_id <> ''),
    secret_id                INTEGER NOT NULL DEFAULT 0,
    secret_version           INTEGER NOT NULL DEFAULT 0,
    secret_fingerprint       TEXT NOT NULL,
    addressing               TEXT NOT NULL CHECK (addressing IN ('auto', 'path', 'virtual')),
    ca_certificate           TEXT NOT NULL,
    bucket                   TEXT NOT NULL,
    keys_version             INTEGER NOT NULL DEFAULT 1,
    locked_at                INTEGER,
    locked_by                TEXT,
    lock_reason              TEXT,
    validation_state         TEXT NOT NULL
                             CHECK (validation_state IN ('unverified', 'valid', 'failing', 'invalid')),
    validation_cause         TEXT NOT NULL,
    validation_saw           TEXT NOT NULL,
    validation_advice        TEXT NOT NULL,
    validation_at            INTEGER,
    validation_failures      INTEGER NOT NULL,
    validation_failing_since INTEGER,
    next_probe_at            INTEGER NOT NULL,
    project_count            INTEGER NOT NULL DEFAULT 0 CHECK (project_count >= 0),
    created_at               INTEGER NOT NULL,
    created_by               TEXT NOT NULL,
    modified_at              INTEGER NOT NULL,
    modified_by              TEXT NOT NULL,
    version                  INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    CONSTRAINT locked_whole CHECK ((locked_at IS NULL) = (locked_by IS NULL)
                                   AND (locked_at IS NULL) = (lock_reason IS NULL))
);
CREATE INDEX backup_credentials_by_organization ON backup_credentials_credential (organization);
CREATE INDEX backup_credentials_by_name ON backup_credentials_credential (name_key);
CREATE INDEX backup_credentials_by_key ON backup_credentials_credential (access_key_id);
CREATE INDEX backup_credentials_by_endpoint ON backup_credentials_credential (endpoint);
CREATE INDEX backup_credentials_by_region ON backup_credentials_credential (region);
CREATE INDEX backup_credentials_by_created ON backup_credentials_credential (created_at);
CREATE INDEX backup_credentials_by_modified ON backup_credentials_credential (modified_at);
CREATE UNIQUE INDEX backup_credentials_own_name ON backup_credentials_credential (organization, name_key);
CREATE INDEX backup_credentials_own_key ON backup_credentials_credential (organization, access_key_id);
CREATE INDEX backup_credentials_own_endpoint ON backup_credentials_credential (organization, endpoint);
CREATE INDEX backup_credentials_own_region ON backup_credentials_credential (organization, region);
CREATE INDEX backup_credentials_own_created ON backup_credentials_credential (organization, created_at);
CREATE INDEX backup_credentials_own_modified ON backup_credentials_credential (organization, modified_at);
CREATE INDEX backup_credentials_by_validation
    ON backup_credentials_credential (validation_state, organization);
CREATE INDEX backup_credentials_by_lock
    ON backup_credentials_credential (organization) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_due ON backup_credentials_credential (next_probe_at, endpoint);

CREATE TABLE backup_credentials_default (
    organization  INTEGER PRIMARY KEY REFERENCES organization(id),
    credential_id INTEGER NOT NULL UNIQUE
                  REFERENCES backup_credentials_credential(id) ON DELETE CASCADE
);

CREATE TABLE backup_credentials_association (
    credential_id INTEGER NOT NULL REFERENCES backup_credentials_credential(id) ON DELETE RESTRICT,
    project_id    TEXT NOT NULL CHECK (length(project_id) BETWEEN 1 AND 64),
    owner         TEXT NOT NULL CHECK (length(owner) BETWEEN 1 AND 64),
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    organization  INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    PRIMARY KEY (credential_id, project_id, owner)
) WITHOUT ROWID;
CREATE INDEX backup_credentials_association_project
    ON backup_credentials_association (project_id, credential_id);

CREATE TABLE backup_credentials_document (
    id           INTEGER PRIMARY KEY REFERENCES backup_credentials_credential(id) ON DELETE CASCADE,
    organization TEXT NOT NULL,
    text         TEXT NOT NULL,
    beginnings   TEXT NOT NULL
);
CREATE VIRTUAL TABLE backup_credentials_search USING fts5(
    organization, text, beginnings,
    content = 'backup_credentials_document', content_rowid = 'id', columnsize = 0, tokenize = 'trigram');

CREATE TABLE backup_credentials_count (
    organization INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    n            INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (organization, kind)
) WITHOUT ROWID;
)sql"
    // The rules of one credential.
    R"sql(
CREATE TRIGGER backup_credentials_credential_immutable
BEFORE UPDATE OF id, organization, endpoint, region, created_at, created_by ON backup_credentials_credential
WHEN new.id IS NOT old.id OR new.organization IS NOT old.organization OR new.endpoint IS NOT old.endpoint
     OR new.region IS NOT old.region OR new.created_at IS NOT old.created_at
     OR new.created_by IS NOT old.created_by
BEGIN SELECT RAISE(ABORT, 'immutable'); END;

CREATE TRIGGER backup_credentials_credential_locked_update
BEFORE UPDATE OF name, name_key, access_key_id, secret_id, secret_version, secret_fingerprint, addressing,
                 ca_certificate, bucket, keys_version, locked_at, locked_by, lock_reason
ON backup_credentials_credential
WHEN old.locked_at IS NOT NULL AND (
     new.name IS NOT old.name OR new.name_key IS NOT old.name_key
     OR new.access_key_id IS NOT old.access_key_id OR new.secret_id IS NOT old.secret_id
     OR new.secret_version IS NOT old.secret_version OR new.secret_fingerprint IS NOT old.secret_fingerprint
     OR new.addressing IS NOT old.addressing OR new.ca_certificate IS NOT old.ca_certificate
     OR new.bucket IS NOT old.bucket OR new.keys_version IS NOT old.keys_version
     OR (new.locked_at IS NOT NULL AND (new.locked_at IS NOT old.locked_at
         OR new.locked_by IS NOT old.locked_by OR new.lock_reason IS NOT old.lock_reason)))
BEGIN SELECT RAISE(ABORT, 'credential_locked'); END;

CREATE TRIGGER backup_credentials_credential_version
BEFORE UPDATE OF version ON backup_credentials_credential
WHEN new.version < old.version
BEGIN SELECT RAISE(ABORT, 'version_falls'); END;

CREATE TRIGGER backup_credentials_credential_delete
BEFORE DELETE ON backup_credentials_credential
BEGIN
    SELECT RAISE(ABORT, 'credential_locked') WHERE old.locked_at IS NOT NULL;
    SELECT RAISE(ABORT, 'credential_in_use')
    WHERE EXISTS (SELECT 1 FROM backup_credentials_association WHERE credential_id = old.id);
END;
)sql"
    // The rules between tables.
    R"sql(
CREATE TRIGGER backup_credentials_default_insert
BEFORE INSERT ON backup_credentials_default
BEGIN
    SELECT RAISE(ABORT, 'organization_differs')
    WHERE NOT EXISTS (SELECT 1 FROM backup_credentials_credential
                      WHERE id = new.credential_id AND organization = new.organization);
    SELECT RAISE(ABORT, 'credential_locked')
    WHERE EXISTS (SELECT 1 FROM backup_credentials_credential
                  WHERE id = new.credential_id AND locked_at IS NOT NULL);
END;
CREATE TRIGGER backup_credentials_default_update
BEFORE UPDATE ON backup_credentials_default
BEGIN
    SELECT RAISE(ABORT, 'organization_differs')
    WHERE NOT EXISTS (SELECT 1 FROM backup_credentials_credential
                      WHERE id = new.credential_id AND organization = new.organization);
    SELECT RAISE(ABORT, 'credential_locked')
    WHERE EXISTS (SELECT 1 FROM backup_credentials_credential
                  WHERE id = new.credential_id AND locked_at IS NOT NULL);
END;

CREATE TRIGGER backup_credentials_association_insert
BEFORE INSERT ON backup_credentials_association
BEGIN
    SELECT RAISE(ABORT, 'organization_differs')
    WHERE NOT EXISTS (SELECT 1 FROM backup_credentials_credential
                      WHERE id = new.credential_id AND organization = new.organization);
    SELECT RAISE(ABORT, 'credential_locked')
    WHERE EXISTS (SELECT 1 FROM backup_credentials_credential
                  WHERE id = new.credential_id AND locked_at IS NOT NULL);
END;
CREATE TRIGGER backup_credentials_association_update
BEFORE UPDATE ON backup_credentials_association
BEGIN
    SELECT RAISE(ABORT, 'immutable')
    WHERE new.credential_id IS NOT old.credential_id OR new.project_id IS NOT old.project_id
          OR new.owner IS NOT old.owner OR new.organization IS NOT old.organization;
    SELECT RAISE(ABORT, 'credential_locked')
    WHERE EXISTS (SELECT 1 FROM backup_credentials_credential
                  WHERE id = old.credential_id AND locked_at IS NOT NULL);
END;
CREATE TRIGGER backup_credentials_association_count_up
AFTER INSERT ON backup_credentials_association
BEGIN
    UPDATE backup_credentials_credential SET project_count = project_count + 1 WHERE id = new.credential_id;
END;
CREATE TRIGGER backup_credentials_association_count_down
AFTER DELETE ON backup_credentials_association
BEGIN
    UPDATE backup_credentials_credential SET project_count = project_count - 1 WHERE id = old.credential_id;
END;
)sql"
    // What follows from the credentials: counters (organization 0 counts all) and the search index.
    R"sql(
CREATE TRIGGER backup_credentials_count_insert
AFTER INSERT ON backup_credentials_credential
BEGIN
    INSERT INTO backup_credentials_count (organization, kind, n)
    VALUES (new.organization, 'total', 1), (0, 'total', 1),
           (new.organization, new.validation_state, 1), (0, new.validation_state, 1),
           (new.organization, 'locked', new.locked_at IS NOT NULL), (0, 'locked', new.locked_at IS NOT NULL)
    ON CONFLICT (organization, kind) DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER backup_credentials_count_delete
AFTER DELETE ON backup_credentials_credential
BEGIN
    UPDATE backup_credentials_count SET n = n - 1
    WHERE organization IN (0, old.organization) AND kind IN ('total', old.validation_state);
END;
CREATE TRIGGER backup_credentials_count_validation
AFTER UPDATE OF validation_state ON backup_credentials_credential
WHEN new.validation_state <> old.validation_state
BEGIN
    UPDATE backup_credentials_count SET n = n - 1
    WHERE organization IN (0, old.organization) AND kind = old.validation_state;
    INSERT INTO backup_credentials_count (organization, kind, n)
    VALUES (new.organization, new.validation_state, 1), (0, new.validation_state, 1)
    ON CONFLICT (organization, kind) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER backup_credentials_count_locked
AFTER UPDATE OF locked_at ON backup_credentials_credential
WHEN (new.locked_at IS NULL) <> (old.locked_at IS NULL)
BEGIN
    UPDATE backup_credentials_count SET n = n + iif(new.locked_at IS NULL, -1, 1)
    WHERE organization IN (0, new.organization) AND kind = 'locked';
END;

CREATE TRIGGER backup_credentials_document_insert
AFTER INSERT ON backup_credentials_document
BEGIN
    INSERT INTO backup_credentials_search (rowid, organization, text, beginnings)
    VALUES (new.id, new.organization, new.text, new.beginnings);
END;
CREATE TRIGGER backup_credentials_document_delete
AFTER DELETE ON backup_credentials_document
BEGIN
    INSERT INTO backup_credentials_search (backup_credentials_search, rowid, organization, text, beginnings)
    VALUES ('delete', old.id, old.organization, old.text, old.beginnings);
END;
CREATE TRIGGER backup_credentials_document_update
AFTER UPDATE ON backup_credentials_document
BEGIN
    INSERT INTO backup_credentials_search (backup_credentials_search, rowid, organization, text, beginnings)
    VALUES ('delete', old.id, old.organization, old.text, old.beginnings);
    INSERT INTO backup_credentials_search (rowid, organization, text, beginnings)
    VALUES (new.id, new.organization, new.text, new.beginnings);
END;
)sql";

// What a project is called is no use of its credential: a locked one allows it.
constexpr std::string_view siblings = R"sql(
CREATE INDEX backup_credentials_association_owner ON backup_credentials_association (owner, credential_id);
DROP TRIGGER backup_credentials_association_update;
CREATE TRIGGER backup_credentials_association_update
BEFORE UPDATE ON backup_credentials_association
BEGIN
    SELECT RAISE(ABORT, 'immutable')
    WHERE new.credential_id IS NOT old.credential_id OR new.project_id IS NOT old.project_id
          OR new.owner IS NOT old.owner OR new.organization IS NOT old.organization;
END;
)sql";

// What failed before this was kept is known to have failed since its first failure; since when the others
// work is not.
constexpr std::string_view since = R"sql(
ALTER TABLE backup_credentials_credential ADD COLUMN validation_since INTEGER;
UPDATE backup_credentials_credential SET validation_since = validation_failing_since
WHERE validation_state IN ('failing', 'invalid');
)sql";

// Few of many are locked or do not work. A list of them is walked in its order without meeting the others.
constexpr std::string_view filteredOrders = R"sql(
CREATE INDEX backup_credentials_locked_by_id
    ON backup_credentials_credential (id) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_locked_by_name
    ON backup_credentials_credential (name_key) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_locked_by_key
    ON backup_credentials_credential (access_key_id) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_locked_by_endpoint
    ON backup_credentials_credential (endpoint) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_locked_by_region
    ON backup_credentials_credential (region) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_locked_by_created
    ON backup_credentials_credential (created_at) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_locked_by_modified
    ON backup_credentials_credential (modified_at) WHERE locked_at IS NOT NULL;
CREATE INDEX backup_credentials_not_valid_by_id
    ON backup_credentials_credential (validation_state, id) WHERE validation_state <> 'valid';
CREATE INDEX backup_credentials_not_valid_by_name
    ON backup_credentials_credential (validation_state, name_key) WHERE validation_state <> 'valid';
CREATE INDEX backup_credentials_not_valid_by_key
    ON backup_credentials_credential (validation_state, access_key_id) WHERE validation_state <> 'valid';
CREATE INDEX backup_credentials_not_valid_by_endpoint
    ON backup_credentials_credential (validation_state, endpoint) WHERE validation_state <> 'valid';
CREATE INDEX backup_credentials_not_valid_by_region
    ON backup_credentials_credential (validation_state, region) WHERE validation_state <> 'valid';
CREATE INDEX backup_credentials_not_valid_by_created
    ON backup_credentials_credential (validation_state, created_at) WHERE validation_state <> 'valid';
CREATE INDEX backup_credentials_not_valid_by_modified
    ON backup_credentials_credential (validation_state, modified_at) WHERE validation_state <> 'valid';
)sql";

// A statement with triggers keeps a journal of its own, and to begin one makes the search index write out
// what it has gathered, as its end does. A new credential gets its document and is counted by statements
// without any, so that the index is written once for all that are stored in one transaction; what changes in
// a document is written once instead of twice.
constexpr std::string_view plainWrites = R"sql(
DROP TRIGGER backup_credentials_document_insert;
DROP TRIGGER backup_credentials_document_update;
DROP TRIGGER backup_credentials_count_insert;
DROP TRIGGER backup_credentials_count_locked;
CREATE TRIGGER backup_credentials_count_locked
AFTER UPDATE OF locked_at ON backup_credentials_credential
WHEN old.locked_at IS NULL AND new.locked_at IS NOT NULL
BEGIN
    INSERT INTO backup_credentials_count (organization, kind, n)
    VALUES (new.organization, 'locked', 1), (0, 'locked', 1)
    ON CONFLICT (organization, kind) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER backup_credentials_count_unlocked
AFTER UPDATE OF locked_at ON backup_credentials_credential
WHEN old.locked_at IS NOT NULL AND new.locked_at IS NULL
BEGIN
    UPDATE backup_credentials_count SET n = n - 1
    WHERE organization IN (0, new.organization) AND kind = 'locked';
END;
)sql";

constexpr std::array<Migration, 5> steps{
    {{1, "credentials, defaults, associations, search", tables},
     {2, "associations by owner, renamed while locked", siblings},
     {3, "since when a verdict stands", since},
     {4, "the locked and the not valid in order", filteredOrders},
     {5, "documents and new credentials without triggers", plainWrites}}};

} // namespace

std::span<const Migration> Schema::migrations() const {
    return steps;
}

void guarded(const std::function<void()>& change) {
    try {
        change();
    } catch (const ConstraintViolation& violation) {
        const std::string& rule = violation.constraint();
        if (violation.kind() == ConstraintViolation::Kind::trigger && rule == "credential_locked")
            throw Problem::conflict("credential_locked", "The credential is locked",
                                    "It was locked in between. Unlock it first.");
        if (violation.kind() == ConstraintViolation::Kind::trigger && rule == "credential_in_use")
            throw Problem::conflict("credential_in_use", "Projects use the credential",
                                    "A project was associated in between. Release it first.");
        if (violation.kind() == ConstraintViolation::Kind::trigger &&
            (rule == "organization_differs" || rule == "immutable"))
            throw Problem::conflict("organization_differs", "Another organization's credential",
                                    "The credential belongs to another organization.");
        if (violation.kind() == ConstraintViolation::Kind::unique &&
            rule.find("name_key") != std::string::npos)
            throw Problem::conflict("name_taken", "The name is taken",
                                    "Another credential of this organization took the name in between.");
        throw;
    }
}

} // namespace coffer::backup_credentials
