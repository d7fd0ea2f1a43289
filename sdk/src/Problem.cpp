#include <coffer/sdk/Json.h>
#include <coffer/sdk/Problem.h>

namespace coffer {

Problem::Problem(int status, std::string code, std::string title, std::string detail)
    : status_(status), code_(std::move(code)), title_(std::move(title)), detail_(std::move(detail)),
      what_(code_ + ": " + detail_) {}

Problem::~Problem() = default;

const char* Problem::what() const noexcept {
    return what_.c_str();
}

Problem& Problem::field(std::string name, std::string fieldCode, std::string fieldDetail) {
    fields_.push_back({std::move(name), std::move(fieldCode), std::move(fieldDetail)});
    return *this;
}

Problem& Problem::with(std::string member, std::string json) {
    members_.emplace_back(std::move(member), std::move(json));
    return *this;
}

Problem& Problem::header(std::string name, std::string value) {
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

std::string Problem::toJson(std::string_view requestId) const {
    JsonWriter json;
    json.beginObject()
        .member("type", "urn:coffer:problem:" + code_)
        .member("title", title_)
        .member("status", status_)
        .member("code", code_)
        .member("detail", detail_)
        .member("requestId", requestId);
    if (!fields_.empty()) {
        json.key("errors").beginArray();
        for (const auto& error : fields_)
            json.beginObject()
                .member("field", error.field)
                .member("code", error.code)
                .member("detail", error.detail)
                .endObject();
        json.endArray();
    }
    for (const auto& [name, value] : members_)
        json.rawMember(name, value);
    json.endObject();
    return json.take();
}

Problem Problem::notFound() {
    return {404, "not_found", "Not found",
            "There is nothing here, or nothing that you may see. Check the id and the path."};
}

Problem Problem::invalidFields() {
    return {422, "invalid_fields", "Some fields are not valid",
            "Correct the fields listed in errors and send it again."};
}

Problem Problem::conflict(std::string code, std::string title, std::string detail) {
    return {409, std::move(code), std::move(title), std::move(detail)};
}

Problem Problem::unavailable(std::string code, std::string detail, int retryAfterSeconds) {
    Problem problem(503, std::move(code), "Not available now", std::move(detail));
    problem.header("Retry-After", std::to_string(retryAfterSeconds));
    return problem;
}

} // namespace coffer
