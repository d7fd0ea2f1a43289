#pragma once

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Json.h>

#include <span>

namespace coffer::host {

/// The JSON Schema (2020-12) of one field. @param inRequest  whether it is sent rather than answered
void writeSchema(JsonWriter& json, const Field& field, bool inRequest);

/// The schema of an object with these members; what is sent takes no others.
void writeObjectSchema(JsonWriter& json, std::span<const Field> fields, bool inRequest);

} // namespace coffer::host
