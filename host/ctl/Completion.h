#pragma once

#include "host/ctl/Terminal.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::ctl {

/// What the shells' scripts call: `cofferctl __complete WORDS...`.
inline constexpr std::string_view completeCommand = "__complete";

struct Candidate {
    std::string text; ///< `:file` and `:folder` stand for those that there are
    std::string help;
};

/// What the last of the words, which may be empty, can become. Asks the daemon for names, for a second at
/// most. Never throws: there is nobody to tell.
[[nodiscard]] std::vector<Candidate> complete(std::span<const std::string> words, const Terminal& terminal);

/// For `eval` or the folder where the shell looks for them. @param shell `bash` or `zsh`
[[nodiscard]] std::string_view completionScript(std::string_view shell);

} // namespace coffer::ctl
