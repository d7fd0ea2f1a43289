#include "routes/Representation.h"
#include "routes/Routes.h"

#include "probe/Endpoint.h"

#include <utility>

namespace coffer::backup_credentials {

namespace {

NewCredential newCredentialOf(const Values& body) {
    Problem problem = Problem::invalidFields();
    NewCredential out;
    out.organization = body.integer("organizationId");
    if (auto name = nameOf(body, problem))
        out.name = std::move(*name);
    out.endpoint = endpointOf(body, problem);
    checkProbeFields(body, problem);
    throwIfAny(problem);
    out.region = body.string("region");
    out.accessKeyId = body.string("accessKeyId");
    out.secretAccessKey = body.secret("secretAccessKey").clone();
    out.addressing = addressingOf(body).value_or(Addressing::automatic);
    out.caCertificate = body.maybeString("caCertificate").value_or("");
    out.bucket = body.maybeString("bucket").value_or("");
    out.storeUnverified = body.maybeBoolean("storeUnverified").value_or(false);
    return out;
}

Response create(const Services& services, RequestContext& context) {
    const NewCredential wanted = newCredentialOf(context.body());
    const Access access = accessOf(context);
    context.read(
        [&](Transaction& transaction) { services.credentials.checkNew(transaction, wanted, access); });
    const Verdict verdict =
        services.probes.run({wanted.endpoint, wanted.region, wanted.accessKeyId, &wanted.secretAccessKey,
                             wanted.addressing, wanted.caCertificate, wanted.bucket});
    return context.change([&](Transaction& transaction) {
        const Credential stored = services.credentials.create(transaction, wanted, access, verdict);
        Response response =
            Response::created(toJson(stored), "/api/v1/backup-credentials/" + stored.idText());
        response.version(stored.version);
        return response;
    });
}

Response get(const Services& services, RequestContext& context) {
    return context.read([&](Transaction& transaction) {
        const auto shown = services.shown->find(transaction, context.pathId("id"));
        if (!shown)
            throw Problem::notFound();
        accessOf(context).require(shown->organization);
        Response response = Response::json(shown->json);
        response.version(shown->version);
        return response;
    });
}

constexpr const char* one = "/backup-credentials/{id}";
constexpr const char* immutableFields[] = {"id", "organizationId", "endpoint", "region"};

/// An explicit null takes away what may be absent.
std::optional<std::string> clearable(const Values& body, std::string_view name) {
    if (!body.has(name))
        return std::nullopt;
    return body.maybeString(name).value_or("");
}

CredentialChange changeOf(RequestContext& context) {
    const Values& body = context.body();
    Problem problem = Problem::invalidFields();
    for (const char* field : immutableFields)
        if (body.has(field))
            problem.field(field, "immutable", "It never changes. Create another credential instead.");
    CredentialChange out;
    out.name = nameOf(body, problem);
    checkProbeFields(body, problem);
    throwIfAny(problem);
    out.accessKeyId = body.maybeString("accessKeyId");
    if (const SecretBytes* secret = body.maybeSecret("secretAccessKey"))
        out.secretAccessKey = secret->clone();
    out.addressing = addressingOf(body);
    out.caCertificate = clearable(body, "caCertificate");
    out.bucket = clearable(body, "bucket");
    out.storeUnverified = body.maybeBoolean("storeUnverified").value_or(false);
    out.ifMatch = context.ifMatch();
    return out;
}

Response update(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const CredentialChange change = changeOf(context);
    const Access access = accessOf(context);
    const auto tried = context.read([&](Transaction& transaction) {
        return services.credentials.prepareUpdate(transaction, id, change, access);
    });
    std::optional<Verdict> verdict;
    if (tried)
        verdict = services.probes.run(tried->request());
    return context.change([&](Transaction& transaction) {
        return answer(services.credentials.update(transaction, id, change, access, tried, verdict));
    });
}

Response remove(const Services& services, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        services.credentials.remove(transaction, id, access, context.ifMatch());
        return Response::noContent();
    });
}

Field nameField() {
    return Field::string("name", "3 to 30 characters, unique in its organization whatever the case")
        .length(1, 512)
        .example("nightly");
}

Field storeUnverifiedField() {
    return Field::boolean("storeUnverified",
                          "Store the keys even when their endpoint does not accept them; for "
                          "administrators, where the configuration allows it");
}

std::vector<Field> createFields() {
    std::vector<Field> fields{
        Field::integer("organizationId", "To whom it belongs").required().range(1, 2147483647).example(1),
        nameField().required()};
    for (auto& field : keyFields())
        fields.push_back(std::move(field));
    fields.push_back(storeUnverifiedField());
    return fields;
}

std::vector<Field> updateFields() {
    std::vector<Field> fields{nameField()};
    for (auto& field : keyFields()) {
        field.isRequired = false;
        fields.push_back(std::move(field));
    }
    for (auto& field : fields)
        if (field.name == "endpoint" || field.name == "region") {
            field.description = "Never changes: sending it is refused as `immutable`";
            field.minimum.reset();
            field.maximum.reset();
        }
    fields.push_back(Field::integer("id", "Never changes: sending it is refused as `immutable`"));
    fields.push_back(Field::integer("organizationId", "Never changes: sending it is refused as `immutable`"));
    fields.push_back(storeUnverifiedField());
    return fields;
}

} // namespace

std::vector<Route> credentialRoutes(const Services& services) {
    Route post;
    post.method = Method::post;
    post.pattern = "/backup-credentials";
    post.permission = changePermission;
    post.summary = "Store S3 keys that their endpoint accepts";
    post.action = "backup-credential.create";
    post.handler = [services](RequestContext& context) { return create(services, context); };
    post.lane = Lane::slow;
    post.body = createFields();
    post.response = credentialFields();
    post.successStatus = 201;
    post.description = "The keys are tried at the endpoint first. When it does not accept them, nothing is "
                       "stored: 422 `invalid_s3_credentials`, with the `cause`.";

    Route show;
    show.method = Method::get;
    show.pattern = one;
    show.permission = readPermission;
    show.summary = "Show one credential, all but its secret";
    show.handler = [services](RequestContext& context) { return get(services, context); };
    show.response = credentialFields();

    Route patch;
    patch.method = Method::patch;
    patch.pattern = one;
    patch.permission = changePermission;
    patch.summary = "Change name, keys, or how they are probed";
    patch.action = "backup-credential.update";
    patch.handler = [services](RequestContext& context) { return update(services, context); };
    patch.lane = Lane::slow;
    patch.body = updateFields();
    patch.response = credentialFields();
    patch.description = "New keys are tried before they replace the old ones; when the endpoint does not "
                        "accept them, nothing changes. Id, organization, endpoint and region are immutable.";

    Route deletion;
    deletion.method = Method::remove;
    deletion.pattern = one;
    deletion.permission = changePermission;
    deletion.summary = "Delete a credential that is unlocked and used by no project";
    deletion.action = "backup-credential.delete";
    deletion.handler = [services](RequestContext& context) { return remove(services, context); };
    deletion.successStatus = 204;
    return {post, show, patch, deletion};
}

} // namespace coffer::backup_credentials
