#include "store/Schema.h"

#include <array>

namespace coffer::backup_credentials {

namespace {

/// A query whose rows are ids of what is wrong, and the sentence to say about it.
struct Inspection {
    std::string_view sql;
    std::string_view sentence;
};

constexpr std::array inspections{
    Inspection{
        "SELECT id FROM backup_credentials_credential WHERE secret_id = 0 OR secret_version = 0 LIMIT 5",
        "has no secret access key"},
    Inspection{
        "SELECT d.credential_id FROM backup_credentials_default d JOIN backup_credentials_credential c "
        "ON c.id = d.credential_id WHERE c.organization <> d.organization LIMIT 5",
        "is the default of another organization"},
    Inspection{"SELECT a.credential_id FROM backup_credentials_association a "
               "JOIN backup_credentials_credential c ON c.id = a.credential_id "
               "WHERE c.organization <> a.organization LIMIT 5",
               "is used by a project of another organization"},
    Inspection{"SELECT c.id FROM backup_credentials_credential c WHERE c.project_count <> "
               "(SELECT count(*) FROM backup_credentials_association a WHERE a.credential_id = c.id) LIMIT 5",
               "has a wrong count of projects"},
    Inspection{"SELECT c.id FROM backup_credentials_credential c LEFT JOIN backup_credentials_document d "
               "ON d.id = c.id WHERE d.id IS NULL LIMIT 5",
               "cannot be found by search"},
};

} // namespace

std::vector<std::string> Schema::check(Transaction& transaction) const {
    std::vector<std::string> wrong;
    for (const auto& [sql, sentence] : inspections)
        for (Rows rows = transaction.query(sql); rows.next();)
            wrong.push_back("Backup credential " + std::to_string(rows.integer(0)) + " " +
                            std::string(sentence) + ".");
    Rows rows = transaction.query("SELECT (SELECT count(*) FROM backup_credentials_credential), "
                                  "(SELECT coalesce(sum(n), 0) FROM backup_credentials_count "
                                  "WHERE organization = 0 AND kind = 'total')");
    if (rows.next() && rows.integer(0) != rows.integer(1))
        wrong.push_back("There are " + std::to_string(rows.integer(0)) + " backup credentials, and " +
                        std::to_string(rows.integer(1)) + " are counted.");
    return wrong;
}

std::vector<Figure> Schema::figures(Transaction& transaction) const {
    std::vector<Figure> out;
    for (Rows rows = transaction.query("SELECT kind, n FROM backup_credentials_count WHERE organization = 0");
         rows.next();)
        out.push_back({"credentials{state=\"" + rows.string(0) + "\"}", rows.real(1)});
    return out;
}

} // namespace coffer::backup_credentials
