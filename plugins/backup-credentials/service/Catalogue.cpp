#include "service/Catalogue.h"

#include "store/CredentialStore.h"
#include "store/ListStore.h"

#include <utility>

namespace coffer::backup_credentials {

CredentialPage listed(Transaction& transaction, const search::Listing& listing) {
    search::Page page = store::list(transaction, listing);
    CredentialPage out;
    out.next = std::move(page.next);
    out.total = page.total;
    out.items.reserve(page.ids.size());
    for (const auto id : page.ids) {
        auto credential = store::find(transaction, id);
        // The index has looked at the scope; that it is looked at again costs nothing and forgives nothing.
        if (credential && listing.scope.contains(credential->organization))
            out.items.push_back(std::move(*credential));
    }
    return out;
}

} // namespace coffer::backup_credentials
