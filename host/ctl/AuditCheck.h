#pragma once

#include "host/ctl/Json.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

/// What can be told of an audit log without the daemon's key: whether records are missing, and whether it
/// ends where a signed head says.
class AuditCheck {
public:
    enum class Sees { everything, part };
    enum class Head { inside, atOrBehind };

    explicit AuditCheck(Sees sees) : sees_(sees) {}

    /// The records must contain the head, or must not go on behind it.
    void expect(const Json& head, Head where);
    /// A head that was kept: the present one must continue it.
    void expectEarlier(const Json& kept, const Json& present);
    /// One record of an export, in the order of the export.
    void line(std::string_view record);

    /// What is wrong, one sentence each; empty when nothing is.
    [[nodiscard]] std::vector<std::string> findings() const;
    /// How many records, from which to which.
    [[nodiscard]] std::string summary() const;

private:
    void find(std::string finding);
    void follow(std::int64_t sequence);

    Sees sees_;
    std::map<std::int64_t, std::string> macs_; ///< those that records must have
    std::int64_t end_ = 0;                     ///< no record may lie behind it; 0: any may
    std::int64_t mustReach_ = 0;
    std::int64_t count_ = 0;
    std::int64_t first_ = 0;
    std::int64_t last_ = 0;
    std::int64_t lines_ = 0;
    std::vector<std::string> findings_;
};

} // namespace coffer::ctl
