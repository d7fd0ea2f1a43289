#include "host/identity/Sessions.h"

#include "host/identity/Caller.h"
#include "host/identity/PrincipalStore.h"

#include <coffer/sdk/Json.h>

#include <algorithm>

namespace coffer::host {

namespace {

/// What idles for so much longer than it may is removed; a use that is being noted saves it until then.
constexpr std::chrono::minutes untilRemoved{5};

std::string sessionJson(const SessionRecord& session) {
    return JsonWriter()
        .beginObject()
        .member("principalId", session.principal)
        .member("tokenId", session.token)
        .member("expiresAt", session.expiresAt)
        .endObject()
        .take();
}

void record(Transaction& transaction, const char* action, const SessionRecord& session) {
    const auto owner = PrincipalStore(transaction).find(session.principal);
    AuditEvent event;
    event.action = action;
    event.objectType = "session";
    event.objectId = std::to_string(session.id);
    event.organization = owner ? soleOrganization(owner->roles) : 0;
    (event.action == "session.create" ? event.after : event.before) = sessionJson(session);
    transaction.record(event);
}

void remove(Transaction& transaction, const SessionRecord& session) {
    SessionStore(transaction).remove(session.id);
    record(transaction, "session.end", session);
}

} // namespace

std::optional<Sessions::Made> Sessions::create(const SecretBytes& token, const Origin& origin) {
    const LoginDigest tokenIs = tokenDigest(token.reveal());
    const auto find = [&](Transaction& transaction) { return SessionStore(transaction).findMaker(tokenIs); };
    const auto asked = storage_.read(find);
    if (!asked)
        return std::nullopt;
    SecretBytes cookie = newSessionSecret();
    const LoginDigest cookieIs = tokenDigest(cookie.reveal());
    const Origin owner{asked->principal.id, asked->principal.name, origin.address, origin.requestId};
    const auto made = storage_.write(owner, [&](Transaction& transaction) -> std::optional<SessionRecord> {
        const auto maker = find(transaction); // it may have been revoked meanwhile
        if (!maker)
            return std::nullopt;
        const auto others = live(transaction, maker->principal.id);
        for (std::size_t i = 0; i + options_.mostLive <= others.size(); ++i)
            remove(transaction, others[i]);
        const Instant most = transaction.now() + options_.lifetime;
        auto session = SessionStore(transaction)
                           .insert(*maker, cookieIs, std::min(most, maker->expiresAt.value_or(most)));
        record(transaction, "session.create", session);
        return session;
    });
    return made ? std::optional(Made{*made, std::move(cookie)}) : std::nullopt;
}

std::optional<Sessions::Found> Sessions::find(const SecretBytes& cookie) {
    const LoginDigest digest = tokenDigest(cookie.reveal());
    Instant now;
    auto found = storage_.read([&](Transaction& transaction) -> std::optional<Found> {
        now = transaction.now();
        auto one = SessionStore(transaction).find(digest);
        if (!one || !isInUse(one->session, now))
            return std::nullopt;
        PrincipalStore(transaction).loadRights(one->principal);
        return one;
    });
    if (found)
        note(found->session.id, now);
    return found;
}

bool Sessions::isInUse(SessionRecord& session, Instant now) const {
    const std::lock_guard lock(mutex_);
    if (const auto noted = used_.find(session.id); noted != used_.end())
        session.lastUsedAt = std::max(session.lastUsedAt, noted->second);
    return now - session.lastUsedAt < options_.idle;
}

void Sessions::note(std::int64_t session, Instant now) {
    const std::lock_guard lock(mutex_);
    auto& last = used_[session];
    last = std::max(last, now);
}

std::vector<SessionRecord> Sessions::live(Transaction& transaction, std::int64_t principal) const {
    auto all = SessionStore(transaction).list(principal);
    std::erase_if(all, [&](SessionRecord& session) { return !isInUse(session, transaction.now()); });
    return all;
}

Page<SessionRecord> Sessions::list(Transaction& transaction, std::int64_t principal,
                                   PageRequest request) const {
    Page<SessionRecord> page;
    page.items = live(transaction, principal);
    page.total = static_cast<std::int64_t>(page.items.size());
    std::erase_if(page.items, [&](const SessionRecord& session) { return session.id <= request.after; });
    page.cut(request.limit);
    return page;
}

bool Sessions::end(Transaction& transaction, std::int64_t principal, std::int64_t id) const {
    const auto all = live(transaction, principal);
    const auto found = std::ranges::find(all, id, &SessionRecord::id);
    if (found == all.end())
        return false;
    remove(transaction, *found);
    return true;
}

void Sessions::flush() {
    std::unordered_map<std::int64_t, Instant> used;
    {
        const std::lock_guard lock(mutex_);
        used = used_;
    }
    const auto idleSince = [&](Transaction& transaction) {
        return transaction.now() - options_.idle - untilRemoved;
    };
    const bool anyDead = storage_.read(
        [&](Transaction& transaction) { return SessionStore(transaction).anyDead(idleSince(transaction)); });
    if (used.empty() && !anyDead)
        return;
    storage_.write(Origin::system("identity"), std::function<void(Transaction&)>([&](Transaction& change) {
                       SessionStore store(change);
                       for (const auto& [session, time] : used)
                           store.setLastUse(session, time);
                       store.removeDead(idleSince(change));
                   }));
    const std::lock_guard lock(mutex_);
    std::erase_if(used_, [&](const auto& entry) {
        const auto written = used.find(entry.first);
        return written != used.end() && written->second == entry.second;
    });
}

} // namespace coffer::host
