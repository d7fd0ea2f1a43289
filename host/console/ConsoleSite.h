#pragma once

#include "host/console/ConsoleFiles.h"
#include "host/http/Pipeline.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace coffer::host {

/// Where the files of a plugin's pages lie; nothing while it shows no pages.
using PluginFolder = std::function<std::optional<std::filesystem::path>(std::string_view plugin)>;

/// Everything below `/console/`: files without any data in them, for whoever asks.
///
/// | address | file |
/// |---|---|
/// | `/console/assets/<path>` | of the frame |
/// | `/console/plugin-assets/<plugin>/<path>` | of a plugin that shows pages |
/// | all others | the frame's `index.html`, which shows the page of that address |
///
/// Any thread.
class ConsoleSite {
public:
    /// @param frame  the frame's folder; a missing one is said to whoever asks
    ConsoleSite(std::filesystem::path frame, PluginFolder pluginFolder);

    [[nodiscard]] bool isInstalled() const { return frame_.folderExists(); }
    /// `/console`, which leads to `/console/`, and all below that. The site outlives them.
    [[nodiscard]] PublicPages pages();

private:
    [[nodiscard]] Response answer(const Poco::Net::HTTPRequest& head);
    [[nodiscard]] Response pluginAsset(std::string_view path, const Poco::Net::HTTPRequest& head);

    const std::filesystem::path folder_;
    ConsoleFiles frame_;
    const PluginFolder pluginFolder_;
    std::mutex mutex_;
    std::map<std::filesystem::path, std::shared_ptr<ConsoleFiles>> plugins_; ///< by folder
};

} // namespace coffer::host
