#pragma once

#include <coffer/sdk/Http.h>

#include <Poco/Net/HTTPServerRequest.h>

#include <map>
#include <stdexcept>
#include <string>

namespace coffer::test {

/// Calls a route's handler as the host does once a request is authorized and checked.
class RouteCall final : public RequestContext {
public:
    RouteCall(Storage& storage, std::vector<RoleGrant> roles) : storage_(storage) {
        principal_.id = 1;
        principal_.name = "somebody";
        principal_.roles = std::move(roles);
        origin_ = {1, "somebody", "192.0.2.1", "request-1"};
    }

    RouteCall& with(std::string name, std::string text) {
        Values::Value value;
        value.text = std::move(text);
        query_.set(std::move(name), std::move(value));
        return *this;
    }
    RouteCall& with(std::string name, std::int64_t number) {
        Values::Value value;
        value.type = FieldType::integer;
        value.number = number;
        query_.set(std::move(name), std::move(value));
        return *this;
    }
    RouteCall& with(std::string name, Instant instant) {
        Values::Value value;
        value.type = FieldType::instant;
        value.number = toMilliseconds(instant);
        query_.set(std::move(name), std::move(value));
        return *this;
    }
    RouteCall& header(const std::string& name, const std::string& value) {
        request_.add(name, value);
        return *this;
    }
    RouteCall& at(std::string name, std::string text) {
        path_[std::move(name)] = std::move(text);
        return *this;
    }

    /// @throws std::logic_error when no such route is there
    Response operator()(const std::vector<Route>& routes, Method method, std::string_view pattern) {
        for (const Route& route : routes)
            if (route.method == method && route.pattern == pattern) {
                scope_ = authorizedScope(principal_, route.permission);
                return route.handler(*this);
            }
        throw std::logic_error("no such route");
    }

    Poco::Net::HTTPServerRequest& request() override { return request_; }
    const Principal& principal() const noexcept override { return principal_; }
    const OrganizationScope& scope() const noexcept override { return scope_; }
    const Origin& origin() const noexcept override { return origin_; }
    std::string_view path(std::string_view name) const override { return path_.find(name)->second; }
    const Values& query() const noexcept override { return query_; }
    const Values& body() const noexcept override { return body_; }
    std::optional<std::int64_t> ifMatch() const noexcept override { return std::nullopt; }
    void concerns(std::int64_t) noexcept override {}
    using RequestContext::read;
    void read(const std::function<void(Transaction&)>& closure) override { storage_.read(closure); }
    Response change(const std::function<Response(Transaction&)>& closure) override {
        return storage_.write(origin_, closure);
    }

private:
    /// Has headers, and nothing else.
    class Head final : public Poco::Net::HTTPServerRequest {
    public:
        std::istream& stream() override { throw notHere(); }
        const Poco::Net::SocketAddress& clientAddress() const override { throw notHere(); }
        const Poco::Net::SocketAddress& serverAddress() const override { throw notHere(); }
        const Poco::Net::HTTPServerParams& serverParams() const override { throw notHere(); }
        Poco::Net::HTTPServerResponse& response() const override { throw notHere(); }
        bool secure() const override { throw notHere(); }

    private:
        static std::logic_error notHere() { return std::logic_error("not asked for here"); }
    };

    Storage& storage_;
    Head request_;
    Principal principal_;
    OrganizationScope scope_;
    Origin origin_;
    std::map<std::string, std::string, std::less<>> path_;
    Values query_;
    Values body_;
};

} // namespace coffer::test
