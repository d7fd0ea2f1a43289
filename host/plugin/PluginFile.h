#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

struct stat;

namespace coffer::host {

///@{
/// Whoever may write a file of a plugin's, or put another in its place, may run code as this daemon.
/// @param what  `the file`
/// @throws PluginRefused unless it belongs to root or this daemon's user; unless nobody else may write it
void requireTrustedOwner(const std::filesystem::path& path, const struct stat& status, const char* what);
void requireNobodyElseWrites(const std::filesystem::path& path, const struct stat& status, const char* what);
///@}

/// A plugin's file, opened once: what is checked, hashed, read and loaded is this one open file, whatever
/// happens to its name meanwhile. Owns the file descriptor. Used by one thread at a time.
class PluginFile {
public:
    /// Opens `path` without following a symbolic link in its last part.
    /// @throws PluginRefused when it is missing, no regular file, owned by someone other than root or this
    ///         daemon's user, or when it or its folder can be written by group or others
    explicit PluginFile(std::filesystem::path path);
    PluginFile(PluginFile&& other) noexcept;
    PluginFile& operator=(PluginFile&&) = delete;
    PluginFile(const PluginFile&) = delete;
    PluginFile& operator=(const PluginFile&) = delete;
    ~PluginFile();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// When it was opened, in bytes.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Fills `out` from `offset`. @throws PluginRefused when the file does not reach that far
    void read(std::uint64_t offset, std::span<std::byte> out) const;
    /// SHA-256 of the open file, 64 lower-case hexadecimal digits.
    [[nodiscard]] std::string sha256() const;
    /// A name by which the dynamic loader opens this very file. It stays right, and no other file ever gets
    /// it, once keepOpen() was called.
    [[nodiscard]] std::filesystem::path loadablePath() const;
    /// Leaves the descriptor open for the life of the process: the dynamic loader knows libraries by the name
    /// they were opened with, and a descriptor number that is used again would give it the wrong one.
    void keepOpen() noexcept { closeAtEnd_ = false; }
    /// Closes the descriptor of a file that is not loaded; nothing but path() and size() may be used
    /// afterwards.
    void close() noexcept;

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    bool closeAtEnd_ = true;
};

} // namespace coffer::host
