#pragma once

#include <coffer/sdk/Export.h>
#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

/// What a field holds.
enum class FieldType {
    string,  ///< UTF-8 without NUL
    integer, ///< 64 bits, no fraction
    boolean,
    secret,  ///< a string that is kept in SecretBytes and never shown again; only in request bodies
    instant, ///< RFC 3339
    strings, ///< array of strings
    object,  ///< only in responses
    objects, ///< array of objects; only in responses
};

/// One field that a route takes (query, body) or gives (response). It is checked, documented in the OpenAPI
/// document and read from this one declaration. Values only.
///
/// @code
/// Field::string("name", "Name of the credential").length(3, 30).required().example("nightly")
/// @endcode
struct COFFER_API Field {
    std::string name;                   ///< as it stands in JSON or in the query
    FieldType type = FieldType::string; ///< what it must be, and which function of Values reads it
    std::string description;            ///< one sentence, for the OpenAPI document
    bool isRequired = false;            ///< of a request: its absence is refused
    bool isNullable = false;            ///< JSON null is taken, or given
    std::optional<std::int64_t>
        minimum; ///< of an integer; length of text in code points; entries of an array
    std::optional<std::int64_t> maximum; ///< likewise
    std::vector<std::string> allowed;    ///< of a string: nothing else is taken
    std::string exampleJson;             ///< a complete JSON value, for the OpenAPI document
    std::vector<Field> members;          ///< of an object or of the entries of objects

    ///@{
    /// A field of that type that is neither required nor nullable.
    [[nodiscard]] static Field string(std::string name, std::string description);
    [[nodiscard]] static Field integer(std::string name, std::string description);
    [[nodiscard]] static Field boolean(std::string name, std::string description);
    [[nodiscard]] static Field secret(std::string name, std::string description);
    [[nodiscard]] static Field instant(std::string name, std::string description);
    [[nodiscard]] static Field strings(std::string name, std::string description);
    [[nodiscard]] static Field object(std::string name, std::string description, std::vector<Field> members);
    [[nodiscard]] static Field objects(std::string name, std::string description, std::vector<Field> members);

    ///@}

    ///@{
    /// Sets the member of that meaning. @returns this one, for the next
    Field& required() { return isRequired = true, *this; }
    Field& nullable() { return isNullable = true, *this; }
    Field& length(std::int64_t least, std::int64_t most) { return minimum = least, maximum = most, *this; }
    Field& range(std::int64_t least, std::int64_t most) { return minimum = least, maximum = most, *this; }
    Field& oneOf(std::vector<std::string> values) { return allowed = std::move(values), *this; }
    Field& example(std::string_view text);
    Field& example(std::int64_t number);
    ///@}
};

/// What a request brought, checked against its Fields: a name is there with the declared type, or not at all.
/// Owned by the RequestContext; references die with it.
class COFFER_API Values {
public:
    Values() = default;
    Values(Values&&) noexcept = default;
    Values& operator=(Values&&) noexcept = default;
    Values(const Values&) = delete;
    Values& operator=(const Values&) = delete;
    ~Values() = default;

    /// Whether the caller sent it, null included.
    [[nodiscard]] bool has(std::string_view name) const noexcept { return entries_.contains(name); }
    /// Whether it is there, and null.
    [[nodiscard]] bool isNull(std::string_view name) const noexcept;

    ///@{
    /// The value. @throws std::logic_error when it was not sent or is of another type: a mistake of the
    /// handler's
    [[nodiscard]] const std::string& string(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] bool boolean(std::string_view name) const;
    [[nodiscard]] const SecretBytes& secret(std::string_view name) const;
    [[nodiscard]] Instant instant(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& strings(std::string_view name) const;
    ///@}

    ///@{
    /// The value, or nothing when it was not sent or is null.
    [[nodiscard]] std::optional<std::string> maybeString(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> maybeInteger(std::string_view name) const;
    [[nodiscard]] std::optional<bool> maybeBoolean(std::string_view name) const;
    [[nodiscard]] std::optional<Instant> maybeInstant(std::string_view name) const;
    [[nodiscard]] const SecretBytes* maybeSecret(std::string_view name) const noexcept;
    ///@}

    /// For who checks requests: the host and the testkit.
    struct Value {
        FieldType type = FieldType::string; ///< which of the members below holds it
        bool null = false;                  ///< sent as null: none does
        std::string text;                   ///< of a string
        std::int64_t number = 0;            ///< of an integer, a boolean (0, 1), an instant (milliseconds)
        SecretBytes secret;                 ///< of a secret
        std::vector<std::string> list;      ///< of strings
    };
    /// Puts `value` in the place of what is there.
    void set(std::string name, Value value) { entries_.insert_or_assign(std::move(name), std::move(value)); }

private:
    [[nodiscard]] const Value& get(std::string_view name, FieldType type) const;

    std::map<std::string, Value, std::less<>> entries_;
};

} // namespace coffer
