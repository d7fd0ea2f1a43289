#pragma once

#include <filesystem>
#include <string>

namespace coffer::test {

/// A fresh folder below the system's temporary one, readable by its owner only; removed with all it holds.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    /// Writes a file in it, mode 0600. @returns its path
    std::string write(const std::string& name, const std::string& content) const;

private:
    std::filesystem::path path_;
};

/// The whole of a file; empty when there is none.
[[nodiscard]] std::string readFile(const std::filesystem::path& path);

} // namespace coffer::test
