#pragma once

#include <coffer/sdk/Export.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

/// How an option is written, and so how it is checked and read.
enum class OptionType {
    text,
    integer,
    boolean,  ///< true or false
    duration, ///< a number with a unit: `250ms`, `5s`, `10m`, `24h`, `30d`
    size,     ///< bytes with an optional unit: `64KiB`, `10MiB`
    path,     ///< relative ones are taken from the folder of the file that sets them
    list,     ///< texts; the option may be repeated, or hold several with commas between
};

/// One option of a plugin's section, or of the host. The same declaration is parsed, checked, shown by
/// `--help` and written into the documentation.
struct Option {
    std::string name;                   ///< within its section: `probe.interval`
    OptionType type = OptionType::text; ///< which function of Config reads it
    std::string defaultValue;           ///< as it would be written; empty: none
    std::string description;            ///< one sentence
    std::int64_t minimum = INT64_MIN;   ///< of an integer, of a size in bytes, of a duration in milliseconds
    std::int64_t maximum = INT64_MAX;   ///< likewise
    std::vector<std::string> allowed{}; ///< of a text: nothing else is taken
};

/// The plugin's own section of the configuration, checked against its options. Owned by the host, valid from
/// init() until stop() has returned; any thread. @throws std::logic_error for a name that was not declared
/// with that type
class COFFER_API Config {
public:
    virtual ~Config();
    [[nodiscard]] virtual std::string text(std::string_view name) const = 0;     ///< also paths
    [[nodiscard]] virtual std::int64_t integer(std::string_view name) const = 0; ///< also sizes, in bytes
    ///@{
    /// What was written, else the option's default, else `false`, 0 or nothing.
    [[nodiscard]] virtual bool boolean(std::string_view name) const = 0;
    [[nodiscard]] virtual std::chrono::milliseconds duration(std::string_view name) const = 0;
    [[nodiscard]] virtual std::vector<std::string> list(std::string_view name) const = 0;
    ///@}
};

} // namespace coffer
