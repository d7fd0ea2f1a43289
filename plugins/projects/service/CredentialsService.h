#pragma once

#include <coffer/backup-credentials/BackupCredentialsService.h>
#include <coffer/sdk/Plugin.h>
#include <coffer/sdk/Problem.h>

#include <optional>
#include <type_traits>

namespace coffer::projects {

/// The way to backup-credentials, which may be disabled at any time and come back. Any thread.
class CredentialsService {
public:
    using Service = backup_credentials::BackupCredentialsService;

    explicit CredentialsService(HostContext& host) : lease_(host.find<Service>()) {}

    /// `question(Service&)`. The service does not stop before it has returned.
    /// @throws Problem 503 `backup_credentials_gone`
    template <class F>
    auto ask(F question) const -> std::invoke_result_t<F&, Service&> {
        auto answer = askIfThere(std::move(question));
        if (!answer)
            throw gone();
        return std::move(*answer);
    }
    /// The same; nothing when the service is gone.
    template <class F>
    auto askIfThere(F question) const -> std::optional<std::invoke_result_t<F&, Service&>> {
        try {
            const auto service = lease_.call();
            return question(*service.operator->());
        } catch (const ServiceGone&) {
            return std::nullopt;
        }
    }
    [[nodiscard]] bool isThere() const {
        return askIfThere([](Service&) { return true; }).has_value();
    }

private:
    [[nodiscard]] static Problem gone() {
        return Problem::unavailable("backup_credentials_gone",
                                    "The plugin backup-credentials, which keeps the credentials, is disabled "
                                    "or in quarantine. An administrator can enable it: see "
                                    "GET /api/v1/plugins.",
                                    30);
    }

    const Lease<Service> lease_;
};

} // namespace coffer::projects
