// What a third party brings to the console: pages beside ours, with what its own routes answer.
#include <coffer/sdk/Console.h>
#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Json.h>
#include <coffer/sdk/Plugin.h>

class Mailboxes final : public coffer::Plugin {
public:
    void init(coffer::HostContext& host) override {
        coffer::Route route;
        route.pattern = "/mailboxes";
        route.permission = "mailboxes:read";
        route.summary = "List mailboxes";
        route.response = {coffer::Field::string("first", "A mailbox").required()};
        route.handler = [](coffer::RequestContext&) {
            coffer::JsonWriter json;
            json.beginObject().member("first", "<b>post@example.org</b>").endObject();
            return coffer::Response::json(json.take());
        };
        host.route(std::move(route));
        coffer::Console& console = coffer::console(host);
        console.page({"mailboxes", "Mailboxes", "page.js", "mailboxes:read", "nosuchicon", 15});
        console.page({"mailboxes-rules", "Rules", "rules.js", "mailboxes:change", "gear", 1000});
        console.page({"mailboxes-broken", "Broken", "broken.js", "mailboxes:administer", "box", 1001});
        console.page({"mailboxes-throws", "Throws", "throws.js", "mailboxes:administer", "box", 1002});
    }
};

COFFER_PLUGIN(Mailboxes, "mailboxes", "1.0.0", "A third party's pages in the console", "")
