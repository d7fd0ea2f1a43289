#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace coffer::projects {

/// How long a backup is kept: whole hours, from one hour to ten years (of 365 days). A value.
class Retention {
public:
    static constexpr std::chrono::hours shortest{1};
    static constexpr std::chrono::hours longest{10 * 365 * 24};

    /// 30 days.
    Retention() = default;
    /// @throws std::invalid_argument with a sentence, when it is too short or too long
    explicit Retention(std::chrono::hours hours);
    /// Reads `72h` or `30d`. @throws std::invalid_argument with a sentence that says what would be right
    [[nodiscard]] static Retention parse(std::string_view text);

    [[nodiscard]] std::chrono::hours hours() const noexcept { return hours_; }
    /// `720h`; parse() takes it again.
    [[nodiscard]] std::string text() const;
    /// As Velero writes a `ttl`: `720h0m0s`.
    [[nodiscard]] std::string veleroText() const;

    bool operator==(const Retention&) const = default;

private:
    std::chrono::hours hours_{720};
};

} // namespace coffer::projects
