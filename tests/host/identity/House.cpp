#include "tests/host/identity/House.h"

#include "host/identity/LoginStore.h"
#include "host/identity/Names.h"
#include "host/identity/OrganizationStore.h"
#include "tests/host/storage/PatientOptions.h"

#include <coffer/sdk/detail/FieldCheck.h>
#include <coffer/sdk/detail/RouteCheck.h>
#include <coffer/sdk/detail/RoutePattern.h>

#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTTPServerRequest.h>

#include <map>
#include <stdexcept>

namespace coffer::test {

namespace {

class Request final : public RequestContext {
public:
    Request(Storage& storage, Principal principal, OrganizationScope scope)
        : storage_(storage), principal_(std::move(principal)),
          scope_(std::move(scope)), origin_{principal_.id, principal_.name, "192.0.2.7", "request-1"} {}

    using RequestContext::read;
    Poco::Net::HTTPServerRequest& request() override { throw std::logic_error("these routes need none"); }
    const Principal& principal() const noexcept override { return principal_; }
    const OrganizationScope& scope() const noexcept override { return scope_; }
    const Origin& origin() const noexcept override { return origin_; }
    std::string_view path(std::string_view name) const override { return parameters.at(std::string(name)); }
    const Values& query() const noexcept override { return queryValues; }
    const Values& body() const noexcept override { return bodyValues; }
    std::optional<std::int64_t> ifMatch() const noexcept override { return expected; }
    void concerns(std::int64_t organization) noexcept override { concerned = organization; }
    void read(const std::function<void(Transaction&)>& closure) override { storage_.read(closure); }
    Response change(const std::function<Response(Transaction&)>& closure) override {
        return storage_.write(origin_, [&](Transaction& transaction) { return closure(transaction); });
    }

    std::map<std::string, std::string> parameters;
    Values queryValues;
    Values bodyValues;
    std::optional<std::int64_t> expected;
    std::int64_t concerned = 0;

private:
    Storage& storage_;
    Principal principal_;
    OrganizationScope scope_;
    Origin origin_;
};

detail::RawValue raw(const Sent& sent) {
    detail::RawValue value;
    if (const auto* text = std::get_if<std::string>(&sent)) {
        value.kind = detail::RawValue::Kind::string;
        value.text = *text;
    } else if (const auto* number = std::get_if<std::int64_t>(&sent)) {
        value.kind = detail::RawValue::Kind::integer;
        value.number = *number;
    }
    return value;
}

Values checked(const std::vector<Field>& declared, const Fields& sent, std::string_view prefix,
               Problem& problem) {
    std::vector<detail::RawField> fields;
    for (const auto& [name, value] : sent)
        fields.push_back({name, raw(value)});
    return detail::checkFields(declared, fields, prefix, problem);
}

/// `limit=2&cursor=x`; numbers are integers, as the pipeline would read them.
Fields queryFields(std::string_view text) {
    Fields fields;
    while (!text.empty()) {
        const auto pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::string value(pair.substr(pair.find('=') + 1));
        const bool number = value.find_first_not_of("0123456789") == std::string::npos;
        fields.emplace_back(std::string(pair.substr(0, pair.find('='))),
                            number ? Sent(static_cast<std::int64_t>(std::stoll(value))) : Sent(value));
    }
    return fields;
}

Answer problemAnswer(const Problem& problem) {
    return {problem.status(), problem.code(), problem.toJson("request-1"), false, 0};
}

/// The route that `path` means, and the values of its parameters; literal segments beat parameters.
const Route& find(const std::vector<Route>& routes, Method method, const std::string& path,
                  std::map<std::string, std::string>& parameters) {
    detail::PatternTree tree;
    for (const Route& route : routes)
        (void)tree.add(detail::RoutePattern::parse(route.pattern));
    const auto match = tree.find(path);
    for (const Route& route : routes) {
        const auto pattern = detail::RoutePattern::parse(route.pattern);
        if (!match || route.method != method || tree.add(pattern) != match->place)
            continue;
        const auto names = pattern.parameters();
        for (std::size_t i = 0; i < names.size(); ++i)
            parameters[names[i]] = match->parameters[i];
        return route;
    }
    throw std::logic_error("no route " + std::string(toString(method)) + " " + path);
}

} // namespace

Poco::JSON::Object::Ptr Answer::json() const {
    return Poco::JSON::Parser().parse(body).extract<Poco::JSON::Object::Ptr>();
}

std::int64_t Answer::id() const {
    CPPUNIT_ASSERT_MESSAGE(body, status == 200 || status == 201);
    return json()->getValue<std::int64_t>("id");
}

std::string Answer::text(const std::string& member) const {
    return json()->getValue<std::string>(member);
}

std::string Answer::errors() const {
    std::string all;
    const auto list = json()->getArray("errors");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        const auto error = list->getObject(static_cast<unsigned>(i));
        all += (i ? ", " : "") + error->getValue<std::string>("field") + ": " +
               error->getValue<std::string>("code");
    }
    return all;
}

House::House() : routes_(host::identityRoutes()) {
    database_ = std::make_unique<host::Database>(patientOptions(folder_ / "coffer.db"), log_, metrics_);
    database_->setRecorder([this](Transaction&, const AuditEvent& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    });
    database_->migrate(host::identityOwner, host::identityMigrations());
    for (const Route& route : routes_)
        detail::validateRoute(route);
}

Principal House::principal(std::int64_t id) {
    return storage()
        .read([&](Transaction& transaction) { return host::PrincipalStore(transaction).load(id); })
        .value();
}

std::int64_t House::makePrincipal(const std::string& name, std::vector<RoleGrant> roles, bool token) {
    return storage().write(Origin::system("test"), [&](Transaction& transaction) {
        host::PrincipalStore store(transaction);
        const auto id = store.insert(name, false);
        for (const RoleGrant& role : roles)
            (void)store.insertRole(id, role);
        if (token)
            (void)host::LoginStore(transaction)
                .insertToken(id, "made by the test", host::tokenDigest(host::newToken().reveal()),
                             std::nullopt);
        return id;
    });
}

std::int64_t House::makeOrganization(const std::string& name) {
    return storage().write(Origin::system("test"), [&](Transaction& transaction) {
        return host::OrganizationStore(transaction).insert(name, foldedText(name).value());
    });
}

Answer House::call(const Principal& caller, Method method, const std::string& target, const Fields& body,
                   std::optional<std::int64_t> ifMatch) {
    const auto mark = std::min(target.find('?'), target.size());
    std::map<std::string, std::string> parameters;
    const Route& route = find(routes_, method, target.substr(0, mark), parameters);
    auto scope = authorizedScope(caller, route.permission);
    if (scope.empty())
        return problemAnswer({403, "forbidden", "Forbidden", route.permission});
    Request request(storage(), caller, std::move(scope));
    try {
        Problem problem = Problem::invalidFields();
        const std::string_view query = std::string_view(target).substr(std::min(mark + 1, target.size()));
        request.queryValues = checked(route.query, queryFields(query), "query.", problem);
        request.bodyValues = checked(route.body, body, "", problem);
        if (!problem.fields().empty())
            throw problem;
        request.parameters = parameters;
        request.expected = ifMatch;
        const Response response = route.handler(request);
        CPPUNIT_ASSERT_EQUAL(route.successStatus, response.status);
        return {response.status, {}, response.body, response.oneTimeSecret, request.concerned};
    } catch (const Problem& problem) {
        Answer answer = problemAnswer(problem);
        answer.concerned = request.concerned;
        return answer;
    }
}

std::vector<AuditEvent> House::events() {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::size_t House::count(std::string_view action) {
    return static_cast<std::size_t>(std::ranges::count(events(), action, &AuditEvent::action));
}

AuditEvent House::last(std::string_view action) {
    const auto all = events();
    const auto found =
        std::find_if(all.rbegin(), all.rend(), [&](const auto& one) { return one.action == action; });
    CPPUNIT_ASSERT_MESSAGE("not recorded: " + std::string(action), found != all.rend());
    return *found;
}

std::int64_t House::number(std::string_view sql) {
    return storage().read([&](Transaction& transaction) {
        Rows rows = transaction.query(sql);
        CPPUNIT_ASSERT(rows.next());
        return rows.integer(0);
    });
}

} // namespace coffer::test
