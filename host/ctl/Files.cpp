#include "host/ctl/Files.h"

#include "host/ctl/Failure.h"
#include "host/ctl/PrivateStream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace coffer::ctl {

namespace {

constexpr std::size_t largest = 64 * 1024 * 1024;
constexpr std::size_t largestSecret = 64 * 1024; // out of a pipe, whose size is not known before

class Descriptor {
public:
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

[[noreturn]] void refuse(const std::string& what, const std::filesystem::path& file) {
    const int error = errno;
    throw Failure(Exit::usage, file.string() + " cannot be " + what + ": " + std::strerror(error));
}

} // namespace

Secret readFile(const std::filesystem::path& file) {
    const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.get() < 0)
        refuse("read", file);
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0)
        refuse("read", file);
    std::string text;
    // Growing would leave copies behind that nobody wipes.
    text.reserve(std::clamp(static_cast<std::size_t>(status.st_size), largestSecret, largest) + 1);
    std::array<char, 16 * 1024> piece{};
    while (true) {
        const auto got = ::read(descriptor.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            refuse("read", file);
        if (got == 0) {
            explicit_bzero(piece.data(), piece.size());
            return Secret(std::move(text));
        }
        text.append(piece.data(), static_cast<std::size_t>(got));
        if (text.size() > largest)
            throw Failure(Exit::usage, file.string() + " holds more than 64 MiB", "Is it the right file?");
    }
}

void writePrivateFile(const std::filesystem::path& file, std::string_view text) {
    PrivateStream stream(file);
    stream.write(text);
    stream.keep();
}

void requirePrivate(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        refuse("read", file);
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
        throw Failure(Exit::usage, file.string() + " belongs to somebody else",
                      "It holds tokens and must be yours: chown " + std::to_string(::geteuid()) + " " +
                          file.string());
    if ((status.st_mode & 077U) != 0)
        throw Failure(Exit::usage, file.string() + " can be read by others",
                      "It holds tokens. Run: chmod 600 " + file.string() +
                          "\nIf others had access to this machine, revoke the tokens in it too.");
}

} // namespace coffer::ctl
