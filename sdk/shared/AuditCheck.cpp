#include "sdk/shared/AuditCheck.h"

#include <rapidjson/reader.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace coffer::detail {

namespace {

bool isJsonObject(const std::string& json) {
    const auto first = json.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || json[first] != '{' || json.find('\0') != std::string::npos)
        return false;
    rapidjson::BaseReaderHandler<> handler;
    rapidjson::StringStream stream(json.c_str());
    return !rapidjson::Reader().Parse<rapidjson::kParseIterativeFlag>(stream, handler).IsError();
}

void requireObject(const std::string& json, const AuditEvent& event) {
    // A line break inside would end the line that sinks write.
    if (!json.empty() && (!isJsonObject(json) || json.find('\n') != std::string::npos))
        throw std::logic_error("before and after of the audit event " + event.action +
                               " must each be a JSON object on one line");
}

} // namespace

AuditEvent recordable(const AuditEvent& event, std::span<const std::shared_ptr<AuditHook>> hooks) {
    AuditEvent result = event;
    if (!hooks.empty()) {
        AuditEvent changed = event;
        for (const auto& hook : hooks)
            hook->before(changed);
        result.reason = std::move(changed.reason);
        result.before = std::move(changed.before);
        result.after = std::move(changed.after);
    }
    requireObject(result.before, result);
    requireObject(result.after, result);
    return result;
}

} // namespace coffer::detail
