#pragma once

#include "sdk/shared/MountedFactory.h"
#include "sdk/shared/RequestCheck.h"

#include <coffer/sdk/Http.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace coffer::testkit {

/// What is known of a request before its handler runs.
struct Admitted {
    Poco::Net::HTTPRequest head;
    std::string body; ///< of a mounted factory; else it was read and wiped
    Principal principal;
    OrganizationScope scope;
    Origin origin;
    const std::vector<std::string>* names = nullptr; ///< of the path's parameters
    std::vector<std::string> values;
    detail::CheckedRequest checked;
};

/// The RequestContext of one request.
class FakeContext final : public RequestContext {
public:
    FakeContext(Admitted& admitted, Storage& storage) noexcept : admitted_(admitted), storage_(storage) {}

    [[nodiscard]] Poco::Net::HTTPServerRequest& request() override {
        if (!request_)
            request_ = std::make_unique<detail::BufferedRequest>(admitted_.head, admitted_.origin.address,
                                                                 false, admitted_.body);
        return *request_;
    }
    [[nodiscard]] const Principal& principal() const noexcept override { return admitted_.principal; }
    [[nodiscard]] const OrganizationScope& scope() const noexcept override { return admitted_.scope; }
    [[nodiscard]] const Origin& origin() const noexcept override { return admitted_.origin; }
    [[nodiscard]] std::string_view path(std::string_view name) const override {
        const auto found = std::ranges::find(*admitted_.names, name);
        if (found == admitted_.names->end())
            throw std::logic_error("the handler asks for the path parameter '" + std::string(name) +
                                   "', which is not in its pattern");
        return admitted_.values[static_cast<std::size_t>(found - admitted_.names->begin())];
    }
    [[nodiscard]] const Values& query() const noexcept override { return admitted_.checked.query; }
    [[nodiscard]] const Values& body() const noexcept override { return admitted_.checked.body; }
    [[nodiscard]] std::optional<std::int64_t> ifMatch() const noexcept override {
        return admitted_.checked.ifMatch;
    }
    void concerns(std::int64_t organization) noexcept override { organization_ = organization; }
    using RequestContext::read;
    void read(const std::function<void(Transaction&)>& closure) override { storage_.read(closure); }
    [[nodiscard]] Response change(const std::function<Response(Transaction&)>& closure) override {
        if (changed_)
            throw std::logic_error("the handler calls change() a second time");
        changed_ = true;
        return storage_.write(admitted_.origin, closure);
    }

    /// What the handler said with concerns(); 0 when it said nothing.
    [[nodiscard]] std::int64_t organization() const noexcept { return organization_; }

private:
    Admitted& admitted_;
    Storage& storage_;
    std::unique_ptr<detail::BufferedRequest> request_;
    std::int64_t organization_ = 0;
    bool changed_ = false;
};

} // namespace coffer::testkit
