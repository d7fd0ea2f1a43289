#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer::host {

/// Joins fields so that no two different lists of fields give the same bytes: every text stands behind its
/// length, every number has 8 bytes (both big-endian). What is authenticated goes through here. The first
/// field names the format and its version.
class FieldEncoding {
public:
    explicit FieldEncoding(std::string_view format) { text(format); }

    FieldEncoding& number(std::int64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8)
            out_ += static_cast<char>((static_cast<std::uint64_t>(value) >> static_cast<unsigned>(shift)) &
                                      0xFFU);
        return *this;
    }
    FieldEncoding& text(std::string_view value) {
        number(static_cast<std::int64_t>(value.size()));
        out_ += value;
        return *this;
    }
    [[nodiscard]] std::string take() noexcept { return std::move(out_); }

private:
    std::string out_;
};

} // namespace coffer::host
