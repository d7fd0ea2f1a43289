#include "host/http/Idempotency.h"
#include "host/http/IdempotencyRows.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace coffer::host {

namespace {

bool isKeepable(const Response& response) noexcept {
    return response.status >= 200 && response.status <= 299 && !response.producer;
}

std::string nameOf(const IdempotentRequest& request) {
    return std::to_string(request.principal) + ' ' + request.method + ' ' + request.path + ' ' + request.key;
}

} // namespace

std::optional<std::string> idempotencyKey(const Poco::Net::HTTPRequest& head) {
    constexpr std::size_t longest = 255;
    auto header = head.find("Idempotency-Key");
    if (header == head.end())
        return std::nullopt;
    const auto key = header->second;
    const bool visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7F; });
    const bool twice = ++header != head.end() && Poco::icompare(header->first, "Idempotency-Key") == 0;
    if (key.empty() || key.size() > longest || !visible || twice)
        throw Problem(400, "invalid_idempotency_key", "The Idempotency-Key cannot be used",
                      "Send it once, with 1 to 255 visible ASCII characters; a random UUID is a good one.");
    return key;
}

IdempotencyClaim::~IdempotencyClaim() {
    store_.release(name_);
}

void IdempotencyClaim::keep(Transaction& transaction, const Response& response) const {
    if (isKeepable(response))
        store_.keep(transaction, request_, response);
}

IdempotencyStore::IdempotencyStore(Storage& storage, SecretVault& vault, SecretBytes digestKey,
                                   IdempotencyOptions options)
    : storage_(storage), vault_(vault), digestKey_(std::move(digestKey)), options_(std::move(options)) {}

std::span<const Migration> IdempotencyStore::migrations() noexcept {
    return idempotencyMigrations();
}

std::string IdempotencyStore::mac(std::string_view bytes) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    const auto key = digestKey_.reveal();
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &length))
        throw std::runtime_error("HMAC-SHA-256 failed");
    return {reinterpret_cast<const char*>(out.data()), length};
}

std::string IdempotencyStore::digest(std::string_view query, std::string_view body) const {
    return mac(mac(query) + mac(body));
}

std::string IdempotencyStore::sealedRecord(const IdempotentRequest& request) const {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::size_t bytes = 16;
    std::string record = "idempotency/";
    for (const char c : mac(nameOf(request)).substr(0, bytes)) {
        record += digits[static_cast<unsigned char>(c) >> 4U];
        record += digits[static_cast<unsigned char>(c) & 15U];
    }
    return record;
}

IdempotencyStore::Admission IdempotencyStore::admit(IdempotentRequest request, const Origin& origin,
                                                    AuditEvent replayed) {
    std::string name = nameOf(request);
    {
        const std::lock_guard lock(mutex_);
        if (!inFlight_.insert(name).second)
            throw Problem::conflict("idempotency_key_in_flight", "The first attempt is still under way",
                                    "A request with this Idempotency-Key is being carried out. Wait for its "
                                    "answer, or send the same again later.");
    }
    // Claimed before the look into the database: whoever finishes in between has been seen there.
    Admission admission;
    admission.claim = std::make_unique<IdempotencyClaim>(*this, std::move(request), std::move(name));
    const IdempotentRequest& claimed = admission.claim->request();
    const auto kept = storage_.read([&](Transaction& transaction) { return findKept(transaction, claimed); });
    if (!kept || kept->created + options_.keep <= options_.clock())
        return admission;
    if (kept->digest != claimed.digest)
        throw Problem(
            422, "idempotency_key_reused", "This Idempotency-Key belongs to another request",
            "It was used for a request with another body or query. Use a new key for a new request.");
    admission.replay = replay(*kept, claimed, origin, replayed);
    admission.claim.reset();
    return admission;
}

Response IdempotencyStore::replay(const KeptAnswer& kept, const IdempotentRequest& request,
                                  const Origin& origin, const AuditEvent& replayed) {
    Response response = kept.response;
    if (kept.shownSecret) {
        if (!kept.secret || kept.created + options_.keepSecrets <= options_.clock())
            throw Problem::conflict(
                "secret_already_shown", "The secret was shown already",
                "The request was carried out, and its secret can no longer be shown. Make "
                "a new one if it is lost.");
        const std::string record = sealedRecord(request);
        const SecretBytes body = storage_.write(origin, [&](Transaction& transaction) {
            transaction.record(replayed);
            return vault_.open(transaction, *kept.secret, {0, record, sealedField});
        });
        response.body = body.reveal();
        response.oneTimeSecret = true;
    }
    response.header("Idempotent-Replayed", "true");
    return response;
}

void IdempotencyStore::keep(Transaction& transaction, const IdempotentRequest& request,
                            const Response& response) {
    if (const auto old = findKept(transaction, request); old && old->secret)
        vault_.erase(transaction, *old->secret);
    std::optional<SecretReference> secret;
    if (response.oneTimeSecret) {
        const std::string record = sealedRecord(request);
        secret = vault_.store(transaction, {0, record, sealedField}, SecretBytes(response.body));
    }
    insertKept(transaction, request, response, secret, options_.clock());
}

void IdempotencyStore::release(const std::string& name) noexcept {
    const std::lock_guard lock(mutex_);
    inFlight_.erase(name);
}

std::size_t IdempotencyStore::purge() {
    // In small transactions, so that it never keeps the writer from others for long.
    std::size_t all = 0;
    for (std::size_t some = purgeSome(); some > 0; some = purgeSome())
        all += some;
    return all;
}

std::size_t IdempotencyStore::purgeSome() {
    constexpr int most = 200;
    const Instant now = options_.clock();
    const bool any = storage_.read([&](Transaction& transaction) {
        return hasKeptBefore(transaction, now - options_.keep, now - options_.keepSecrets);
    });
    if (!any)
        return 0;
    return storage_.write(Origin::system("http"), [&](Transaction& transaction) {
        std::size_t count = 0;
        for (const auto& [row, secret] : secretsBefore(transaction, now - options_.keepSecrets, most)) {
            vault_.erase(transaction, secret);
            forgetSecret(transaction, row);
            ++count;
        }
        return count + deleteKeptBefore(transaction, now - options_.keep, most);
    });
}

} // namespace coffer::host
