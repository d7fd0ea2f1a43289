#pragma once

#include "tests/host/http/ServerTestClient.h"
#include "tests/host/http/TlsTestCertificates.h"
#include "tests/support/DaemonProcess.h"

#include <chrono>
#include <functional>
#include <memory>

namespace coffer::test {

/// Who calls: a manager of one organization.
struct Caller {
    std::string name; ///< the organization's as well; no other reply holds it
    std::string token;
    std::string path; ///< of the organization, below /
};

/// A daemon under attack, and the good callers who must not notice: each knows by heart what it must be
/// given.
class AttackedDaemon {
public:
    enum class Transport { plain, tls };
    /// Which connections good callers use. Nobody gets a new one while the daemon has no descriptor left.
    enum class Connections { keptAndFresh, kept };

    /// @param options  more of the command line: `--http.request_deadline=1s`
    explicit AttackedDaemon(std::vector<std::string> options = {}, Transport transport = Transport::plain);
    ~AttackedDaemon();

    [[nodiscard]] const DaemonProcess& process() const { return *process_; }
    [[nodiscard]] std::uint16_t port() const { return process_->port(); }
    /// One more connection to it. Over TLS the handshake is done.
    [[nodiscard]] std::unique_ptr<ServerTestClient> connect() const;
    /// Over TLS without a handshake, else the same.
    [[nodiscard]] std::unique_ptr<ServerTestClient> connectSilently() const;
    /// A caller who is no good one: the attackers'.
    [[nodiscard]] const Caller& stranger() const { return stranger_; }

    /// Good callers ask for their own, on kept and fresh connections: all are served, whole and with nobody
    /// else's bytes; half of them at most twice as late as before the attack (and some constant time, for
    /// a machine with other work), in one of three tries.
    void expectGoodService(Connections connections = Connections::keptAndFresh);
    /// After the attack: all is as before it; then as expectEnd().
    void expectUnharmed(const std::string& errors = {});
    /// The daemon ends when it shall, within its drain time, without an error in its log.
    /// @param errors  what the log's errors may hold, as a regular expression
    void expectEnd(const std::string& errors = {});
    /// The value of `coffer_http_refused_total` for this reason.
    [[nodiscard]] long refused(const std::string& reason) const;
    /// No reply that an attacker received may hold what belongs to a good caller.
    void expectNothingOfOthers(const std::string& received) const;

private:
    struct Good;

    [[nodiscard]] Caller makeCaller(const std::string& name) const;
    [[nodiscard]] double metric(const std::string& name) const;
    /// The median time of many requests of all good callers at once.
    [[nodiscard]] std::chrono::microseconds serve(Connections connections);
    /// What the daemon holds open but for its database: how many of each kind.
    [[nodiscard]] std::vector<std::string> descriptors() const;

    TemporaryFolder folder_;
    std::unique_ptr<DaemonProcess> process_;
    TlsTestContext context_{nullptr, SSL_CTX_free};
    Caller stranger_;
    std::vector<std::unique_ptr<Good>> good_;
    std::vector<std::string> descriptorsBefore_;
    std::chrono::microseconds quiet_{};
};

/// `GET path` with the caller's token and this request id.
[[nodiscard]] std::string requestOf(const Caller& caller, const std::string& path,
                                    const std::string& requestId);
/// Waits until `condition` holds; generous, for hangs only.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);
/// Lets this process, and the daemons that it starts, open as many descriptors as the system allows.
/// @returns how many
std::size_t raiseDescriptorLimit();

} // namespace coffer::test
