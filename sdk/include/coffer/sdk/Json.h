#pragma once

#include <coffer/sdk/Export.h>
#include <coffer/sdk/Time.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace coffer {

/// Writes JSON (RFC 8259) straight into one string, with commas and escapes in the right places. Invalid
/// UTF-8 becomes U+FFFD. One object, one thread.
///
/// @code
/// JsonWriter json;
/// json.beginObject().member("id", 7).member("name", "nightly").endObject();
/// std::string text = json.take();
/// @endcode
class COFFER_API JsonWriter {
public:
    ///@{
    /// Each begin needs its end.
    JsonWriter& beginObject();
    JsonWriter& endObject();
    JsonWriter& beginArray();
    JsonWriter& endArray();
    ///@}
    /// The next value's name, inside an object.
    JsonWriter& key(std::string_view name);

    ///@{
    /// One value: an entry of an array, or what the key before it names. Texts are escaped, instants written
    /// as RFC 3339, an optional without value as null.
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(bool truth);
    JsonWriter& value(double number); ///< not a number and infinities become null
    template <std::integral T>
    requires(!std::same_as<T, bool>) JsonWriter& value(T number) {
        return integer(static_cast<std::int64_t>(number));
    }
    JsonWriter& value(Instant instant);
    JsonWriter& null();
    template <class T>
    JsonWriter& value(const std::optional<T>& maybe) {
        return maybe ? value(*maybe) : null();
    }
    ///@}
    /// A complete JSON value made elsewhere; it is not looked at.
    JsonWriter& raw(std::string_view json);

    ///@{
    /// key() and its value in one.
    template <class T>
    JsonWriter& member(std::string_view name, const T& what) {
        return key(name).value(what);
    }
    JsonWriter& rawMember(std::string_view name, std::string_view json) { return key(name).raw(json); }
    JsonWriter& nullMember(std::string_view name) { return key(name).null(); }
    ///@}

    /// Room for so much, when the length is known roughly.
    void reserve(std::size_t bytes) { out_.reserve(bytes); }
    /// What is written so far; valid until the next call.
    [[nodiscard]] const std::string& text() const noexcept { return out_; }
    /// The whole text; the writer is empty afterwards.
    [[nodiscard]] std::string take() noexcept { return std::move(out_); }

private:
    JsonWriter& integer(std::int64_t number);
    void separate();

    std::string out_;
    bool comma_ = false;
};

/// `text` between quotes, escaped.
[[nodiscard]] COFFER_API std::string jsonString(std::string_view text);

} // namespace coffer
