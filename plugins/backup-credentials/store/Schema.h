#pragma once

#include <coffer/sdk/Storage.h>

namespace coffer::backup_credentials {

/// The tables `backup_credentials_*`: the credentials, the default of each organization, which projects use
/// them, what search looks at, and how many there are. The rules of the service hold in them too, as
/// constraints and triggers, so that nothing that passes the service by can break one.
class Schema final : public StorageAdapter {
public:
    [[nodiscard]] std::string_view prefix() const override { return "backup_credentials_"; }
    [[nodiscard]] std::span<const Migration> migrations() const override;
    [[nodiscard]] std::vector<std::string> check(Transaction& transaction) const override;
    [[nodiscard]] std::vector<Figure> figures(Transaction& transaction) const override;
};

/// Runs `change` and turns what a trigger or constraint of these tables refuses into the Problem that the
/// service would have thrown, had it seen it first.
void guarded(const std::function<void()>& change);

} // namespace coffer::backup_credentials
