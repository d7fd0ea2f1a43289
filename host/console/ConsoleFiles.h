#pragma once

#include <coffer/sdk/Http.h>

#include <Poco/Net/HTTPRequest.h>

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace coffer::host {

struct ConsoleFilesLimits {
    std::size_t file = 4 << 20;  ///< bytes of one file; a larger one is not served
    std::size_t kept = 32 << 20; ///< bytes kept in memory, compressed forms included
};

/// The files of one folder as browsers get them. A file that was changed on the disk is seen by the next
/// request; an unchanged one is read and compressed once.
///
/// Only files of a few types are served, and none whose name, or whose folder's, begins with a dot or is a
/// symbolic link: the folder itself may be one, nothing leads out of it. Any thread.
class ConsoleFiles {
public:
    explicit ConsoleFiles(std::filesystem::path folder, ConsoleFilesLimits limits = {});

    [[nodiscard]] bool folderExists() const;
    /// @param path  below the folder, percent-encoded, with a slash before it: `/pages/audit.js`
    /// @throws Problem 404 for what is not served; 500 `file_too_large`
    [[nodiscard]] Response answer(std::string_view path, const Poco::Net::HTTPRequest& head);
    [[nodiscard]] std::size_t keptBytes() const;

private:
    /// What says that a file is still the one that was read.
    struct Version {
        dev_t device;
        ino_t number;
        off_t size;
        timespec modified;
        timespec changed;
        [[nodiscard]] static Version of(int descriptor);
        [[nodiscard]] bool operator==(const Version& other) const noexcept;
    };
    struct File {
        Version version;
        std::string content;
        std::string gzip; ///< empty when it would not be smaller
        std::string tag;
    };

    [[nodiscard]] std::shared_ptr<const File> file(const std::string& name, int descriptor,
                                                   bool compressible);
    [[nodiscard]] std::shared_ptr<const File> read(const std::string& name, int descriptor,
                                                   bool compressible) const;

    const std::filesystem::path folder_;
    const ConsoleFilesLimits limits_;
    mutable std::mutex mutex_;
    std::size_t kept_ = 0;
    std::map<std::string, std::shared_ptr<const File>, std::less<>> files_;
};

} // namespace coffer::host
