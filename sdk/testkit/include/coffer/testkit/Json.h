#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::testkit {

/// A JSON value to look into: `answer.json()["items"][0]["name"].text()`. What is not there, or is of another
/// type, throws std::runtime_error with a sentence that shows the whole document. Values only; one thread at
/// a time.
class Json {
public:
    /// @throws std::runtime_error when `text` is no JSON
    [[nodiscard]] static Json parse(std::string_view text);

    ///@{
    /// A member of an object, or an entry of an array from 0 on.
    [[nodiscard]] Json operator[](std::string_view member) const;
    [[nodiscard]] Json operator[](const char* member) const { return (*this)[std::string_view(member)]; }
    [[nodiscard]] Json operator[](std::size_t entry) const;
    [[nodiscard]] Json operator[](int entry) const { return (*this)[static_cast<std::size_t>(entry)]; }
    ///@}
    [[nodiscard]] bool has(std::string_view member) const; ///< whether an object has it, null included
    [[nodiscard]] std::size_t size() const;                ///< entries of an array, members of an object
    [[nodiscard]] std::vector<std::string> names() const;  ///< of an object's members, as they stand

    ///@{
    /// The value itself.
    [[nodiscard]] bool isNull() const;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] double number() const;
    [[nodiscard]] bool boolean() const;
    ///@}

private:
    struct Place;
    explicit Json(std::shared_ptr<const Place> place) noexcept : place_(std::move(place)) {}

    std::shared_ptr<const Place> place_;
};

} // namespace coffer::testkit
