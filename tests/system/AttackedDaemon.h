#pragma once

#include "tests/host/http/ServerTestClient.h"
#include "tests/host/http/TlsTestCertificates.h"
#include "tests/support/DaemonProcess.h"
#include "tests/support/Eventually.h"

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

    /// @param options  more of the command line: `--http.request_deadline=1s`; deadlines that they do not set
    ///                 are minutes
    explicit AttackedDaemon(const std::vector<std::string>& options = {},
                            Transport transport = Transport::plain);
    ~AttackedDaemon();

    [[nodiscard]] const DaemonProcess& process() const { return *process_; }
    [[nodiscard]] std::uint16_t port() const { return process_->port(); }
    /// One more connection to it. Over TLS the handshake is done.
    [[nodiscard]] std::unique_ptr<ServerTestClient> connect() const;
    /// Over TLS without a handshake, else the same.
    [[nodiscard]] std::unique_ptr<ServerTestClient> connectSilently() const;
    /// A caller who is no good one: the attackers'.
    [[nodiscard]] const Caller& stranger() const { return stranger_; }

    /// Good callers ask for their own: all are served, whole and with nobody else's bytes, while the attack
    /// holds.
    /// @param holds  whether the attack goes on: true before they ask and when all are served
    void expectGoodService(Connections connections = Connections::keptAndFresh,
                           const std::function<bool()>& holds = {});
    /// The same on kept and fresh connections, while another thread runs the attack again and again, once at
    /// least.
    void expectGoodServiceWhile(const std::function<void()>& attack, const std::function<bool()>& holds = {});
    /// After the attack: all is as before it; then as expectEnd().
    void expectUnharmed(const std::string& errors = {});
    /// The daemon ends when it shall, within its drain time, without an error in its log.
    /// @param errors  what the log's errors may hold, as a regular expression
    void expectEnd(const std::string& errors = {});
    /// The value of `coffer_http_refused_total` for this reason.
    [[nodiscard]] long refused(const std::string& reason) const;
    /// How many connections are open beside those of the good callers.
    [[nodiscard]] std::size_t connections() const;
    /// A value of `/metrics`, asked for over this connection.
    [[nodiscard]] static double metric(ServerTestClient& client, const std::string& name);
    /// No reply that an attacker received may hold what belongs to a good caller.
    void expectNothingOfOthers(const std::string& received) const;

private:
    struct Good;

    [[nodiscard]] Caller makeCaller(const std::string& name) const;
    /// Many requests of all good callers at once.
    void serve(Connections connections);
    /// What the daemon holds open but for its database: how many of each kind.
    [[nodiscard]] std::vector<std::string> descriptors() const;

    TemporaryFolder folder_;
    std::unique_ptr<DaemonProcess> process_;
    TlsTestContext context_{nullptr, SSL_CTX_free};
    Caller stranger_;
    std::vector<std::unique_ptr<Good>> good_;
    std::vector<std::string> descriptorsBefore_;
};

/// `GET path` with the caller's token and this request id.
[[nodiscard]] std::string requestOf(const Caller& caller, const std::string& path,
                                    const std::string& requestId);
/// Lets this process, and the daemons that it starts, open as many descriptors as the system allows.
/// @returns how many
std::size_t raiseDescriptorLimit();

} // namespace coffer::test
