#include "host/audit/JsonLinesSink.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace coffer::host {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
    throw std::system_error(errno, std::generic_category(), "the audit file " + file.string() + " " + what);
}

/// Whether a crash left a line without its end.
bool endsInsideLine(int descriptor, off_t size) {
    char last = '\n';
    return size > 0 && ::pread(descriptor, &last, 1, size - 1) == 1 && last != '\n';
}

} // namespace

JsonLinesSink::JsonLinesSink(std::filesystem::path file) : file_(std::move(file)) {}

JsonLinesSink::~JsonLinesSink() {
    closeFile();
}

void JsonLinesSink::deliver(std::span<const AuditRecord> records) {
    if (!isStillInPlace())
        closeFile();
    if (descriptor_ < 0)
        openFile();
    std::string lines;
    for (const AuditRecord& record : records)
        (lines += toJson(record)) += '\n';
    append(lines);
}

void JsonLinesSink::reopen() {
    closeFile();
    openFile();
}

void JsonLinesSink::openFile() {
    // Nobody may read along in a pipe or a device that takes the file's place unnoticed; opening one that
    // nobody reads would block.
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (descriptor_ < 0)
        fail(file_, "cannot be opened");
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0)
        fail(file_, "cannot be examined");
    if (S_ISREG(status.st_mode) && endsInsideLine(descriptor_, status.st_size))
        append("\n");
}

void JsonLinesSink::closeFile() noexcept {
    if (descriptor_ >= 0)
        ::close(descriptor_);
    descriptor_ = -1;
}

bool JsonLinesSink::isStillInPlace() const noexcept {
    struct stat there {};
    struct stat here {};
    return descriptor_ >= 0 && ::stat(file_.c_str(), &there) == 0 && ::fstat(descriptor_, &here) == 0 &&
           there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

void JsonLinesSink::append(const std::string& lines) {
    struct stat before {};
    if (::fstat(descriptor_, &before) != 0)
        fail(file_, "cannot be examined");
    std::string_view rest = lines;
    while (!rest.empty()) {
        const auto written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            const int error = errno;
            if (S_ISREG(before.st_mode) && ::ftruncate(descriptor_, before.st_size) != 0)
                closeFile(); // opening it again ends the broken line
            errno = error;
            fail(file_, "cannot be written");
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (S_ISREG(before.st_mode) && ::fdatasync(descriptor_) != 0)
        fail(file_, "cannot be brought onto the disk");
}

} // namespace coffer::host
