#include "host/console/ConsoleRoutes.h"

#include <coffer/sdk/Json.h>

#include <algorithm>
#include <array>
#include <utility>

namespace coffer::host {

namespace {

constexpr std::string_view hostOwner = "coffer";

std::vector<OwnedPage> hostPages() {
    const auto page = [](const char* path, const char* title, const char* permission, const char* icon,
                         int order) {
        return OwnedPage{std::string(hostOwner),
                         {path, title, "pages/" + std::string(path) + ".js", permission, icon, order}};
    };
    return {
        page("audit", "Audit log", "audit:audit", "list", 500),
        // Whoever has a role finds their tokens and sessions there; who may more finds robots and people too.
        page("organizations", "Organizations and access", "whoami:self", "people", 510),
        page("plugins", "Plugins", "plugins:administer", "plug", 520),
        page("keys", "Keys", "keys:administer", "shield", 530),
    };
}

std::string addressOf(const OwnedPage& owned) {
    if (owned.owner == hostOwner)
        return "/console/assets/" + owned.page.module;
    return "/console/plugin-assets/" + owned.owner + "/" + owned.page.module;
}

bool mayHave(const Principal& principal, const std::string& permission) {
    return isPublic(permission) || !authorizedScope(principal, permission).empty();
}

Response menu(const Principal& principal, const std::string& version, std::vector<OwnedPage> pages) {
    std::ranges::move(hostPages(), std::back_inserter(pages));
    std::erase_if(pages, [&](const OwnedPage& owned) { return !mayHave(principal, owned.page.permission); });
    std::ranges::sort(pages, {},
                      [](const OwnedPage& owned) { return std::pair(owned.page.order, owned.page.path); });
    JsonWriter json;
    json.beginObject().member("version", version).key("pages").beginArray();
    for (const auto& owned : pages)
        json.beginObject()
            .member("path", owned.page.path)
            .member("title", owned.page.title)
            .member("icon", owned.page.icon)
            .member("module", addressOf(owned))
            .member("owner", owned.owner)
            .member("order", owned.page.order)
            .endObject();
    json.endArray().endObject();
    return Response::json(json.take());
}

std::vector<Field> pageFieldsOfMenu() {
    return {Field::string("path", "Its segment below /console/").required().example("projects"),
            Field::string("title", "In the menu").required().example("Projects"),
            Field::string("icon", "Name of one of the frame's icons").required().example("folder"),
            Field::string("module", "Address of the JavaScript module that shows it")
                .required()
                .example("/console/plugin-assets/projects/page.js"),
            Field::string("owner", "The plugin that it is of; `coffer` for the daemon's own").required(),
            Field::integer("order", "Its place in the menu, ascending").required()};
}

} // namespace

bool isHostsPath(std::string_view path) {
    constexpr std::array<std::string_view, 2> folders{"assets", "plugin-assets"};
    const auto pages = hostPages();
    return std::ranges::find(folders, path) != folders.end() ||
           std::ranges::any_of(pages, [&](const OwnedPage& owned) { return owned.page.path == path; });
}

std::vector<Route> consoleRoutes(std::string version, std::function<std::vector<OwnedPage>()> pluginPages) {
    Route route;
    route.pattern = "/console";
    route.permission = "console:self";
    route.summary = "List the pages of the web console that you may see";
    route.description =
        "Those whose permission you hold somewhere. What they show comes from the API, which decides.";
    route.response = {Field::string("version", "Of the daemon").required().example("1.0.0"),
                      Field::objects("pages", "In the order of the menu", pageFieldsOfMenu()).required()};
    route.handler = [version = std::move(version),
                     pluginPages = std::move(pluginPages)](RequestContext& context) {
        return menu(context.principal(), version, pluginPages());
    };
    return {route};
}

} // namespace coffer::host
