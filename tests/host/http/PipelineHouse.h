#pragma once

#include "host/http/Pipeline.h"
#include "host/secrets/KeyRing.h"
#include "host/secrets/Vault.h"
#include "host/storage/Database.h"
#include "sdk/shared/MetricsRegistry.h"
#include "tests/support/Telemetry.h"
#include "tests/support/TemporaryFolder.h"

#include <Poco/JSON/Object.h>

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace coffer::test {

/// Knows callers by their bearer token.
class TokenList final : public host::Authenticator {
public:
    std::optional<Principal> authenticate(const host::IncomingRequest& request) override;
    std::map<std::string, Principal> known;
};

/// Refuses what it is told to, so that tests see what happens without a database.
class BreakableStorage final : public Storage {
public:
    explicit BreakableStorage(Storage& real) : real_(real) {}
    void read(const std::function<void(Transaction&)>& closure) override { real_.read(closure); }
    void write(const Origin& origin, const std::function<void(Transaction&)>& closure) override {
        if (broken)
            throw Problem::unavailable("storage_unavailable", "It is broken.", 1);
        real_.write(origin, closure);
    }
    std::atomic<bool> broken{false};

private:
    Storage& real_;
};

/// What a test asks for.
struct Asked {
    std::string method = "GET";
    std::string target;
    std::string body{};
    std::string token = "manager";
    std::vector<std::pair<std::string, std::string>> headers{};
};

/// A pipeline over a real database, keys and vault, in a folder of its own.
class PipelineHouse {
public:
    explicit PipelineHouse(host::LanesOptions lanes = {}, host::PipelineOptions options = {});

    /// Sends it and waits for the answer.
    Response ask(const Asked& asked);
    /// Sends it; the answer comes when it comes.
    void askLater(const Asked& asked, host::Reply reply);
    void install(std::vector<Route> routes, std::vector<detail::Mount> mounts = {});

    /// A route with everything it needs, to be changed.
    static Route get(std::string pattern, Handler handler);
    static Route post(std::string pattern, Handler handler);

    /// `action result reason object organization principal`, a line for each record.
    [[nodiscard]] std::string recorded();
    [[nodiscard]] std::int64_t count(std::string_view sql);

    TemporaryFolder folder;
    RecordingLog log;
    detail::MetricsRegistry metrics;
    host::Database database;
    BreakableStorage storage{database};
    std::optional<host::KeyRing> keys;
    std::optional<host::Vault> vault;
    std::shared_ptr<SecretVault> ownVault;
    std::atomic<std::int64_t> now{1'000'000'000'000}; ///< the idempotency store's clock, milliseconds
    std::optional<host::IdempotencyStore> idempotency;
    TokenList tokens;
    host::Router router;
    std::shared_ptr<host::RouteGate> gate = std::make_shared<host::RouteGate>();
    std::optional<host::Lanes> lanes;
    std::optional<host::Pipeline> pipeline;
};

[[nodiscard]] std::string headerOf(const Response& response, const std::string& name);
[[nodiscard]] Poco::JSON::Object::Ptr parsed(const Response& response);
[[nodiscard]] std::string codeOf(const Response& response);
/// `422 invalid_fields`
[[nodiscard]] std::string summaryOf(const Response& response);

} // namespace coffer::test
