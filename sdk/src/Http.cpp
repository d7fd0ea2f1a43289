#include <coffer/sdk/Http.h>

#include <charconv>
#include <limits>
#include <stdexcept>

namespace coffer {

std::string_view toString(Method method) noexcept {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::post:
        return "POST";
    case Method::put:
        return "PUT";
    case Method::patch:
        return "PATCH";
    case Method::remove:
        return "DELETE";
    }
    return "";
}

Response Response::json(std::string body, int status) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

Response Response::created(std::string body, std::string location) {
    Response response = json(std::move(body), 201);
    response.header("Location", std::move(location));
    return response;
}

Response Response::noContent() {
    Response response;
    response.status = 204;
    response.contentType.clear();
    return response;
}

Response& Response::header(std::string name, std::string value) {
    constexpr std::string_view forbidden("\r\n\0", 3);
    if (name.find_first_of(forbidden) != std::string::npos ||
        value.find_first_of(forbidden) != std::string::npos)
        throw std::invalid_argument("a response header may not hold CR, LF or NUL");
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

Response& Response::version(std::int64_t version) {
    return header("ETag", '"' + std::to_string(version) + '"');
}

std::int64_t RequestContext::pathId(std::string_view name) const {
    const std::string_view text = path(name);
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.starts_with('0');
    if (!whole || id < 1 || id > std::numeric_limits<std::int32_t>::max())
        throw Problem::notFound();
    return id;
}

void requireVersion(std::optional<std::int64_t> expected, std::int64_t actual) {
    if (expected && *expected != actual)
        throw Problem(412, "version_mismatch", "Someone changed it in between",
                      "You sent If-Match \"" + std::to_string(*expected) + "\", and it is now at \"" +
                          std::to_string(actual) +
                          "\". Read it again, and repeat your change on what you see.");
}

} // namespace coffer
