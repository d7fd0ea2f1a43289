#pragma once

#include "host/ctl/Secret.h"

#include <cstdint>
#include <rapidjson/document.h>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

using Json = rapidjson::Value;
using JsonDocument = rapidjson::Document;

/// @throws std::invalid_argument with the place of what is wrong
[[nodiscard]] JsonDocument parseJson(std::string_view text);

/// The member, and of that a member: `organization.name`. nullptr when there is none.
[[nodiscard]] const Json* member(const Json& object, std::string_view path) noexcept;
/// A member as text: numbers and booleans too; empty for null, for what is missing, and for lists and
/// objects.
[[nodiscard]] std::string text(const Json& object, std::string_view path);
[[nodiscard]] std::string text(const Json& value);
[[nodiscard]] std::int64_t number(const Json& object, std::string_view path) noexcept;
[[nodiscard]] bool isTrue(const Json& object, std::string_view path) noexcept;
/// The members of a list; none when it is no list.
[[nodiscard]] std::vector<const Json*> items(const Json& object, std::string_view path);

/// With every character escaped that a terminal would obey; still the same JSON.
[[nodiscard]] std::string compactJson(const Json& value);
/// @param indent  in front of every line
[[nodiscard]] std::string prettyJson(const Json& value, std::string_view indent = {});
/// A string in quotes, as both of them write it.
[[nodiscard]] std::string quotedJson(std::string_view text);

/// The body of a request. Secrets in it are known, so that what is shown of it leaves them out.
class Fields {
public:
    Fields() : document_(rapidjson::kObjectType) {}
    Fields& text(std::string_view name, std::string_view value);
    Fields& number(std::string_view name, std::int64_t value);
    Fields& boolean(std::string_view name, bool value);
    Fields& null(std::string_view name);
    Fields& list(std::string_view name, const std::vector<std::string>& values);
    Fields& secret(std::string_view name, const Secret& value);
    /// All of another body.
    Fields& copyAll(const Fields& other);
    /// Any member of another object.
    Fields& copy(std::string_view name, const Json& value);

    [[nodiscard]] bool empty() const { return document_.ObjectEmpty(); }
    [[nodiscard]] Secret body() const;
    /// For `--dry-run`: secrets read `(not shown)`.
    [[nodiscard]] std::string shown(std::string_view indent) const;

private:
    Json key(std::string_view name);

    JsonDocument document_;
    std::vector<std::string> secrets_;
};

} // namespace coffer::ctl
