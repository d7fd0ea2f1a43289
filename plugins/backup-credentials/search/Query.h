#pragma once

#include <coffer/sdk/Authorization.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::backup_credentials::search {

/// The terms of what somebody typed: apart at white space, folded. All of them must match.
[[nodiscard]] std::vector<std::string> terms(std::string_view typed);

/// An organization, and its name as it is searched.
struct NamedOrganization {
    std::int64_t id;
    std::string name;
};

/// Whether a term matches this text: anywhere when it has three code points or more, else where the text or
/// one of its words begins.
[[nodiscard]] bool matches(std::string_view term, std::string_view foldedText);

/// The FTS5 expression that finds what all terms match within the scope. Terms match the entry of a
/// credential or the name of its organization, which is looked up here and not in the index: renaming an
/// organization touches no credential. Every term is a quoted string in it; nothing that was typed is read
/// as an operator.
/// @param organizations  those of the scope, with their names
/// @returns nothing when every credential of the scope matches
[[nodiscard]] std::optional<std::string> expression(const std::vector<std::string>& terms,
                                                    const OrganizationScope& scope,
                                                    const std::vector<NamedOrganization>& organizations);

} // namespace coffer::backup_credentials::search
