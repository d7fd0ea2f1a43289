#include "host/http/OpenApiSchema.h"

#include <algorithm>

namespace coffer::host {

namespace {

std::string_view typeOf(const Field& field) noexcept {
    switch (field.type) {
    case FieldType::integer:
        return "integer";
    case FieldType::boolean:
        return "boolean";
    case FieldType::strings:
    case FieldType::objects:
        return "array";
    case FieldType::object:
        return "object";
    case FieldType::string:
    case FieldType::secret:
    case FieldType::instant:
        break;
    }
    return "string";
}

void writeType(JsonWriter& json, const Field& field) {
    json.key("type");
    if (field.isNullable)
        json.beginArray().value(typeOf(field)).value("null").endArray();
    else
        json.value(typeOf(field));
}

void writeAllowed(JsonWriter& json, const Field& field) {
    if (field.allowed.empty())
        return;
    json.key("enum").beginArray();
    for (const auto& value : field.allowed)
        json.value(std::string_view(value));
    if (field.isNullable && field.type != FieldType::strings)
        json.null();
    json.endArray();
}

void writeBounds(JsonWriter& json, const Field& field, std::string_view least, std::string_view most) {
    if (field.minimum)
        json.member(least, *field.minimum);
    if (field.maximum)
        json.member(most, *field.maximum);
}

void writeMembers(JsonWriter& json, std::span<const Field> fields, bool inRequest) {
    json.key("properties").beginObject();
    for (const auto& field : fields) {
        json.key(field.name);
        writeSchema(json, field, inRequest);
    }
    json.endObject();
    if (std::ranges::any_of(fields, &Field::isRequired)) {
        json.key("required").beginArray();
        for (const auto& field : fields)
            if (field.isRequired)
                json.value(std::string_view(field.name));
        json.endArray();
    }
    if (inRequest)
        json.member("additionalProperties", false);
}

void writeArray(JsonWriter& json, const Field& field, bool inRequest) {
    writeBounds(json, field, "minItems", "maxItems");
    json.key("items");
    if (field.type == FieldType::objects) {
        writeObjectSchema(json, field.members, inRequest);
        return;
    }
    json.beginObject().member("type", "string");
    writeAllowed(json, field);
    json.endObject();
}

} // namespace

void writeObjectSchema(JsonWriter& json, std::span<const Field> fields, bool inRequest) {
    json.beginObject().member("type", "object");
    writeMembers(json, fields, inRequest);
    json.endObject();
}

void writeSchema(JsonWriter& json, const Field& field, bool inRequest) {
    json.beginObject();
    writeType(json, field);
    if (!field.description.empty())
        json.member("description", std::string_view(field.description));
    switch (field.type) {
    case FieldType::integer:
        json.member("format", "int64");
        writeBounds(json, field, "minimum", "maximum");
        break;
    case FieldType::instant:
        json.member("format", "date-time");
        break;
    case FieldType::secret:
        json.member("format", "password").member("writeOnly", true);
        writeBounds(json, field, "minLength", "maxLength");
        break;
    case FieldType::string:
        writeBounds(json, field, "minLength", "maxLength");
        writeAllowed(json, field);
        break;
    case FieldType::strings:
    case FieldType::objects:
        writeArray(json, field, inRequest);
        break;
    case FieldType::object:
        writeMembers(json, field.members, inRequest);
        break;
    case FieldType::boolean:
        break;
    }
    if (!field.exampleJson.empty())
        json.key("examples").beginArray().raw(field.exampleJson).endArray();
    json.endObject();
}

} // namespace coffer::host
