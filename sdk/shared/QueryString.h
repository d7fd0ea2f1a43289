#pragma once

#include <coffer/sdk/detail/FieldCheck.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::detail {

/// The two halves of a request's target in origin form: `/path?query`.
struct Target {
    std::string_view path;
    std::string_view query; ///< without the question mark
};
[[nodiscard]] Target splitTarget(std::string_view target) noexcept;

/// A query (application/x-www-form-urlencoded), taken apart and decoded. A parameter that stands several
/// times is one array. Owns the texts its fields refer to.
class QueryString {
public:
    /// @throws Problem 400 `malformed_query` for a broken escape or more than 100 parameters
    explicit QueryString(std::string_view query);
    QueryString(const QueryString&) = delete;
    QueryString& operator=(const QueryString&) = delete;

    [[nodiscard]] const std::vector<RawField>& fields() const noexcept { return fields_; }

private:
    void add(std::string_view name, std::string_view value);
    std::string_view decode(std::string_view text);

    std::deque<std::string> texts_; // a deque, since the views must outlive growth
    std::vector<RawField> fields_;
};

} // namespace coffer::detail
