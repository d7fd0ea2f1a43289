#include "host/ctl/Names.h"

#include "host/ctl/Text.h"

#include <algorithm>

namespace coffer::ctl {

namespace {

constexpr std::string_view namePrefix = "name:";

struct Match {
    std::string id;
    std::string organization;
    bool isExact;
};

std::string organizationOf(const Json& row) {
    const auto nested = text(row, "organization.name");
    return nested.empty() ? text(row, "organizationName") : nested;
}

} // namespace

std::string Names::find(const Kind& kind, const std::string& reference) {
    if (isNumber(reference) && reference.size() > 10)
        throw Failure(Exit::notFound, "No " + kind.singular + " has an id of so many digits",
                      "For a name that is all digits write name:" + reference);
    if (isNumber(reference))
        return reference;
    const std::string name =
        reference.starts_with(namePrefix) ? reference.substr(namePrefix.size()) : trimmed(reference);
    if (name.empty())
        throw UsageError("A " + kind.singular + " without a name was asked for");
    Query query;
    if (kind.isSearchable) {
        query["search"] = name;
        query["organizationId"] = chosenOrganization();
    }
    std::vector<Match> matches;
    std::vector<std::string> others;
    client_.each(kind.path, query, [&](const Json& row) {
        const std::string candidate = text(row, "name");
        if (folded(candidate) == folded(name))
            matches.push_back({text(row, "id"), organizationOf(row), candidate == name});
        else if (others.size() < 1000)
            others.push_back(candidate);
        return true;
    });
    // Names that differ only in case are one name in an organization, but not everywhere.
    if (matches.size() > 1 && std::ranges::count(matches, true, &Match::isExact) == 1)
        std::erase_if(matches, [](const Match& match) { return !match.isExact; });
    if (matches.empty()) {
        const std::string meant = didYouMean(name, others);
        throw Failure(Exit::notFound,
                      "There is no " + kind.singular + " \"" + name + "\", or it is not yours to see",
                      (meant.empty() ? "" : meant + "\n") + "cofferctl " + kind.listCommand + " lists them.");
    }
    if (matches.size() == 1)
        return matches.front().id;
    std::string which;
    for (const auto& [id, organization, isExact] : matches)
        which += "- " + id + (organization.empty() ? "" : " in " + organization) + "\n";
    throw UsageError("There are " + std::to_string(matches.size()) + " called \"" + name + "\"",
                     which + "Say which by its id" +
                         (kind.isSearchable ? ", or choose an organization with --organization." : "."));
}

std::string Names::credential(const std::string& reference) {
    return find({"credential", "/backup-credentials", "credentials list", true}, reference);
}

std::string Names::project(const std::string& reference) {
    return find({"project", "/projects", "projects list", true}, reference);
}

std::string Names::organization(const std::string& reference) {
    return find({"organization", "/organizations", "organizations list"}, reference);
}

std::string Names::principal(const std::string& reference) {
    return find({"principal", "/principals", "principals list"}, reference);
}

std::string Names::robot(const std::string& reference) {
    return find({"robot", "/robots", "robots list"}, reference);
}

std::string Names::policy(const std::string& project, const std::string& reference) {
    return find({"policy", "/projects/" + project + "/backup/policies", "policies list " + project},
                reference);
}

std::string Names::token(const std::string& tokens, const std::string& reference) {
    return find({"token", tokens, "tokens list"}, reference);
}

std::string Names::chosenOrganization() {
    if (organization_.empty() && !client_.access().organization.empty())
        organization_ = organization(client_.access().organization);
    return organization_;
}

} // namespace coffer::ctl
