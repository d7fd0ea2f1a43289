#include "host/audit/SyslogSink.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace coffer::host {

namespace {

constexpr const char* localSocket = "/dev/log";
constexpr int informational = 6;
constexpr int notice = 5;

[[noreturn]] void fail(const std::string& socket, const char* what) {
    throw std::system_error(errno, std::generic_category(), "the syslog socket " + socket + " " + what);
}

std::string hostName() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data() : "-";
}

/// RFC 3164's time: local, without a year.
std::string shortTime(Instant time) {
    const std::time_t seconds = toMilliseconds(time) / 1000;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 32> text{};
    const auto size = std::strftime(text.data(), text.size(), "%b %e %H:%M:%S", &local);
    return {text.data(), size};
}

} // namespace

SyslogSink::SyslogSink(SyslogOptions options) : options_(std::move(options)), host_(hostName()) {}

SyslogSink::~SyslogSink() {
    disconnect();
}

std::string SyslogSink::name() const {
    return "syslog:" + socketPath();
}

std::string SyslogSink::socketPath() const {
    return options_.socket.empty() ? localSocket : options_.socket.string();
}

bool SyslogSink::isLocalForm() const {
    return std::filesystem::path(socketPath()).lexically_normal() == localSocket;
}

std::string SyslogSink::message(const AuditRecord& record) const {
    const int severity = record.event.result == AuditResult::success ? informational : notice;
    const std::string priority = "<" + std::to_string(options_.facility * 8 + severity) + ">";
    const std::string process = std::to_string(::getpid());
    if (isLocalForm())
        return priority + shortTime(record.time) + " " + options_.application + "[" + process +
               "]: " + toJson(record);
    return priority + "1 " + formatRfc3339(record.time) + " " + host_ + " " + options_.application + " " +
           process + " audit - " + toJson(record);
}

void SyslogSink::deliver(std::span<const AuditRecord> records) {
    if (socket_ < 0)
        connect();
    for (const AuditRecord& record : records) {
        if (send(message(record)))
            continue;
        AuditRecord shortened = record;
        shortened.event.before = R"({"tooLargeForSyslog":true})";
        shortened.event.after = shortened.event.before;
        if (!send(message(shortened)))
            fail(socketPath(), "takes not even a short record");
    }
}

void SyslogSink::reopen() {
    disconnect();
}

void SyslogSink::connect() {
    const std::string path = socketPath();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        fail(path, "has too long a name");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        fail(path, "cannot be used");
    const timeval timeout{options_.sendTimeoutSeconds, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        const int error = errno;
        disconnect();
        errno = error;
        fail(path, "cannot be reached");
    }
}

void SyslogSink::disconnect() noexcept {
    if (socket_ >= 0)
        ::close(socket_);
    socket_ = -1;
}

bool SyslogSink::send(const std::string& message) {
    for (;;) {
        if (::send(socket_, message.data(), message.size(), MSG_NOSIGNAL) >= 0)
            return true;
        if (errno == EINTR)
            continue;
        if (errno == EMSGSIZE)
            return false;
        const int error = errno;
        disconnect();
        errno = error;
        fail(socketPath(), "takes no message");
    }
}

} // namespace coffer::host
