#include "sdk/shared/OptionSection.h"

#include "sdk/shared/OptionValue.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace coffer::detail {

namespace {

std::string inQuotes(std::string_view text) {
    return "'" + std::string(text) + "'";
}

/// The option whose name is nearest, for the remedy; empty when none is near.
std::string nearest(std::string_view name, const std::vector<Option>& options) {
    const auto distance = [&](std::string_view other) {
        std::vector<std::size_t> row(other.size() + 1);
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = i;
        for (std::size_t i = 0; i < name.size(); ++i) {
            std::size_t diagonal = std::exchange(row[0], i + 1);
            for (std::size_t j = 0; j < other.size(); ++j)
                diagonal = std::exchange(row[j + 1], std::min({row[j + 1] + 1, row[j] + 1,
                                                               diagonal + (name[i] == other[j] ? 0U : 1U)}));
        }
        return row.back();
    };
    std::string best;
    std::size_t least = name.size() / 2 + 1;
    for (const auto& option : options)
        if (const auto d = distance(option.name); d < least) {
            least = d;
            best = option.name;
        }
    return best;
}

/// A section whose values were checked before; reading cannot fail but by a name that was never declared.
class CheckedSection final : public Config {
public:
    struct Entry {
        OptionType type;
        std::vector<std::string> values;
    };
    explicit CheckedSection(std::map<std::string, Entry, std::less<>> entries)
        : entries_(std::move(entries)) {}

    std::string text(std::string_view name) const override {
        return one(name, {OptionType::text, OptionType::path});
    }
    std::int64_t integer(std::string_view name) const override {
        return parseSize(one(name, {OptionType::integer, OptionType::size})).value_or(0);
    }
    bool boolean(std::string_view name) const override { return one(name, {OptionType::boolean}) == "true"; }
    std::chrono::milliseconds duration(std::string_view name) const override {
        return parseDuration(one(name, {OptionType::duration})).value_or(std::chrono::milliseconds{0});
    }
    std::vector<std::string> list(std::string_view name) const override {
        std::vector<std::string> all;
        for (const auto& value : entry(name, {OptionType::list}).values)
            std::ranges::move(splitList(value), std::back_inserter(all));
        return all;
    }

private:
    const Entry& entry(std::string_view name, std::initializer_list<OptionType> types) const {
        const auto found = entries_.find(name);
        if (found == entries_.end() || std::ranges::find(types, found->second.type) == types.end())
            throw std::logic_error("the option " + inQuotes(name) + " was not declared with this type");
        return found->second;
    }
    std::string one(std::string_view name, std::initializer_list<OptionType> types) const {
        const auto& values = entry(name, types).values;
        return values.empty() ? std::string() : values.front();
    }

    std::map<std::string, Entry, std::less<>> entries_;
};

} // namespace

std::unique_ptr<Config> checkSection(std::string_view name, const WrittenSection& written,
                                     const std::vector<Option>& options, std::string& mistakes) {
    std::map<std::string, CheckedSection::Entry, std::less<>> entries;
    for (const auto& option : options) {
        auto& entry = entries[option.name];
        entry.type = option.type;
        if (!written.contains(option.name) && !option.defaultValue.empty())
            entry.values = {option.defaultValue};
    }
    for (const auto& [key, settings] : written) {
        const auto option = std::ranges::find(options, key, &Option::name);
        if (option == options.end()) {
            const auto near = nearest(key, options);
            mistakes += settings.front().where + ": unknown option " + inQuotes(key) + " in [" +
                        std::string(name) + "]" +
                        (near.empty() ? "; remove it, or see cofferd --help"
                                      : "; did you mean " + inQuotes(near) + "?") +
                        "\n";
            continue;
        }
        const bool replaces = settings.front().replaces;
        if (settings.size() > 1 && option->type != OptionType::list && !replaces)
            mistakes += settings.back().where + ": " + inQuotes(key) + " is set a second time, first at " +
                        settings.front().where + "; remove one\n";
        for (const auto& setting : settings) {
            if (const auto refusal = refuseValue(*option, setting.value); !refusal.empty())
                mistakes += setting.where + ": " + inQuotes(key) + " = " + inQuotes(setting.value) + " " +
                            refusal + "\n";
            const bool relative = option->type == OptionType::path && !setting.value.empty();
            if (replaces && option->type != OptionType::list)
                entries[key].values.clear();
            entries[key].values.push_back(
                relative ? (setting.folder / setting.value).lexically_normal().string() : setting.value);
        }
    }
    return std::make_unique<CheckedSection>(std::move(entries));
}

} // namespace coffer::detail
