#pragma once

#include "host/http/Exchange.h"
#include "host/http/Idempotency.h"
#include "host/http/Lanes.h"
#include "host/http/Router.h"
#include "sdk/shared/MountedFactory.h"
#include "sdk/shared/RequestCheck.h"

#include <coffer/sdk/Http.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coffer::host {

/// What the stages before the handler have found out about a request.
struct Admitted {
    std::shared_ptr<const RouteEntry> entry;
    std::vector<std::string> parameters; ///< values of the path's parameters, from left to right
    Principal principal;
    OrganizationScope scope;
    Origin origin;
    detail::CheckedRequest checked;
    std::unique_ptr<IdempotencyClaim> claim; ///< when it carries an Idempotency-Key
};

/// The RequestContext of one request. Made for the handler, on the handler's thread.
class Context final : public RequestContext {
public:
    /// References outlive the handler. @param charge  told whom the request concerns
    Context(IncomingRequest& incoming, Admitted& admitted, Storage& storage, const Lanes::Charge& charge);

    [[nodiscard]] Poco::Net::HTTPServerRequest& request() override;
    [[nodiscard]] const Principal& principal() const noexcept override { return admitted_.principal; }
    [[nodiscard]] const OrganizationScope& scope() const noexcept override { return admitted_.scope; }
    [[nodiscard]] const Origin& origin() const noexcept override { return admitted_.origin; }
    [[nodiscard]] std::string_view path(std::string_view name) const override;
    [[nodiscard]] const Values& query() const noexcept override { return admitted_.checked.query; }
    [[nodiscard]] const Values& body() const noexcept override { return admitted_.checked.body; }
    [[nodiscard]] std::optional<std::int64_t> ifMatch() const noexcept override {
        return admitted_.checked.ifMatch;
    }
    void concerns(std::int64_t organization) noexcept override;
    using RequestContext::read;
    void read(const std::function<void(Transaction&)>& closure) override { storage_.read(closure); }
    [[nodiscard]] Response change(const std::function<Response(Transaction&)>& closure) override;

    /// What the handler said with concerns(); 0 when it said nothing.
    [[nodiscard]] std::int64_t organization() const noexcept { return organization_; }
    [[nodiscard]] bool hasChanged() const noexcept { return changed_; }

private:
    IncomingRequest& incoming_;
    Admitted& admitted_;
    Storage& storage_;
    const Lanes::Charge& charge_;
    std::unique_ptr<detail::BufferedRequest> request_; // made when somebody asks: few do
    std::int64_t organization_ = 0;
    bool changed_ = false;
};

} // namespace coffer::host
