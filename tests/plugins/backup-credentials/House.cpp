#include "tests/plugins/backup-credentials/House.h"

#include "host/audit/AuditSchema.h"
#include "host/audit/AuditStore.h"
#include "host/secrets/SecretSchema.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <array>
#include <future>
#include <iostream>
#include <stdexcept>

namespace coffer::test {

using namespace backup_credentials;

namespace {

constexpr std::array<Migration, 1> identity{
    {{1, "organizations",
      "CREATE TABLE organization (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);"}}};

} // namespace

void HouseLog::write(LogLevel level, std::string_view message,
                     std::initializer_list<LogField> fields) noexcept {
    lines_.write(level, message, fields);
    if (level != LogLevel::error)
        return;
    std::cerr << message;
    for (const auto& [name, value] : fields)
        std::cerr << ' ' << name << '=' << value;
    std::cerr << std::endl;
}

std::string Answer::text(const std::string& name) const {
    return json && json->has(name) && !json->isNull(name) ? json->getValue<std::string>(name) : "";
}
std::int64_t Answer::number(const std::string& name) const {
    if (!json)
        throw std::runtime_error("no JSON in the answer " + std::to_string(status) + ": " + body);
    return json->getValue<Poco::Int64>(name);
}
bool Answer::truth(const std::string& name) const {
    if (!json)
        throw std::runtime_error("no JSON in the answer " + std::to_string(status) + ": " + body);
    return json->getValue<bool>(name);
}
Poco::JSON::Object::Ptr Answer::object(const std::string& name) const {
    auto out = json ? json->getObject(name) : nullptr;
    if (!out)
        throw std::runtime_error("no object " + name + " in " + body);
    return out;
}
std::vector<Poco::JSON::Object::Ptr> Answer::list(const std::string& name) const {
    std::vector<Poco::JSON::Object::Ptr> out;
    const auto array = json ? json->getArray(name) : nullptr;
    for (std::size_t i = 0; array && i < array->size(); ++i)
        out.push_back(array->getObject(static_cast<unsigned>(i)));
    return out;
}
std::vector<std::string> Answer::errors() const {
    std::vector<std::string> out;
    for (const auto& error : list("errors"))
        out.push_back(error->getValue<std::string>("field") + ":" + error->getValue<std::string>("code"));
    return out;
}
bool Answer::hasError(const std::string& error) const {
    const auto all = errors();
    return std::ranges::find(all, error) != all.end();
}
std::vector<std::int64_t> Answer::ids() const {
    std::vector<std::int64_t> out;
    for (const auto& item : list())
        out.push_back(item->getValue<Poco::Int64>("id"));
    return out;
}

/// Knows who sends which token.
class House::Doorman final : public host::Authenticator {
public:
    explicit Doorman(const std::map<std::string, Principal>& principals) : principals_(principals) {}
    std::optional<Principal> authenticate(const Poco::Net::HTTPRequest& head, const std::string&) override {
        if (!head.has("Authorization"))
            return std::nullopt;
        return principals_.at(head.get("Authorization").substr(7));
    }

private:
    const std::map<std::string, Principal>& principals_;
};

House::House(bool allowUnverified) {
    settings_.allowUnverified = allowUnverified;
    openDatabase();
    organization(1, "Alpha Werke");
    organization(2, "Beta Labs");
    principal("administrator", {{Role::administrator, 0}});
    principal("manager1", {{Role::manager, 1}});
    principal("viewer1", {{Role::viewer, 1}});
    principal("manager2", {{Role::manager, 2}});
    installRoutes();
}

House::~House() {
    (void)lanes_->stop(std::chrono::steady_clock::now() + std::chrono::seconds(20));
}

void House::openDatabase() {
    (void)host::KeyEncryptionKey::generate(folder_ / "key");
    host::DatabaseOptions options;
    options.file = folder_ / "coffer.db";
    options.scrubAfter = std::chrono::milliseconds(20);
    database_ = std::make_unique<host::Database>(options, log_, metrics_);
    database_->migrate(host::secretSchemaOwner, host::secretMigrations());
    database_->migrate(host::auditSchemaOwner, host::auditMigrations());
    database_->migrate("http", host::IdempotencyStore::migrations());
    database_->migrate("identity", identity);
    database_->migrate("backup-credentials", schema_.migrations());
    keys_ = std::make_unique<host::KeyRing>(*database_, host::KeyEncryptionKey::fromFile(folder_ / "key"),
                                            std::nullopt, log_);
    vaults_ = std::make_unique<host::Vault>(*keys_);
    vault_ = vaults_->forPlugin("backup-credentials");
    hostVault_ = vaults_->forPlugin("host:idempotency");
    audit_ = std::make_unique<host::AuditLog>(*database_, *keys_, metrics_);
    database_->setRecorder(
        [this](Transaction& transaction, const AuditEvent& event) { audit_->append(transaction, event); });
}

void House::installRoutes() {
    credentials_ = std::make_unique<Credentials>(*vault_, settings_);
    probes_ = std::make_unique<Probes>(
        *database_, *vault_, *credentials_, settings_,
        [this](const ProbeRequest& request, std::stop_token stop) {
            if (whileProbing)
                whileProbing();
            return answerProbe ? answerProbe(request, stop) : play(request);
        },
        metrics_);
    associations_ = std::make_unique<Associations>(*credentials_);
    sibling_ = std::make_unique<SiblingService>(*vault_, *associations_);
    const Services services{*credentials_, *probes_, *associations_};
    const auto gate = std::make_shared<host::RouteGate>();
    for (auto& routes :
         {credentialRoutes(services), listRoutes(), lockRoutes(services), defaultRoutes(services),
          probeRoutes(services), projectRoutes(services), historyRoutes(services, *this)})
        router_.install("backup-credentials", routes, gate);
    doorman_ = std::make_unique<Doorman>(principals_);
    host::LanesOptions lanes;
    lanes.slow = {64, 1024};
    lanes_ = std::make_unique<host::Lanes>(lanes, log_, metrics_);
    idempotency_ =
        std::make_unique<host::IdempotencyStore>(*database_, *hostVault_, keys_->integrityKey("idempotency"));
    pipeline_ = std::make_unique<host::Pipeline>(
        host::PipelineParts{router_, *doorman_, *database_, *lanes_, *idempotency_, log_, metrics_});
}

Verdict House::play(const ProbeRequest& request) const {
    const std::string_view secret = request.secretAccessKey->reveal();
    Verdict verdict;
    verdict.when = currentTime();
    verdict.httpStatus = 403;
    if (secret.find("wrong") != std::string_view::npos) {
        verdict.cause = Cause::secret;
        verdict.saw = "The endpoint says that the signature does not match.";
        verdict.advice = "Check the secret access key.";
    } else if (secret.find("dark") != std::string_view::npos) {
        verdict.cause = Cause::silent;
        verdict.saw = "Nothing came in time.";
        verdict.advice = "Check the endpoint.";
        verdict.httpStatus = 0;
    } else {
        verdict.cause = Cause::none;
        verdict.saw = "The endpoint listed the buckets.";
        verdict.httpStatus = 200;
    }
    return verdict;
}

void House::organization(std::int64_t id, const std::string& name) {
    write([&](Transaction& transaction) {
        transaction.execute("INSERT INTO organization (id, name) VALUES (?, ?) "
                            "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                            id, name);
        return 0;
    });
}

void House::principal(const std::string& token, std::vector<RoleGrant> roles, std::vector<NamedGrant> named) {
    Principal principal;
    principal.id = static_cast<std::int64_t>(principals_.size()) + 1;
    principal.name = token;
    principal.roles = std::move(roles);
    principal.named = std::move(named);
    principals_[token] = principal;
}

Answer House::send(const std::string& token, const std::string& method, const std::string& path,
                   const std::string& body, const std::map<std::string, std::string>& headers) {
    auto request = std::make_shared<host::IncomingRequest>();
    request->head.setMethod(method);
    request->head.setURI("/api/v1" + path);
    request->head.setVersion("HTTP/1.1");
    if (!token.empty())
        request->head.set("Authorization", "Bearer " + token);
    for (const auto& [name, value] : headers)
        request->head.set(name, value);
    if (!body.empty())
        request->head.set("Content-Type", "application/json");
    request->body = body;
    request->address = "192.0.2.1";
    request->requestId = "request";
    request->received = std::chrono::steady_clock::now();
    std::promise<Response> promise;
    auto future = promise.get_future();
    pipeline_->handle(request, [&](Response response) { promise.set_value(std::move(response)); });
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
        throw std::runtime_error("no answer to " + method + " " + path);
    const Response response = future.get();
    Answer answer;
    answer.status = response.status;
    answer.body = response.body;
    for (const auto& [name, value] : response.headers)
        answer.headers[name] = value;
    if (!response.body.empty())
        answer.json = Poco::JSON::Parser().parse(response.body).extract<Poco::JSON::Object::Ptr>();
    return answer;
}

std::string House::body(const std::string& name, std::int64_t organization, const std::string& more) {
    std::string out = R"({"organizationId":)" + std::to_string(organization);
    out.append(R"(,"name":")").append(name);
    out.append(R"(","endpoint":"https://s3.example.org","region":"eu-west-1",)");
    out.append(R"("accessKeyId":"AKIAEXAMPLE","secretAccessKey":")").append(canary).append("\"");
    return out.append(more).append("}");
}

std::int64_t House::create(const std::string& name, std::int64_t organization) {
    const Answer answer = post("/backup-credentials", body(name, organization));
    if (answer.status != 201)
        throw std::runtime_error("not created: " + answer.body);
    return answer.number("id");
}

std::string House::at(std::int64_t id, const std::string& rest) {
    return "/backup-credentials/" + std::to_string(id) + rest;
}

void House::createMany(std::size_t count, std::int64_t organization, const std::string& prefix) {
    const Access access{{true, {}}, {true, {}}, {true, {}}, {}};
    for (std::size_t at = 0; at < count;) {
        write([&](Transaction& transaction) {
            for (std::size_t end = std::min(count, at + 500); at < end; ++at) {
                NewCredential wanted;
                wanted.organization = organization;
                wanted.name.text = prefix + std::to_string(at);
                wanted.name.key = foldedText(wanted.name.text).value();
                wanted.endpoint = "https://s3.example.org";
                wanted.region = "region-" + std::to_string(at % 7);
                wanted.accessKeyId = "KEY" + std::to_string(at * 7919 % 100'003);
                wanted.secretAccessKey = SecretBytes(std::string_view(canary));
                Verdict verdict;
                verdict.cause = Cause::none;
                verdict.saw = "fine";
                verdict.when = transaction.now();
                (void)credentials_->create(transaction, wanted, access, verdict);
            }
            return 0;
        });
    }
}

void House::sql(const std::string& statement) {
    write([&](Transaction& transaction) { return transaction.execute(statement); });
}

std::int64_t House::ask(const std::string& query) {
    return database_->read([&](Transaction& transaction) {
        Rows rows = transaction.query(query);
        return rows.next() ? rows.integer(0) : -1;
    });
}

std::vector<AuditRecord> House::history(std::int64_t id) {
    return database_->read([&](Transaction& transaction) {
        std::vector<AuditRecord> out;
        auditHistory(transaction, objectType, std::to_string(id), INT64_MAX, 1000,
                     [&](const AuditRecord& record) { out.push_back(record); });
        return out;
    });
}

bool House::recorded(std::int64_t id, const std::string& action, AuditResult result) {
    const auto records = history(id);
    return std::ranges::any_of(records, [&](const AuditRecord& record) {
        return record.event.action == action && record.event.result == result;
    });
}

std::string House::files() const {
    std::string out;
    for (const char* name : {"coffer.db", "coffer.db-wal"})
        out += readFile(folder_ / name);
    return out;
}

const Config& House::config() {
    throw std::logic_error("nobody reads the configuration here");
}

void House::auditHistory(Transaction& transaction, std::string_view objectType, std::string_view objectId,
                         std::int64_t beforeSequence, std::size_t limit,
                         const std::function<void(const AuditRecord&)>& receive) {
    host::audit_store::history(transaction, objectType, objectId, beforeSequence, limit, receive);
}

} // namespace coffer::test
