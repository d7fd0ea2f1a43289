#include "host/identity/SessionRoutes.h"

#include "host/identity/RouteParts.h"
#include "host/identity/SessionCookie.h"

#include <Poco/Net/HTTPServerRequest.h>

namespace coffer::host {

namespace {

constexpr const char* self = "sessions:self";
constexpr const char* open = "sessions:public";

std::vector<Field> timeFields() {
    return {given(Field::instant("createdAt", "When it was made")),
            given(Field::instant("expiresAt", "When it ends at the latest"))};
}

std::vector<Field> sessionFields() {
    std::vector<Field> fields{
        given(Field::integer("id", "Id of the session")),
        given(
            Field::string("csrfToken", "Send it as X-CSRF-Token with every request that changes something")),
        given(Field::integer("idleTimeoutSeconds", "After so long without a request it ends"))};
    std::ranges::move(timeFields(), std::back_inserter(fields));
    return fields;
}

Response shown(const SessionRecord& session, const SecretBytes& cookie, const SessionOptions& options,
               int status) {
    JsonWriter json;
    json.reserve(512); // or growing would leave copies of the token behind
    json.beginObject()
        .member("id", session.id)
        .member("csrfToken", csrfToken(cookie).reveal())
        .member("idleTimeoutSeconds", std::chrono::duration_cast<std::chrono::seconds>(options.idle).count())
        .member("createdAt", session.createdAt)
        .member("expiresAt", session.expiresAt)
        .endObject();
    return Response::json(json.take(), status);
}

/// The session that the caller's cookie names, rights included; nothing without one that lives.
std::optional<Sessions::Found> carried(RequestContext& context, Sessions& sessions,
                                       const std::optional<SecretBytes>& cookie) {
    auto found = cookie ? sessions.find(*cookie) : std::nullopt;
    // A bearer token beside the cookie may be somebody else's.
    const bool isCallers =
        found && (context.principal().id == 0 || context.principal().id == found->principal.id);
    return isCallers ? std::move(found) : std::nullopt;
}

Route signIn(Sessions& sessions, TokenAuthenticator& authenticator) {
    Route route;
    route.method = Method::post;
    route.pattern = "/sessions";
    route.permission = open;
    route.summary = "Sign in with a token";
    route.description =
        "For browsers: the answer sets a cookie that no script can read, and the session ends with the "
        "token it was made from. Programs send the token itself.";
    route.action = "session.create";
    route.body = {given(Field::secret("token", "A bearer token of yours").length(1, 1024))};
    route.response = sessionFields();
    route.successStatus = 201;
    route.handler = [&sessions, &authenticator](RequestContext& context) {
        auto& request = context.request();
        requireSameSite(request);
        const auto made = sessions.create(context.body().secret("token"), context.origin());
        if (!made)
            authenticator.refuseSignIn(context.origin().address);
        Response response = shown(made->session, made->cookie, sessions.options(), 201);
        response.oneTimeSecret = true;
        return response.header("Set-Cookie", giveCookie(made->cookie, request.secure()));
    };
    return route;
}

Route showCurrent(Sessions& sessions) {
    Route route;
    route.pattern = "/sessions/current";
    route.permission = self;
    route.summary = "Show the session that your cookie is of";
    route.response = sessionFields();
    route.handler = [&sessions](RequestContext& context) {
        auto& request = context.request();
        const auto cookie = sessionCookie(request, request.secure());
        const auto found = carried(context, sessions, cookie);
        if (!found)
            throw Problem(401, "no_session", "You have no session",
                          "You call with a token or a login of your own, without a session's cookie.")
                .header("WWW-Authenticate", R"(Bearer realm="coffer")");
        return shown(found->session, *cookie, sessions.options(), 200);
    };
    return route;
}

void endCurrent(RequestContext& context, Sessions& sessions, const Sessions::Found& found,
                const SecretBytes& cookie) {
    const Origin origin{found.principal.id, found.principal.name, context.origin().address,
                        context.origin().requestId};
    const auto write = [&](const auto& change) {
        sessions.storage().write(origin, std::function<void(Transaction&)>(change));
    };
    try {
        requireIntended(context.request(), cookie);
    } catch (const Problem& problem) {
        write([&](Transaction& transaction) {
            AuditEvent event;
            event.action = "session.end";
            event.objectType = "session";
            event.objectId = std::to_string(found.session.id);
            event.result = AuditResult::refused;
            event.reason = problem.code();
            transaction.record(event);
        });
        throw;
    }
    write([&](Transaction& transaction) {
        (void)sessions.end(transaction, found.principal.id, found.session.id); // it may have ended just now
    });
}

/// For whoever calls, known or not: to have been signed out already is no mistake.
Route signOut(Sessions& sessions) {
    Route route;
    route.method = Method::remove;
    route.pattern = "/sessions/current";
    route.permission = open;
    route.summary = "Sign out";
    route.description = "Ends the session that your cookie is of, and takes the cookie away.";
    route.action = "session.end";
    route.successStatus = 204;
    route.handler = [&sessions](RequestContext& context) {
        auto& request = context.request();
        const auto cookie = sessionCookie(request, request.secure());
        if (const auto found = carried(context, sessions, cookie))
            endCurrent(context, sessions, *found, *cookie);
        return Response::noContent().header("Set-Cookie", takeCookie(request.secure()));
    };
    return route;
}

Route list(Sessions& sessions) {
    std::vector<Field> fields{given(Field::integer("id", "Id of the session")),
                              given(Field::instant("lastUsedAt", "When it was last used")),
                              given(Field::boolean("current", "Whether it is the one that asks"))};
    std::ranges::move(timeFields(), std::back_inserter(fields));
    Route route;
    route.pattern = "/sessions";
    route.permission = self;
    route.summary = "List your own sessions";
    route.query = pageFields();
    route.response = listFields("The entries, ordered by id", std::move(fields));
    route.handler = [&sessions](RequestContext& context) {
        auto& request = context.request();
        const auto current = carried(context, sessions, sessionCookie(request, request.secure()));
        const auto page = context.read([&](Transaction& transaction) {
            return sessions.list(transaction, context.principal().id, pageRequest(context.query()));
        });
        return Response::json(pageJson(page, [&](JsonWriter& json, const SessionRecord& session) {
            json.beginObject()
                .member("id", session.id)
                .member("lastUsedAt", session.lastUsedAt)
                .member("current", current && current->session.id == session.id)
                .member("createdAt", session.createdAt)
                .member("expiresAt", session.expiresAt)
                .endObject();
        }));
    };
    return route;
}

Route end(Sessions& sessions) {
    Route route;
    route.method = Method::remove;
    route.pattern = "/sessions/{id}";
    route.permission = self;
    route.summary = "End one of your sessions";
    route.action = "session.end";
    route.successStatus = 204;
    route.handler = [&sessions](RequestContext& context) {
        return context.change([&](Transaction& transaction) {
            if (!sessions.end(transaction, context.principal().id, context.pathId("id")))
                throw Problem::notFound();
            return Response::noContent();
        });
    };
    return route;
}

} // namespace

std::vector<Route> sessionRoutes(Sessions& sessions, TokenAuthenticator& authenticator) {
    return {signIn(sessions, authenticator), showCurrent(sessions), signOut(sessions), list(sessions),
            end(sessions)};
}

} // namespace coffer::host
