#pragma once

#include "service/BackupState.h"
#include "service/Policy.h"

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Json.h>

#include <string>
#include <vector>

namespace coffer::projects {

// How projects and policies look over HTTP: the declared fields, and the JSON written from the same order.

[[nodiscard]] std::vector<Field> projectFields();
void writeMembers(JsonWriter& json, const Shown& shown);
[[nodiscard]] std::string toJson(const Shown& shown);

[[nodiscard]] std::vector<Field> policyFields();
/// @param now  from when on the next runs are shown
void writeMembers(JsonWriter& json, const Policy& policy, Instant now);

} // namespace coffer::projects
