#include "host/TokenFile.h"

#include "host/http/FileDescriptor.h"
#include "host/storage/Files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace coffer::host {

void writeTokenFile(const std::filesystem::path& file, const SecretBytes& token) {
    const std::filesystem::path fresh = file.string() + ".new";
    std::filesystem::remove(fresh);
    NewFile made(fresh);
    const std::string_view text = token.reveal();
    const FileDescriptor descriptor(::open(fresh.c_str(), O_WRONLY | O_CLOEXEC));
    if (descriptor.get() < 0 ||
        ::write(descriptor.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::write(descriptor.get(), "\n", 1) != 1)
        throw std::runtime_error(fresh.string() + ": the token cannot be written: " + std::strerror(errno));
    syncFile(fresh);
    std::filesystem::rename(fresh, file);
    syncFolder(file);
    made.keep();
}

} // namespace coffer::host
