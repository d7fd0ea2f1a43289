#pragma once

#include <coffer/testkit/Json.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::testkit {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a request was answered, as its caller would have it from the daemon. Values only.
struct Answer {
    int status = 0;          ///< HTTP status
    std::string contentType; ///< with its charset, if any
    std::string body;        ///< of a producer: all pieces
    Headers headers;         ///< without those that frame the message

    /// The first header of that name, in any case of letters; empty when there is none.
    [[nodiscard]] std::string header(std::string_view name) const;
    /// The body. @throws std::runtime_error when it is no JSON
    [[nodiscard]] Json json() const { return Json::parse(body); }
    /// A member of the body, which is a JSON object. @throws std::runtime_error as Json does
    [[nodiscard]] Json operator[](std::string_view member) const { return json()[member]; }

    /// A problem's code: `credential_locked`; empty when the answer is no problem.
    [[nodiscard]] std::string code() const;
    /// What a 422 says of its fields, `name:too_short` each, in its order; empty for any other answer.
    [[nodiscard]] std::vector<std::string> errors() const;
};

} // namespace coffer::testkit
