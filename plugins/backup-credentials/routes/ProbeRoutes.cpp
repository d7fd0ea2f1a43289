#include "routes/Representation.h"
#include "routes/Routes.h"

#include "service/AuditEvents.h"

#include <utility>

namespace coffer::backup_credentials {

namespace {

/// Probes given values. Nothing is stored but the record of who tried which endpoint.
Response probeGiven(const Services& services, RequestContext& context) {
    const Values& body = context.body();
    Problem problem = Problem::invalidFields();
    const std::string endpoint = endpointOf(body, problem);
    checkProbeFields(body, problem);
    throwIfAny(problem);
    const Verdict verdict = services.probes.run(
        {endpoint, body.string("region"), body.string("accessKeyId"), &body.secret("secretAccessKey"),
         addressingOf(body).value_or(Addressing::automatic), body.maybeString("caCertificate").value_or(""),
         body.maybeString("bucket").value_or("")});
    JsonWriter json;
    json.beginObject();
    writeMembers(json, verdict);
    const std::string text = json.endObject().take();
    return context.change([&](Transaction& transaction) {
        AuditEvent event;
        event.action = "backup-credential.probe";
        event.objectType = objectType;
        if (!context.scope().all && context.scope().organizations.size() == 1)
            event.organization = context.scope().organizations.front();
        event.after = described(verdict, endpoint);
        transaction.record(std::move(event));
        return Response::json(text);
    });
}

Response probeStored(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    const ProbeSnapshot tried = context.read(
        [&](Transaction& transaction) { return services.probes.prepare(transaction, id, access); });
    const Verdict verdict = services.probes.run(tried.request());
    std::optional<ValidationState> known;
    Response response = context.change([&](Transaction& transaction) {
        const Credential stored = services.probes.apply(transaction, tried, access, verdict);
        known = stored.validation.state;
        JsonWriter json;
        json.beginObject();
        writeMembers(json, verdict);
        writeValidation(json, stored);
        return Response::json(json.endObject().take());
    });
    if (known)
        services.probes.countChange(tried.credential.validation.state, *known);
    return response;
}

} // namespace

std::vector<Route> probeRoutes(const Services& services) {
    Route given;
    given.method = Method::post;
    given.pattern = "/backup-credentials/probe";
    given.permission = changePermission;
    given.summary = "Try S3 keys at their endpoint, storing nothing";
    given.action = "backup-credential.probe";
    given.handler = [services](RequestContext& context) { return probeGiven(services, context); };
    given.lane = Lane::slow;
    given.body = keyFields();
    given.response = verdictFields();

    Route stored;
    stored.method = Method::post;
    stored.pattern = "/backup-credentials/{id}/probe";
    stored.permission = changePermission;
    stored.summary = "Try a stored credential at its endpoint now";
    stored.action = "backup-credential.probe";
    stored.handler = [services](RequestContext& context) { return probeStored(services, context); };
    stored.lane = Lane::slow;
    stored.response = verdictFields();
    stored.response.push_back(validationField());
    stored.description = "Locked credentials are probed too. The version does not change.";
    return {given, stored};
}

} // namespace coffer::backup_credentials
