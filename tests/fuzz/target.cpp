// A request's target: its path against route patterns, its query against fields. The first line is a pattern,
// the second the target.
#include "sdk/shared/QueryString.h"
#include "tests/fuzz/Require.h"

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Time.h>
#include <coffer/sdk/detail/FieldCheck.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <stdexcept>
#include <string>

using namespace coffer;

namespace {

void route(std::string_view text, std::string_view path) {
    try {
        const auto pattern = detail::RoutePattern::parse(text);
        detail::PatternTree tree;
        fuzz::require(tree.add(pattern) == 0 && tree.add(pattern) == 0);
        const auto values = pattern.match(path);
        const auto found = tree.find(path);
        fuzz::require(values.has_value() == found.has_value());
        if (found)
            fuzz::require(found->parameters == *values && values->size() == pattern.parameters().size());
    } catch (const std::invalid_argument& refused) {
        fuzz::require(*refused.what() != '\0');
    }
    if (const auto segments = detail::splitPath(path))
        for (const auto& segment : *segments)
            fuzz::require(detail::isText(segment) && segment != ".." &&
                          segment.find('/') == std::string::npos);
}

void query(std::string_view text) {
    static const std::vector<Field> declared{Field::integer("limit", "how many").range(1, 200),
                                             Field::instant("since", "time"),
                                             Field::strings("name", "names")};
    try {
        const detail::QueryString read(text);
        auto problem = Problem::invalidFields();
        const auto values = detail::checkFields(declared, read.fields(), "query.", problem);
        if (const auto limit = problem.fields().empty() ? values.maybeInteger("limit") : std::nullopt)
            fuzz::require(*limit >= 1 && *limit <= 200);
        if (const auto since = problem.fields().empty() ? values.maybeInstant("since") : std::nullopt)
            fuzz::require(parseRfc3339(formatRfc3339(*since)) == since);
    } catch (const Problem& problem) {
        fuzz::require(problem.status() == 400 && problem.code() == "malformed_query");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::textOf(data, size);
    const auto line = std::min(text.find('\n'), text.size());
    const auto [path, parameters] = detail::splitTarget(text.substr(std::min(line + 1, text.size())));
    route(text.substr(0, line), path);
    query(parameters);
    return 0;
}
