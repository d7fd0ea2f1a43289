#include "host/secrets/KeyEncryptionKey.h"

#include "host/secrets/Aes256Gcm.h"
#include "host/secrets/FieldEncoding.h"
#include "host/secrets/Hex.h"
#include "host/secrets/KeyDerivation.h"
#include "host/secrets/KeyFile.h"
#include "host/secrets/Random.h"

#include <cstdlib>
#include <stdexcept>

namespace coffer::host {

namespace {

constexpr char wrapFormat = 1;
constexpr std::size_t idBytes = 8;
constexpr std::size_t wrappedSize = 1 + idBytes + Aes256Gcm::overhead + Aes256Gcm::keySize;

std::string idOfKey(const SecretBytes& key) {
    constexpr std::string_view label = "coffer kek id";
    SecretBytes labelled(label.size() + key.size());
    auto end = std::ranges::copy(label, labelled.writable().begin()).out;
    std::ranges::copy(key.reveal(), end);
    return toHex(sha256(labelled.reveal()).substr(0, idBytes));
}

std::string additionalData(std::string_view purpose, std::string_view kekId) {
    FieldEncoding encoding("coffer wrapped key 1");
    return encoding.text(purpose).text(kekId).take();
}

} // namespace

KeyEncryptionKey::KeyEncryptionKey(SecretBytes key, std::string source)
    : key_(std::move(key)), id_(idOfKey(key_)), source_(std::move(source)) {}

KeyEncryptionKey KeyEncryptionKey::fromFile(const std::filesystem::path& path) {
    return {readKeyFile(path, KeyFileAccess::ownerOnly), path.string()};
}

KeyEncryptionKey KeyEncryptionKey::fromCredential(const std::string& name) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0')
        throw std::runtime_error(
            "The key-encryption key is to come from the systemd credential \"" + name +
            "\", but CREDENTIALS_DIRECTORY is not set: start the daemon from a unit with LoadCredential=" +
            name + ":/path/to/the/key.");
    if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..")
        throw std::runtime_error("\"" + name + "\" is no name of a systemd credential: it is a file name.");
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    return {readKeyFile(path, KeyFileAccess::groupMayRead), "the systemd credential " + path.string()};
}

KeyEncryptionKey KeyEncryptionKey::generate(const std::filesystem::path& path) {
    SecretBytes key = randomSecret(Aes256Gcm::keySize);
    KeyEncryptionKey made(key.clone(), path.string());
    writeKeyFile(path, key,
                 "# The key-encryption key of coffer, id " + made.id() +
                     ". Whoever has it and the database reads every secret;\n"
                     "# without it the database and its backups cannot be opened. Keep a copy apart from "
                     "both.\n");
    return made;
}

std::string KeyEncryptionKey::wrap(std::string_view purpose, const SecretBytes& key) const {
    std::string wrapped(1, wrapFormat);
    wrapped += fromHex(id_);
    return wrapped += Aes256Gcm(key_).seal(additionalData(purpose, id_), key.reveal());
}

SecretBytes KeyEncryptionKey::unwrap(std::string_view purpose, std::string_view wrapped) const {
    if (idOf(wrapped) != id_)
        throw NotAuthentic();
    return Aes256Gcm(key_).open(additionalData(purpose, id_), wrapped.substr(1 + idBytes));
}

std::string KeyEncryptionKey::idOf(std::string_view wrapped) {
    if (wrapped.size() != wrappedSize || wrapped[0] != wrapFormat)
        return {};
    return toHex(wrapped.substr(1, idBytes));
}

} // namespace coffer::host
