#pragma once

#include <coffer/sdk/Export.h>
#include <coffer/sdk/Field.h>
#include <coffer/sdk/Json.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Lists as every route gives them: pages that begin behind a position, so that the cost of one does not grow
/// with its depth, and that nothing is shown twice or left out when rows come and go in between.
namespace coffer {

/// Where a page ends: the value that the list is sorted by, and the id that decides between equals. Values
/// only.
struct Position {
    std::variant<std::int64_t, std::string> key; ///< of the entry that the page ends with
    std::int64_t id = 0;                         ///< of the same entry
};

/// A position as callers see it: opaque, base64url.
/// @param order  what the list is sorted by, `-name`; no line breaks
[[nodiscard]] COFFER_API std::string toCursor(std::string_view order, const Position& position);
/// @param integerKey  which of the two kinds of key this order has
/// @throws Problem 422 `invalid_fields` about `query.cursor` when it is not a cursor of a list sorted like
/// this
[[nodiscard]] COFFER_API Position fromCursor(std::string_view cursor, std::string_view order,
                                             bool integerKey);

/// How many a list has on all its pages together.
struct Total {
    std::int64_t count = 0; ///< entries
    bool exact = true;      ///< false: there are at least that many
};

/// The query fields `limit` (1 to 500) and `cursor`.
[[nodiscard]] COFFER_API std::vector<Field> pageFields();
inline constexpr std::int64_t usualPage = 50; ///< entries of a page whose `limit` was not given
/// The `limit` that was asked for, or the usual one.
[[nodiscard]] COFFER_API std::size_t pageLimit(const Values& query);
/// `name`, `-name`, ... for each of `names`: what the query field `sort` takes (Field::oneOf).
[[nodiscard]] COFFER_API std::vector<std::string> sortChoices(std::initializer_list<std::string_view> names);

/// The response fields `items`, `nextCursor`, `totalCount`, `totalIsExact`, around the fields of one entry.
[[nodiscard]] COFFER_API std::vector<Field> listFields(std::string description, std::vector<Field> entry);
/// Ends what `json.beginObject().key("items").beginArray()` and the entries began.
/// @param nextCursor  nothing on the last page
COFFER_API void endList(JsonWriter& json, const std::optional<std::string>& nextCursor, Total total);

} // namespace coffer
