#include "host/audit/AuditVerify.h"

#include "host/audit/AuditStore.h"
#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"

#include <rapidjson/document.h>

#include <future>

namespace coffer::host {

namespace {

constexpr std::size_t pageSize = 1000;

void note(VerifyResult& result, const VerifyOptions& options, std::string sentence) {
    if (++result.problemCount <= static_cast<std::int64_t>(options.problemsShown))
        result.problems.push_back(std::move(sentence));
}

/// Looks at the records and what links them.
class ChainCheck {
public:
    ChainCheck(Storage& storage, const KeyRing& keys, const VerifyOptions& options)
        : storage_(storage),
          chain_(keys,
                 storage.read([](Transaction& transaction) { return audit_store::chainId(transaction); })),
          options_(options) {
        if (options_.head)
            readHead(*options_.head);
    }

    VerifyResult run() {
        previous_ = chain_.beginning();
        for (bool more = true; more;) {
            const auto page = storage_.read([&](Transaction& transaction) {
                return audit_store::after(transaction, position_, pageSize);
            });
            for (const AuditRecord& record : page)
                check(record);
            more = page.size() == pageSize;
        }
        checkEnd();
        return std::move(result_);
    }

private:
    void problem(std::string sentence) { note(result_, options_, std::move(sentence)); }

    void readHead(const std::string& text) {
        head_ = lastHeadIn(text);
        if (!head_)
            problem("The head that was given holds no signed head of an audit log.");
        else if (head_->chain != chain_.id())
            problem("The head that was given belongs to another log: its chain is " + head_->chain +
                    ", this log's is " + chain_.id() + ".");
        else if (!chain_.isSignedHere(*head_))
            problem("The head that was given was changed, or not signed with this log's key.");
        else
            return;
        head_.reset();
    }

    void check(const AuditRecord& record) {
        ++result_.records;
        const std::string number = std::to_string(record.sequence);
        const std::string mac = fromHex(record.mac);
        if (record.sequence != expected_) {
            const std::string last = std::to_string(record.sequence - 1);
            const std::string first = std::to_string(expected_);
            problem(first == last ? "Record " + first + " is missing."
                                  : "Records " + first + " to " + last + " are missing.");
        } else if (!equalInConstantTime(chain_.mac(record, previous_), mac)) {
            problem("Record " + number +
                    " does not fit its mac: it was changed, moved or added outside the daemon, or the mac of "
                    "the record before it was.");
        }
        if (head_ && head_->sequence == record.sequence && head_->mac != record.mac)
            problem("Record " + number + " is not the one that the given head signed.");
        previous_ = mac;
        position_ = record.sequence;
        expected_ = record.sequence + 1;
    }

    void checkEnd() {
        if (head_ && head_->sequence > position_)
            problem("Records " + std::to_string(position_ + 1) + " to " + std::to_string(head_->sequence) +
                    " are cut off: the given head, signed at " + formatRfc3339(head_->time) + ", saw them.");
        storage_.read([&](Transaction& transaction) {
            Rows rows =
                transaction.query("SELECT name, position FROM audit_sink WHERE position > ?", position_);
            while (rows.next())
                problem("The log ends at record " + std::to_string(position_) + ", but the sink " +
                        rows.string(0) + " has received record " + std::to_string(rows.integer(1)) +
                        ": what is between is cut off.");
            Rows below = transaction.query("SELECT count(*) FROM audit_record WHERE sequence < 1");
            if (below.next() && below.integer(0) > 0)
                problem("There are " + std::to_string(below.integer(0)) +
                        " records with a number below 1: they were added outside the daemon.");
        });
    }

    Storage& storage_;
    const AuditChain chain_;
    const VerifyOptions& options_;
    VerifyResult result_;
    std::optional<AuditHead> head_;
    std::string previous_;
    std::int64_t position_ = 0;
    std::int64_t expected_ = 1;
};

/// Looks at the secrets that are stored, and whether the log knows them.
class SecretCheck {
public:
    SecretCheck(Storage& storage, const VerifyOptions& options) : storage_(storage), options_(options) {}

    VerifyResult run() {
        for (const FingerprintSource& source : options_.fingerprints)
            storage_.read([&](Transaction& transaction) { compare(transaction, source); });
        return std::move(result_);
    }

private:
    void problem(std::string sentence) { note(result_, options_, std::move(sentence)); }

    void compare(Transaction& transaction, const FingerprintSource& source) {
        source(transaction, [&](std::string_view type, std::string_view id, std::string_view fingerprint) {
            ++result_.secrets;
            const std::string object = std::string(type) + " " + std::string(id);
            const auto logged = lastFingerprint(transaction, type, id);
            if (!logged)
                problem("The log knows nothing of the secret of " + object + ".");
            else if (logged->empty())
                problem("The log says that " + object + " was deleted, but it is stored.");
            else if (*logged != fingerprint)
                problem("The secret of " + object +
                        " is not the one that the log saw last: its fingerprint is " +
                        std::string(fingerprint) + ", the log's is " + *logged + ".");
        });
    }

    /// What the newest record that tells about the object's secret says; empty when it was deleted.
    static std::optional<std::string> lastFingerprint(Transaction& transaction, std::string_view type,
                                                      std::string_view id) {
        Rows rows =
            transaction.query("SELECT after FROM audit_record INDEXED BY audit_record_object "
                              "WHERE object_type = ? AND object_id = ? AND result = 0 "
                              "AND (instr(after, '\"secretFingerprint\"') > 0 OR action LIKE '%.delete') "
                              "ORDER BY sequence DESC LIMIT 8",
                              type, id);
        while (rows.next()) {
            const std::string_view after = rows.text(0);
            if (after.find("\"secretFingerprint\"") == std::string_view::npos)
                return std::string();
            rapidjson::Document document;
            document.Parse<rapidjson::kParseIterativeFlag>(after.data(), after.size());
            if (document.HasParseError() || !document.IsObject())
                continue;
            const auto member = document.FindMember("secretFingerprint");
            if (member != document.MemberEnd() && member->value.IsString())
                return std::string(member->value.GetString(), member->value.GetStringLength());
        }
        return std::nullopt;
    }

    Storage& storage_;
    const VerifyOptions& options_;
    VerifyResult result_;
};

} // namespace

VerifyResult verifyAudit(Storage& storage, const KeyRing& keys, const VerifyOptions& options) {
    // Each takes about half of the time, and neither needs the other.
    auto secrets = std::async(std::launch::async, [&] { return SecretCheck(storage, options).run(); });
    VerifyResult result = ChainCheck(storage, keys, options).run();
    VerifyResult ofSecrets = secrets.get();
    result.secrets = ofSecrets.secrets;
    result.problemCount += ofSecrets.problemCount - static_cast<std::int64_t>(ofSecrets.problems.size());
    for (auto& sentence : ofSecrets.problems)
        note(result, options, std::move(sentence));
    return result;
}

} // namespace coffer::host
