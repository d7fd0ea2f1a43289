#pragma once

#include <filesystem>

namespace coffer::host {

/// The right to be the one process that changes a database file: an exclusive flock on `<file>.lock`, which
/// the kernel gives back when the process ends, however it ends. Programs that this one starts do not inherit
/// it.
class FileLock {
public:
    /// @throws std::runtime_error with a sentence that names the process which holds it
    explicit FileLock(const std::filesystem::path& databaseFile);
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    int descriptor_;
};

} // namespace coffer::host
