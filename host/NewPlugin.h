#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace coffer::host {

/// A file of sdk/template, which is a plugin named `sample`. Compiled in, so that no daemon needs to know
/// where the SDK lies.
struct TemplateFile {
    std::string_view name;
    std::string_view text;
};
[[nodiscard]] std::span<const TemplateFile> pluginTemplate();

/// Writes the template as a plugin named `id` into `folder`, which is made or is empty.
/// @returns what to do next, for people
/// @throws std::runtime_error a sentence for an id that does not fit, or a folder that holds something
std::string writeNewPlugin(const std::string& id, const std::filesystem::path& folder);

} // namespace coffer::host
