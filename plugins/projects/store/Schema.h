#pragma once

#include "service/CredentialsService.h"

#include <coffer/sdk/Storage.h>

#include <functional>

namespace coffer::projects {

/// The tables `projects_*`: projects with their backup, its policies, and how many there are. The rules of
/// the service hold in them too, as constraints and triggers, so that nothing that passes the service by can
/// break one. `credentials` must outlive it.
class Schema final : public StorageAdapter {
public:
    explicit Schema(const CredentialsService& credentials) : credentials_(credentials) {}

    [[nodiscard]] std::string_view prefix() const override { return "projects_"; }
    [[nodiscard]] std::span<const Migration> migrations() const override;
    /// Projects and what backup-credentials knows of them are compared in both directions, unless it is gone.
    [[nodiscard]] std::vector<std::string> check(Transaction& transaction) const override;
    [[nodiscard]] std::vector<Figure> figures(Transaction& transaction) const override;

private:
    const CredentialsService& credentials_;
};

/// Runs `change` and turns what a trigger or constraint of these tables refuses into the Problem that the
/// service would have thrown, had it seen it first.
void guarded(const std::function<void()>& change);

} // namespace coffer::projects
