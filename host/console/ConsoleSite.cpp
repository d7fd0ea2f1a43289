#include "host/console/ConsoleSite.h"

#include "sdk/shared/QueryString.h"

namespace coffer::host {

namespace {

constexpr std::string_view sitePath = "/console/";
constexpr std::string_view assets = "assets/";
constexpr std::string_view pluginAssets = "plugin-assets/";

/// Scripts, styles and fonts come from here and nowhere else, nothing is made of text, and no other site can
/// show a page of this one, post to it, or keep hold of its window.
std::vector<std::pair<std::string, std::string>> protection() {
    return {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
         "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
         "require-trusted-types-for 'script'; trusted-types 'none'"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
    };
}

Response toTheSite(const Poco::Net::HTTPRequest& /*head*/) {
    Response response;
    response.status = 303;
    return response.header("Location", std::string(sitePath));
}

} // namespace

ConsoleSite::ConsoleSite(std::filesystem::path frame, PluginFolder pluginFolder)
    : folder_(std::move(frame)), frame_(folder_), pluginFolder_(std::move(pluginFolder)) {}

PublicPages ConsoleSite::pages() {
    return {
        {"/console", {toTheSite, true, protection()}},
        {std::string(sitePath),
         {[this](const Poco::Net::HTTPRequest& head) { return answer(head); }, false, protection()}},
    };
}

Response ConsoleSite::answer(const Poco::Net::HTTPRequest& head) {
    if (!isInstalled())
        throw Problem::unavailable("console_not_installed",
                                   "The console's files are missing: there is no folder '" +
                                       folder_.string() +
                                       "'. Install them, or set [console] directory to where they are.",
                                   60);
    auto path = detail::splitTarget(head.getURI()).path;
    path.remove_prefix(sitePath.size());
    if (path.starts_with(assets))
        return frame_.answer(path.substr(assets.size() - 1), head);
    if (path.starts_with(pluginAssets))
        return pluginAsset(path.substr(pluginAssets.size()), head);
    return frame_.answer("/index.html", head);
}

Response ConsoleSite::pluginAsset(std::string_view path, const Poco::Net::HTTPRequest& head) {
    const auto slash = std::min(path.find('/'), path.size());
    const auto folder = pluginFolder_(path.substr(0, slash));
    if (!folder)
        throw Problem::notFound();
    std::shared_ptr<ConsoleFiles> files;
    {
        const std::lock_guard lock(mutex_);
        auto& place = plugins_[*folder];
        if (!place)
            place = std::make_shared<ConsoleFiles>(*folder);
        files = place;
    }
    return files->answer(path.substr(slash), head);
}

} // namespace coffer::host
