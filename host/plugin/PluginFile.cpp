#include "host/plugin/PluginFile.h"

#include "host/plugin/PluginRefused.h"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace coffer::host {

namespace {

std::string quoted(const std::filesystem::path& path) {
    return "'" + path.string() + "'";
}

[[noreturn]] void refuseToOpen(const std::filesystem::path& path, int error) {
    if (error == ENOENT)
        throw PluginRefused("the file " + quoted(path) +
                            " does not exist; correct `file` in the plugin's configuration, or install it");
    if (error == ELOOP)
        throw PluginRefused("the file " + quoted(path) +
                            " is a symbolic link; name the file that it points to");
    throw PluginRefused("the file " + quoted(path) + " cannot be opened: " + std::strerror(error));
}

void requireTrusted(const std::filesystem::path& path, const struct stat& status, const char* what) {
    requireTrustedOwner(path, status, what);
    requireNobodyElseWrites(path, status, what);
}

} // namespace

void requireTrustedOwner(const std::filesystem::path& path, const struct stat& status, const char* what) {
    if (status.st_uid != 0 && status.st_uid != ::geteuid())
        throw PluginRefused(std::string(what) + " " + quoted(path) + " belongs to user id " +
                            std::to_string(status.st_uid) + ", neither root nor this daemon's user " +
                            std::to_string(::geteuid()) + "; run `chown root " + path.string() + "`");
}

void requireNobodyElseWrites(const std::filesystem::path& path, const struct stat& status, const char* what) {
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        throw PluginRefused(std::string(what) + " " + quoted(path) +
                            " can be written by its group or by others; run `chmod go-w " + path.string() +
                            "`");
}

PluginFile::PluginFile(std::filesystem::path path) : path_(std::move(path)) {
    const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
    const int folderDescriptor = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folderDescriptor < 0)
        refuseToOpen(path_, errno);
    struct stat folderStatus {};
    const bool folderKnown = ::fstat(folderDescriptor, &folderStatus) == 0;
    // O_NONBLOCK: opening a FIFO that nobody writes would wait for ever.
    descriptor_ = ::openat(folderDescriptor, path_.filename().c_str(),
                           O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    const int error = errno;
    ::close(folderDescriptor);
    if (descriptor_ < 0)
        refuseToOpen(path_, error);

    struct stat status {};
    try {
        if (!folderKnown || ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
            throw PluginRefused(quoted(path_) + " is not a regular file; name the plugin's .so file");
        requireTrusted(folder, folderStatus, "the folder");
        requireTrusted(path_, status, "the file");
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
}

PluginFile::PluginFile(PluginFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_),
      closeAtEnd_(other.closeAtEnd_) {}

PluginFile::~PluginFile() {
    if (closeAtEnd_)
        close();
}

void PluginFile::close() noexcept {
    if (descriptor_ >= 0)
        ::close(std::exchange(descriptor_, -1));
}

void PluginFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (offset > size_ || out.size() > size_ - offset)
        throw PluginRefused("the file " + quoted(path_) + " is cut short; install the plugin again");
    while (!out.empty()) {
        const auto count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw PluginRefused("the file " + quoted(path_) + " cannot be read: " + std::strerror(errno));
        if (count == 0)
            throw PluginRefused("the file " + quoted(path_) +
                                " became shorter while it was read; install the plugin again");
        offset += static_cast<std::uint64_t>(count);
        out = out.subspan(static_cast<std::size_t>(count));
    }
}

std::string PluginFile::sha256() const {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    std::array<std::byte, 65536> piece{};
    for (std::uint64_t offset = 0; offset < size_;) {
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size_ - offset));
        read(offset, std::span(piece).first(length));
        engine.update(piece.data(), length);
        offset += length;
    }
    return Poco::DigestEngine::digestToHex(engine.digest());
}

std::filesystem::path PluginFile::loadablePath() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
}

} // namespace coffer::host
