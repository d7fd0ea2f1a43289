#include "store/Schema.h"

#include "service/Project.h"

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/StorageError.h>

#include <array>
#include <set>

namespace coffer::projects {

namespace {

constexpr std::string_view tables =
    R"sql(
CREATE TABLE projects_project (
    id            INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    organization  INTEGER NOT NULL REFERENCES organization(id),
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 3 AND 30),
    name_key      TEXT NOT NULL CHECK (name_key <> ''),
    description   TEXT NOT NULL CHECK (length(description) <= 500),
    search_text   TEXT NOT NULL,
    credential_id INTEGER CHECK (credential_id BETWEEN 1 AND 2147483647),
    bucket        TEXT CHECK (bucket = '' OR length(bucket) BETWEEN 3 AND 63),
    prefix        TEXT CHECK (length(prefix) <= 200 AND substr(prefix, 1, 1) <> '/'),
    overridden    INTEGER CHECK (overridden IN (0, 1)),
    backup_since  INTEGER,
    backup_by     TEXT,
    created_at    INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    modified_at   INTEGER NOT NULL,
    modified_by   TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    CONSTRAINT backup_whole CHECK (
        (credential_id IS NULL) = (bucket IS NULL) AND (credential_id IS NULL) = (prefix IS NULL)
        AND (credential_id IS NULL) = (overridden IS NULL) AND (credential_id IS NULL) = (backup_since IS NULL)
        AND (credential_id IS NULL) = (backup_by IS NULL))
) STRICT;
CREATE INDEX projects_by_organization ON projects_project (organization);
CREATE INDEX projects_by_name ON projects_project (name_key);
CREATE INDEX projects_by_created ON projects_project (created_at);
CREATE INDEX projects_by_modified ON projects_project (modified_at);
CREATE UNIQUE INDEX projects_own_name ON projects_project (organization, name_key);
CREATE INDEX projects_own_created ON projects_project (organization, created_at);
CREATE INDEX projects_own_modified ON projects_project (organization, modified_at);
CREATE INDEX projects_by_credential ON projects_project (credential_id) WHERE credential_id IS NOT NULL;

CREATE TABLE projects_policy (
    id          INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
    project_id  INTEGER NOT NULL REFERENCES projects_project(id) ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 3 AND 30),
    name_key    TEXT NOT NULL CHECK (name_key <> ''),
    cron        TEXT NOT NULL CHECK (cron <> ''),
    time_zone   TEXT NOT NULL CHECK (time_zone <> ''),
    retention   INTEGER NOT NULL CHECK (retention BETWEEN 1 AND 87600),
    included    TEXT NOT NULL CHECK (json_type(included) = 'array'),
    excluded    TEXT NOT NULL CHECK (json_type(excluded) = 'array'),
    created_at  INTEGER NOT NULL,
    created_by  TEXT NOT NULL,
    modified_at INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    version     INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    CONSTRAINT namespaces_named CHECK (included <> '[]' OR excluded <> '[]')
) STRICT;
CREATE UNIQUE INDEX projects_policy_name ON projects_policy (project_id, name_key);

CREATE VIRTUAL TABLE projects_search USING fts5(
    search_text, content = 'projects_project', content_rowid = 'id', columnsize = 0,
    tokenize = 'trigram case_sensitive 1');

CREATE TABLE projects_count (
    organization  INTEGER NOT NULL,
    credential_id INTEGER NOT NULL,
    overridden    INTEGER NOT NULL,
    n             INTEGER NOT NULL CHECK (n >= 0),
    PRIMARY KEY (organization, credential_id, overridden)
) STRICT, WITHOUT ROWID;
)sql"
    // The rules.
    R"sql(
CREATE TRIGGER projects_project_immutable
BEFORE UPDATE OF id, organization, created_at, created_by ON projects_project
WHEN new.id IS NOT old.id OR new.organization IS NOT old.organization
     OR new.created_at IS NOT old.created_at OR new.created_by IS NOT old.created_by
BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER projects_project_version
BEFORE UPDATE OF version ON projects_project
WHEN new.version < old.version
BEGIN SELECT RAISE(ABORT, 'version_falls'); END;
CREATE TRIGGER projects_project_delete
BEFORE DELETE ON projects_project
WHEN old.credential_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'backup_enabled'); END;

CREATE TRIGGER projects_policy_limit
BEFORE INSERT ON projects_policy
WHEN (SELECT count(*) FROM projects_policy WHERE project_id = new.project_id) >= 100
BEGIN SELECT RAISE(ABORT, 'too_many_policies'); END;
CREATE TRIGGER projects_policy_immutable
BEFORE UPDATE OF id, project_id, created_at, created_by ON projects_policy
WHEN new.id IS NOT old.id OR new.project_id IS NOT old.project_id
     OR new.created_at IS NOT old.created_at OR new.created_by IS NOT old.created_by
BEGIN SELECT RAISE(ABORT, 'immutable'); END;
CREATE TRIGGER projects_policy_version
BEFORE UPDATE OF version ON projects_policy
WHEN new.version < old.version
BEGIN SELECT RAISE(ABORT, 'version_falls'); END;
)sql"
    // What follows from the projects: how many there are (credential 0: without backup), and the search
    // index.
    R"sql(
CREATE TRIGGER projects_count_insert
AFTER INSERT ON projects_project
BEGIN
    INSERT INTO projects_count (organization, credential_id, overridden, n)
    VALUES (new.organization, ifnull(new.credential_id, 0), ifnull(new.overridden, 0), 1)
    ON CONFLICT (organization, credential_id, overridden) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER projects_count_delete
AFTER DELETE ON projects_project
BEGIN
    UPDATE projects_count SET n = n - 1
    WHERE organization = old.organization AND credential_id = ifnull(old.credential_id, 0)
          AND overridden = ifnull(old.overridden, 0);
    DELETE FROM projects_count
    WHERE organization = old.organization AND credential_id = ifnull(old.credential_id, 0)
          AND overridden = ifnull(old.overridden, 0) AND n = 0;
END;
CREATE TRIGGER projects_count_update
AFTER UPDATE OF credential_id, overridden ON projects_project
WHEN new.credential_id IS NOT old.credential_id OR new.overridden IS NOT old.overridden
BEGIN
    UPDATE projects_count SET n = n - 1
    WHERE organization = old.organization AND credential_id = ifnull(old.credential_id, 0)
          AND overridden = ifnull(old.overridden, 0);
    DELETE FROM projects_count
    WHERE organization = old.organization AND credential_id = ifnull(old.credential_id, 0)
          AND overridden = ifnull(old.overridden, 0) AND n = 0;
    INSERT INTO projects_count (organization, credential_id, overridden, n)
    VALUES (new.organization, ifnull(new.credential_id, 0), ifnull(new.overridden, 0), 1)
    ON CONFLICT (organization, credential_id, overridden) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER projects_search_insert
AFTER INSERT ON projects_project
BEGIN
    INSERT INTO projects_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
CREATE TRIGGER projects_search_delete
AFTER DELETE ON projects_project
BEGIN
    INSERT INTO projects_search (projects_search, rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
END;
CREATE TRIGGER projects_search_update
AFTER UPDATE OF search_text ON projects_project
WHEN new.search_text <> old.search_text
BEGIN
    INSERT INTO projects_search (projects_search, rowid, search_text)
    VALUES ('delete', old.id, old.search_text);
    INSERT INTO projects_search (rowid, search_text) VALUES (new.id, new.search_text);
END;
)sql";

constexpr std::array<Migration, 1> steps{{{1, "projects, backup policies, search", tables}}};

/// Project by project: what this plugin and backup-credentials know of each other.
void compareAssociations(Transaction& transaction, CredentialsService::Service& service,
                         std::vector<std::string>& wrong) {
    using Use = std::pair<std::int64_t, std::string>; // credential, project
    std::set<Use> associated;
    Use last;
    for (bool more = true; more;) {
        const auto page = service.associations(transaction, pluginId, last.first, last.second, 1000);
        for (const auto& association : page)
            associated.insert(last = {association.credential, association.projectId});
        more = !page.empty();
    }
    Rows rows = transaction.query(
        "SELECT credential_id, CAST(id AS TEXT) FROM projects_project WHERE credential_id IS NOT NULL");
    while (rows.next())
        if (associated.erase({rows.integer(0), rows.string(1)}) == 0)
            wrong.push_back("Project " + rows.string(1) + " is backed up with credential " +
                            std::to_string(rows.integer(0)) +
                            ", which does not know it and is not guarded by it.");
    for (const auto& [credential, project] : associated)
        wrong.push_back("Credential " + std::to_string(credential) + " is held for project " + project +
                        ", which is not backed up with it.");
}

} // namespace

std::span<const Migration> Schema::migrations() const {
    return steps;
}

std::vector<std::string> Schema::check(Transaction& transaction) const {
    std::vector<std::string> wrong;
    Rows counts = transaction.query(
        "SELECT p.organization, p.credential_id, p.n, ifnull(c.n, 0) FROM "
        "(SELECT organization, ifnull(credential_id, 0) AS credential_id, ifnull(overridden, 0) AS "
        "overridden, count(*) AS n FROM projects_project GROUP BY 1, 2, 3) p "
        "LEFT JOIN projects_count c USING (organization, credential_id, overridden) WHERE p.n IS NOT c.n "
        "UNION ALL SELECT organization, credential_id, 0, n FROM projects_count c "
        "WHERE NOT EXISTS (SELECT 1 FROM projects_project p WHERE p.organization = c.organization "
        "AND ifnull(p.credential_id, 0) = c.credential_id AND ifnull(p.overridden, 0) = c.overridden)");
    while (counts.next())
        wrong.push_back("Organization " + std::to_string(counts.integer(0)) + " has " +
                        std::to_string(counts.integer(2)) + " projects with credential " +
                        std::to_string(counts.integer(1)) + ", and " + std::to_string(counts.integer(3)) +
                        " are counted.");
    Rows lost = transaction.query("SELECT p.id FROM projects_project p WHERE p.search_text NOT LIKE "
                                  "'%' || char(10) || p.id LIMIT 5");
    while (lost.next())
        wrong.push_back("Project " + std::to_string(lost.integer(0)) + " cannot be found by search.");
    (void)credentials_.askIfThere([&](CredentialsService::Service& service) {
        compareAssociations(transaction, service, wrong);
        return true;
    });
    return wrong;
}

std::vector<Figure> Schema::figures(Transaction& transaction) const {
    Rows row = transaction.query("SELECT ifnull(sum(n), 0), ifnull(sum(n) FILTER (WHERE credential_id <> 0), "
                                 "0), (SELECT count(*) FROM projects_policy) FROM projects_count");
    if (!row.next())
        return {};
    return {{"projects", row.real(0)}, {"projects_backed_up", row.real(1)}, {"policies", row.real(2)}};
}

void guarded(const std::function<void()>& change) {
    try {
        change();
    } catch (const ConstraintViolation& violation) {
        const std::string& rule = violation.constraint();
        if (violation.kind() == ConstraintViolation::Kind::trigger && rule == "backup_enabled")
            throw Problem::conflict("backup_enabled", "The project is backed up",
                                    "Its backup was enabled in between. Disable it first.");
        if (violation.kind() == ConstraintViolation::Kind::trigger && rule == "too_many_policies")
            throw Problem::conflict("too_many_policies", "The project has too many policies",
                                    "A project has at most 100 policies. Delete one first.");
        if (violation.kind() == ConstraintViolation::Kind::unique &&
            rule.find("name_key") != std::string::npos)
            throw Problem::conflict("name_taken", "The name is taken",
                                    "Another one took the name in between. Choose another name.");
        throw;
    }
}

} // namespace coffer::projects
