#include <coffer/sdk/Text.h>
#include <coffer/sdk/detail/FieldCheck.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace coffer::detail {

namespace {

using Kind = RawValue::Kind;

/// One field, one value, and where its mistakes go.
class Check {
public:
    Check(const Field& field, std::string_view prefix, Problem& problem)
        : field_(field), prefix_(prefix), problem_(problem) {}

    std::optional<Values::Value> run(const RawValue& raw) {
        Values::Value value;
        value.type = field_.type;
        if (raw.kind == Kind::null) {
            value.null = true;
            return field_.isNullable ? std::optional(std::move(value))
                                     : refuse("wrong_type", "is null; leave it out or send " + expected());
        }
        if (raw.kind == Kind::array && field_.type != FieldType::strings)
            return refuse("wrong_type", "is given as several values; send " + expected());
        switch (field_.type) {
        case FieldType::string:
        case FieldType::secret:
            return text(raw, std::move(value));
        case FieldType::integer:
            return integer(raw, std::move(value));
        case FieldType::boolean:
            return boolean(raw, std::move(value));
        case FieldType::instant:
            return instant(raw, std::move(value));
        case FieldType::strings:
            return strings(raw, std::move(value));
        case FieldType::object:
        case FieldType::objects:
            break; // validateRoute() lets them stand in responses only
        }
        return refuse("wrong_type", "cannot be sent");
    }

    std::nullopt_t refuse(std::string_view code, const std::string& why) {
        problem_.field(std::string(prefix_) + field_.name, std::string(code), field_.name + " " + why + ".");
        return std::nullopt;
    }

private:
    [[nodiscard]] std::string expected() const {
        switch (field_.type) {
        case FieldType::integer:
            return "an integer of at most 64 bits, without fraction or exponent";
        case FieldType::boolean:
            return "true or false";
        case FieldType::instant:
            return "a time such as 2026-01-02T03:04:05Z";
        case FieldType::strings:
            return "an array of strings";
        default:
            return "a string";
        }
    }
    std::nullopt_t wrongType() { return refuse("wrong_type", "has the wrong type; send " + expected()); }

    [[nodiscard]] static bool isString(const RawValue& raw) noexcept {
        return raw.kind == Kind::string || raw.kind == Kind::untyped;
    }
    /// Whether the text is one at all, and one of those allowed.
    bool acceptable(const RawValue& raw) {
        if (!isText(raw.text))
            return refuse("not_text", "holds NUL or what is not UTF-8"), false;
        if (field_.allowed.empty() || std::ranges::find(field_.allowed, raw.text) != field_.allowed.end())
            return true;
        std::string choices;
        for (const auto& choice : field_.allowed)
            choices += (choices.empty() ? "" : ", ") + choice;
        return refuse("not_allowed", "is not one of: " + choices), false;
    }
    bool fits(std::size_t size, std::string_view unit) {
        const auto length = static_cast<std::int64_t>(size);
        const auto bound = [&](std::int64_t limit) {
            return std::to_string(limit) + " " + std::string(unit) + ", and has " + std::to_string(length);
        };
        if (field_.minimum && length < *field_.minimum)
            return refuse("too_short", "needs at least " + bound(*field_.minimum)), false;
        if (field_.maximum && length > *field_.maximum)
            return refuse("too_long", "may have at most " + bound(*field_.maximum)), false;
        return true;
    }

    std::optional<Values::Value> text(const RawValue& raw, Values::Value value) {
        if (!isString(raw))
            return wrongType();
        if (!acceptable(raw) || !fits(codePoints(raw.text), "characters"))
            return std::nullopt;
        if (field_.type == FieldType::secret)
            value.secret = SecretBytes(raw.text);
        else
            value.text = raw.text;
        return value;
    }
    std::optional<Values::Value> integer(const RawValue& raw, Values::Value value) {
        value.number = raw.number;
        if (raw.kind == Kind::untyped) {
            const char* const end = raw.text.data() + raw.text.size();
            const auto [stopped, error] = std::from_chars(raw.text.data(), end, value.number);
            if (error != std::errc{} || stopped != end)
                return wrongType();
        } else if (raw.kind != Kind::integer) {
            return wrongType();
        }
        const bool low = field_.minimum && value.number < *field_.minimum;
        const bool high = field_.maximum && value.number > *field_.maximum;
        if (!low && !high)
            return value;
        if (!field_.maximum)
            return refuse("out_of_range", "must be at least " + std::to_string(*field_.minimum));
        if (!field_.minimum)
            return refuse("out_of_range", "must be at most " + std::to_string(*field_.maximum));
        return refuse("out_of_range", "must lie from " + std::to_string(*field_.minimum) + " to " +
                                          std::to_string(*field_.maximum));
    }
    std::optional<Values::Value> boolean(const RawValue& raw, Values::Value value) {
        if (raw.kind == Kind::untyped && (raw.text == "true" || raw.text == "false"))
            value.number = raw.text == "true" ? 1 : 0;
        else if (raw.kind == Kind::boolean)
            value.number = raw.number;
        else
            return wrongType();
        return value;
    }
    std::optional<Values::Value> instant(const RawValue& raw, Values::Value value) {
        if (!isString(raw))
            return wrongType();
        const auto time = parseRfc3339(raw.text);
        if (!time)
            return refuse("not_an_instant", "is no RFC 3339 time; send " + expected());
        value.number = toMilliseconds(*time);
        return value;
    }
    std::optional<Values::Value> strings(const RawValue& raw, Values::Value value) {
        const bool alone = raw.kind == Kind::untyped;
        if (raw.kind != Kind::array && !alone)
            return wrongType();
        const auto entries = alone ? std::span(&raw, 1) : std::span(raw.entries);
        if (!fits(entries.size(), "entries"))
            return std::nullopt;
        for (const auto& entry : entries) {
            if (!isString(entry))
                return wrongType();
            if (!acceptable(entry))
                return std::nullopt;
            value.list.emplace_back(entry.text);
        }
        return value;
    }

    const Field& field_;
    std::string_view prefix_;
    Problem& problem_;
};

/// An unknown name is repeated to the caller, but not at any length, and only when it is text.
std::string quotedName(std::string_view name) {
    constexpr std::size_t longest = 64;
    if (!isText(name) || name.size() > longest)
        return "(a long or unreadable name)";
    return std::string(name);
}

} // namespace

Values checkFields(std::span<const Field> declared, std::span<const RawField> sent, std::string_view prefix,
                   Problem& problem) {
    Values values;
    for (const auto& field : declared) {
        const auto found = std::ranges::find(sent, std::string_view(field.name), &RawField::name);
        Check check(field, prefix, problem);
        if (found != sent.end()) {
            if (auto value = check.run(found->value))
                values.set(field.name, std::move(*value));
        } else if (field.isRequired) {
            check.refuse("required", "is missing");
        }
    }
    for (const auto& [name, value] : sent) {
        if (std::ranges::find(declared, name, [](const Field& field) {
                return std::string_view(field.name);
            }) != declared.end())
            continue;
        const std::string quoted = quotedName(name);
        problem.field(std::string(prefix) + quoted, "unknown_field",
                      quoted + " is not known here. Check its spelling.");
    }
    return values;
}

} // namespace coffer::detail
