#include "routes/Representation.h"
#include "routes/Routes.h"

#include "service/Location.h"

namespace coffer::projects {

namespace {

/// An explicit null takes away what may be absent.
std::optional<std::string> clearable(const Values& body, std::string_view name) {
    if (!body.has(name))
        return std::nullopt;
    return body.maybeString(name).value_or("");
}

} // namespace

Access accessOf(RequestContext& context) {
    Access access;
    access.visible = context.scopeOf(readPermission);
    access.allowed = context.scope();
    access.overriding = context.scopeOf(overridePermission);
    access.credentials = context.scopeOf("backup-credentials:read");
    access.concerns = [&context](std::int64_t organization) { context.concerns(organization); };
    return access;
}

Response answer(const Parts& parts, Transaction& transaction, const Project& project) {
    Response response = Response::json(toJson(shown(transaction, parts.credentials, project)));
    response.version(project.version);
    return response;
}

std::optional<Name> nameOf(const Values& body, Problem& problem) {
    const auto text = body.maybeString("name");
    return text ? Name::check(*text, nameLength, "name", problem) : std::nullopt;
}

BackupWish backupWishOf(const Values& body, Problem& problem) {
    BackupWish wish;
    wish.credential = body.maybeInteger("credentialId");
    wish.bucket = clearable(body, "bucket");
    wish.prefix = clearable(body, "prefix");
    wish.acceptFailing = body.maybeBoolean("acceptFailing");
    if (wish.bucket && !wish.bucket->empty())
        if (const auto why = whyNotBucket(*wish.bucket))
            problem.field("bucket", "invalid_bucket", *why);
    if (wish.prefix)
        if (const auto why = whyNotPrefix(*wish.prefix))
            problem.field("prefix", "invalid_prefix", *why);
    return wish;
}

std::vector<Field> backupWishFields() {
    return {
        Field::integer("credentialId", "A credential of the project's organization; its default unless told, "
                                       "or the one that the project has already")
            .range(1, 2147483647)
            .example(17),
        Field::string("bucket", "Where backups go; the credential's unless told").length(3, 63).nullable(),
        Field::string("prefix", "In front of every object's key; none unless told").length(0, 200).nullable(),
        Field::boolean("acceptFailing", "Also with a credential that does not work; for administrators"),
    };
}

void throwIfAny(const Problem& problem) {
    if (!problem.fields().empty())
        throw problem;
}

} // namespace coffer::projects
