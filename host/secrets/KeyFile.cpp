#include "host/secrets/KeyFile.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/Hex.h"

#include <openssl/evp.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace coffer::host {

namespace {

constexpr std::size_t largestFile = 4096;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
    throw std::runtime_error("The key file " + path.string() + " " + what);
}

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

void checkAccess(const std::filesystem::path& path, int file, KeyFileAccess access) {
    struct stat status {};
    if (::fstat(file, &status) != 0)
        refuse(path, "cannot be examined: " + std::string(std::strerror(errno)) + ".");
    if (!S_ISREG(status.st_mode))
        refuse(path, "is not a regular file.");
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
        refuse(path, "belongs to user " + std::to_string(status.st_uid) +
                         ", who could read and replace it. Make it yours or root's: chown " +
                         std::to_string(::geteuid()) + " " + path.string());
    const mode_t forbidden = access == KeyFileAccess::ownerOnly ? 0077 : 0037;
    if ((status.st_mode & forbidden) != 0)
        refuse(path, "can be read by others than its owner. Take that away: chmod 600 " + path.string());
}

SecretBytes readWhole(const std::filesystem::path& path, int file) {
    SecretBytes buffer(largestFile + 1);
    std::size_t size = 0;
    while (size < buffer.size()) {
        const auto got = ::read(file, buffer.writable().data() + size, buffer.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            refuse(path, "cannot be read: " + std::string(std::strerror(errno)) + ".");
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    if (size > largestFile)
        refuse(path, "is larger than 4 KiB, so it is no key file.");
    return SecretBytes(buffer.reveal().substr(0, size));
}

std::string_view trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(" \t\r");
    return first == std::string_view::npos ? std::string_view{}
                                           : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::optional<SecretBytes> fromHex(std::string_view text) {
    if (text.size() != 2 * Aes256Gcm::keySize)
        return std::nullopt;
    SecretBytes key(Aes256Gcm::keySize);
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = hexDigit(text[2 * i]);
        const int low = hexDigit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        key.writable()[i] = static_cast<char>(high * 16 + low);
    }
    return key;
}

std::optional<SecretBytes> fromBase64(std::string_view text) {
    if (text.size() != 44 || text[43] != '=' || text[42] == '=')
        return std::nullopt;
    SecretBytes decoded(33);
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.writable().data()),
                                     reinterpret_cast<const unsigned char*>(text.data()), 44);
    if (size != 33)
        return std::nullopt;
    return SecretBytes(decoded.reveal().substr(0, Aes256Gcm::keySize));
}

SecretBytes parse(const std::filesystem::path& path, std::string_view content) {
    std::optional<SecretBytes> key;
    while (!content.empty()) {
        const auto end = std::min(content.find('\n'), content.size());
        const std::string_view line = trimmed(content.substr(0, end));
        content.remove_prefix(std::min(end + 1, content.size()));
        if (line.empty() || line.front() == '#')
            continue;
        if (key)
            refuse(path, "holds more than one line beside its comments; it must hold one key.");
        key = fromHex(line);
        if (!key)
            key = fromBase64(line);
        if (!key)
            refuse(path, "does not hold 32 bytes in base64 (44 characters) or hexadecimal (64 digits). Make "
                         "one with: openssl rand -base64 32");
    }
    if (!key)
        refuse(path, "holds no key. Make one with: openssl rand -base64 32");
    return std::move(*key);
}

void writeAll(const std::filesystem::path& path, int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            refuse(path, "cannot be written: " + std::string(std::strerror(errno)) + ".");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

SecretBytes readKeyFile(const std::filesystem::path& path, KeyFileAccess access) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file.get() < 0)
        refuse(path, "cannot be opened: " + std::string(std::strerror(errno)) +
                         ". A fresh data folder gets its key with: cofferd generate-key " + path.string() +
                         ". One that has been used needs the key that it was used with.");
    checkAccess(path, file.get(), access);
    const SecretBytes content = readWhole(path, file.get());
    return parse(path, content.reveal());
}

void writeKeyFile(const std::filesystem::path& path, const SecretBytes& key, std::string_view comment) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0)
        refuse(path, "cannot be made: " + std::string(std::strerror(errno)) + ".");
    SecretBytes line(45);
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(line.writable().data()),
                    reinterpret_cast<const unsigned char*>(key.reveal().data()),
                    static_cast<int>(key.size()));
    line.writable()[44] = '\n';
    writeAll(path, file.get(), comment);
    writeAll(path, file.get(), line.reveal());
    const auto parent = std::filesystem::absolute(path).parent_path();
    const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (::fsync(file.get()) != 0 || folder.get() < 0 || ::fsync(folder.get()) != 0)
        refuse(path, "cannot be made safe on the disk: " + std::string(std::strerror(errno)) + ".");
}

} // namespace coffer::host
