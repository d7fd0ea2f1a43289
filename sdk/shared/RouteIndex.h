#pragma once

#include <coffer/sdk/Http.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::detail {

/// `GET /backup-credentials/{id}`.
[[nodiscard]] std::string nameOf(const Route& route);
/// The name without those of its parameters: `GET /backup-credentials/{}`.
[[nodiscard]] std::string shapeOf(const Route& route);

/// Which of some routes a request means. Built once, then only read, by any number of threads.
class RouteIndex {
public:
    struct Match {
        std::optional<std::size_t> route;    ///< the number that add() was given; nothing: 405
        std::vector<std::string> parameters; ///< their values, from left to right
        std::string allow;       ///< without a route: the methods of the path, `GET, HEAD, OPTIONS`
        std::size_t sibling = 0; ///< without a route: one on the same path
    };

    /// @returns the number of the route that has this method on this path already; then nothing is added
    /// @throws std::invalid_argument as RoutePattern::parse() and PatternTree::add() do
    std::optional<std::size_t> add(const Route& route, std::size_t number);
    /// HEAD is answered by GET. @returns nothing for a path that no route has: 404
    [[nodiscard]] std::optional<Match> find(std::string_view method, std::string_view path) const;

    /// Everything below `label` (`/plugins/notes/ui`), for every method. @returns as add()
    std::optional<std::size_t> addBelow(std::string label, std::size_t number);
    /// The longest label that fits.
    [[nodiscard]] std::optional<Match> findBelow(std::string_view path) const;

private:
    using Methods = std::array<std::optional<std::size_t>, 5>;

    [[nodiscard]] static std::string allowed(const Methods& methods);

    PatternTree patterns_;
    std::vector<Methods> places_;
    std::vector<std::pair<std::string, std::size_t>> labels_; // the longest first
};

} // namespace coffer::detail
