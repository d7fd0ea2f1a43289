#include "host/config/Configuration.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace coffer::host {

namespace {

constexpr std::string_view commandLine = "the command line";
constexpr std::string_view pluginPrefix = "plugin.";

const std::vector<Option>& pluginOptions() {
    static const std::vector<Option> options{
        {"enabled", OptionType::boolean, "true", "Whether the plugin is loaded."},
        {"file", OptionType::text, "",
         "The plugin's file, in plugins.directory or absolute; default: <id>.so."},
        {"sha256", OptionType::text, "", "Loads the file only when it has this SHA-256, in hexadecimal."},
    };
    return options;
}

std::string inQuotes(std::string_view text) {
    return "'" + std::string(text) + "'";
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

/// The name in `[name]  # comment`; nothing when the line is no heading.
std::optional<std::string> headingOf(std::string_view line) {
    line = trimmed(line.substr(0, line.find('#')));
    if (!line.starts_with('[') || !line.ends_with(']'))
        return std::nullopt;
    const auto name = trimmed(line.substr(1, line.size() - 2));
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    };
    return !name.empty() && std::ranges::all_of(name, fits) ? std::optional<std::string>(name) : std::nullopt;
}

} // namespace

Configuration Configuration::load(const std::filesystem::path& file,
                                  const std::vector<std::pair<std::string, std::string>>& overrides) {
    Configuration configuration;
    configuration.readFile(file);
    std::vector<std::filesystem::path> more;
    const auto folder = file.parent_path() / "plugins.d";
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (entry.path().extension() == ".ini")
            more.push_back(entry.path());
    std::ranges::sort(more);
    for (const auto& each : more)
        configuration.readFile(each);
    configuration.override(overrides);
    return configuration;
}

Configuration
Configuration::fromCommandLine(const std::vector<std::pair<std::string, std::string>>& overrides) {
    Configuration configuration;
    configuration.override(overrides);
    return configuration;
}

void Configuration::readFile(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in)
        throw ConfigurationError(file.string() +
                                 ": the file is missing or cannot be read; name another with --config, "
                                 "or make it readable for the user that runs cofferd");
    std::string section;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const std::string where = file.string() + ":" + std::to_string(number);
        if (auto name = headingOf(line)) {
            section = std::move(*name);
            sections_[section];
            continue;
        }
        try {
            // One line at a time, so that what Boost finds wrong can be told with its line.
            std::istringstream one(line);
            const auto parsed = boost::program_options::parse_config_file<char>(
                one, boost::program_options::options_description(), true);
            for (const auto& option : parsed.options) {
                if (section.empty())
                    throw ConfigurationError(
                        where + ": " + inQuotes(option.string_key) +
                        " stands before any [section]; put it below the one it belongs to");
                sections_[section][option.string_key].push_back(
                    {option.value.empty() ? "" : option.value.front(), where,
                     std::filesystem::absolute(file).parent_path(), false});
            }
        } catch (const boost::program_options::error&) {
            throw ConfigurationError(where +
                                     ": this is neither '[section]' nor 'name = value' nor a # comment");
        }
    }
}

void Configuration::override(const std::vector<std::pair<std::string, std::string>>& overrides) {
    std::map<std::string, bool> replaced;
    for (const auto& [key, value] : overrides) {
        // The longest known section that the key begins with, so that `plugin.x.file` and `x.probe.interval`
        // both work.
        std::string section = key.substr(0, key.find('.'));
        for (const auto& [name, settings] : sections_)
            if (key.starts_with(name + ".") && name.size() > section.size())
                section = name;
        if (section.size() + 1 >= key.size())
            throw ConfigurationError("--" + key +
                                     ": unknown option; options read --section.name=value, see --help");
        auto& settings = sections_[section][key.substr(section.size() + 1)];
        if (!replaced[key])
            settings.clear();
        replaced[key] = true;
        settings.push_back({value, std::string(commandLine), std::filesystem::current_path(), true});
    }
}

std::unique_ptr<Config> Configuration::section(std::string_view name,
                                               const std::vector<Option>& options) const {
    std::string mistakes;
    const auto found = sections_.find(name);
    auto section = detail::checkSection(
        name, found == sections_.end() ? detail::WrittenSection() : found->second, options, mistakes);
    if (!mistakes.empty()) {
        mistakes.pop_back();
        throw ConfigurationError(mistakes);
    }
    return section;
}

std::vector<PluginEntry> Configuration::plugins(const std::filesystem::path& directory) const {
    std::vector<PluginEntry> entries;
    for (const auto& [name, settings] : sections_) {
        if (!name.starts_with(pluginPrefix))
            continue;
        const auto config = section(name, pluginOptions());
        if (!config->boolean("enabled"))
            continue;
        PluginEntry entry{name.substr(pluginPrefix.size()), {}, {}};
        const auto file = config->text("file");
        entry.file = directory / (file.empty() ? entry.id + ".so" : file);
        if (const auto pin = config->text("sha256"); !pin.empty())
            entry.sha256 = pin;
        entries.push_back(std::move(entry));
    }
    return entries;
}

void Configuration::requireKnownSections(const std::vector<std::string>& known) const {
    std::string mistakes;
    for (const auto& [name, settings] : sections_) {
        if (name.starts_with(pluginPrefix) || std::ranges::find(known, name) != known.end() ||
            sections_.contains(std::string(pluginPrefix) + name))
            continue;
        const std::string where = settings.empty() ? "configuration" : settings.begin()->second.front().where;
        mistakes += where + ": unknown section [" + name + "]; a plugin's section needs [plugin." + name +
                    "] beside it, the host's are listed by cofferd --help\n";
    }
    if (!mistakes.empty()) {
        mistakes.pop_back();
        throw ConfigurationError(mistakes);
    }
}

} // namespace coffer::host
