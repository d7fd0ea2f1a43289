#pragma once

#include "service/Credential.h"

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Json.h>
#include <coffer/sdk/Page.h>

#include <string>
#include <vector>

namespace coffer::backup_credentials {

// How credentials look over HTTP: the declared fields, and the JSON written from the same order.

[[nodiscard]] std::vector<Field> credentialFields();
void writeMembers(JsonWriter& json, const Credential& credential);
[[nodiscard]] std::string toJson(const Credential& credential);

/// One associated project, as an entry of a list.
[[nodiscard]] std::vector<Field> projectFields();
void writeMembers(JsonWriter& json, const ProjectUse& use);

/// What one probe found.
[[nodiscard]] std::vector<Field> verdictFields();
void writeMembers(JsonWriter& json, const Verdict& verdict);

/// What is known about a stored credential.
[[nodiscard]] Field validationField();
void writeValidation(JsonWriter& json, const Credential& credential);

} // namespace coffer::backup_credentials
