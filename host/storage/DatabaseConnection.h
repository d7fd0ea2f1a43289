#pragma once

#include "sdk/shared/SqliteConnection.h"

#include <filesystem>

namespace coffer::host {

/// One connection to the database file, with the settings that its use asks for. Used by one thread at a
/// time.
class DatabaseConnection final : public detail::SqliteConnection {
public:
    enum class Use {
        create, ///< as write, of a file that may still be empty
        write,  ///< commits only when commit() is called
        read,   ///< cannot change anything
        checkpoint,
    };

    /// @throws std::runtime_error with a sentence; a file that is gone is not made again
    DatabaseConnection(const std::filesystem::path& file, Use use);

    /// Whether the file is no longer where it was opened.
    [[nodiscard]] bool fileMoved() const noexcept;
    /// Pages in the write-ahead log after the last commit of this connection.
    [[nodiscard]] int walPages() const noexcept { return walPages_; }

private:
    void useWriteAheadLog();
    static int onWal(void* self, sqlite3* handle, const char* name, int pages) noexcept;

    int walPages_ = 0;
};

} // namespace coffer::host
