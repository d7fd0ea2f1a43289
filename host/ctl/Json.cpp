#include "host/ctl/Json.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <rapidjson/error/en.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <stdexcept>

namespace coffer::ctl {

namespace {

/// RapidJSON escapes what JSON demands; the rest of what a terminal obeys is escaped here. In JSON, such
/// characters stand in strings only.
std::string harmless(std::string_view json) {
    return printable(json, "\n");
}

rapidjson::Value::StringRefType reference(std::string_view text) {
    return {text.data() ? text.data() : "", static_cast<rapidjson::SizeType>(text.size())};
}

} // namespace

JsonDocument parseJson(std::string_view text) {
    JsonDocument document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(),
                                                                                           text.size());
    if (document.HasParseError()) {
        const auto before = text.substr(0, document.GetErrorOffset());
        throw std::invalid_argument("line " + std::to_string(1 + std::ranges::count(before, '\n')) + ": " +
                                    rapidjson::GetParseError_En(document.GetParseError()));
    }
    return document;
}

const Json* member(const Json& object, std::string_view path) noexcept {
    const Json* at = &object;
    while (!path.empty()) {
        const auto end = std::min(path.find('.'), path.size());
        if (!at->IsObject())
            return nullptr;
        const auto found = at->FindMember(Json(reference(path.substr(0, end))));
        if (found == at->MemberEnd())
            return nullptr;
        at = &found->value;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return at;
}

std::string text(const Json& value) {
    if (value.IsString())
        return {value.GetString(), value.GetStringLength()};
    if (value.IsBool())
        return value.GetBool() ? "true" : "false";
    return value.IsNumber() ? compactJson(value) : std::string();
}

std::string text(const Json& object, std::string_view path) {
    const Json* found = member(object, path);
    return found ? text(*found) : std::string();
}

std::int64_t number(const Json& object, std::string_view path) noexcept {
    const Json* found = member(object, path);
    return found && found->IsInt64() ? found->GetInt64() : 0;
}

bool isTrue(const Json& object, std::string_view path) noexcept {
    const Json* found = member(object, path);
    return found && found->IsTrue();
}

std::vector<const Json*> items(const Json& object, std::string_view path) {
    std::vector<const Json*> out;
    if (const Json* found = member(object, path); found && found->IsArray())
        for (const auto& value : found->GetArray())
            out.push_back(&value);
    return out;
}

std::string compactJson(const Json& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return harmless({buffer.GetString(), buffer.GetSize()});
}

std::string prettyJson(const Json& value, std::string_view indent) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
    writer.SetIndent(' ', 2);
    value.Accept(writer);
    const std::string plain = harmless({buffer.GetString(), buffer.GetSize()});
    std::string out(indent);
    for (const char c : plain) {
        out += c;
        if (c == '\n')
            out += indent;
    }
    return out;
}

std::string quotedJson(std::string_view text) {
    return compactJson(Json(reference(text)));
}

Json Fields::key(std::string_view name) {
    return {name.data(), static_cast<rapidjson::SizeType>(name.size()), document_.GetAllocator()};
}

Fields& Fields::text(std::string_view name, std::string_view value) {
    document_.AddMember(key(name), key(value), document_.GetAllocator());
    return *this;
}

Fields& Fields::number(std::string_view name, std::int64_t value) {
    document_.AddMember(key(name), Json(value), document_.GetAllocator());
    return *this;
}

Fields& Fields::boolean(std::string_view name, bool value) {
    document_.AddMember(key(name), Json(value), document_.GetAllocator());
    return *this;
}

Fields& Fields::null(std::string_view name) {
    document_.AddMember(key(name), Json(), document_.GetAllocator());
    return *this;
}

Fields& Fields::list(std::string_view name, const std::vector<std::string>& values) {
    Json array(rapidjson::kArrayType);
    for (const auto& value : values)
        array.PushBack(key(value), document_.GetAllocator());
    document_.AddMember(key(name), array, document_.GetAllocator());
    return *this;
}

Fields& Fields::secret(std::string_view name, const Secret& value) {
    secrets_.emplace_back(name);
    return text(name, value.reveal());
}

Fields& Fields::copy(std::string_view name, const Json& value) {
    document_.AddMember(key(name), Json(value, document_.GetAllocator()), document_.GetAllocator());
    return *this;
}

Fields& Fields::copyAll(const Fields& other) {
    for (const auto& [name, value] : other.document_.GetObject())
        copy(coffer::ctl::text(name), value);
    secrets_.insert(secrets_.end(), other.secrets_.begin(), other.secrets_.end());
    return *this;
}

Secret Fields::body() const {
    return Secret(compactJson(document_));
}

std::string Fields::shown(std::string_view indent) const {
    JsonDocument copy;
    copy.CopyFrom(document_, copy.GetAllocator());
    for (const auto& name : secrets_)
        copy[name.c_str()].SetString("(not shown)");
    return prettyJson(copy, indent);
}

} // namespace coffer::ctl
