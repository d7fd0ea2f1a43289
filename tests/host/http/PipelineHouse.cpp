#include "tests/host/http/PipelineHouse.h"

#include "host/secrets/KeyEncryptionKey.h"
#include "host/secrets/SecretSchema.h"
#include "tests/host/storage/PatientOptions.h"

#include <Poco/JSON/Parser.h>
#include <Poco/String.h>

#include <array>
#include <future>

namespace coffer::test {

namespace {

constexpr std::array<Migration, 1> schema{
    {{1, "tables for tests",
      "CREATE TABLE recorded (id INTEGER PRIMARY KEY, line TEXT NOT NULL);"
      "CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);"}}};

Principal principal(std::int64_t id, std::string name, std::vector<RoleGrant> roles) {
    Principal made;
    made.id = id;
    made.name = std::move(name);
    made.roles = std::move(roles);
    return made;
}

} // namespace

std::optional<Principal> TokenList::authenticate(const host::IncomingRequest& request) {
    const auto& head = request.head;
    if (!head.has("Authorization"))
        return std::nullopt;
    const auto found = known.find(head.get("Authorization").substr(std::string("Bearer ").size()));
    if (found == known.end())
        throw Problem(401, "invalid_token", "The token is not known", "Use another.")
            .header("WWW-Authenticate", "Bearer");
    return found->second;
}

PipelineHouse::PipelineHouse(host::LanesOptions lanesOptions, host::PipelineOptions options)
    : database(patientOptions(folder / "coffer.db"), log, metrics) {
    database.setRecorder([](Transaction& transaction, const AuditEvent& event) {
        transaction.execute("INSERT INTO recorded (line) VALUES (?)",
                            event.action + " " + std::string(toString(event.result)) + " " + event.reason +
                                " " + event.objectType + "/" + event.objectId + " " +
                                std::to_string(event.organization) + " " +
                                transaction.origin().principalName);
    });
    database.migrate("test", schema);
    database.migrate(host::secretSchemaOwner, host::secretMigrations());
    database.migrate("http", host::IdempotencyStore::migrations());
    keys.emplace(database, host::KeyEncryptionKey::generate(folder / "kek"), std::nullopt, log);
    vault.emplace(*keys);
    ownVault = vault->forPlugin("host:idempotency");
    host::IdempotencyOptions idempotencyOptions;
    idempotencyOptions.clock = [this] { return fromMilliseconds(now); };
    idempotency.emplace(storage, *ownVault, keys->integrityKey("idempotency"), idempotencyOptions);
    tokens.known = {{"manager", principal(3, "mara", {{Role::manager, 7}})},
                    {"viewer", principal(4, "vic", {{Role::viewer, 7}})},
                    {"partner", principal(5, "pat", {{Role::partner, 7}, {Role::partner, 8}})},
                    {"admin", principal(1, "ada", {{Role::administrator, 0}})},
                    {"nothing", principal(9, "nil", {})}};
    lanes.emplace(lanesOptions, log, metrics);
    pipeline.emplace(host::PipelineParts{router, tokens, storage, *lanes, *idempotency, log, metrics},
                     std::move(options));
}

void PipelineHouse::askLater(const Asked& asked, host::Reply reply) {
    auto request = std::make_shared<host::IncomingRequest>();
    request->head = Poco::Net::HTTPRequest(asked.method, asked.target, "HTTP/1.1");
    if (!asked.token.empty())
        request->head.set("Authorization", "Bearer " + asked.token);
    if (!asked.body.empty())
        request->head.set("Content-Type", "application/json");
    for (const auto& [name, value] : asked.headers)
        request->head.set(name, value);
    request->body = asked.body;
    request->address = "192.0.2.7";
    request->requestId = "request-1";
    request->received = std::chrono::steady_clock::now();
    pipeline->handle(std::move(request), std::move(reply));
}

Response PipelineHouse::ask(const Asked& asked) {
    auto answer = std::make_shared<std::promise<Response>>();
    auto future = answer->get_future();
    askLater(asked, [answer](Response response) { answer->set_value(std::move(response)); });
    return future.get();
}

void PipelineHouse::install(std::vector<Route> routes, std::vector<detail::Mount> mounts) {
    router.install("things", std::move(routes), gate, std::move(mounts));
}

Route PipelineHouse::get(std::string pattern, Handler handler) {
    Route route;
    route.pattern = std::move(pattern);
    route.permission = "things:read";
    route.summary = "Reads a thing";
    route.response = {Field::integer("id", "Its id")};
    route.handler = std::move(handler);
    return route;
}

Route PipelineHouse::post(std::string pattern, Handler handler) {
    Route route = get(std::move(pattern), std::move(handler));
    route.method = Method::post;
    route.permission = "things:change";
    route.action = "thing.create";
    route.body = {Field::string("name", "Its name").length(1, 30).required(),
                  Field::integer("organizationId", "Whose it is"), Field::secret("secret", "Its secret")};
    route.successStatus = 201;
    return route;
}

std::string PipelineHouse::recorded() {
    return database.read([](Transaction& transaction) {
        std::string lines;
        auto rows = transaction.query("SELECT line FROM recorded WHERE line NOT LIKE 'key.%' ORDER BY id");
        while (rows.next())
            lines += rows.string(0) + "\n";
        return lines;
    });
}

std::int64_t PipelineHouse::count(std::string_view sql) {
    return database.read([&](Transaction& transaction) {
        auto rows = transaction.query(sql);
        return rows.next() ? rows.integer(0) : -1;
    });
}

std::string headerOf(const Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (Poco::icompare(key, name) == 0)
            return value;
    return {};
}

Poco::JSON::Object::Ptr parsed(const Response& response) {
    return Poco::JSON::Parser().parse(response.body).extract<Poco::JSON::Object::Ptr>();
}

std::string codeOf(const Response& response) {
    return parsed(response)->optValue<std::string>("code", "");
}

std::string summaryOf(const Response& response) {
    const bool isProblem = response.contentType == "application/problem+json";
    return std::to_string(response.status) + (isProblem ? " " + codeOf(response) : "");
}

} // namespace coffer::test
