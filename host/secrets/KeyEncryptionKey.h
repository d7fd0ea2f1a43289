#pragma once

#include <coffer/sdk/Secret.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace coffer::host {

/// The key that wraps the keys in the database. It is read once, at start, from a file or a systemd
/// credential, and never written by the daemon (except by generate(), for a fresh data folder).
///
/// The file holds one line with 32 bytes in base64 or hexadecimal; empty lines and lines that begin with `#`
/// are skipped. Movable; any thread.
class KeyEncryptionKey {
public:
    /// Reads a file that belongs to this user or root and that nobody else may read (mode 0600 or stricter).
    /// @throws std::runtime_error with a sentence that names the file and the remedy
    [[nodiscard]] static KeyEncryptionKey fromFile(const std::filesystem::path& path);

    /// Reads `$CREDENTIALS_DIRECTORY/<name>`, which systemd fills (`LoadCredential=`). systemd may give the
    /// service's user access through an access list, which shows as readable by the group: that is taken.
    /// @throws std::runtime_error as above
    [[nodiscard]] static KeyEncryptionKey fromCredential(const std::string& name);

    /// Writes a fresh random key to a new file, mode 0600, and sees it onto the disk.
    /// @throws std::runtime_error when the file exists or cannot be written
    [[nodiscard]] static KeyEncryptionKey generate(const std::filesystem::path& path);

    /// The key's name: the first 16 hexadecimal digits of SHA-256("coffer kek id" || key). No secret.
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    /// Where it was read, for messages.
    [[nodiscard]] const std::string& source() const noexcept { return source_; }

    /// Wraps a data key. @returns format, id of this key, vector, ciphertext, tag: of one size for all keys
    [[nodiscard]] std::string wrap(std::string_view purpose, const SecretBytes& key) const;
    /// Unwraps it. @throws NotAuthentic when it was wrapped by another key or for another purpose
    [[nodiscard]] SecretBytes unwrap(std::string_view purpose, std::string_view wrapped) const;
    /// The id() of the key that wrapped this; empty when it is no wrapped key at all.
    [[nodiscard]] static std::string idOf(std::string_view wrapped);

private:
    KeyEncryptionKey(SecretBytes key, std::string source);

    SecretBytes key_;
    std::string id_;
    std::string source_;
};

} // namespace coffer::host
