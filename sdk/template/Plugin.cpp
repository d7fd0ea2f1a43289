// GET /api/v1/sample lists an organization's entries, POST /api/v1/sample adds one.
#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Json.h>
#include <coffer/sdk/Plugin.h>

#include <array>
#include <atomic>

using namespace coffer;

namespace {

constexpr std::array steps{Migration{1, "entries", R"(
CREATE TABLE sample_entry(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organization(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    created INTEGER NOT NULL) STRICT;
CREATE INDEX sample_entry_by_organization ON sample_entry(organization, id);
)"}};

class SampleTables final : public StorageAdapter {
public:
    std::string_view prefix() const override { return "sample_"; }
    std::span<const Migration> migrations() const override { return steps; }
    std::vector<std::string> check(Transaction& transaction) const override {
        std::vector<std::string> problems;
        auto rows = transaction.query("SELECT id FROM sample_entry WHERE text = ''");
        while (rows.next())
            problems.push_back("the entry " + std::to_string(rows.integer(0)) + " has no text");
        return problems;
    }
};

std::int64_t countEntries(Transaction& transaction) {
    auto rows = transaction.query("SELECT count(*) FROM sample_entry");
    return rows.next() ? rows.integer(0) : 0;
}

void writeEntry(JsonWriter& json, std::int64_t id, std::string_view text, Instant created) {
    json.beginObject().member("id", id).member("text", text).member("created", created).endObject();
}

std::vector<Field> entryFields() {
    return {Field::integer("id", "Its id").required(), Field::string("text", "What it says").required(),
            Field::instant("created", "When it was added").required()};
}

/// What belongs to organizations in which the caller may not do this does not exist.
void requireOrganization(RequestContext& request, Transaction& transaction, std::int64_t organization) {
    auto rows = transaction.query("SELECT 1 FROM organization WHERE id = ?", organization);
    if (!request.scope().contains(organization) || !rows.next())
        throw Problem::notFound();
}

} // namespace

class SamplePlugin final : public Plugin {
public:
    std::vector<Option> options() const override {
        return {{"limit", OptionType::integer, "1000", "Entries that are kept at most.", 1, 1000000}};
    }

    void init(HostContext& host) override {
        host_ = &host;
        limit_ = host.config().integer("limit");
        host.storageAdapter(std::make_shared<SampleTables>());
        host.route(listRoute());
        host.route(addRoute());
    }

    void start() override { stored_ = host_->storage().read(countEntries); }

    Health health() const override {
        if (stored_ < limit_)
            return {};
        return {Health::State::degraded, "no more entries fit; raise limit in [sample]"};
    }

private:
    static Route listRoute() {
        Route route;
        route.pattern = "/sample";
        route.permission = "sample:read";
        route.summary = "The entries of an organization";
        route.query = {Field::integer("organizationId", "Whose").required()};
        route.response = {Field::objects("items", "Oldest first", entryFields()).required()};
        route.handler = list;
        return route;
    }
    static Response list(RequestContext& request) {
        const auto organization = request.query().integer("organizationId");
        return request.read([&](Transaction& transaction) {
            requireOrganization(request, transaction, organization);
            JsonWriter json;
            json.beginObject().key("items").beginArray();
            auto rows = transaction.query(
                "SELECT id, text, created FROM sample_entry WHERE organization = ? ORDER BY id",
                organization);
            while (rows.next())
                writeEntry(json, rows.integer(0), rows.text(1), rows.instant(2));
            json.endArray().endObject();
            return Response::json(json.take());
        });
    }

    Route addRoute() {
        Route route;
        route.method = Method::post;
        route.pattern = "/sample";
        route.permission = "sample:change";
        route.action = "sample.add";
        route.summary = "Adds an entry";
        route.body = {Field::integer("organizationId", "Whose").required(),
                      Field::string("text", "What it says").length(1, 500).required()};
        route.response = entryFields();
        route.successStatus = 201;
        route.handler = [this](RequestContext& request) { return add(request); };
        return route;
    }
    Response add(RequestContext& request) {
        const auto organization = request.body().integer("organizationId");
        const auto& text = request.body().string("text");
        request.concerns(organization);
        std::int64_t stored = 0;
        auto response = request.change([&](Transaction& transaction) {
            requireOrganization(request, transaction, organization);
            stored = countEntries(transaction) + 1;
            if (stored > limit_)
                throw Problem::conflict("sample_full", "No more entries fit",
                                        "There are " + std::to_string(limit_) +
                                            " entries already. Ask an administrator to raise the limit.");
            transaction.execute("INSERT INTO sample_entry(organization, text, created) VALUES(?, ?, ?)",
                                organization, text, transaction.now());
            const auto id = transaction.lastInsertId();
            AuditEvent event;
            event.action = "sample.add";
            event.objectType = "sample";
            event.objectId = std::to_string(id);
            event.organization = organization;
            transaction.record(std::move(event));
            JsonWriter json;
            writeEntry(json, id, text, transaction.now());
            return Response::json(json.take(), 201);
        });
        stored_ = stored;
        return response;
    }

    HostContext* host_ = nullptr;
    std::int64_t limit_ = 0;
    std::atomic<std::int64_t> stored_ = 0;
};

COFFER_PLUGIN(SamplePlugin, "sample", "1.0.0", "Keeps entries", "")
