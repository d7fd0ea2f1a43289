#include "host/audit/AuditChain.h"

#include "host/secrets/FieldEncoding.h"
#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"

#include <coffer/sdk/Json.h>

#include <rapidjson/document.h>

namespace coffer::host {

namespace {

std::optional<AuditHead> headFrom(const rapidjson::Value& value) {
    if (!value.IsObject())
        return std::nullopt;
    const auto text = [&](const char* name) {
        const auto member = value.FindMember(name);
        return member != value.MemberEnd() && member->value.IsString()
                   ? std::string(member->value.GetString(), member->value.GetStringLength())
                   : std::string();
    };
    const auto sequence = value.FindMember("sequence");
    const auto time = parseRfc3339(text("time"));
    AuditHead head{text("chain"), 0, text("mac"), time.value_or(Instant{}), text("signature")};
    if (sequence == value.MemberEnd() || !sequence->value.IsInt64() || !time || head.chain.empty() ||
        head.signature.empty())
        return std::nullopt;
    head.sequence = sequence->value.GetInt64();
    return head;
}

std::optional<AuditHead> headInLine(std::string_view line) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
    if (document.HasParseError() || !document.IsObject())
        return std::nullopt;
    const auto action = document.FindMember("action");
    if (action == document.MemberEnd())
        return headFrom(document);
    const auto after = document.FindMember("after");
    const bool isHead = action->value.IsString() && action->value == "audit.head";
    return isHead && after != document.MemberEnd() ? headFrom(after->value) : std::nullopt;
}

} // namespace

std::string toJson(const AuditHead& head) {
    JsonWriter json;
    json.beginObject()
        .member("chain", head.chain)
        .member("sequence", head.sequence)
        .member("mac", head.mac)
        .member("time", head.time)
        .member("signature", head.signature)
        .endObject();
    return json.take();
}

std::optional<AuditHead> lastHeadIn(std::string_view text) {
    if (auto whole = headInLine(text))
        return whole;
    while (!text.empty()) {
        const auto end = text.find_last_not_of("\r\n");
        if (end == std::string_view::npos)
            break;
        text = text.substr(0, end + 1);
        const auto begin = text.find_last_of('\n');
        const auto line = begin == std::string_view::npos ? text : text.substr(begin + 1);
        if (auto head = headInLine(line))
            return head;
        text = text.substr(0, text.size() - line.size());
    }
    return std::nullopt;
}

AuditChain::AuditChain(const KeyRing& keys, std::string id)
    : recordKey_(keys.integrityKey("audit")), headKey_(keys.integrityKey("audit-head")), id_(std::move(id)) {}

std::string AuditChain::beginning() const {
    return hmacSha256(recordKey_, FieldEncoding("coffer audit chain 1").text(id_).take());
}

std::string AuditChain::mac(const AuditRecord& record, std::string_view previous) const {
    const auto& [sequence, time, origin, event, ignored] = record;
    return hmacSha256(recordKey_, FieldEncoding("coffer audit record 1")
                                      .text(id_)
                                      .number(sequence)
                                      .number(toMilliseconds(time))
                                      .number(origin.principal)
                                      .text(origin.principalName)
                                      .text(origin.address)
                                      .text(origin.requestId)
                                      .text(event.action)
                                      .text(toString(event.result))
                                      .text(event.reason)
                                      .number(event.organization)
                                      .text(event.objectType)
                                      .text(event.objectId)
                                      .text(event.before)
                                      .text(event.after)
                                      .text(previous)
                                      .take());
}

AuditHead AuditChain::sign(std::int64_t sequence, std::string_view mac, Instant time) const {
    AuditHead head{id_, sequence, toHex(mac), time, {}};
    head.signature = signature(head);
    return head;
}

bool AuditChain::isSignedHere(const AuditHead& head) const {
    return equalInConstantTime(head.signature, signature(head));
}

std::string AuditChain::signature(const AuditHead& head) const {
    return toHex(hmacSha256(headKey_, FieldEncoding("coffer audit head 1")
                                          .text(head.chain)
                                          .number(head.sequence)
                                          .text(head.mac)
                                          .number(toMilliseconds(head.time))
                                          .take()));
}

} // namespace coffer::host
