#pragma once

#include "search/Listing.h"
#include "service/Credential.h"

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coffer::backup_credentials {

/// One credential as it is shown.
struct ShownCredential {
    std::int64_t organization = 0;
    std::int64_t version = 0;
    std::string json;
};

/// Credentials as they are shown, each made once for as long as nothing at all is committed: to read and to
/// write one down costs far more than to copy it. Any thread; in read() and write().
class ShownCredentials {
public:
    using Row = std::shared_ptr<const ShownCredential>;

    /// @param toJson  says how a credential is shown
    explicit ShownCredentials(std::function<std::string(const Credential&)> toJson)
        : toJson_(std::move(toJson)) {}

    /// Looks at no rights. @returns those that exist, in this order
    [[nodiscard]] std::vector<Row> find(Transaction& transaction, const std::vector<std::int64_t>& ids);
    /// @returns null when there is none
    [[nodiscard]] Row find(Transaction& transaction, std::int64_t id);

    /// One page of a list.
    struct Page {
        std::vector<Row> rows;
        std::optional<Position> next; ///< nothing on the last page
        Total total;
    };
    /// @throws Problem 422 for a search that matches too many to be sorted
    [[nodiscard]] std::shared_ptr<const Page> list(Transaction& transaction, const search::Listing& listing);

private:
    /// Fills in what is kept. @returns the places that are still empty
    [[nodiscard]] std::vector<std::size_t>
    takeKept(std::uint64_t snapshot, const std::vector<std::int64_t>& ids, std::vector<Row>& rows);
    void keep(std::uint64_t snapshot, const std::vector<std::int64_t>& ids,
              const std::vector<std::size_t>& places, const std::vector<Row>& rows);
    struct Kept {
        std::uint64_t snapshot = 0; ///< of all that follows
        std::size_t bytes = 0;      ///< about what it takes; pages count their rows once more
        std::unordered_map<std::int64_t, Row> rows;
        std::unordered_map<std::string, std::shared_ptr<const Page>> pages; ///< by keyOf() what was asked for
    };
    /// Under the lock, before something is kept. @param bytes  what it takes
    /// @param dropped  gets what makes room, to end after the lock
    /// @returns whether it may be kept: neither is its snapshot over, nor is it itself too large
    [[nodiscard]] bool makeRoom(std::uint64_t snapshot, std::size_t bytes, Kept& dropped);

    const std::function<std::string(const Credential&)> toJson_;
    std::mutex mutex_;
    Kept kept_;
};

} // namespace coffer::backup_credentials
