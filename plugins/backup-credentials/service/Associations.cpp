#include "service/Associations.h"

#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/AssociationStore.h"
#include <coffer/sdk/Page.h>

#include <coffer/sdk/Json.h>
#include <coffer/sdk/Text.h>

#include <algorithm>

namespace coffer::backup_credentials {

namespace {

std::string described(const ProjectUse& use) {
    JsonWriter json;
    json.beginObject()
        .member("projectId", use.id)
        .member("projectName", use.name)
        .member("owner", use.owner)
        .endObject();
    return json.take();
}

} // namespace

ProjectPage Associations::page(Transaction& transaction, std::int64_t credential, const Access& access,
                               const std::optional<std::string>& cursor, std::size_t limit) const {
    const Credential found = credentials_.get(transaction, credential, access);
    // Project ids have no line ends, so that one parts id and owner in the position.
    constexpr std::string_view byId = "id";
    store::ProjectPosition after;
    if (cursor) {
        const Position position = fromCursor(*cursor, byId, false);
        const auto& key = std::get<std::string>(position.key);
        const std::size_t end = key.find('\n');
        after.id = key.substr(0, end);
        if (end != std::string::npos)
            after.owner = key.substr(end + 1);
    }
    ProjectPage page{store::projects(transaction, found.id, after, limit + 1), std::nullopt,
                     found.projectCount};
    if (page.items.size() > limit) {
        page.items.resize(limit);
        page.nextCursor = toCursor(byId, {page.items.back().id + '\n' + page.items.back().owner, found.id});
    }
    return page;
}

void Associations::checkProject(std::string_view projectId, std::string_view name) {
    Problem problem = Problem::invalidFields();
    if (projectId.empty() || codePoints(projectId) > longestProjectId || hasForbiddenCharacters(projectId))
        problem.field("projectId", "invalid_project_id",
                      "A project's id has 1 to 64 characters, none of them a control character.");
    if (name.empty() || codePoints(name) > longestProjectName || hasForbiddenCharacters(name))
        problem.field("name", "invalid_project_name",
                      "A project's name has 1 to 200 characters, none of them a control character.");
    if (!problem.fields().empty())
        throw problem;
}

Associations::Outcome Associations::associate(Transaction& transaction, const Credential& credential,
                                              const std::string& owner, const std::string& projectId,
                                              const std::string& name) const {
    checkProject(projectId, name);
    const auto uses = store::usesOf(transaction, credential.id, projectId);
    const auto mine = std::ranges::find(uses, owner, &ProjectUse::owner);
    if (mine == uses.end() && credential.lock)
        throw credentialLocked(credential);
    if (mine != uses.end() && mine->name == name)
        return {*mine, true};

    AuditEvent event = eventAbout(credential, "associate");
    ProjectUse use{owner, projectId, name, {transaction.now(), transaction.origin().principalName}};
    if (mine == uses.end()) {
        store::insertUse(transaction, credential, use);
    } else {
        event.before = described(*mine);
        use.associated = mine->associated;
        store::renameUse(transaction, credential.id, use);
    }
    event.after = described(use);
    transaction.record(std::move(event));
    return {use, mine != uses.end()};
}

bool Associations::release(Transaction& transaction, const Credential& credential, const std::string& owner,
                           std::string_view projectId) const {
    const auto uses = store::usesOf(transaction, credential.id, projectId);
    const auto mine = std::ranges::find(uses, owner, &ProjectUse::owner);
    if (mine == uses.end())
        return false;
    store::removeUse(transaction, credential.id, projectId, owner);
    AuditEvent event = eventAbout(credential, "release");
    event.before = described(*mine);
    transaction.record(std::move(event));
    return true;
}

Associations::Outcome Associations::associateByHand(Transaction& transaction, std::int64_t credential,
                                                    const Access& access, const std::string& projectId,
                                                    const std::string& name) const {
    return associate(transaction, credentials_.get(transaction, credential, access), std::string(manualOwner),
                     projectId, name);
}

void Associations::releaseByHand(Transaction& transaction, std::int64_t credential, const Access& access,
                                 std::string_view projectId) const {
    const Credential found = credentials_.get(transaction, credential, access);
    if (release(transaction, found, std::string(manualOwner), projectId))
        return;
    const auto uses = store::usesOf(transaction, found.id, projectId);
    if (uses.empty())
        throw Problem::notFound();
    Problem problem =
        Problem::conflict("associated_by_plugin", "A plugin associated the project",
                          "The project was associated by \"" + uses.front().owner +
                              "\", and only that can release it: switch off the project's backup there.");
    problem.with("owner", jsonString(uses.front().owner));
    throw problem;
}

} // namespace coffer::backup_credentials
