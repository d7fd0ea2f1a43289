#pragma once

#include <coffer/sdk/Page.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// Which part of a list is asked for: the first `limit` entries whose id is greater than `after`.
struct PageRequest {
    std::int64_t limit = usualPage;
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

/// What the caller asked for. @throws Problem 422 when the cursor is not one of ours
[[nodiscard]] PageRequest pageRequest(const Values& query);
/// The one form that list answers have. `writeItem(JsonWriter&, const Item&)` writes an object.
template <class Item, class WriteItem>
[[nodiscard]] std::string pageJson(const Page<Item>& page, WriteItem writeItem) {
    JsonWriter json;
    json.beginObject().key("items").beginArray();
    for (const Item& item : page.items)
        writeItem(json, item);
    endList(json, page.next ? std::optional(toCursor("id", {*page.next, *page.next})) : std::nullopt,
            {page.total, true});
    return json.take();
}

} // namespace coffer::host
