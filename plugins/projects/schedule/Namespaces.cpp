#include "schedule/Namespaces.h"

#include "manifest/KubernetesName.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace coffer::projects {

namespace {

constexpr const char* included = "includedNamespaces";
constexpr const char* excluded = "excludedNamespaces";

/// @returns the names that are some, each once
std::set<std::string_view> checkNames(const std::vector<std::string>& names, const char* field,
                                      Problem& problem) {
    std::set<std::string_view> known;
    for (std::size_t at = 0; at < names.size(); ++at) {
        const std::string& name = names[at];
        if (!isRfc1123Label(name))
            problem.field(
                field, "invalid_namespace",
                "Number " + std::to_string(at + 1) +
                    " is no name of a namespace. One has 1 to 63 characters of a-z, 0-9 and hyphens, "
                    "and no hyphen at either end.");
        else if (!known.insert(name).second)
            problem.field(field, "duplicate", "\"" + name + "\" stands there twice. Name it once.");
    }
    return known;
}

} // namespace

void checkNamespaces(const std::vector<std::string>& includedNames,
                     const std::vector<std::string>& excludedNames, Problem& problem) {
    if (includedNames.empty() && excludedNames.empty()) {
        problem.field(included, "required",
                      "Name the namespaces to back up here, or those to leave out in excludedNamespaces.");
        return;
    }
    const auto in = checkNames(includedNames, included, problem);
    for (const auto name : checkNames(excludedNames, excluded, problem))
        if (in.contains(name))
            problem.field(excluded, "overlap",
                          "\"" + std::string(name) +
                              "\" is included as well. Leave it out of one of the two.");
}

} // namespace coffer::projects
