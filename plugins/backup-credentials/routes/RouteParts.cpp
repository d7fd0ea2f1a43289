#include "routes/Representation.h"
#include "routes/Routes.h"

#include <stdexcept>
#include <utility>

namespace coffer::backup_credentials {

Access accessOf(RequestContext& context) {
    Access access;
    access.visible = context.scopeOf(readPermission);
    access.allowed = context.scope();
    access.overriding = context.scopeOf(overridePermission);
    access.concerns = [&context](std::int64_t organization) { context.concerns(organization); };
    return access;
}

Response answer(const Credential& credential) {
    Response response = Response::json(toJson(credential));
    response.version(credential.version);
    return response;
}

std::vector<Field> outcomeFields(std::string already, std::string description) {
    std::vector<Field> fields = credentialFields();
    fields.push_back(Field::boolean(std::move(already), std::move(description)).required());
    return fields;
}

Response answer(const Credentials::Outcome& outcome, std::string_view already) {
    JsonWriter json;
    json.beginObject();
    writeMembers(json, outcome.credential);
    json.member(already, outcome.already).endObject();
    Response response = Response::json(json.take());
    response.version(outcome.credential.version);
    return response;
}

std::optional<Name> nameOf(const Values& body, Problem& problem) {
    const auto text = body.maybeString("name");
    return text ? Name::check(*text, nameLength, "name", problem) : std::nullopt;
}

std::string endpointOf(const Values& body, Problem& problem) {
    try {
        return Endpoint::parse(body.string("endpoint")).normalized;
    } catch (const std::invalid_argument& error) {
        problem.field("endpoint", "invalid_endpoint", error.what());
        return {};
    }
}

std::optional<Addressing> addressingOf(const Values& body) {
    const auto text = body.maybeString("addressing");
    return text ? addressingFromString(*text) : std::nullopt;
}

void checkProbeFields(const Values& body, Problem& problem) {
    const auto check = [&](const char* field, auto whyNot) {
        const auto text = body.maybeString(field);
        if (!text)
            return;
        if (const auto why = whyNot(*text))
            problem.field(field, "invalid_value", *why);
    };
    check("region", whyNotRegion);
    check("accessKeyId", whyNotAccessKeyId);
    check("bucket", whyNotBucket);
    check("caCertificate", whyNotCaCertificate);
    if (const SecretBytes* secret = body.maybeSecret("secretAccessKey"))
        if (const auto why = whyNotSecretAccessKey(*secret))
            problem.field("secretAccessKey", "invalid_value", *why);
}

std::vector<Field> keyFields() {
    return {
        Field::string("endpoint", "Where the S3 server is: `https://host[:port]`")
            .required()
            .length(1, 300)
            .example("https://s3.eu-west-1.amazonaws.com"),
        Field::string("region", "Its region").required().length(1, 64).example("eu-west-1"),
        Field::string("accessKeyId", "S3 access key id")
            .required()
            .length(1, 128)
            .example("AKIAIOSFODNN7EXAMPLE"),
        Field::secret("secretAccessKey", "S3 secret access key; it is never shown again")
            .required()
            .length(1, 1024),
        Field::string("addressing", "Where a bucket's name goes; `auto` unless told")
            .oneOf({"auto", "path", "virtual"}),
        Field::string("caCertificate", "PEM, when the endpoint has a certificate authority of its own")
            .length(1, 32768)
            .nullable(),
        Field::string("bucket", "Asked where the key may not list buckets").length(1, 63).nullable(),
    };
}

void throwIfAny(const Problem& problem) {
    if (!problem.fields().empty())
        throw problem;
}

} // namespace coffer::backup_credentials
