#pragma once

#include <filesystem>

namespace coffer::host {

/// A file that is made now, mode 0600, and goes again unless it is kept.
class NewFile {
public:
    /// @throws std::runtime_error when it cannot be made, or is there already
    explicit NewFile(std::filesystem::path path);
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile();
    void keep() noexcept { kept_ = true; }

private:
    std::filesystem::path path_;
    bool kept_ = false;
};

/// Resolves links and makes the folder, mode 0700, when there is none. Takes the right to write to it from
/// others when it belongs to this user. @returns the path that the lock belongs to. @throws
/// std::runtime_error when others may write to the folder
[[nodiscard]] std::filesystem::path prepareFolder(const std::filesystem::path& file);

/// Makes the file when there is none, and takes it from everyone but its owner: mode 0600. Must not be called
/// while this process has the database open: closing any descriptor of the file would drop SQLite's locks on
/// it.
/// @throws std::runtime_error
void makePrivate(const std::filesystem::path& file);

/// fsync of a file, and of the folder that a file is in. @throws std::runtime_error
void syncFile(const std::filesystem::path& file);
void syncFolder(const std::filesystem::path& file);

} // namespace coffer::host
