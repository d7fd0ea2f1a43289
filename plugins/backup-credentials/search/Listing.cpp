#include "search/Listing.h"

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

} // namespace coffer::backup_credentials::search
