#pragma once

#include <coffer/sdk/Audit.h>

#include <filesystem>
#include <string>

namespace coffer::host {

/// Writes each record as a line of JSON to a file, 0600, which it only appends to. A file that was rotated
/// away is noticed before the next record, and on SIGHUP. Used by its feeder's thread only.
class JsonLinesSink final : public AuditSink {
public:
    explicit JsonLinesSink(std::filesystem::path file);
    JsonLinesSink(const JsonLinesSink&) = delete;
    JsonLinesSink& operator=(const JsonLinesSink&) = delete;
    ~JsonLinesSink() override;

    [[nodiscard]] std::string name() const override { return "file:" + file_.string(); }
    /// Returns once the lines are on the disk. A line that could be written only in part is taken back.
    /// @throws std::system_error when the file cannot be opened or written
    void deliver(std::span<const AuditRecord> records) override;
    void reopen() override;

private:
    void openFile();
    void closeFile() noexcept;
    [[nodiscard]] bool isStillInPlace() const noexcept;
    void append(const std::string& lines);

    const std::filesystem::path file_;
    int descriptor_ = -1;
};

} // namespace coffer::host
