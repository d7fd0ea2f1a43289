#pragma once

#include <coffer/sdk/Export.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace coffer {

class Transaction;

/// Bytes that must not be seen: a key, a token, a password.
///
/// Owns its memory and wipes it when destroyed or assigned. It cannot be copied, streamed, formatted or
/// converted; whoever needs the bytes says so with reveal(). One object is used by one thread at a time.
class COFFER_API SecretBytes {
public:
    SecretBytes() noexcept = default;
    /// Copies `bytes`; wiping the original stays with its owner.
    explicit SecretBytes(std::string_view bytes);
    /// `size` zero bytes, to be filled through writable().
    explicit SecretBytes(std::size_t size);
    ///@{
    /// Takes the bytes over; `other` is empty afterwards, and what was here is wiped.
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    ///@}
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    /// The bytes. The view dies with this object; never copy it into a std::string that outlives the call.
    [[nodiscard]] std::string_view reveal() const noexcept { return {data_.get(), size_}; }
    /// The bytes, to be filled. Dies with this object.
    [[nodiscard]] std::span<char> writable() noexcept { return {data_.get(), size_}; }
    ///@{
    /// In bytes.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    ///@}

    /// A second owner, made on purpose.
    [[nodiscard]] SecretBytes clone() const { return SecretBytes(reveal()); }
    /// Takes the same time whatever the contents; only a different length returns early.
    [[nodiscard]] bool equals(const SecretBytes& other) const noexcept;

private:
    void wipe() noexcept;

    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
};

/// Overwrites memory in a way the compiler may not leave out.
COFFER_API void wipe(std::span<char> memory) noexcept;

/// To whom a stored secret belongs. Every member is bound to the ciphertext as additional authenticated data,
/// together with the plugin that stored it and the key version: moved anywhere else, the ciphertext does not
/// open.
struct SecretContext {
    std::int64_t organization = 0; ///< id of the owning organization; 0 when none owns it
    std::string_view record; ///< whose it is: object type and id, `backup-credential/17`. At most 128 bytes
    std::string_view field;  ///< what it is: `secret-access-key`. At most 64 bytes
};

/// Where a secret lies in the vault. The plugin keeps both numbers in its own row, in the same transaction:
/// an older ciphertext put back under the newer version does not open.
struct SecretReference {
    std::int64_t id = 0;      ///< 1..2^63-1, never reused for another context
    std::int64_t version = 0; ///< rises by one with each replace()
    bool operator==(const SecretReference&) const = default;
};

/// The host's sealed storage for secrets (AES-256-GCM, a subkey per plugin). Ciphertext and keys never leave
/// the host, so rotation, rewrap, retiring and scrubbing of old ciphertext need nothing from plugins.
///
/// Owned by the host; valid from init() until stop() has returned. Calls that change something run inside the
/// caller's Transaction and are undone with it. Thread-safe as its Transactions are: one thread a
/// transaction.
/// @throws Problem 503 `key_unavailable` when the key version that sealed a secret is not loaded
class COFFER_API SecretVault {
public:
    virtual ~SecretVault();

    /// Seals and stores. `secret` holds 1 to 4096 bytes.
    [[nodiscard]] virtual SecretReference store(Transaction& transaction, const SecretContext& context,
                                                const SecretBytes& secret) = 0;
    /// Seals the new secret in the place of the old; the old ciphertext is overwritten.
    [[nodiscard]] virtual SecretReference replace(Transaction& transaction, SecretReference reference,
                                                  const SecretContext& context,
                                                  const SecretBytes& secret) = 0;
    /// Overwrites the ciphertext; afterwards the reference opens nothing.
    virtual void erase(Transaction& transaction, SecretReference reference) = 0;
    /// Opens it. Whoever hands the result to a caller must record that in the audit log first.
    /// @throws Problem 500 `secret_unreadable` when anything bound to it differs or was tampered with
    [[nodiscard]] virtual SecretBytes open(Transaction& transaction, SecretReference reference,
                                           const SecretContext& context) = 0;
    /// A keyed digest (HMAC-SHA-256, 16 hexadecimal digits) by which two equal secrets are seen to be equal
    /// and a change is seen to be one. Reveals nothing without the daemon's key. The same for all time,
    /// whatever key rotates.
    [[nodiscard]] virtual std::string fingerprint(const SecretBytes& secret) const = 0;
};

} // namespace coffer
