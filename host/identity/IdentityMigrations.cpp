#include "host/identity/IdentityMigrations.h"

#include <array>

namespace coffer::host {

namespace {

// Ids end at 2^31-1, and AUTOINCREMENT never gives one out again. `organization IS NULL` in principal_role
// means every organization, so that the others can be held by a foreign key.
constexpr std::string_view tables = R"sql(
CREATE TABLE organization (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE principal (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    name TEXT NOT NULL,
    robot INTEGER NOT NULL DEFAULT 0 CHECK (robot IN (0, 1)),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE principal_role (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    principal INTEGER NOT NULL REFERENCES principal(id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('administrator', 'partner', 'manager', 'viewer', 'auditor')),
    organization INTEGER REFERENCES organization(id) ON DELETE RESTRICT,
    CHECK (role <> 'administrator' OR organization IS NULL)
) STRICT;
CREATE UNIQUE INDEX principal_role_once ON principal_role (principal, role, ifnull(organization, 0));
CREATE INDEX principal_role_organization ON principal_role (organization);

CREATE TABLE principal_grant (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    principal INTEGER NOT NULL REFERENCES principal(id) ON DELETE CASCADE,
    permission TEXT NOT NULL,
    object TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (principal, permission, object)
) STRICT;

CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    principal INTEGER NOT NULL REFERENCES principal(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX token_principal ON token (principal);

CREATE TABLE robot (
    principal INTEGER PRIMARY KEY REFERENCES principal(id) ON DELETE CASCADE,
    organization INTEGER NOT NULL REFERENCES organization(id) ON DELETE RESTRICT,
    name_key TEXT NOT NULL,
    access_key_id TEXT NOT NULL UNIQUE,
    digest BLOB UNIQUE CHECK (digest IS NULL OR length(digest) = 32),
    UNIQUE (organization, name_key)
) STRICT;
)sql";

// Of a session only the digest of its cookie is kept. It goes with its token, and so with its principal.
constexpr std::string_view sessions = R"sql(
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    principal INTEGER NOT NULL REFERENCES principal(id) ON DELETE CASCADE,
    token INTEGER NOT NULL REFERENCES token(id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_principal ON session (principal);
CREATE INDEX session_token ON session (token);
)sql";

constexpr std::array<Migration, 2> migrations{
    {{1, "organizations, principals, robots, roles and tokens", tables}, {2, "sessions", sessions}}};

} // namespace

std::span<const Migration> identityMigrations() noexcept {
    return migrations;
}

} // namespace coffer::host
