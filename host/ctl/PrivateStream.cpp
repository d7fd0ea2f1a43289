#include "host/ctl/PrivateStream.h"

#include "host/ctl/Failure.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace coffer::ctl {

PrivateStream::PrivateStream(std::filesystem::path file)
    : file_(std::move(file)), made_(file_.string() + ".XXXXXX"),
      // mkostemp makes it 0600.
      descriptor_(::mkostemp(made_.data(), O_CLOEXEC)) {
    if (descriptor_ < 0)
        refuse();
}

PrivateStream::~PrivateStream() {
    if (descriptor_ < 0)
        return;
    ::close(descriptor_);
    ::unlink(made_.c_str());
}

void PrivateStream::refuse() const {
    const int error = errno;
    throw Failure(Exit::usage, file_.string() + " cannot be written: " + std::strerror(error));
}

void PrivateStream::write(std::string_view piece) {
    while (!piece.empty()) {
        const auto written = ::write(descriptor_, piece.data(), piece.size());
        if (written < 0 && errno != EINTR)
            refuse();
        piece.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

void PrivateStream::keep() {
    if (::fsync(descriptor_) != 0 || ::rename(made_.c_str(), file_.c_str()) != 0)
        refuse();
    ::close(descriptor_);
    descriptor_ = -1;
}

} // namespace coffer::ctl
