#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Json.h>

namespace coffer {

std::string_view toString(AuditResult result) noexcept {
    switch (result) {
    case AuditResult::success:
        return "success";
    case AuditResult::refused:
        return "refused";
    case AuditResult::failed:
        return "failed";
    }
    return "";
}

std::string toJson(const AuditRecord& record) {
    const auto& [sequence, time, origin, event, mac] = record;
    const auto orNull = [](std::string_view json) { return json.empty() ? std::string_view("null") : json; };
    JsonWriter json;
    json.beginObject()
        .member("sequence", sequence)
        .member("time", time)
        .member("action", event.action)
        .member("result", toString(event.result))
        .member("reason", event.reason)
        .member("principalId", origin.principal)
        .member("principal", origin.principalName)
        .member("address", origin.address)
        .member("requestId", origin.requestId)
        .member("organizationId", event.organization)
        .member("objectType", event.objectType)
        .member("objectId", event.objectId)
        .rawMember("before", orNull(event.before))
        .rawMember("after", orNull(event.after))
        .member("mac", mac)
        .endObject();
    return json.take();
}

} // namespace coffer
