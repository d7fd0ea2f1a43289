#include "sdk/shared/RouteIndex.h"

#include <algorithm>

namespace coffer::detail {

namespace {

constexpr std::array everyMethod{Method::get, Method::post, Method::put, Method::patch, Method::remove};

std::optional<Method> methodFromString(std::string_view text) noexcept {
    for (const auto method : everyMethod)
        if (text == toString(method))
            return method;
    return text == "HEAD" ? std::optional(Method::get) : std::nullopt;
}

} // namespace

std::string nameOf(const Route& route) {
    return std::string(toString(route.method)) + " " + route.pattern;
}

std::string shapeOf(const Route& route) {
    std::string shape;
    bool withinName = false;
    for (const char c : nameOf(route)) {
        if (c == '}')
            withinName = false;
        if (!withinName)
            shape += c;
        if (c == '{')
            withinName = true;
    }
    return shape;
}

std::optional<std::size_t> RouteIndex::add(const Route& route, std::size_t number) {
    const auto place = patterns_.add(RoutePattern::parse(route.pattern));
    if (place == places_.size())
        places_.emplace_back();
    auto& slot = places_[place][static_cast<std::size_t>(route.method)];
    if (slot)
        return slot;
    slot = number;
    return std::nullopt;
}

std::optional<RouteIndex::Match> RouteIndex::find(std::string_view method, std::string_view path) const {
    auto found = patterns_.find(path);
    if (!found)
        return std::nullopt;
    const Methods& methods = places_[found->place];
    Match match;
    if (const auto known = methodFromString(method))
        match.route = methods[static_cast<std::size_t>(*known)];
    if (match.route) {
        match.parameters = std::move(found->parameters);
    } else {
        match.allow = allowed(methods);
        match.sibling =
            **std::ranges::find_if(methods, [](const auto& number) { return number.has_value(); });
    }
    return match;
}

std::optional<std::size_t> RouteIndex::addBelow(std::string label, std::size_t number) {
    const auto taken = std::ranges::find(labels_, label, [](const auto& entry) { return entry.first; });
    if (taken != labels_.end())
        return taken->second;
    const auto place =
        std::ranges::find_if(labels_, [&](const auto& entry) { return entry.first.size() < label.size(); });
    labels_.insert(place, {std::move(label), number});
    return std::nullopt;
}

std::optional<RouteIndex::Match> RouteIndex::findBelow(std::string_view path) const {
    for (const auto& [label, number] : labels_) {
        const bool below =
            path.starts_with(label) && (path.size() == label.size() || path[label.size()] == '/');
        if (below && splitPath(path.ends_with('/') ? path.substr(0, path.size() - 1) : path))
            return Match{number, {}, {}, 0};
    }
    return std::nullopt;
}

std::string RouteIndex::allowed(const Methods& methods) {
    std::string allow;
    for (const auto method : everyMethod) {
        if (!methods[static_cast<std::size_t>(method)])
            continue;
        (allow += toString(method)) += ", ";
        if (method == Method::get)
            allow += "HEAD, ";
    }
    return allow + "OPTIONS";
}

} // namespace coffer::detail
