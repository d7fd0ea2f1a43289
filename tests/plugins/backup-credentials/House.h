#pragma once

#include "Plugin.h"

#include <coffer/testkit/FakeHost.h>

#include <Poco/JSON/Object.h>

#include <map>
#include <memory>
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

/// The whole plugin in a FakeHost. Endpoints are played: a secret that contains `wrong` is refused, one with
/// `dark` meets silence.
class House {
public:
    explicit House(bool allowUnverified = false);
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    /// Shows the errors that were logged: what a test did not expect has its reason there.
    ~House();

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
    /// Every byte of the database.
    [[nodiscard]] std::string database();

    template <class F>
    auto write(F closure) {
        return host_->storage().write(Origin{1, "test", "", ""}, std::move(closure));
    }
    [[nodiscard]] testkit::FakeHost& host() noexcept { return *host_; }
    [[nodiscard]] backup_credentials::BackupCredentialsService& sibling() { return *sibling_; }
    [[nodiscard]] const backup_credentials::Probes& probes() const { return plugin_->parts().probes(); }

    /// What probes answer to from now on instead; and what runs while one is under way.
    backup_credentials::Probes::Try answerProbe;
    std::function<void()> whileProbing;

private:
    [[nodiscard]] backup_credentials::Verdict play(const backup_credentials::ProbeRequest& request) const;

    std::map<std::string, Principal> principals_;
    const backup_credentials::BackupCredentials* plugin_ = nullptr; ///< owned by the host
    std::unique_ptr<testkit::FakeHost> host_;
    std::shared_ptr<backup_credentials::BackupCredentialsService> sibling_;
};

} // namespace coffer::test
