#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace coffer::host {

/// How long a name may be, in Unicode code points, after normalization and trimming.
struct NameLength {
    std::size_t least;
    std::size_t most;
};

/// `text` as it is stored and shown: NFC, white space around it removed. Control characters, line separators,
/// invisible characters and marks that change the writing direction are refused, so that a name always reads
/// as what it is; so is `system:` in front, which the audit log keeps for the daemon's own work. Any thread.
/// @throws Problem 422 `invalid_fields` that names `field`
[[nodiscard]] std::string acceptedName(std::string_view text, std::string_view field, NameLength length);

/// What names are compared by: NFKC with case folded, so that two names that read the same are the same. Any
/// thread. @throws std::invalid_argument when `name` is not UTF-8
[[nodiscard]] std::string nameKey(std::string_view name);

} // namespace coffer::host
