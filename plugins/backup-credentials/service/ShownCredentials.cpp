#include "service/ShownCredentials.h"

#include "store/CredentialStore.h"
#include "store/ListStore.h"

#include <coffer/sdk/Snapshot.h>

#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr std::size_t mostBytes = 8 << 20;

std::size_t bytesOf(const ShownCredential& row) noexcept {
    constexpr std::size_t beside = 200; // its place in a map, and what a string takes besides
    return row.json.size() + beside;
}

} // namespace

std::vector<ShownCredentials::Row> ShownCredentials::find(Transaction& transaction,
                                                          const std::vector<std::int64_t>& ids) {
    const std::uint64_t snapshot = snapshotOf(transaction);
    std::vector<Row> rows(ids.size());
    const std::vector<std::size_t> empty = takeKept(snapshot, ids, rows);
    if (empty.empty())
        return rows;
    std::vector<std::int64_t> wanted;
    for (const std::size_t place : empty)
        wanted.push_back(ids[place]);
    auto place = empty.begin();
    store::forEach(transaction, wanted, [&](const Credential& credential) {
        while (ids[*place] != credential.id)
            ++place; // that one does not exist
        rows[*place] = std::make_shared<ShownCredential>(credential.organization, credential.version,
                                                         toJson_(credential));
    });
    keep(snapshot, ids, empty, rows);
    std::erase(rows, nullptr);
    return rows;
}

ShownCredentials::Row ShownCredentials::find(Transaction& transaction, std::int64_t id) {
    auto rows = find(transaction, std::vector{id});
    return rows.empty() ? nullptr : std::move(rows.front());
}

std::shared_ptr<const ShownCredentials::Page> ShownCredentials::list(Transaction& transaction,
                                                                     const search::Listing& listing) {
    const std::uint64_t snapshot = snapshotOf(transaction);
    const std::string key = search::keyOf(listing);
    {
        const std::lock_guard lock(mutex_);
        const auto found = kept_.pages.find(key);
        if (snapshot != 0 && snapshot == kept_.snapshot && found != kept_.pages.end())
            return found->second;
    }
    search::Page found = store::list(transaction, listing);
    std::vector<Row> rows = find(transaction, found.ids);
    // The index has looked at the scope; that it is looked at again costs nothing and forgives nothing.
    std::erase_if(rows, [&](const Row& row) { return !listing.scope.contains(row->organization); });
    auto page = std::make_shared<const Page>(std::move(rows), std::move(found.next), found.total);
    std::size_t bytes = key.size();
    for (const auto& row : page->rows)
        bytes += bytesOf(*row);
    Kept dropped;
    const std::lock_guard lock(mutex_);
    if (makeRoom(snapshot, bytes, dropped) && kept_.pages.insert_or_assign(key, page).second)
        kept_.bytes += bytes;
    return page;
}

std::vector<std::size_t> ShownCredentials::takeKept(std::uint64_t snapshot,
                                                    const std::vector<std::int64_t>& ids,
                                                    std::vector<Row>& rows) {
    std::vector<std::size_t> empty;
    const std::lock_guard lock(mutex_);
    const bool same = snapshot != 0 && snapshot == kept_.snapshot;
    for (std::size_t place = 0; place < ids.size(); ++place) {
        const auto found = same ? kept_.rows.find(ids[place]) : kept_.rows.end();
        if (found == kept_.rows.end())
            empty.push_back(place);
        else
            rows[place] = found->second;
    }
    return empty;
}

void ShownCredentials::keep(std::uint64_t snapshot, const std::vector<std::int64_t>& ids,
                            const std::vector<std::size_t>& places, const std::vector<Row>& rows) {
    std::size_t bytes = 0;
    for (const std::size_t place : places)
        bytes += rows[place] ? bytesOf(*rows[place]) : 0;
    Kept dropped;
    const std::lock_guard lock(mutex_);
    if (!makeRoom(snapshot, bytes, dropped))
        return;
    kept_.bytes += bytes;
    for (const std::size_t place : places)
        if (rows[place])
            kept_.rows.insert_or_assign(ids[place], rows[place]);
}

bool ShownCredentials::makeRoom(std::uint64_t snapshot, std::size_t bytes, Kept& dropped) {
    if (snapshot == 0 || snapshot < kept_.snapshot || bytes > mostBytes / 4)
        return false;
    if (snapshot > kept_.snapshot || kept_.bytes + bytes > mostBytes)
        dropped = std::exchange(kept_, {snapshot, 0, {}, {}});
    return true;
}

} // namespace coffer::backup_credentials
