// The smallest useful plugin: GET /api/v1/hello/{name} greets, in the words of its configuration.
#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Json.h>
#include <coffer/sdk/Plugin.h>

class Hello final : public coffer::Plugin {
public:
    std::vector<coffer::Option> options() const override {
        return {{"greeting", coffer::OptionType::text, "Hello", "The word before the name"}};
    }

    void init(coffer::HostContext& host) override {
        greeting_ = host.config().text("greeting");
        coffer::Route route;
        route.pattern = "/hello/{name}";
        route.permission = "hello:self";
        route.summary = "Greets somebody";
        route.response = {coffer::Field::string("greeting", "What is said").required()};
        route.handler = [this](coffer::RequestContext& request) { return greet(request.path("name")); };
        host.route(std::move(route));
    }

private:
    coffer::Response greet(std::string_view name) const {
        coffer::JsonWriter json;
        json.beginObject().member("greeting", greeting_ + ", " + std::string(name)).endObject();
        return coffer::Response::json(json.take());
    }

    std::string greeting_;
};

COFFER_PLUGIN(Hello, "hello", "1.0.0", "Greets whoever is known", "")
