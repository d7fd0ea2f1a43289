#pragma once

#include <coffer/sdk/Export.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the host and the testkit share; no part of what plugins are promised.
namespace coffer::detail {

/// A route's pattern, taken apart: `/backup-credentials/{id}/lock`. Values only.
class COFFER_API RoutePattern {
public:
    struct Segment {
        std::string text; ///< the literal, or the parameter's name
        bool isParameter = false;
        bool operator==(const Segment&) const = default;
    };

    /// Literals hold `a-z A-Z 0-9 . _ ~ -`, parameter names are letters and digits and stand once.
    /// @throws std::invalid_argument with a sentence that says what is wrong
    [[nodiscard]] static RoutePattern parse(std::string_view pattern);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }
    /// The names of its parameters, from left to right.
    [[nodiscard]] std::vector<std::string> parameters() const;
    /// The parameters' values when `path` fits, from left to right.
    [[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view path) const;

private:
    std::string text_;
    std::vector<Segment> segments_;
};

/// The segments of a request's path, percent-decoded. Nothing when it is not one that a pattern could mean:
/// no leading slash, an empty segment (a trailing slash too), `.` or `..`, an escape that is broken or stands
/// for a slash, a backslash or a control character, or text that is not UTF-8.
[[nodiscard]] COFFER_API std::optional<std::vector<std::string>> splitPath(std::string_view path);

/// Well-formed UTF-8 without NUL, which is what a FieldType::string holds.
[[nodiscard]] COFFER_API bool isText(std::string_view bytes) noexcept;

/// Patterns, and which of them a path means: at each segment a literal beats a parameter. Built once, then
/// only read, by any number of threads.
class COFFER_API PatternTree {
public:
    struct Match {
        std::size_t place;                   ///< what add() returned for the pattern
        std::vector<std::string> parameters; ///< their values, from left to right
    };

    PatternTree();
    PatternTree(PatternTree&&) noexcept;
    PatternTree& operator=(PatternTree&&) noexcept;
    PatternTree(const PatternTree&) = delete;
    PatternTree& operator=(const PatternTree&) = delete;
    ~PatternTree();

    /// @returns its place: 0, 1, 2... in the order of first adding; the same for the same pattern again
    /// @throws std::invalid_argument when it differs from another only in the names of its parameters
    std::size_t add(const RoutePattern& pattern);
    [[nodiscard]] std::optional<Match> find(std::string_view path) const;

private:
    struct Node;
    [[nodiscard]] static const Node* descend(const Node& node, std::vector<std::string>& segments,
                                             std::size_t at, std::vector<std::size_t>& taken);

    std::unique_ptr<Node> root_;
    std::size_t count_ = 0;
};

} // namespace coffer::detail
