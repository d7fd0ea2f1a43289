#include "host/storage/Files.h"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coffer::host {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
    throw std::runtime_error(path.string() + " " + what + ": " + std::generic_category().message(errno));
}

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags, const char* what)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (number_ < 0)
            fail(path, what);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(number_); }
    [[nodiscard]] int operator*() const noexcept { return number_; }

private:
    int number_;
};

void sync(const std::filesystem::path& path, int flags) {
    const Descriptor descriptor(path, flags, "cannot be opened");
    if (::fsync(*descriptor) != 0)
        fail(path, "cannot be written to the disk");
}

} // namespace

NewFile::NewFile(std::filesystem::path path) : path_(std::move(path)) {
    const Descriptor descriptor(path_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, "cannot be made");
}

NewFile::~NewFile() {
    if (kept_)
        return;
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"})
        std::filesystem::remove(path_.string() + suffix, ignored);
}

std::filesystem::path prepareFolder(const std::filesystem::path& file) {
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(std::filesystem::absolute(file));
    const std::filesystem::path folder = resolved.parent_path();
    if (!std::filesystem::exists(folder)) {
        std::filesystem::create_directories(folder.parent_path());
        if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
            fail(folder, "cannot be made");
    }
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0)
        fail(folder, "cannot be looked at");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return resolved;
    if (status.st_uid != ::geteuid() || (status.st_mode & S_ISVTX) != 0)
        throw std::runtime_error(
            "the folder " + folder.string() +
            " can be written by other users: give the database a folder of its own, mode 0700");
    if (::chmod(folder.c_str(), status.st_mode & 07755) != 0)
        fail(folder, "cannot be taken from other users");
    return resolved;
}

void makePrivate(const std::filesystem::path& file) {
    const Descriptor descriptor(file, O_RDWR | O_CREAT | O_NOFOLLOW, "cannot be opened for writing");
    struct stat status {};
    if (::fstat(*descriptor, &status) != 0)
        fail(file, "cannot be looked at");
    if (!S_ISREG(status.st_mode))
        throw std::runtime_error(file.string() + " is not a file");
    if ((status.st_mode & 07777) != 0600 && ::fchmod(*descriptor, 0600) != 0)
        fail(file, "cannot be taken from other users");
}

void syncFile(const std::filesystem::path& file) {
    sync(file, O_RDONLY);
}

void syncFolder(const std::filesystem::path& file) {
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    sync(folder, O_RDONLY | O_DIRECTORY);
}

} // namespace coffer::host
