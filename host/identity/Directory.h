#pragma once

#include <coffer/sdk/Secret.h>
#include <coffer/sdk/Storage.h>

#include <functional>

namespace coffer::host {

/// Makes the first administrator on a database without principals: principal "administrator", administrator
/// of all organizations, with a token that does not expire.
///
/// `deliver` gets the token before it is stored, so that it lies in its file once it is valid: a crash
/// between the two leaves a token that opens nothing, and the next start makes another. What it throws leaves
/// the database as it was. @returns whether there was one to make; otherwise nothing is done
/// @throws Problem 503 as Storage does
bool makeFirstAdministrator(Storage& storage, const std::function<void(const SecretBytes&)>& deliver);

/// For a restored backup, whose logins may be known to whoever had it: revokes every token and every robot's
/// secret in it, ends every session, and makes a new token for its first administrator (made as well if there
/// is none). Records both.
/// @returns the new token, valid once the transaction is committed
[[nodiscard]] SecretBytes revokeEverything(Transaction& transaction);

} // namespace coffer::host
