#include <coffer/sdk/Secret.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace coffer {

void wipe(std::span<char> memory) noexcept {
    if (!memory.empty())
        explicit_bzero(memory.data(), memory.size());
}

SecretBytes::SecretBytes(std::string_view bytes) : SecretBytes(bytes.size()) {
    std::ranges::copy(bytes, data_.get());
}

SecretBytes::SecretBytes(std::size_t size) : data_(std::make_unique<char[]>(size)), size_(size) {}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
        wipe();
        data_ = std::move(other.data_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

SecretBytes::~SecretBytes() {
    wipe();
}

void SecretBytes::wipe() noexcept {
    coffer::wipe(writable());
}

bool SecretBytes::equals(const SecretBytes& other) const noexcept {
    if (size_ != other.size_)
        return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < size_; ++i)
        difference = static_cast<unsigned char>(difference | (data_[i] ^ other.data_[i]));
    return difference == 0;
}

SecretVault::~SecretVault() = default;

} // namespace coffer
