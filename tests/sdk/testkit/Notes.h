#pragma once

#include <coffer/sdk/Json.h>
#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/StorageError.h>
#include <coffer/testkit/FakeHost.h>

#include <Poco/Net/HTTPServerRequest.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>

namespace coffer::test {

/// Tables of the plugin `notes`.
class NoteTables final : public StorageAdapter {
public:
    [[nodiscard]] std::string_view prefix() const override { return "notes_"; }
    [[nodiscard]] std::span<const Migration> migrations() const override {
        static constexpr std::array steps{
            Migration{1, "notes",
                      "CREATE TABLE notes_note(id INTEGER PRIMARY KEY AUTOINCREMENT,"
                      "organization INTEGER NOT NULL REFERENCES organization(id),"
                      "text TEXT NOT NULL UNIQUE, version INTEGER NOT NULL DEFAULT 1) STRICT"},
            Migration{2, "when", "ALTER TABLE notes_note ADD COLUMN written INTEGER NOT NULL DEFAULT 0"}};
        return steps;
    }
    [[nodiscard]] std::vector<std::string> check(Transaction& transaction) const override {
        Rows rows = transaction.query("SELECT id FROM notes_note WHERE text = ''");
        return rows.next() ? std::vector<std::string>{"A note is empty."} : std::vector<std::string>();
    }
    [[nodiscard]] std::vector<Figure> figures(Transaction& transaction) const override {
        Rows rows = transaction.query("SELECT count(*) FROM notes_note");
        return {{"notes", rows.next() ? static_cast<double>(rows.integer(0)) : 0}};
    }
};

/// A small plugin that uses what a plugin can use. What a test wants otherwise it hangs into `more`.
class Notes final : public Plugin {
public:
    [[nodiscard]] std::vector<Option> options() const override {
        return {{"greeting", OptionType::text, "Hello", "What it says"},
                {"pages", OptionType::integer, "3", "How many", 1, 9}};
    }
    void init(HostContext& host) override {
        host_ = &host;
        host.storageAdapter(std::make_shared<NoteTables>());
        host.route(add());
        host.route(show());
        host.route(change());
        if (more)
            more(host);
    }
    void start() override {
        started = true;
        if (onStart)
            onStart(*host_);
    }
    void stop(std::chrono::steady_clock::time_point) override {
        ++stops;
        if (onStop)
            onStop();
    }
    [[nodiscard]] Health health() const override { return {Health::State::degraded, "it is a test"}; }

    std::function<void(HostContext&)> more;
    std::function<void(HostContext&)> onStart;
    std::function<void()> onStop;
    bool started = false;
    int stops = 0;
    std::atomic<int> runs = 0; ///< of add()'s closure

    /// A host in which it lives; `plugin` is where it is found.
    [[nodiscard]] static testkit::PluginUnderTest make(Notes*& plugin) {
        auto notes = std::make_unique<Notes>();
        plugin = notes.get();
        return {"notes", {}, std::move(notes)};
    }

private:
    Route add() {
        Route route;
        route.method = Method::post;
        route.pattern = "/notes";
        route.permission = "notes:change";
        route.action = "note.create";
        route.summary = "Writes a note";
        route.body = {Field::integer("organizationId", "Whose").range(1, 99).required(),
                      Field::string("text", "What it says").length(1, 10).required()};
        route.bodyLimit = 200;
        route.response = {Field::integer("id", "Its id").required()};
        route.successStatus = 201;
        route.handler = [this](RequestContext& request) { return write(request); };
        return route;
    }
    Response write(RequestContext& request) {
        const auto organization = request.body().integer("organizationId");
        request.concerns(organization);
        if (!request.scope().contains(organization))
            throw Problem::notFound();
        return request.change([&](Transaction& transaction) {
            ++runs;
            try {
                transaction.execute("INSERT INTO notes_note(organization, text, written) VALUES(?, ?, ?)",
                                    organization, request.body().string("text"), transaction.now());
            } catch (const ConstraintViolation& violation) {
                if (violation.kind() == ConstraintViolation::Kind::unique)
                    throw Problem::conflict("note_exists", "There is such a note", "Write another one.");
                throw;
            }
            const auto id = std::to_string(transaction.lastInsertId());
            AuditEvent event;
            event.action = "note.create";
            event.objectType = "note";
            event.objectId = id;
            event.organization = organization;
            transaction.record(event);
            return Response::created(R"({"id":)" + id + "}", "/api/v1/notes/" + id);
        });
    }
    static Route show() {
        Route route;
        route.pattern = "/notes/{id}";
        route.permission = "notes:read";
        route.summary = "Shows a note";
        route.query = {Field::string("as", "How").oneOf({"plain"})};
        route.response = {Field::string("text", "What it says").required()};
        route.handler = [](RequestContext& request) {
            return request.read([&](Transaction& transaction) {
                Rows rows = transaction.query("SELECT text, written, version, organization FROM notes_note "
                                              "WHERE id = ?",
                                              request.pathId("id"));
                if (!rows.next() || !request.scope().contains(rows.integer(3)))
                    throw Problem::notFound();
                JsonWriter json;
                json.beginObject()
                    .member("text", rows.text(0))
                    .member("written", rows.instant(1))
                    .member("agent", request.request().get("User-Agent", ""))
                    .endObject();
                return Response::json(json.take()).version(rows.integer(2));
            });
        };
        return route;
    }
    static Route change() {
        Route route;
        route.method = Method::patch;
        route.pattern = "/notes/{id}";
        route.permission = "notes:change";
        route.action = "note.update";
        route.summary = "Changes a note";
        route.body = {Field::string("text", "What it says").required()};
        route.successStatus = 204;
        route.handler = [](RequestContext& request) {
            return request.change([&](Transaction& transaction) {
                Rows rows =
                    transaction.query("SELECT version FROM notes_note WHERE id = ?", request.pathId("id"));
                if (!rows.next())
                    throw Problem::notFound();
                requireVersion(request.ifMatch(), rows.integer(0));
                transaction.execute("UPDATE notes_note SET text = ?, version = version + 1 WHERE id = ?",
                                    request.body().string("text"), request.pathId("id"));
                return Response::noContent();
            });
        };
        return route;
    }

    HostContext* host_ = nullptr;
};

} // namespace coffer::test
