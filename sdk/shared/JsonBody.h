#pragma once

#include <coffer/sdk/detail/FieldCheck.h>

#include <string>
#include <vector>

namespace coffer::detail {

/// Reads the one JSON object that a request's body is, in place: texts are unescaped where they stand, so
/// that no copy of a secret is made, and `body` must outlive what is returned. Its bytes are rearranged by
/// that; whoever needs them as they came looks at them first.
///
/// Strict (RFC 8259): UTF-8 only, no byte order mark, no comments, nothing behind the object, no member twice
/// at any depth, at most 16 levels. Integers are exact to 64 bits.
/// @throws Problem 400 `malformed_json` with the offset, and never with what stands there
[[nodiscard]] std::vector<RawField> readJsonBody(std::string& body);

} // namespace coffer::detail
