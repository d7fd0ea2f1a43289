#include "host/storage/FileLock.h"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace coffer::host {

namespace {

std::string holder(int descriptor) {
    std::array<char, 16> text{};
    const ssize_t length = ::pread(descriptor, text.data(), text.size(), 0);
    std::string process(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    process.erase(process.find_last_not_of("\n") + 1);
    return process.empty() ? "another process" : "process " + process;
}

} // namespace

FileLock::FileLock(const std::filesystem::path& databaseFile) {
    const std::string path = databaseFile.string() + ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor_ < 0)
        throw std::runtime_error("the lock file " + path +
                                 " cannot be opened: " + std::generic_category().message(errno) +
                                 "; make its folder writable for this user");
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        const std::string who = holder(descriptor_);
        ::close(descriptor_);
        if (error != EWOULDBLOCK)
            throw std::runtime_error("the lock file " + path +
                                     " cannot be locked: " + std::generic_category().message(error));
        throw std::runtime_error("the database " + databaseFile.string() + " is in use by " + who +
                                 ": stop it first, or configure another file");
    }
    // The number is for people who read the sentence above; the lock itself does not depend on it.
    const std::string process = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor_, 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(descriptor_, process.data(), process.size(), 0);
}

FileLock::~FileLock() {
    ::close(descriptor_);
}

} // namespace coffer::host
