#include "host/identity/PrincipalService.h"
#include "host/identity/RouteParts.h"
#include "host/identity/TokenService.h"

namespace coffer::host {

namespace {

/// Whose tokens a route is about: those of the principal in its path, or the caller's own.
enum class Whose { principals, own };

std::int64_t ownerOf(RequestContext& context, Whose whose) {
    return whose == Whose::own ? context.principal().id : context.pathId("id");
}

std::string collection(Whose whose) {
    return whose == Whose::own ? "/whoami/tokens" : "/principals/{id}/tokens";
}

Route tokenRoute(Method method, Whose whose, std::string pattern) {
    Route route;
    route.method = method;
    route.pattern = std::move(pattern);
    route.permission = whose == Whose::own ? TokenService::self : PrincipalService::govern;
    return route;
}

std::vector<Field> tokenFields() {
    std::vector<Field> fields{given(Field::integer("id", "Id of the token")),
                              given(Field::string("name", "What it is for").example("laptop"))};
    appendCreation(fields);
    fields.push_back(given(Field::instant("expiresAt", "When it expires; null: never").nullable()));
    fields.push_back(given(Field::instant("revokedAt", "When it was revoked").nullable()));
    return fields;
}

void writeMembers(JsonWriter& json, const TokenRecord& token) {
    json.member("id", token.id).member("name", token.name);
    writeCreation(json, token.createdAt, token.createdBy);
    json.member("expiresAt", token.expiresAt).member("revokedAt", token.revokedAt);
}

void write(JsonWriter& json, const TokenRecord& token) {
    json.beginObject();
    writeMembers(json, token);
    json.endObject();
}

Response shownOnce(const TokenRecord& token, const SecretBytes& text) {
    JsonWriter json;
    json.reserve(1024); // or growing would leave copies of the token behind
    json.beginObject();
    writeMembers(json, token);
    json.member("token", text.reveal()).endObject();
    Response response = Response::json(json.take(), 201);
    response.oneTimeSecret = true;
    return response;
}

Route list(Whose whose) {
    Route route = tokenRoute(Method::get, whose, collection(whose));
    route.summary = whose == Whose::own ? "List your own tokens" : "List a principal's tokens";
    route.description = "What expired or was revoked is listed for another 30 days.";
    route.query = pageFields();
    route.response = listFields("The entries, ordered by id", tokenFields());
    route.handler = [whose](RequestContext& context) {
        const auto page = reading<TokenService>(context, [&](TokenService& service) {
            return service.list(ownerOf(context, whose), pageRequest(context.query()));
        });
        return Response::json(pageJson(page, write));
    };
    return route;
}

Route create(Whose whose) {
    Route route = tokenRoute(Method::post, whose, collection(whose));
    route.summary = whose == Whose::own ? "Make a token for yourself" : "Make a token for a principal";
    route.description = "The answer is the only one that ever shows the token.";
    route.action = "token.create";
    route.body = {given(Field::string("name", "What it is for").length(1, 60).example("laptop")),
                  Field::integer("expiresInDays", "Left out: it does not expire").range(1, 3650).example(90)};
    route.response = tokenFields();
    route.response.push_back(given(Field::string("token", "The token: keep it, it is shown once")));
    route.successStatus = 201;
    route.handler = [whose](RequestContext& context) {
        if (whose == Whose::principals)
            concernsPrincipal(context);
        const SecretBytes text = newToken();
        const LoginDigest digest = tokenDigest(text.reveal());
        return changing<TokenService>(context, [&](TokenService& service) {
            const auto owner = ownerOf(context, whose);
            const auto made = service.create(
                owner, {context.body().string("name"), digest, context.body().maybeInteger("expiresInDays")});
            return shownOnce(made, text);
        });
    };
    return route;
}

Route revoke(Whose whose) {
    const std::string parameter = whose == Whose::own ? "id" : "tokenId";
    Route route = tokenRoute(Method::remove, whose, collection(whose) + "/{" + parameter + "}");
    route.summary = whose == Whose::own ? "Revoke one of your tokens" : "Revoke a principal's token";
    route.action = "token.revoke";
    route.successStatus = 204;
    route.handler = [whose, parameter](RequestContext& context) {
        if (whose == Whose::principals)
            concernsPrincipal(context);
        return changing<TokenService>(context, [&](TokenService& service) {
            service.revoke(ownerOf(context, whose), context.pathId(parameter));
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> tokenRoutes() {
    std::vector<Route> routes;
    for (const Whose whose : {Whose::principals, Whose::own}) {
        routes.push_back(list(whose));
        routes.push_back(create(whose));
        routes.push_back(revoke(whose));
    }
    return routes;
}

} // namespace coffer::host
