#pragma once

#include <coffer/sdk/Config.h>

#include <string>
#include <vector>

namespace coffer::host {

/// One section of the daemon's own configuration.
struct OptionSection {
    std::string name;
    std::string description;
    std::vector<Option> options;
};

/// Every option of the daemon itself; plugins add a section each. This table is what is parsed, checked, and
/// shown by `cofferd --help`. Immutable; any thread.
[[nodiscard]] const std::vector<OptionSection>& hostOptions();

/// The options of one section. @throws std::logic_error when there is none of that name
[[nodiscard]] const std::vector<Option>& hostOptions(std::string_view section);

/// A section as `--help` shows it.
[[nodiscard]] std::string describe(const OptionSection& section);

} // namespace coffer::host
