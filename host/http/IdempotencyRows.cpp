#include "host/http/IdempotencyRows.h"

#include <Poco/String.h>

#include <algorithm>
#include <array>

namespace coffer::host {

namespace {

constexpr std::array<Migration, 1> steps{{{1, "first answers to requests with an Idempotency-Key", R"(
CREATE TABLE http_idempotency (
    id             INTEGER PRIMARY KEY,
    principal      INTEGER NOT NULL,
    method         TEXT NOT NULL,
    path           TEXT NOT NULL,
    key            TEXT NOT NULL,
    digest         BLOB NOT NULL,
    status         INTEGER NOT NULL,
    content_type   TEXT NOT NULL,
    headers        TEXT NOT NULL,
    body           BLOB,
    shown_secret   INTEGER NOT NULL,
    secret_id      INTEGER,
    secret_version INTEGER,
    created        INTEGER NOT NULL,
    UNIQUE (principal, method, path, key)
);
CREATE INDEX http_idempotency_created ON http_idempotency (created);
CREATE INDEX http_idempotency_secret ON http_idempotency (created) WHERE secret_id IS NOT NULL;
)"}}};

/// Headers that belong to the answer rather than to its sending.
bool isKept(const std::string& header) {
    constexpr std::array<const char*, 4> names{"ETag", "Location", "Last-Modified", "Content-Language"};
    return std::ranges::any_of(names, [&](const char* name) { return Poco::icompare(header, name) == 0; });
}

std::string packHeaders(const Response& response) {
    std::string lines;
    for (const auto& [name, value] : response.headers)
        if (isKept(name))
            lines.append(name).append(": ").append(value).append("\n");
    return lines;
}

void unpackHeaders(std::string_view lines, Response& response) {
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        const auto line = lines.substr(0, end);
        const auto colon = line.find(": ");
        response.header(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
        lines.remove_prefix(end + 1);
    }
}

} // namespace

std::span<const Migration> idempotencyMigrations() noexcept {
    return steps;
}

std::optional<KeptAnswer> findKept(Transaction& transaction, const IdempotentRequest& request) {
    Rows rows =
        transaction.query("SELECT digest, status, content_type, headers, body, shown_secret, secret_id, "
                          "secret_version, created FROM http_idempotency "
                          "WHERE principal = ? AND method = ? AND path = ? AND key = ?",
                          request.principal, request.method, request.path, request.key);
    if (!rows.next())
        return std::nullopt;
    const auto text = [&](int column) {
        const auto blob = rows.blob(column);
        return std::string(reinterpret_cast<const char*>(blob.data()), blob.size());
    };
    KeptAnswer kept;
    kept.digest = text(0);
    kept.response.status = static_cast<int>(rows.integer(1));
    kept.response.contentType = rows.string(2);
    unpackHeaders(rows.text(3), kept.response);
    kept.response.body = text(4);
    kept.shownSecret = rows.boolean(5);
    if (!rows.isNull(6))
        kept.secret = SecretReference{rows.integer(6), rows.integer(7)};
    kept.created = rows.instant(8);
    return kept;
}

void insertKept(Transaction& transaction, const IdempotentRequest& request, const Response& response,
                std::optional<SecretReference> secret, Instant now) {
    using Bytes = std::span<const std::byte>;
    const std::optional<Bytes> body =
        secret ? std::nullopt : std::optional<Bytes>(std::as_bytes(std::span(response.body)));
    const auto part = [&](std::int64_t SecretReference::*member) {
        return secret ? std::optional((*secret).*member) : std::nullopt;
    };
    transaction.execute("INSERT OR REPLACE INTO http_idempotency (principal, method, path, key, digest, "
                        "status, content_type, "
                        "headers, body, shown_secret, secret_id, secret_version, created) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        request.principal, request.method, request.path, request.key,
                        Bytes(std::as_bytes(std::span(request.digest))), response.status,
                        response.contentType, packHeaders(response), body, secret.has_value(),
                        part(&SecretReference::id), part(&SecretReference::version), now);
}

bool hasKeptBefore(Transaction& transaction, Instant answers, Instant secrets) {
    Rows rows = transaction.query(
        "SELECT EXISTS (SELECT 1 FROM http_idempotency WHERE created <= ?) OR "
        "EXISTS (SELECT 1 FROM http_idempotency WHERE secret_id IS NOT NULL AND created <= ?)",
        answers, secrets);
    return rows.next() && rows.boolean(0);
}

std::vector<std::pair<std::int64_t, SecretReference>> secretsBefore(Transaction& transaction, Instant instant,
                                                                    int most) {
    std::vector<std::pair<std::int64_t, SecretReference>> found;
    Rows rows = transaction.query("SELECT id, secret_id, secret_version FROM http_idempotency "
                                  "WHERE secret_id IS NOT NULL AND created <= ? LIMIT ?",
                                  instant, most);
    while (rows.next())
        found.emplace_back(rows.integer(0), SecretReference{rows.integer(1), rows.integer(2)});
    return found;
}

void forgetSecret(Transaction& transaction, std::int64_t row) {
    transaction.execute("UPDATE http_idempotency SET secret_id = NULL, secret_version = NULL WHERE id = ?",
                        row);
}

std::size_t deleteKeptBefore(Transaction& transaction, Instant instant, int most) {
    return static_cast<std::size_t>(
        transaction.execute("DELETE FROM http_idempotency WHERE id IN (SELECT id FROM http_idempotency "
                            "WHERE created <= ? AND secret_id IS NULL LIMIT ?)",
                            instant, most));
}

} // namespace coffer::host
