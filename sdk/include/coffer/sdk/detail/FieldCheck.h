#pragma once

#include <coffer/sdk/Field.h>
#include <coffer/sdk/Problem.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace coffer::detail {

/// A value as a request brought it, before it is compared with a Field. Texts are views of the request's own
/// bytes, which outlive it.
struct RawValue {
    enum class Kind {
        null,
        boolean,
        integer, ///< fits 64 bits, written without fraction or exponent
        number,  ///< any other
        string,
        untyped, ///< from a query: what it is decides the field
        array,   ///< also a query parameter that stands several times
        object,
    };
    Kind kind = Kind::null;
    std::string_view text{};
    std::int64_t number = 0; ///< of an integer; 1 for true
    std::vector<RawValue> entries{};
};

struct RawField {
    std::string_view name; ///< no name stands twice in one list
    RawValue value;
};

/// Compares what was sent with what is declared. Every mistake is added to `problem`, so that one answer
/// names them all; a detail never repeats a value. Codes: `required`, `unknown_field`, `wrong_type`,
/// `not_text`, `too_short`, `too_long`, `not_allowed`, `out_of_range`, `not_an_instant`.
/// @param prefix  stands before each name in `problem`: `query.` or nothing
/// @returns the values that are right
[[nodiscard]] COFFER_API Values checkFields(std::span<const Field> declared, std::span<const RawField> sent,
                                            std::string_view prefix, Problem& problem);

} // namespace coffer::detail
