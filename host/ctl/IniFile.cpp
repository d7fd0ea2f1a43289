#include "host/ctl/IniFile.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <stdexcept>

namespace coffer::ctl {

namespace {

[[noreturn]] void refuse(std::size_t number) {
    throw std::invalid_argument("line " + std::to_string(number) + " is neither [section] nor name = value");
}

} // namespace

IniFile::IniFile(std::string_view text) {
    std::string current;
    std::string above;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view raw = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        const std::string line = trimmed(raw);
        if (line.empty() || line.front() == '#' || line.front() == ';')
            continue;
        if (line.front() == '[') {
            if (line.back() != ']')
                refuse(number);
            current = trimmed(std::string_view(line).substr(1, line.size() - 2));
            above.clear();
            (void)section(current);
            continue;
        }
        const auto equals = line.find('=');
        if (equals == std::string::npos)
            refuse(number);
        const std::string name = trimmed(std::string_view(line).substr(0, equals));
        const std::string value = trimmed(std::string_view(line).substr(equals + 1));
        const bool isNested = (raw.front() == ' ' || raw.front() == '\t') && !above.empty();
        section(current).values.emplace_back(isNested ? above + "." + name : name, value);
        if (!isNested)
            above = value.empty() ? name : std::string();
    }
}

const IniFile::Section* IniFile::find(std::string_view section) const noexcept {
    const auto found = std::ranges::find(sections_, section, &Section::name);
    return found == sections_.end() ? nullptr : &*found;
}

std::string IniFile::value(std::string_view section, std::string_view name) const {
    if (const Section* found = find(section))
        for (const auto& [key, value] : found->values)
            if (key == name)
                return value;
    return {};
}

IniFile::Section& IniFile::section(std::string_view name) {
    const auto found = std::ranges::find(sections_, name, &Section::name);
    if (found != sections_.end())
        return *found;
    // What stands before the first section can stand nowhere else.
    const auto place = name.empty() ? sections_.begin() : sections_.end();
    return *sections_.insert(place, {std::string(name), {}});
}

void IniFile::set(std::string_view sectionName, std::string_view name, std::string_view value) {
    auto& values = section(sectionName).values;
    const auto found = std::ranges::find(values, name, &std::pair<std::string, std::string>::first);
    if (found == values.end() && !value.empty())
        values.emplace_back(name, value);
    else if (found != values.end() && value.empty())
        values.erase(found);
    else if (found != values.end())
        found->second = value;
}

void IniFile::remove(std::string_view sectionName) {
    std::erase_if(sections_, [&](const Section& section) { return section.name == sectionName; });
}

std::string IniFile::text() const {
    std::string out;
    for (const auto& section : sections_) {
        if (!section.name.empty())
            out += (out.empty() ? "[" : "\n[") + section.name + "]\n";
        for (const auto& [name, value] : section.values)
            out.append(name).append(" = ").append(value).append("\n");
    }
    return out;
}

} // namespace coffer::ctl
