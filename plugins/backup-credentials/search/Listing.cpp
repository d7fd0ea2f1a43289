#include "search/Listing.h"

#include <coffer/sdk/Json.h>

#include <array>
#include <utility>

namespace coffer::backup_credentials::search {

namespace {

constexpr std::array<std::pair<std::string_view, Order>, 7> names{{{"id", Order::id},
                                                                   {"name", Order::name},
                                                                   {"accessKeyId", Order::accessKeyId},
                                                                   {"endpoint", Order::endpoint},
                                                                   {"region", Order::region},
                                                                   {"created", Order::created},
                                                                   {"modified", Order::modified}}};

} // namespace

bool isInteger(Order order) noexcept {
    return order == Order::id || order == Order::created || order == Order::modified;
}

std::optional<Sort> Sort::parse(std::string_view text) {
    Sort sort;
    sort.descending = text.starts_with('-');
    text.remove_prefix(sort.descending ? 1 : 0);
    for (const auto& [name, order] : names)
        if (name == text) {
            sort.order = order;
            return sort;
        }
    return std::nullopt;
}

std::string Sort::toString() const {
    for (const auto& [name, value] : names)
        if (value == order)
            return (descending ? "-" : "") + std::string(name);
    return {};
}

std::vector<std::string> sortNames() {
    std::vector<std::string> out;
    for (const auto& entry : names) {
        out.emplace_back(entry.first);
        out.push_back("-" + std::string(entry.first));
    }
    return out;
}

std::string keyOf(const Listing& listing) {
    JsonWriter key;
    key.beginArray().value(listing.scope.all).beginArray();
    for (const auto organization : listing.scope.organizations)
        key.value(organization);
    key.endArray()
        .value(listing.search)
        .value(listing.locked)
        .value(listing.isDefault)
        .value(listing.projectId);
    key.value(listing.validation ? toString(*listing.validation) : std::string_view{});
    key.value(static_cast<int>(listing.sort.order)).value(listing.sort.descending).value(listing.limit);
    if (listing.after) {
        std::visit([&](const auto& value) { key.value(value); }, listing.after->key);
        key.value(listing.after->id);
    }
    return key.endArray().take();
}

} // namespace coffer::backup_credentials::search
