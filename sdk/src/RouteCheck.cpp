#include <coffer/sdk/detail/RouteCheck.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

namespace coffer::detail {

namespace {

constexpr std::size_t largestBody = std::size_t{64} * 1024 * 1024;
constexpr std::string_view jsonType = "application/json";

class RouteCheck {
public:
    explicit RouteCheck(const Route& route) : route_(route) {}

    void run() const {
        (void)RoutePattern::parse(route_.pattern);
        require(!route_.summary.empty() && route_.summary.find_first_of("\r\n") == std::string::npos,
                "needs a summary of one line");
        require(isPermission(route_.permission),
                "needs a permission such as 'backup-credentials:read', and has '" + route_.permission + "'");
        require(static_cast<bool>(route_.handler), "needs a handler");
        action();
        query();
        body();
        response();
    }

private:
    void require(bool condition, const std::string& what) const {
        if (!condition)
            throw std::invalid_argument("the route " + std::string(toString(route_.method)) + " " +
                                        route_.pattern + " " + what);
    }

    void action() const {
        if (route_.action.empty()) {
            require(route_.method == Method::get,
                    "needs an action for the audit log, such as 'backup-credential.create'");
            return;
        }
        const auto dot = route_.action.find('.');
        const bool plain = std::ranges::all_of(route_.action, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        });
        require(plain && dot != std::string::npos && dot > 0 && dot + 1 < route_.action.size(),
                "needs an action that is object type, dot, verb in lower case, and has '" + route_.action +
                    "'");
    }

    void query() const {
        names(route_.query, "query");
        for (const auto& field : route_.query)
            require(field.type != FieldType::secret && field.type != FieldType::object &&
                        field.type != FieldType::objects && !field.isNullable,
                    "cannot take '" + field.name +
                        "' in the query: only texts, numbers, booleans, times and "
                        "lists of texts can stand there");
    }

    void body() const {
        names(route_.body, "body");
        if (route_.body.empty())
            return;
        require(route_.method != Method::get, "cannot take a body, since it is a GET");
        require(route_.bodyLimit > 0 && route_.bodyLimit <= largestBody,
                "needs a body limit of at most 64 MiB");
        for (const auto& field : route_.body)
            require(field.type != FieldType::object && field.type != FieldType::objects,
                    "cannot take '" + field.name + "' in the body: objects stand only in responses");
    }

    void response() const {
        require(route_.successStatus >= 200 && route_.successStatus <= 299,
                "needs a success status from 200 to 299");
        if (route_.successStatus == 204) {
            require(route_.response.empty(), "declares response fields, but 204 has no body");
            return;
        }
        require(!route_.response.empty() || (route_.responseType != jsonType && !route_.responseType.empty()),
                "needs the fields of its response (or success status 204, or another response type)");
        responseFields(route_.response);
    }

    void responseFields(std::span<const Field> fields) const {
        names(fields, "response");
        for (const auto& field : fields) {
            require(field.type != FieldType::secret,
                    "cannot give '" + field.name + "': a secret field stands only in requests");
            responseFields(field.members);
        }
    }

    void names(std::span<const Field> fields, const std::string& where) const {
        for (auto field = fields.begin(); field != fields.end(); ++field) {
            require(!field->name.empty(), "has a field without a name in its " + where);
            require(std::find_if(fields.begin(), field,
                                 [&](const Field& other) { return other.name == field->name; }) == field,
                    "declares '" + field->name + "' twice in its " + where);
            require(!field->minimum || !field->maximum || *field->minimum <= *field->maximum,
                    "declares '" + field->name + "' with a minimum above its maximum");
        }
    }

    const Route& route_;
};

} // namespace

void validateRoute(const Route& route) {
    RouteCheck(route).run();
}

} // namespace coffer::detail
