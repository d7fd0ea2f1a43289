#include "probe/Waiter.h"

#include "probe/Finding.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace coffer::backup_credentials {

std::string inWords(std::chrono::milliseconds duration) {
    return duration.count() % 1000 == 0 ? std::to_string(duration.count() / 1000) + " s"
                                        : std::to_string(duration.count()) + " ms";
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

FileDescriptor::~FileDescriptor() {
    if (number_ >= 0)
        close(number_);
}

Waiter::Waiter(std::stop_token stop, std::chrono::milliseconds total)
    : stop_(std::move(stop)), total_(total), end_(std::chrono::steady_clock::now() + total),
      stopped_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (stopped_.number() < 0)
        throw std::system_error(errno, std::generic_category(), "eventfd");
    onStop_.emplace(stop_, [descriptor = stopped_.number()] { eventfd_write(descriptor, 1); });
}

SteadyTime Waiter::stageEnd(std::chrono::milliseconds duration) const {
    return std::min(end_, std::chrono::steady_clock::now() + duration);
}

bool Waiter::wait(int descriptor, short events, SteadyTime deadline) const {
    while (true) {
        throwIfStopped();
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min(deadline, end_) -
                                                                       std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        std::array<pollfd, 2> waited{pollfd{descriptor, events, 0}, pollfd{stopped_.number(), POLLIN, 0}};
        const int ready = poll(waited.data(), waited.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "poll");
        if (ready > 0 && waited[0].revents != 0)
            return true;
    }
}

void Waiter::throwIfStopped() const {
    if (stop_.stop_requested())
        throw ProbeStopped();
}

} // namespace coffer::backup_credentials
