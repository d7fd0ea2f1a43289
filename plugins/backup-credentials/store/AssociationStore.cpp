#include "store/AssociationStore.h"

#include "search/Document.h"
#include "store/Schema.h"

namespace coffer::backup_credentials::store {

namespace {

ProjectUse useOf(const Rows& row) {
    return {row.string(0), row.string(1), row.string(2), {row.instant(3), row.string(4)}};
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

void refreshDocument(Transaction& transaction, std::int64_t credential) {
    search::Document document;
    {
        Rows row = transaction.query("SELECT organization, name, access_key_id, endpoint, region "
                                     "FROM backup_credentials_credential WHERE id = ?",
                                     credential);
        if (!row.next())
            return;
        document.organization(row.integer(0));
        for (int column = 1; column <= 4; ++column)
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
    transaction.execute("INSERT INTO backup_credentials_document (id, organization, text, beginnings) "
                        "VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text, "
                        "beginnings = excluded.beginnings WHERE text <> excluded.text",
                        credential, document.organizationCode(), document.text(), document.beginnings());
}

} // namespace coffer::backup_credentials::store
