#include "store/AssociationStore.h"

#include "search/Document.h"
#include "store/Schema.h"

#include <coffer/sdk/Json.h>

namespace coffer::backup_credentials::store {

namespace {

ProjectUse useOf(const Rows& row) {
    return {row.string(0), row.string(1), row.string(2), {row.instant(3), row.string(4)}};
}

/// `sql` takes the owner and a JSON array of organizations, or null for all.
std::vector<std::int64_t> idsOf(Transaction& transaction, std::string_view owner,
                                const OrganizationScope& scope, std::string_view sql) {
    std::optional<std::string> organizations;
    if (!scope.all) {
        JsonWriter json;
        json.beginArray();
        for (const auto organization : scope.organizations)
            json.value(organization);
        organizations = json.endArray().take();
    }
    std::vector<std::int64_t> out;
    Rows rows = transaction.query(sql, owner, organizations);
    while (rows.next())
        out.push_back(rows.integer(0));
    return out;
}

void addToIndex(Transaction& transaction, std::int64_t credential, std::string_view organization,
                std::string_view text, std::string_view beginnings) {
    transaction.execute("INSERT INTO backup_credentials_search (rowid, organization, text, beginnings) "
                        "VALUES (?, ?, ?, ?)",
                        credential, organization, text, beginnings);
}

} // namespace

std::vector<ProjectUse> projects(Transaction& transaction, std::int64_t credential,
                                 const ProjectPosition& after, std::size_t limit) {
    std::vector<ProjectUse> out;
    Rows rows = transaction.query("SELECT owner, project_id, name, created_at, created_by "
                                  "FROM backup_credentials_association WHERE credential_id = ? "
                                  "AND (project_id, owner) > (?, ?) ORDER BY project_id, owner LIMIT ?",
                                  credential, after.id, after.owner, static_cast<std::int64_t>(limit));
    while (rows.next())
        out.push_back(useOf(rows));
    return out;
}

std::vector<ProjectUse> usesOf(Transaction& transaction, std::int64_t credential,
                               std::string_view projectId) {
    std::vector<ProjectUse> out;
    Rows rows = transaction.query("SELECT owner, project_id, name, created_at, created_by "
                                  "FROM backup_credentials_association "
                                  "WHERE credential_id = ? AND project_id = ? ORDER BY owner",
                                  credential, projectId);
    while (rows.next())
        out.push_back(useOf(rows));
    return out;
}

void insertUse(Transaction& transaction, const Credential& credential, const ProjectUse& use) {
    guarded([&] {
        transaction.execute("INSERT INTO backup_credentials_association (credential_id, project_id, owner, "
                            "name, organization, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
                            credential.id, use.id, use.owner, use.name, credential.organization,
                            use.associated.at, use.associated.by);
    });
    refreshDocument(transaction, credential.id);
}

void renameUse(Transaction& transaction, std::int64_t credential, const ProjectUse& use) {
    guarded([&] {
        transaction.execute("UPDATE backup_credentials_association SET name = ? "
                            "WHERE credential_id = ? AND project_id = ? AND owner = ?",
                            use.name, credential, use.id, use.owner);
    });
    refreshDocument(transaction, credential);
}

void removeUse(Transaction& transaction, std::int64_t credential, std::string_view projectId,
               std::string_view owner) {
    transaction.execute("DELETE FROM backup_credentials_association "
                        "WHERE credential_id = ? AND project_id = ? AND owner = ?",
                        credential, projectId, owner);
    refreshDocument(transaction, credential);
}

std::vector<std::int64_t> lockedOf(Transaction& transaction, std::string_view owner,
                                   const OrganizationScope& scope) {
    return idsOf(transaction, owner, scope,
                 "SELECT c.id FROM backup_credentials_credential c INDEXED BY backup_credentials_by_lock "
                 "WHERE c.locked_at IS NOT NULL "
                 "AND (?2 IS NULL OR c.organization IN (SELECT value FROM json_each(?2))) "
                 "AND EXISTS (SELECT 1 FROM backup_credentials_association a "
                 "WHERE a.owner = ?1 AND a.credential_id = c.id) ORDER BY c.id");
}

std::vector<std::int64_t> notWorkingOf(Transaction& transaction, std::string_view owner,
                                       const OrganizationScope& scope) {
    return idsOf(transaction, owner, scope,
                 "SELECT c.id FROM backup_credentials_credential c "
                 "INDEXED BY backup_credentials_by_validation "
                 "WHERE c.validation_state IN ('failing', 'invalid', 'unverified') "
                 "AND (?2 IS NULL OR c.organization IN (SELECT value FROM json_each(?2))) "
                 "AND EXISTS (SELECT 1 FROM backup_credentials_association a "
                 "WHERE a.owner = ?1 AND a.credential_id = c.id) ORDER BY c.id");
}

std::vector<OwnedUse> usesOfOwner(Transaction& transaction, std::string_view owner,
                                  std::int64_t afterCredential, std::string_view afterProject,
                                  std::size_t limit) {
    std::vector<OwnedUse> out;
    Rows rows = transaction.query("SELECT organization, credential_id, project_id, name "
                                  "FROM backup_credentials_association "
                                  "INDEXED BY backup_credentials_association_owner WHERE owner = ? "
                                  "AND (credential_id, project_id) > (?, ?) "
                                  "ORDER BY credential_id, project_id LIMIT ?",
                                  owner, afterCredential, afterProject, static_cast<std::int64_t>(limit));
    while (rows.next())
        out.push_back({rows.integer(0), rows.integer(1), rows.string(2), rows.string(3)});
    return out;
}

void insertDocument(Transaction& transaction, const Credential& credential) {
    search::Document document;
    document.organization(credential.organization);
    for (const auto* field :
         {&credential.name, &credential.accessKeyId, &credential.endpoint, &credential.region})
        document.add(*field);
    transaction.execute("INSERT INTO backup_credentials_document (id, organization, text, beginnings) "
                        "VALUES (?, ?, ?, ?)",
                        credential.id, document.organizationCode(), document.text(), document.beginnings());
    addToIndex(transaction, credential.id, document.organizationCode(), document.text(),
               document.beginnings());
}

void refreshDocument(Transaction& transaction, std::int64_t credential) {
    search::Document document;
    {
        Rows row = transaction.query("SELECT name, access_key_id, endpoint, region "
                                     "FROM backup_credentials_credential WHERE id = ?",
                                     credential);
        if (!row.next())
            return;
        for (int column = 0; column <= 3; ++column)
            document.add(row.text(column));
    }
    {
        Rows rows = transaction.query("SELECT project_id, name FROM backup_credentials_association "
                                      "WHERE credential_id = ? ORDER BY project_id, owner",
                                      credential);
        while (rows.next()) {
            document.add(rows.text(0));
            document.add(rows.text(1));
        }
    }
    std::string organization;
    {
        Rows row = transaction.query(
            "SELECT organization, text, beginnings FROM backup_credentials_document WHERE id = ?",
            credential);
        if (!row.next() || row.text(1) == document.text())
            return;
        organization = row.text(0);
        // Taken out of the index by what it was put in with: the index holds no texts.
        transaction.execute("INSERT INTO backup_credentials_search (backup_credentials_search, rowid, "
                            "organization, text, beginnings) VALUES ('delete', ?, ?, ?, ?)",
                            credential, organization, row.text(1), row.text(2));
    }
    transaction.execute("UPDATE backup_credentials_document SET text = ?, beginnings = ? WHERE id = ?",
                        document.text(), document.beginnings(), credential);
    addToIndex(transaction, credential, organization, document.text(), document.beginnings());
}

} // namespace coffer::backup_credentials::store
