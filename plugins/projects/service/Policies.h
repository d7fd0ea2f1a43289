#pragma once

#include "service/Access.h"
#include "service/Policy.h"
#include "service/Projects.h"
#include "service/Settings.h"

#include <coffer/sdk/Page.h>
#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coffer::projects {

/// How somebody wants a policy to be, its fields checked each by itself; what is not there stays as it is, or
/// as it is by default.
struct PolicyWish {
    std::optional<Name> name;
    std::optional<std::string> cron;     ///< Cron::text()
    std::optional<std::string> timeZone; ///< TimeZone::name()
    std::optional<Retention> retention;
    std::optional<std::vector<std::string>> included;
    std::optional<std::vector<std::string>> excluded;
};

/// One page of the policies of a project.
struct PolicyPage {
    std::vector<Policy> items;
    std::optional<Position> next;
    std::int64_t total = 0;
};

/// When projects are backed up: the rules, as in Projects. Policies are kept while backup is disabled, need
/// no credential, and leave the project's own version alone.
class Policies {
public:
    Policies(const Projects& projects, const Settings& settings) : projects_(projects), settings_(settings) {}

    [[nodiscard]] PolicyPage page(Transaction& transaction, std::int64_t project, const Access& access,
                                  std::int64_t after, std::size_t limit) const;
    /// @throws Problem 404, 403
    [[nodiscard]] Policy get(Transaction& transaction, std::int64_t project, std::int64_t id,
                             const Access& access) const;
    /// @param wish  with name and cron
    /// @throws Problem 404, 403, 409 `name_taken`, `too_many_policies`, 422 for namespaces that do not fit
    [[nodiscard]] Policy create(Transaction& transaction, std::int64_t project, const PolicyWish& wish,
                                const Access& access) const;
    /// @throws Problem as create(), and 412
    [[nodiscard]] Policy update(Transaction& transaction, std::int64_t project, std::int64_t id,
                                const PolicyWish& wish, const Access& access,
                                std::optional<std::int64_t> ifMatch) const;
    /// @throws Problem 404, 403, 412
    void remove(Transaction& transaction, std::int64_t project, std::int64_t id, const Access& access,
                std::optional<std::int64_t> ifMatch) const;

private:
    const Projects& projects_;
    const Settings& settings_;
};

} // namespace coffer::projects
