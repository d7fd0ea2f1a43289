#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coffer::projects {

// Where in an S3 server a project's backups lie. Sentences about what is wrong; nothing when it is fine.

/// By the rules for general purpose buckets (Amazon S3 User Guide, "Bucket naming rules").
[[nodiscard]] std::optional<std::string> whyNotBucket(std::string_view bucket);
/// At most 200 characters, none of them a control character, and no slash in front.
[[nodiscard]] std::optional<std::string> whyNotPrefix(std::string_view prefix);

} // namespace coffer::projects
