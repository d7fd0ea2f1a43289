#pragma once

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Json.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::host {

/// Which part of a list is asked for: the first `limit` entries whose id is greater than `after`.
struct PageRequest {
    std::int64_t limit = 50;
    std::int64_t after = 0;
};

/// A part of a list, ordered by id. `Item` has a member `id`.
template <class Item>
struct Page {
    std::vector<Item> items; ///< one more than asked for shows that there is a next page; see cut()
    std::int64_t total = 0;
    std::optional<std::int64_t> next; ///< `after` of the next page

    /// Drops what was read beyond `limit`, and remembers that it was there.
    void cut(std::int64_t limit) {
        if (items.size() <= static_cast<std::size_t>(limit))
            return;
        items.resize(static_cast<std::size_t>(limit));
        next = items.back().id;
    }
};

/// The query fields of a list: `limit` and `cursor`.
[[nodiscard]] std::vector<Field> pageQuery();
/// The response fields of a list whose entries have `members`.
[[nodiscard]] std::vector<Field> pageResponse(std::vector<Field> members);
/// What the caller asked for. @throws Problem 422 when the cursor is not one of ours
[[nodiscard]] PageRequest pageRequest(const Values& query);
/// The opaque text that leads to the entries after `id`.
[[nodiscard]] std::string cursorAfter(std::int64_t id);

/// The one form that list answers have. `writeItem(JsonWriter&, const Item&)` writes an object.
template <class Item, class WriteItem>
[[nodiscard]] std::string pageJson(const Page<Item>& page, WriteItem writeItem) {
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    for (const Item& item : page.items)
        writeItem(json, item);
    json.endArray();
    json.member("nextCursor", page.next ? std::optional(cursorAfter(*page.next)) : std::nullopt);
    json.member("totalCount", page.total).member("totalIsExact", true).endObject();
    return json.take();
}

} // namespace coffer::host
