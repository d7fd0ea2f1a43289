#pragma once

#include <string>
#include <vector>

namespace coffer::test {

/// A real S3 server (Ceph's RADOS Gateway) on the loopback interface: starts `scripts/object-gateway`, which
/// takes some seconds, and stops it when destroyed, or when this process ends in any other way. One user with
/// the keys below exists. Any thread, one at a time.
class ObjectGateway {
public:
    enum class Transport { plain, tls };
    /// @throws std::runtime_error when it does not start; the script has said why on stderr
    explicit ObjectGateway(Transport transport = Transport::plain);
    ObjectGateway(const ObjectGateway&) = delete;
    ObjectGateway& operator=(const ObjectGateway&) = delete;
    ~ObjectGateway();

    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; } ///< `http://127.0.0.1:N`
    [[nodiscard]] const std::string& region() const noexcept { return region_; }
    [[nodiscard]] const std::string& accessKeyId() const noexcept { return accessKeyId_; }
    [[nodiscard]] const std::string& secretAccessKey() const noexcept { return secretAccessKey_; }
    /// Its certificate in PEM, which signed itself; empty for Transport::plain.
    [[nodiscard]] const std::string& certificate() const noexcept { return certificate_; }

    void createUser(const std::string& user, const std::string& accessKeyId,
                    const std::string& secretAccessKey) const;
    void suspendUser(const std::string& user) const;
    void enableUser(const std::string& user) const;
    void removeUser(const std::string& user) const;
    /// Gives the key a new secret.
    void rotateKey(const std::string& user, const std::string& accessKeyId,
                   const std::string& secretAccessKey) const;
    /// radosgw-admin. @returns what it printed @throws std::runtime_error when it fails
    std::string admin(const std::vector<std::string>& arguments) const;

private:
    std::string folder_;
    std::string endpoint_;
    std::string region_;
    std::string accessKeyId_;
    std::string secretAccessKey_;
    std::string certificate_;
};

} // namespace coffer::test
