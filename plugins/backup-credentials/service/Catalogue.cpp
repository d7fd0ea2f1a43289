#include "service/Catalogue.h"

#include "store/CredentialStore.h"
#include "store/ListStore.h"

#include <utility>

namespace coffer::backup_credentials {

PageEnd list(Transaction& transaction, const search::Listing& listing,
             const std::function<void(const Credential&)>& take) {
    search::Page page = store::list(transaction, listing);
    store::forEach(transaction, page.ids, [&](const Credential& credential) {
        // The index has looked at the scope; that it is looked at again costs nothing and forgives nothing.
        if (listing.scope.contains(credential.organization))
            take(credential);
    });
    return {std::move(page.next), page.total};
}

} // namespace coffer::backup_credentials
