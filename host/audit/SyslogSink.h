#pragma once

#include <coffer/sdk/Audit.h>

#include <filesystem>
#include <string>

namespace coffer::host {

struct SyslogOptions {
    /// A datagram socket to which RFC 5424 text is written. To `/dev/log`, which is also meant when it is
    /// empty, goes the form of syslog(3) (RFC 3164): that is what journald and rsyslog read there.
    std::filesystem::path socket;
    int facility = 13;                   ///< RFC 5424, table 1; 13 is "log audit"
    std::string application = "cofferd"; ///< APP-NAME
    int sendTimeoutSeconds = 10;
};

/// Writes each record as one message to the machine's syslog. syslog(3) itself would drop messages in
/// silence; this one sees when nobody takes them. Used by its feeder's thread only.
class SyslogSink final : public AuditSink {
public:
    explicit SyslogSink(SyslogOptions options);
    SyslogSink(const SyslogSink&) = delete;
    SyslogSink& operator=(const SyslogSink&) = delete;
    ~SyslogSink() override;

    [[nodiscard]] std::string name() const override;
    /// A record too large for a datagram is sent without its before and after. @throws std::system_error
    void deliver(std::span<const AuditRecord> records) override;
    void reopen() override;

    /// The message as it is sent.
    [[nodiscard]] std::string message(const AuditRecord& record) const;

private:
    void connect();
    void disconnect() noexcept;
    [[nodiscard]] bool send(const std::string& message);
    [[nodiscard]] std::string socketPath() const;
    [[nodiscard]] bool isLocalForm() const;

    const SyslogOptions options_;
    std::string host_;
    int socket_ = -1;
};

} // namespace coffer::host
