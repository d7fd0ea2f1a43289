#include "host/ctl/AuditCheck.h"

#include "host/ctl/Text.h"

namespace coffer::ctl {

void AuditCheck::find(std::string finding) {
    constexpr std::size_t enough = 20;
    if (findings_.size() < enough)
        findings_.push_back(std::move(finding));
}

void AuditCheck::expect(const Json& head, Head where) {
    const auto sequence = number(head, "sequence");
    macs_[sequence] = text(head, "mac");
    (where == Head::inside ? mustReach_ : end_) = sequence;
}

void AuditCheck::expectEarlier(const Json& kept, const Json& present) {
    const auto sequence = number(kept, "sequence");
    if (text(kept, "chain") != text(present, "chain"))
        find("The head that was kept is of another log: it was begun anew since, or it is another daemon's.");
    else if (number(present, "sequence") < sequence)
        find("The head that was kept is at record " + std::to_string(sequence) + ", the log ends at " +
             text(present, "sequence") + ": its end was cut off.");
    macs_[sequence] = text(kept, "mac");
}

void AuditCheck::follow(std::int64_t sequence) {
    if (count_ > 0 && sequence <= last_)
        find("Record " + std::to_string(sequence) + " stands behind record " + std::to_string(last_) + ".");
    else if (count_ > 0 && sequence > last_ + 1 && sees_ == Sees::everything)
        find(sequence == last_ + 2 ? "Record " + std::to_string(last_ + 1) + " is missing."
                                   : "Records " + std::to_string(last_ + 1) + " to " +
                                         std::to_string(sequence - 1) + " are missing.");
    if (count_++ == 0)
        first_ = sequence;
    last_ = sequence;
}

void AuditCheck::line(std::string_view record) {
    ++lines_;
    if (trimmed(record).empty())
        return;
    JsonDocument parsed;
    try {
        parsed = parseJson(record);
    } catch (const std::invalid_argument&) {
        return find("Line " + std::to_string(lines_) + " is no record.");
    }
    const auto sequence = number(parsed, "sequence");
    if (sequence < 1)
        return find("Line " + std::to_string(lines_) + " is no record.");
    follow(sequence);
    if (const auto expected = macs_.find(sequence);
        expected != macs_.end() && expected->second != text(parsed, "mac"))
        find("Record " + std::to_string(sequence) + " is not the one that the signed head was made for.");
}

std::vector<std::string> AuditCheck::findings() const {
    std::vector<std::string> out = findings_;
    if (end_ > 0 && last_ > end_)
        out.push_back("The file goes on to record " + std::to_string(last_) + ", the log ends at " +
                      std::to_string(end_) + ": its end was cut off.");
    if (mustReach_ > 0 && last_ < mustReach_ && sees_ == Sees::everything)
        out.push_back("The log ends at record " + std::to_string(mustReach_) +
                      ", but what it gives ends at " + std::to_string(last_) + ".");
    return out;
}

std::string AuditCheck::summary() const {
    if (count_ == 0)
        return "No records.";
    std::string out =
        std::to_string(count_) + " records, from " + std::to_string(first_) + " to " + std::to_string(last_);
    if (sees_ == Sees::part)
        return out + "; those of others are not yours to see, so that missing ones cannot be told.";
    return out + (findings().empty() ? ", without a hole." : ".");
}

} // namespace coffer::ctl
