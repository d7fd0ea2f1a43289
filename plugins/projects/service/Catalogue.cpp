#include "service/Catalogue.h"

#include "store/ListStore.h"
#include "store/ProjectStore.h"

#include <utility>

namespace coffer::projects {

namespace {

/// What can be told from here, and the rest from what backup-credentials says is suspended.
ProjectFilter inState(Transaction& transaction, const CredentialsService& credentials, ProjectFilter filter,
                      BackupState state) {
    filter.backedUp = state != BackupState::disabled;
    if (state == BackupState::disabled)
        return filter;
    filter.suspended = state == BackupState::suspended;
    filter.credentials = credentials.ask([&](CredentialsService::Service& service) {
        return service.suspended(transaction, pluginId, filter.scope);
    });
    return filter;
}

} // namespace

ProjectPage listed(Transaction& transaction, const CredentialsService& credentials, Listing listing,
                   std::optional<BackupState> state) {
    if (state)
        listing.filter = inState(transaction, credentials, std::move(listing.filter), *state);
    ListedIds page = store::list(transaction, listing);
    std::vector<Project> projects = store::findAll(transaction, page.ids);
    // The list has looked at the scope; that it is looked at again costs nothing and forgives nothing.
    std::erase_if(projects, [&](const Project& project) {
        return !listing.filter.scope.contains(project.organization);
    });
    return {shown(transaction, credentials, std::move(projects)), std::move(page.next), page.total};
}

std::vector<Sample> projectsByState(Storage& storage, const CredentialsService& credentials) {
    const auto counted = [&](Transaction& transaction) {
        std::vector<Sample> out;
        const auto add = [&](BackupState state, const ProjectFilter& filter) {
            out.push_back({{{"backup", std::string(toString(state))}},
                           static_cast<double>(store::count(transaction, filter))});
        };
        const ProjectFilter all{{true, {}}, {}, {}, {}, {}};
        add(BackupState::disabled, inState(transaction, credentials, all, BackupState::disabled));
        if (credentials.isThere()) {
            for (const auto state : {BackupState::enabled, BackupState::suspended})
                add(state, inState(transaction, credentials, all, state));
        } else {
            ProjectFilter backedUp = all;
            backedUp.backedUp = true;
            add(BackupState::unknown, backedUp);
        }
        return out;
    };
    try {
        return storage.read(counted);
    } catch (const Problem&) {
        return {};
    }
}

} // namespace coffer::projects
