#pragma once

#include "probe/Validation.h"

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Page.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials::search {

enum class Order { id, name, accessKeyId, endpoint, region, created, modified };

/// Whether the values that a list is sorted by are numbers.
[[nodiscard]] bool isInteger(Order order) noexcept;

/// By what a list is sorted; the id decides between equals.
struct Sort {
    Order order = Order::id;
    bool descending = false;
    bool operator==(const Sort&) const = default;

    /// `name`, `-created`. Nothing for what is no order.
    [[nodiscard]] static std::optional<Sort> parse(std::string_view text);
    [[nodiscard]] std::string toString() const;
};

/// All that `sort` takes.
[[nodiscard]] std::vector<std::string> sortNames();

/// What a list is asked for.
struct Listing {
    OrganizationScope scope; ///< what the caller may see, and narrowed to what was asked for
    std::string search;      ///< as typed
    std::optional<bool> locked;
    std::optional<bool> isDefault;
    std::optional<std::string> projectId;
    std::optional<ValidationState> validation;
    Sort sort;
    std::optional<Position> after;
    std::size_t limit = 50;
};

/// A text that is the same for listings that ask for the same, and for no others.
[[nodiscard]] std::string keyOf(const Listing& listing);

inline constexpr std::int64_t exactUpTo = 1000;

/// The ids of one page, in order.
struct Page {
    std::vector<std::int64_t> ids;
    std::optional<Position> next; ///< nothing on the last page
    Total total;
};

} // namespace coffer::backup_credentials::search
