#include <coffer/testkit/Answer.h>

#include <Poco/String.h>

#include <algorithm>

namespace coffer::testkit {

std::string Answer::header(std::string_view name) const {
    const std::string wanted(name);
    const auto found = std::ranges::find_if(
        headers, [&](const auto& header) { return Poco::icompare(header.first, wanted) == 0; });
    return found == headers.end() ? std::string() : found->second;
}

std::string Answer::code() const {
    return contentType == "application/problem+json" ? json()["code"].text() : std::string();
}

std::vector<std::string> Answer::errors() const {
    std::vector<std::string> out;
    if (contentType != "application/problem+json")
        return out;
    const Json problem = json();
    if (!problem.has("errors"))
        return out;
    const Json errors = problem["errors"];
    for (std::size_t i = 0; i < errors.size(); ++i)
        out.push_back(errors[i]["field"].text() + ":" + errors[i]["code"].text());
    return out;
}

} // namespace coffer::testkit
