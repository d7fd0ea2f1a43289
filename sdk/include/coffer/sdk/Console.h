#pragma once

#include <coffer/sdk/Export.h>
#include <coffer/sdk/Plugin.h>

#include <string>

namespace coffer {

/// A page of the web console, in the menu beside the daemon's own. Values only.
///
/// What it shows comes from the API with the rights of who looks at it: a page holds no data, and hides
/// nothing that the API would give.
struct ConsolePage {
    std::string path;       ///< its segment below `/console/`: the plugin's id, or that and `-something`
    std::string title;      ///< in the menu, 1-30 characters: `Mailboxes`
    std::string module;     ///< a JavaScript module in the plugin's console folder: `page.js`
    std::string permission; ///< who holds it somewhere has the page in the menu; see isPermission()
    /// The name of one of the frame's drawings: `bell`, `box`, `calendar`, `chart`, `cloud`, `database`,
    /// `file`, `folder`, `gear`, `globe`, `home`, `key`, `list`, `people`, `plug`, `puzzle`, `robot`,
    /// `shield`. For one that it does not have it shows `box`.
    std::string icon;
    int order = 100; ///< ascending in the menu; the daemon's own begin at 500
};

/// The web console, as a plugin reaches it. Owned by the host, valid as long as the HostContext.
class COFFER_API Console {
public:
    virtual ~Console();

    /// Shows a page while the plugin runs. In init() only. Its files lie in the plugin's console folder,
    /// which is named like its library and ends in `.console` instead of `.so`; no one but root and the
    /// daemon's user may write there.
    /// @throws std::invalid_argument a sentence when the page is incomplete, its path taken, or its module
    /// missing; std::runtime_error a sentence when others may write to the folder
    virtual void page(ConsolePage page) = 0;
};

/// The console of this host; every daemon has one, switched off or not.
/// @throws std::logic_error for a host of one's own that has none
[[nodiscard]] COFFER_API Console& console(HostContext& host);

} // namespace coffer
