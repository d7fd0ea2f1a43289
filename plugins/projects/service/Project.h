#pragma once

#include <coffer/sdk/Text.h>
#include <coffer/sdk/Time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::projects {

inline constexpr std::string_view objectType = "project";
/// This plugin's id: under it backup-credentials knows whose associations are whose.
inline constexpr std::string_view pluginId = "projects";

inline constexpr NameLength nameLength{3, 30}; ///< of projects and of policies
inline constexpr std::size_t longestDescription = 500;

/// Who did something, and when.
struct Stamp {
    Instant at;
    std::string by;
};

/// That a project is backed up, and where to.
struct Backup {
    std::int64_t credential = 0;
    std::string bucket;      ///< empty: the credential's
    std::string prefix;      ///< in front of every object's key; empty: none
    bool overridden = false; ///< somebody who may accepted that the credential does not work
    Stamp since;
};

/// A project as it is stored. A value.
struct Project {
    std::int64_t id = 0;
    std::int64_t organization = 0;
    std::string organizationName;
    std::string name;
    std::string nameKey; ///< folded; unique in the organization
    std::string description;
    std::optional<Backup> backup; ///< nothing: disabled
    std::int64_t policyCount = 0;
    Stamp created;
    Stamp modified;
    std::int64_t version = 1; ///< the ETag

    [[nodiscard]] std::string idText() const { return std::to_string(id); }
};

} // namespace coffer::projects
