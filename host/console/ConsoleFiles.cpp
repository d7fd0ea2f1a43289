#include "host/console/ConsoleFiles.h"

#include "host/http/FileDescriptor.h"
#include "sdk/shared/Negotiation.h"

#include <coffer/sdk/detail/RoutePattern.h>

#include <Poco/DeflatingStream.h>
#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace coffer::host {

namespace {

struct FileType {
    std::string_view extension;
    std::string_view contentType;
    bool compressible;
};

constexpr std::array<FileType, 9> fileTypes{{
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".svg", "image/svg+xml", true},
    {".json", "application/json", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".png", "image/png", false},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", false},
}};

const FileType& typeOf(std::string_view name) {
    const auto dot = std::min(name.rfind('.'), name.size());
    const auto found = std::ranges::find(fileTypes, name.substr(dot), &FileType::extension);
    if (found == fileTypes.end())
        throw Problem::notFound();
    return *found;
}

/// Opens one name inside an open folder. @throws Problem 404, also for a symbolic link
FileDescriptor openIn(const FileDescriptor& folder, const std::string& name, int flags) {
    if (name.starts_with('.'))
        throw Problem::notFound();
    FileDescriptor opened(::openat(folder.get(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
    if (!opened.open() && (errno == EMFILE || errno == ENFILE))
        throw std::system_error(errno, std::generic_category(), "a file of the console cannot be opened");
    if (!opened.open())
        throw Problem::notFound();
    return opened;
}

FileDescriptor openBelow(const std::filesystem::path& top, const std::vector<std::string>& segments) {
    FileDescriptor folder(::open(top.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder.open())
        throw Problem::notFound();
    for (std::size_t i = 0; i + 1 < segments.size(); ++i)
        folder = openIn(folder, segments[i], O_PATH | O_DIRECTORY);
    // O_NONBLOCK: opening a FIFO that nobody writes would wait for ever.
    auto file = openIn(folder, segments.back(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        throw Problem::notFound();
    return file;
}

std::string contentOf(int descriptor, std::size_t size) {
    std::string content(size, '\0');
    std::size_t length = 0;
    while (length < size) {
        const auto count =
            ::pread(descriptor, content.data() + length, size - length, static_cast<off_t>(length));
        if (count < 0)
            throw std::system_error(errno, std::generic_category(), "a file of the console cannot be read");
        if (count == 0)
            break;
        length += static_cast<std::size_t>(count);
    }
    content.resize(length);
    return content;
}

std::string compressed(const std::string& content) {
    constexpr int best = 9; // it is done once
    std::ostringstream out;
    Poco::DeflatingOutputStream gzip(out, Poco::DeflatingStreamBuf::STREAM_GZIP, best);
    gzip << content;
    gzip.close();
    return out.str();
}

std::string digestOf(const std::string& content) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(content);
    return Poco::DigestEngine::digestToHex(engine.digest()).substr(0, 32);
}

bool same(const timespec& one, const timespec& other) noexcept {
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

} // namespace

ConsoleFiles::Version ConsoleFiles::Version::of(int descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        throw std::system_error(errno, std::generic_category(), "a file of the console cannot be read");
    return {status.st_dev, status.st_ino, status.st_size, status.st_mtim, status.st_ctim};
}

bool ConsoleFiles::Version::operator==(const Version& other) const noexcept {
    return device == other.device && number == other.number && size == other.size &&
           same(modified, other.modified) && same(changed, other.changed);
}

ConsoleFiles::ConsoleFiles(std::filesystem::path folder, ConsoleFilesLimits limits)
    : folder_(std::move(folder)), limits_(limits) {}

bool ConsoleFiles::folderExists() const {
    std::error_code ignored;
    return std::filesystem::is_directory(folder_, ignored);
}

std::size_t ConsoleFiles::keptBytes() const {
    const std::lock_guard lock(mutex_);
    return kept_;
}

Response ConsoleFiles::answer(std::string_view path, const Poco::Net::HTTPRequest& head) {
    const auto segments = detail::splitPath(path);
    if (!segments)
        throw Problem::notFound();
    const FileType& type = typeOf(segments->back());
    std::string name;
    for (const auto& segment : *segments)
        name += "/" + segment;
    const auto found = file(name, openBelow(folder_, *segments).get(), type.compressible);

    const bool gzip = !found->gzip.empty() && detail::acceptsGzip(head);
    const std::string tag = "\"" + found->tag + (gzip ? "-gzip\"" : "\"");
    Response response;
    response.contentType = type.contentType;
    response.header("ETag", tag).header("Cache-Control", "no-cache").header("Vary", "Accept-Encoding");
    if (detail::matchesTag(head, tag)) {
        response.status = 304;
        return response;
    }
    if (gzip)
        response.header("Content-Encoding", "gzip");
    response.body = gzip ? found->gzip : found->content;
    return response;
}

std::shared_ptr<const ConsoleFiles::File> ConsoleFiles::file(const std::string& name, int descriptor,
                                                             bool compressible) {
    const auto version = Version::of(descriptor);
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = files_.find(name); known != files_.end() && known->second->version == version)
            return known->second;
    }
    auto fresh = read(name, descriptor, compressible);
    const auto weight = [](const File& file) { return file.content.size() + file.gzip.size(); };
    const std::lock_guard lock(mutex_);
    if (const auto former = files_.find(name); former != files_.end()) {
        kept_ -= weight(*former->second);
        files_.erase(former);
    }
    if (kept_ + weight(*fresh) > limits_.kept) {
        files_.clear();
        kept_ = 0;
    }
    kept_ += weight(*fresh);
    files_.emplace(name, fresh);
    return fresh;
}

std::shared_ptr<const ConsoleFiles::File> ConsoleFiles::read(const std::string& name, int descriptor,
                                                             bool compressible) const {
    // Before its content: what is written meanwhile makes another version, which is read anew.
    File file{Version::of(descriptor), {}, {}, {}};
    const auto size = static_cast<std::size_t>(file.version.size);
    if (size > limits_.file)
        throw Problem(500, "file_too_large", "This file is too large for the console",
                      "'" + name.substr(1) + "' has " + std::to_string(size) +
                          " bytes, and a file of the console has at most " + std::to_string(limits_.file) +
                          ". Make it smaller, or split it.");
    file.content = contentOf(descriptor, size);
    file.tag = digestOf(file.content);
    if (compressible)
        file.gzip = compressed(file.content);
    if (file.gzip.size() >= file.content.size())
        file.gzip.clear();
    return std::make_shared<const File>(std::move(file));
}

} // namespace coffer::host
