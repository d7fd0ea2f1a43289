#pragma once

#include <filesystem>
#include <string_view>

namespace coffer::ctl {

/// A file that is written piece by piece, for its owner only, and takes its name when it is whole.
class PrivateStream {
public:
    /// @throws Failure when it cannot be written; so does write()
    explicit PrivateStream(std::filesystem::path file);
    PrivateStream(const PrivateStream&) = delete;
    PrivateStream& operator=(const PrivateStream&) = delete;
    /// Without keep() nothing of it stays.
    ~PrivateStream();

    void write(std::string_view piece);
    void keep();

private:
    [[noreturn]] void refuse() const;

    std::filesystem::path file_;
    std::string made_;
    int descriptor_ = -1;
};

} // namespace coffer::ctl
