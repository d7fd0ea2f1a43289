#pragma once

#include <coffer/sdk/Storage.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace coffer::backup_credentials {

/// One credential as it is shown.
struct ShownCredential {
    std::int64_t organization = 0;
    std::int64_t version = 0;
    std::string json;
};

/// Credentials as they are shown, each made once for as long as nothing at all is committed: to read and to
/// write one down costs ten times as much as to copy it. Looks at no rights. Any thread.
class ShownCredentials {
public:
    using Row = std::shared_ptr<const ShownCredential>;

    /// In read() and write(). @returns those that exist, in this order
    [[nodiscard]] std::vector<Row> find(Transaction& transaction, const std::vector<std::int64_t>& ids);
    /// @returns null when there is none
    [[nodiscard]] Row find(Transaction& transaction, std::int64_t id);

private:
    /// Fills in what is kept. @returns the places that are still empty
    [[nodiscard]] std::vector<std::size_t>
    takeKept(std::uint64_t snapshot, const std::vector<std::int64_t>& ids, std::vector<Row>& rows);
    void keep(std::uint64_t snapshot, const std::vector<std::int64_t>& ids,
              const std::vector<std::size_t>& places, const std::vector<Row>& rows);

    std::mutex mutex_;
    std::uint64_t snapshot_ = 0; ///< of all that are kept
    std::size_t bytes_ = 0;      ///< about what they take
    std::unordered_map<std::int64_t, Row> kept_;
};

} // namespace coffer::backup_credentials
