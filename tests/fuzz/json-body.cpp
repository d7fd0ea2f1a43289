// A JSON body: read in place, then compared with what a route takes.
#include "sdk/shared/JsonBody.h"
#include "tests/fuzz/Require.h"

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Text.h>
#include <coffer/sdk/detail/FieldCheck.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <set>
#include <string>

using namespace coffer;

namespace {

const std::vector<Field>& declared() {
    static const std::vector<Field> fields{Field::string("s", "text").length(1, 8).required(),
                                           Field::integer("i", "number").range(-5, 5).nullable(),
                                           Field::boolean("b", "truth"),
                                           Field::secret("k", "secret").length(1, 16),
                                           Field::instant("t", "time"),
                                           Field::strings("l", "list").length(0, 3),
                                           Field::string("o", "choice").oneOf({"a", "b"})};
    return fields;
}

void requireWithin(const detail::RawValue& value, const std::string& body) {
    if (value.kind == detail::RawValue::Kind::string)
        fuzz::require(value.text.data() >= body.data() &&
                      value.text.data() + value.text.size() <= body.data() + body.size());
    for (const auto& entry : value.entries)
        requireWithin(entry, body);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string body(fuzz::textOf(data, size));
    try {
        const auto fields = detail::readJsonBody(body);
        std::set<std::string_view> names;
        for (const auto& field : fields) {
            fuzz::require(names.insert(field.name).second);
            requireWithin(field.value, body);
        }
        auto problem = Problem::invalidFields();
        const auto values = detail::checkFields(declared(), fields, "", problem);
        if (problem.fields().empty()) {
            fuzz::require(values.has("s") && detail::isText(values.string("s")));
            const auto length = codePoints(values.string("s"));
            fuzz::require(length >= 1 && length <= 8);
            if (const auto number = values.maybeInteger("i"))
                fuzz::require(*number >= -5 && *number <= 5);
        }
        (void)problem.toJson("fuzz");
    } catch (const Problem& problem) {
        fuzz::require(problem.status() == 400 && problem.code() == "malformed_json");
    }
    return 0;
}
