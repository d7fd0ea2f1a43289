#pragma once

#include "schedule/Retention.h"
#include "service/Project.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace coffer::projects {

inline constexpr std::string_view policyType = "backup-policy";
inline constexpr std::size_t mostPolicies = 100;   ///< of one project
inline constexpr std::size_t mostNamespaces = 100; ///< in each list of one policy

/// When a project is backed up, what of it, and how long that is kept. A value.
struct Policy {
    std::int64_t id = 0;
    std::int64_t project = 0;
    std::string name;
    std::string nameKey;  ///< folded; unique in the project
    std::string cron;     ///< as Cron::parse() takes it
    std::string timeZone; ///< a name of the IANA database
    Retention retention;
    std::vector<std::string> included; ///< namespaces; empty: all but the excluded
    std::vector<std::string> excluded;
    Stamp created;
    Stamp modified;
    std::int64_t version = 1; ///< the ETag
};

} // namespace coffer::projects
