#pragma once

#include "host/audit/AuditLog.h"
#include "host/http/Pipeline.h"
#include "host/secrets/KeyRing.h"
#include "host/secrets/Vault.h"
#include "host/storage/Database.h"
#include "routes/Routes.h"
#include "service/SiblingService.h"
#include "store/Schema.h"
#include "tests/support/Telemetry.h"
#include "tests/support/TemporaryFolder.h"

#include <Poco/JSON/Object.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace coffer::test {

/// The secret access key that most tests use. It may turn up nowhere.
inline constexpr const char* canary = "cAnArY/sEcReT+0123456789abcdefghijklmnop";

/// One answer, its body parsed.
struct Answer {
    int status = 0;
    std::string body;
    std::map<std::string, std::string> headers;
    Poco::JSON::Object::Ptr json;

    [[nodiscard]] std::string text(const std::string& name) const;
    [[nodiscard]] std::int64_t number(const std::string& name) const;
    [[nodiscard]] bool truth(const std::string& name) const;
    [[nodiscard]] bool isNull(const std::string& name) const { return json && json->isNull(name); }
    [[nodiscard]] std::string code() const { return text("code"); }
    [[nodiscard]] Poco::JSON::Object::Ptr object(const std::string& name) const;
    [[nodiscard]] std::vector<Poco::JSON::Object::Ptr> list(const std::string& name = "items") const;
    /// The codes of a 422's errors, `name:too_short`.
    [[nodiscard]] std::vector<std::string> errors() const;
    [[nodiscard]] bool hasError(const std::string& error) const;
    [[nodiscard]] std::vector<std::int64_t> ids() const;
};

/// Keeps every line, and shows errors: what a test did not expect has its reason there.
class HouseLog final : public Log {
public:
    void write(LogLevel level, std::string_view message,
               std::initializer_list<LogField> fields) noexcept override;
    [[nodiscard]] bool contains(std::string_view part) const { return lines_.contains(part); }

private:
    RecordingLog lines_;
};

/// The plugin's routes behind the real pipeline, on a real database, vault and audit log. Endpoints are
/// played: a secret that contains `wrong` is refused, one with `dark` meets silence.
class House : public HostContext {
public:
    explicit House(bool allowUnverified = false);
    ~House() override;

    /// Organizations 1 and 2 exist from the start.
    void organization(std::int64_t id, const std::string& name);
    /// Whoever sends this token. `administrator`, `manager1`, `viewer1`, `manager2` exist.
    void principal(const std::string& token, std::vector<RoleGrant> roles,
                   std::vector<NamedGrant> named = {});
    [[nodiscard]] const Principal& principalOf(const std::string& token) { return principals_.at(token); }

    Answer send(const std::string& token, const std::string& method, const std::string& path,
                const std::string& body = {}, const std::map<std::string, std::string>& headers = {});
    Answer get(const std::string& path) { return send("administrator", "GET", path); }
    Answer post(const std::string& path, const std::string& body) {
        return send("administrator", "POST", path, body);
    }
    Answer put(const std::string& path, const std::string& body = {}) {
        return send("administrator", "PUT", path, body);
    }
    Answer patch(const std::string& path, const std::string& body) {
        return send("administrator", "PATCH", path, body);
    }
    Answer remove(const std::string& path) { return send("administrator", "DELETE", path); }

    /// A body for POST /backup-credentials. `more` is added as it is: `,"bucket":"b"`.
    [[nodiscard]] static std::string body(const std::string& name, std::int64_t organization = 1,
                                          const std::string& more = {});
    /// Creates one. @returns its id
    std::int64_t create(const std::string& name, std::int64_t organization = 1);
    [[nodiscard]] static std::string at(std::int64_t id, const std::string& rest = {});
    /// Stores many at once, past the endpoint and the audit log's reader.
    void createMany(std::size_t count, std::int64_t organization, const std::string& prefix);

    /// Runs SQL past every rule of the service.
    void sql(const std::string& statement);
    /// One number.
    std::int64_t ask(const std::string& query);
    [[nodiscard]] std::vector<AuditRecord> history(std::int64_t id);
    [[nodiscard]] bool recorded(std::int64_t id, const std::string& action,
                                AuditResult result = AuditResult::success);
    /// Everything that the database's files hold.
    [[nodiscard]] std::string files() const;

    template <class F>
    auto write(F closure) {
        return database_->write(Origin{1, "test", "", ""}, std::move(closure));
    }
    [[nodiscard]] backup_credentials::SiblingService& sibling() { return *sibling_; }
    [[nodiscard]] const backup_credentials::Probes& probes() const { return *probes_; }
    [[nodiscard]] const backup_credentials::Schema& schema() const { return schema_; }

    /// What probes answer to from now on instead; and what runs while one is under way.
    backup_credentials::Probes::Try answerProbe;
    std::function<void()> whileProbing;

    // HostContext
    void route(Route) override {}
    void mount(std::string, std::string, Poco::Net::HTTPRequestHandlerFactory::Ptr) override {}
    void storageAdapter(std::shared_ptr<StorageAdapter>) override {}
    void auditSink(std::shared_ptr<AuditSink>) override {}
    void auditHook(std::shared_ptr<AuditHook>) override {}
    void every(std::string, std::chrono::milliseconds, std::function<void(std::stop_token)>) override {}
    [[nodiscard]] Storage& storage() override { return *database_; }
    [[nodiscard]] SecretVault& secrets() override { return *vault_; }
    [[nodiscard]] const Config& config() override;
    [[nodiscard]] HouseLog& log() override { return log_; }
    [[nodiscard]] Metrics& metrics() override { return metrics_; }
    void auditHistory(Transaction& transaction, std::string_view objectType, std::string_view objectId,
                      std::int64_t beforeSequence, std::size_t limit,
                      const std::function<void(const AuditRecord&)>& receive) override;

protected:
    void publishService(std::string_view, int, std::shared_ptr<void>, void*) override {}
    [[nodiscard]] std::shared_ptr<ServiceGate> findService(std::string_view, int) override { return {}; }

private:
    class Doorman;

    void openDatabase();
    void installRoutes();
    [[nodiscard]] backup_credentials::Verdict play(const backup_credentials::ProbeRequest& request) const;

    TemporaryFolder folder_;
    HouseLog log_;
    NoMetrics metrics_;
    std::map<std::string, Principal> principals_;
    std::unique_ptr<host::Database> database_;
    std::unique_ptr<host::KeyRing> keys_;
    std::unique_ptr<host::Vault> vaults_;
    std::shared_ptr<SecretVault> vault_;
    std::shared_ptr<SecretVault> hostVault_;
    std::unique_ptr<host::AuditLog> audit_;
    backup_credentials::Schema schema_;
    backup_credentials::Settings settings_;
    std::unique_ptr<backup_credentials::Credentials> credentials_;
    std::unique_ptr<backup_credentials::Probes> probes_;
    std::unique_ptr<backup_credentials::Associations> associations_;
    std::unique_ptr<backup_credentials::SiblingService> sibling_;
    std::unique_ptr<Doorman> doorman_;
    host::Router router_;
    std::unique_ptr<host::Lanes> lanes_;
    std::unique_ptr<host::IdempotencyStore> idempotency_;
    std::unique_ptr<host::Pipeline> pipeline_;
};

} // namespace coffer::test
