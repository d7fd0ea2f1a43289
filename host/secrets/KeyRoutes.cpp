#include "host/secrets/KeyRoutes.h"

#include <coffer/sdk/Json.h>

namespace coffer::host {

namespace {

constexpr const char* permission = "keys:administer";

/// Keys belong to no organization: who administers only some of them may not touch them.
void requireAll(const RequestContext& context) {
    if (!context.scope().all)
        throw Problem(403, "permission_denied", "You may not do this",
                      "Keys seal the secrets of all organizations: it takes the role administrator in all of "
                      "them.");
}

std::vector<Field> versionFields() {
    return {Field::integer("version", "Number of the key version").required(),
            Field::string("state", "active seals and opens, retiring opens, retired is destroyed")
                .oneOf({"active", "retiring", "retired"})
                .required(),
            Field::instant("createdAt", "When it was made").required(),
            Field::instant("retiredAt", "When it was destroyed").nullable().required(),
            Field::integer("sealedCount", "Secrets that lie sealed under it").required()};
}

std::vector<Field> progressFields() {
    return {Field::boolean("running", "Whether secrets are being sealed again now").required(),
            Field::integer("target", "The key version they are sealed under").required(),
            Field::integer("total", "Secrets that had to be sealed again when it began").required(),
            Field::integer("done", "How many of them are").required(),
            Field::integer("failed", "How many did not open and stay under their old version").required(),
            Field::instant("requestedAt", "When it was asked for").required(),
            Field::instant("finishedAt", "When it was done").nullable().required()};
}

void write(JsonWriter& json, const KeyVersion& version) {
    json.member("version", version.version)
        .member("state", toString(version.state))
        .member("createdAt", version.createdAt)
        .member("retiredAt", version.retiredAt)
        .member("sealedCount", version.sealedCount);
}

void write(JsonWriter& json, const RewrapProgress& progress) {
    json.beginObject()
        .member("running", progress.running)
        .member("target", progress.target)
        .member("total", progress.total)
        .member("done", progress.done)
        .member("failed", progress.failed)
        .member("requestedAt", progress.requestedAt)
        .member("finishedAt", progress.finishedAt)
        .endObject();
}

std::string versionJson(const KeyVersion& version) {
    JsonWriter json;
    json.beginObject();
    write(json, version);
    json.endObject();
    return json.take();
}

std::string overview(const KeyRing& keys, Transaction& transaction) {
    const auto versions = keys.versions(transaction);
    const auto active = std::ranges::find(versions, KeyState::active, &KeyVersion::state);
    JsonWriter json;
    json.beginObject()
        .member("keyEncryptionKeyId", keys.keyEncryptionKeyId())
        .member("activeVersion", active == versions.end() ? 0 : active->version)
        .key("versions")
        .beginArray();
    for (const KeyVersion& version : versions) {
        json.beginObject();
        write(json, version);
        json.endObject();
    }
    json.endArray().key("rewrap");
    if (const auto progress = Rewrapper::progress(transaction))
        write(json, *progress);
    else
        json.null();
    json.endObject();
    return json.take();
}

Route overviewRoute(KeyRing& keys) {
    Route route;
    route.method = Method::get;
    route.pattern = "/keys";
    route.permission = permission;
    route.summary = "Shows the key versions, what is sealed under each, and how far a rewrap is";
    route.response = {
        Field::string("keyEncryptionKeyId", "Id of the key that wraps the others").required(),
        Field::integer("activeVersion", "The version that seals what is stored now").required(),
        Field::objects("versions", "Every version there has been, ascending", versionFields()).required(),
        Field::object("rewrap", "The last rewrap", progressFields()).nullable().required()};
    route.handler = [&keys](RequestContext& context) {
        requireAll(context);
        return Response::json(
            context.read([&](Transaction& transaction) { return overview(keys, transaction); }));
    };
    return route;
}

Route rotateRoute(KeyRing& keys) {
    Route route;
    route.method = Method::post;
    route.pattern = "/keys/rotate";
    route.permission = permission;
    route.action = "key.rotate";
    route.summary = "Makes a new key version; from now on it seals what is stored";
    route.description = "What was sealed before stays under its version until it is rewrapped.";
    route.successStatus = 201;
    route.response = versionFields();
    route.handler = [&keys](RequestContext& context) {
        requireAll(context);
        return context.change([&](Transaction& transaction) {
            return Response::created(versionJson(keys.rotate(transaction)), "/api/v1/keys");
        });
    };
    return route;
}

Route rewrapRoute(Rewrapper& rewrapper) {
    Route route;
    route.method = Method::post;
    route.pattern = "/keys/rewrap";
    route.permission = permission;
    route.action = "key.rewrap";
    route.summary = "Seals every secret under the active key version, in the background";
    route.description = "It goes on after a restart. Its progress stands in `GET /keys`.";
    route.successStatus = 202;
    route.response = progressFields();
    route.handler = [&rewrapper](RequestContext& context) {
        requireAll(context);
        Response response = context.change([&](Transaction& transaction) {
            JsonWriter json;
            write(json, rewrapper.request(transaction));
            return Response::json(json.take(), 202);
        });
        rewrapper.wake();
        return response;
    };
    return route;
}

Route retireRoute(KeyRing& keys) {
    Route route;
    route.method = Method::remove;
    route.pattern = "/keys/{id}";
    route.permission = permission;
    route.action = "key.retire";
    route.summary = "Destroys a key version that nothing is sealed under any more";
    route.description = "Refused while it is active or anything is sealed under it. What it sealed in older "
                        "backups can never be opened again.";
    route.response = versionFields();
    route.response.push_back(Field::string("warning", "What can no longer be opened from now on").required());
    route.handler = [&keys](RequestContext& context) {
        requireAll(context);
        return context.change([&](Transaction& transaction) {
            const KeyVersion retired = keys.retire(transaction, context.pathId("id"));
            JsonWriter json;
            json.beginObject();
            write(json, retired);
            json.member("warning", "Backups made before " + formatRfc3339(transaction.now()) +
                                       " can no longer be opened for what key version " +
                                       std::to_string(retired.version) + " sealed in them.")
                .endObject();
            return Response::json(json.take());
        });
    };
    return route;
}

} // namespace

std::vector<Route> keyRoutes(KeyRing& keys, Rewrapper& rewrapper) {
    return {overviewRoute(keys), rotateRoute(keys), rewrapRoute(rewrapper), retireRoute(keys)};
}

} // namespace coffer::host
