#pragma once

#include <coffer/sdk/Http.h>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace coffer::test {

/// The context of a request that has a path, a query and a caller, and nothing else.
class SimpleRequest final : public RequestContext {
public:
    using Path = std::map<std::string, std::string, std::less<>>;

    SimpleRequest() = default;
    explicit SimpleRequest(Path path, Principal principal = {})
        : path_(std::move(path)), principal_(std::move(principal)) {}

    Values values; ///< the query
    OrganizationScope organizations{true, {}};

    Poco::Net::HTTPServerRequest& request() override { throw std::logic_error("there is no request"); }
    const Principal& principal() const noexcept override { return principal_; }
    const OrganizationScope& scope() const noexcept override { return organizations; }
    const Origin& origin() const noexcept override { return origin_; }
    std::string_view path(std::string_view name) const override { return path_.find(name)->second; }
    const Values& query() const noexcept override { return values; }
    const Values& body() const noexcept override { return body_; }
    std::optional<std::int64_t> ifMatch() const noexcept override { return std::nullopt; }
    void concerns(std::int64_t) noexcept override {}
    void read(const std::function<void(Transaction&)>&) override { throw std::logic_error("no database"); }
    Response change(const std::function<Response(Transaction&)>&) override {
        throw std::logic_error("no database");
    }

private:
    Path path_;
    Principal principal_;
    Origin origin_;
    Values body_;
};

} // namespace coffer::test
