#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer::ctl {

/// Sections of `name = value`, as cofferctl's own file and those of AWS have them. Lines that begin with # or
/// ; are comments. An indented line belongs to the value-less name above it: `s3 =` and then ` endpoint_url =
/// x` is `s3.endpoint_url`.
class IniFile {
public:
    struct Section {
        std::string name;
        std::vector<std::pair<std::string, std::string>> values;
    };

    IniFile() = default;
    /// @throws std::invalid_argument with the number of the line that is not understood
    explicit IniFile(std::string_view text);

    [[nodiscard]] const std::vector<Section>& sections() const noexcept { return sections_; }
    [[nodiscard]] const Section* find(std::string_view section) const noexcept;
    /// Empty when there is none. Section "" is what stands before the first.
    [[nodiscard]] std::string value(std::string_view section, std::string_view name) const;
    /// An empty value takes the name out.
    void set(std::string_view section, std::string_view name, std::string_view value);
    void remove(std::string_view section);
    [[nodiscard]] std::string text() const;

private:
    Section& section(std::string_view name);

    std::vector<Section> sections_;
};

} // namespace coffer::ctl
