#include <coffer/sdk/Field.h>
#include <coffer/sdk/Json.h>

#include <stdexcept>
#include <utility>

namespace coffer {

namespace {

Field make(FieldType type, std::string name, std::string description) {
    Field field;
    field.name = std::move(name);
    field.type = type;
    field.description = std::move(description);
    return field;
}

} // namespace

Field Field::string(std::string name, std::string description) {
    return make(FieldType::string, std::move(name), std::move(description));
}
Field Field::integer(std::string name, std::string description) {
    return make(FieldType::integer, std::move(name), std::move(description));
}
Field Field::boolean(std::string name, std::string description) {
    return make(FieldType::boolean, std::move(name), std::move(description));
}
Field Field::secret(std::string name, std::string description) {
    return make(FieldType::secret, std::move(name), std::move(description));
}
Field Field::instant(std::string name, std::string description) {
    return make(FieldType::instant, std::move(name), std::move(description));
}
Field Field::strings(std::string name, std::string description) {
    return make(FieldType::strings, std::move(name), std::move(description));
}
Field Field::object(std::string name, std::string description, std::vector<Field> members) {
    Field field = make(FieldType::object, std::move(name), std::move(description));
    field.members = std::move(members);
    return field;
}
Field Field::objects(std::string name, std::string description, std::vector<Field> members) {
    Field field = make(FieldType::objects, std::move(name), std::move(description));
    field.members = std::move(members);
    return field;
}

Field& Field::example(std::string_view text) {
    exampleJson = jsonString(text);
    return *this;
}
Field& Field::example(std::int64_t number) {
    exampleJson = std::to_string(number);
    return *this;
}

bool Values::isNull(std::string_view name) const noexcept {
    const auto found = entries_.find(name);
    return found != entries_.end() && found->second.null;
}

const Values::Value& Values::get(std::string_view name, FieldType type) const {
    const auto found = entries_.find(name);
    if (found == entries_.end() || found->second.null)
        throw std::logic_error("the handler reads the field '" + std::string(name) + "', which was not sent");
    if (found->second.type != type)
        throw std::logic_error("the handler reads the field '" + std::string(name) + "' as another type");
    return found->second;
}

const std::string& Values::string(std::string_view name) const {
    return get(name, FieldType::string).text;
}
std::int64_t Values::integer(std::string_view name) const {
    return get(name, FieldType::integer).number;
}
bool Values::boolean(std::string_view name) const {
    return get(name, FieldType::boolean).number != 0;
}
const SecretBytes& Values::secret(std::string_view name) const {
    return get(name, FieldType::secret).secret;
}
Instant Values::instant(std::string_view name) const {
    return fromMilliseconds(get(name, FieldType::instant).number);
}
const std::vector<std::string>& Values::strings(std::string_view name) const {
    return get(name, FieldType::strings).list;
}

std::optional<std::string> Values::maybeString(std::string_view name) const {
    return has(name) && !isNull(name) ? std::optional(string(name)) : std::nullopt;
}
std::optional<std::int64_t> Values::maybeInteger(std::string_view name) const {
    return has(name) && !isNull(name) ? std::optional(integer(name)) : std::nullopt;
}
std::optional<bool> Values::maybeBoolean(std::string_view name) const {
    return has(name) && !isNull(name) ? std::optional(boolean(name)) : std::nullopt;
}
std::optional<Instant> Values::maybeInstant(std::string_view name) const {
    return has(name) && !isNull(name) ? std::optional(instant(name)) : std::nullopt;
}
const SecretBytes* Values::maybeSecret(std::string_view name) const noexcept {
    const auto found = entries_.find(name);
    return found == entries_.end() || found->second.null || found->second.type != FieldType::secret
               ? nullptr
               : &found->second.secret;
}

} // namespace coffer
