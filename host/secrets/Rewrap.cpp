#include "host/secrets/Rewrap.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/SealedSecret.h"
#include "host/secrets/VaultStore.h"

#include <coffer/sdk/Json.h>
#include <coffer/sdk/Problem.h>

#include <exception>

namespace coffer::host {

namespace {

constexpr std::chrono::seconds retryAfterFailure{1};

std::string progressJson(const RewrapProgress& progress) {
    JsonWriter json;
    json.beginObject()
        .member("target", progress.target)
        .member("total", progress.total)
        .member("done", progress.done)
        .member("failed", progress.failed)
        .endObject();
    return json.take();
}

AuditEvent rewrapEvent(std::string action, const RewrapProgress& progress) {
    AuditEvent event;
    event.action = std::move(action);
    event.objectType = "key";
    event.objectId = std::to_string(progress.target);
    event.after = progressJson(progress);
    return event;
}

void begin(Transaction& transaction, std::int64_t target, std::int64_t total) {
    transaction.execute(
        "INSERT INTO secret_rewrap (id, running, target, position, total, done, failed, requested_at) "
        "VALUES (1, 1, ?1, 0, ?2, 0, 0, ?3) ON CONFLICT (id) DO UPDATE SET running = 1, target = ?1, "
        "position = 0, total = ?2, done = 0, failed = 0, requested_at = ?3, finished_at = NULL",
        target, total, transaction.now());
}

std::int64_t position(Transaction& transaction) {
    Rows rows = transaction.query("SELECT position FROM secret_rewrap WHERE id = 1");
    return rows.next() ? rows.integer(0) : 0;
}

void advance(Transaction& transaction, std::int64_t to, std::int64_t done, std::int64_t failed) {
    transaction.execute(
        "UPDATE secret_rewrap SET position = ?, done = done + ?, failed = failed + ? WHERE id = 1", to, done,
        failed);
}

/// Seals one secret again in its place. @throws NotAuthentic when it does not open
void reseal(Transaction& transaction, const StoredSecret& secret, const DataKey& from, const DataKey& to) {
    const SecretBinding binding{secret.plugin, secret.organization, secret.record,
                                secret.field,  secret.id,           secret.version};
    const std::string sealed = sealSecret(to, binding, openSecret(from, binding, secret.sealed));
    vault_store::overwrite(transaction, secret.slot, sealed);
    vault_store::updateOwner(transaction, secret.id, secret.slot, secret.version, to.version());
    key_store::addSealed(transaction, from.version(), -1);
    key_store::addSealed(transaction, to.version(), 1);
}

} // namespace

Rewrapper::Rewrapper(Storage& storage, KeyRing& keys, Log& log, RewrapOptions options)
    : storage_(storage), keys_(keys), log_(log), options_(options) {}

Rewrapper::~Rewrapper() {
    stop();
}

void Rewrapper::start() {
    thread_ = std::jthread([this](const std::stop_token& token) { run(token); });
}

void Rewrapper::stop() {
    thread_.request_stop();
    if (thread_.joinable())
        thread_.join();
}

RewrapProgress Rewrapper::request(Transaction& transaction) {
    const std::int64_t target = keys_.active(transaction)->version();
    auto now = progress(transaction);
    if (!now || !now->running || now->target != target) {
        begin(transaction, target, vault_store::countNotUnder(transaction, target));
        now = progress(transaction);
    }
    transaction.record(rewrapEvent("key.rewrap", *now));
    return *now;
}

void Rewrapper::wake() {
    {
        const std::lock_guard lock(mutex_);
        wanted_ = true;
    }
    changed_.notify_all();
}

std::optional<RewrapProgress> Rewrapper::progress(Transaction& transaction) {
    Rows rows = transaction.query("SELECT running, target, total, done, failed, requested_at, finished_at "
                                  "FROM secret_rewrap WHERE id = 1");
    if (!rows.next())
        return std::nullopt;
    return RewrapProgress{rows.boolean(0), rows.integer(1), rows.integer(2),     rows.integer(3),
                          rows.integer(4), rows.instant(5), rows.maybeInstant(6)};
}

void Rewrapper::run(const std::stop_token& token) {
    std::unique_lock lock(mutex_);
    while (!token.stop_requested()) {
        if (!changed_.wait(lock, token, [this] { return wanted_; }))
            return;
        wanted_ = false;
        lock.unlock();
        std::chrono::milliseconds pause = options_.pause;
        bool more = true;
        try {
            more = step();
        } catch (const std::exception& error) {
            log_.warning("a step of the rewrap failed and will be tried again", {{"error", error.what()}});
            pause = retryAfterFailure;
        }
        lock.lock();
        if (!more)
            continue;
        changed_.wait_for(lock, token, pause, [] { return false; });
        wanted_ = true;
    }
}

bool Rewrapper::step() {
    const bool running = storage_.read([](Transaction& transaction) {
        const auto now = progress(transaction);
        return now && now->running;
    });
    return running && storage_.write(Origin::system("rewrap"),
                                     [this](Transaction& transaction) { return stepIn(transaction); });
}

bool Rewrapper::stepIn(Transaction& transaction) {
    const auto now = progress(transaction);
    const auto to = keys_.active(transaction);
    if (!now || !now->running)
        return false;
    if (now->target != to->version()) { // rotated in between: everything is to be sealed once more
        begin(transaction, to->version(), vault_store::countNotUnder(transaction, to->version()));
        return true;
    }
    const auto page =
        vault_store::notUnder(transaction, to->version(), position(transaction), options_.batch);
    if (page.empty()) {
        finish(transaction);
        return false;
    }
    std::int64_t failed = 0;
    for (const StoredSecret& secret : page) {
        try {
            reseal(transaction, secret, *keys_.find(transaction, secret.keyVersion), *to);
            continue;
        } catch (const NotAuthentic&) {
            ++failed;
        } catch (const Problem& problem) {
            if (problem.code() != "key_unavailable")
                throw;
            ++failed;
        }
        log_.error("a stored secret does not open and was left as it is",
                   {{"secret", std::to_string(secret.id)}, {"record", secret.record}});
    }
    advance(transaction, page.back().id, static_cast<std::int64_t>(page.size()) - failed, failed);
    transaction.scrub();
    return true;
}

void Rewrapper::finish(Transaction& transaction) {
    transaction.execute("UPDATE secret_rewrap SET running = 0, finished_at = ? WHERE id = 1",
                        transaction.now());
    const auto now = progress(transaction);
    AuditEvent event = rewrapEvent("key.rewrap-finished", *now);
    if (now->failed > 0) {
        event.result = AuditResult::failed;
        event.reason = "secret_unreadable";
    }
    transaction.record(std::move(event));
}

} // namespace coffer::host
