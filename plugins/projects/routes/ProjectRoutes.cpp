#include "routes/Representation.h"
#include "routes/Routes.h"

#include <utility>

namespace coffer::projects {

namespace {

constexpr const char* one = "/projects/{id}";

/// Normalized; it may have line breaks, but nothing that misleads.
std::optional<std::string> descriptionOf(const Values& body, Problem& problem) {
    const auto text = body.maybeString("description");
    if (!text)
        return std::nullopt;
    const auto form = normalizedText(*text);
    std::string lines = form.value_or("");
    for (char& c : lines)
        c = c == '\n' ? ' ' : c;
    if (!form || hasForbiddenCharacters(lines))
        problem.field("description", "invalid_characters",
                      "Leave out control, invisible and bidirectional formatting characters; line breaks "
                      "are fine.");
    return form;
}

NewProject newProjectOf(const Values& body) {
    Problem problem = Problem::invalidFields();
    NewProject out;
    out.organization = body.integer("organizationId");
    if (auto name = nameOf(body, problem))
        out.name = std::move(*name);
    out.description = descriptionOf(body, problem).value_or("");
    const BackupWish wish = backupWishOf(body, problem);
    if (body.maybeBoolean("enableBackup").value_or(false))
        out.backup = wish;
    else
        for (const auto& field : backupWishFields())
            if (body.has(field.name))
                problem.field(field.name, "without_backup",
                              "It says how to back up: send it with \"enableBackup\": true.");
    throwIfAny(problem);
    return out;
}

Response create(const Parts& parts, RequestContext& context) {
    const NewProject wanted = newProjectOf(context.body());
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        const Project stored = parts.projects.create(transaction, wanted, access);
        Response response = Response::created(toJson(shown(transaction, parts.credentials, stored)),
                                              "/api/v1/projects/" + stored.idText());
        response.version(stored.version);
        return response;
    });
}

Response get(const Parts& parts, RequestContext& context) {
    return context.read([&](Transaction& transaction) {
        return answer(parts, transaction,
                      parts.projects.get(transaction, context.pathId("id"), accessOf(context)));
    });
}

Response update(const Parts& parts, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const Values& body = context.body();
    Problem problem = Problem::invalidFields();
    for (const char* field : {"id", "organizationId"})
        if (body.has(field))
            problem.field(field, "immutable", "It never changes. Create another project instead.");
    ProjectChange change;
    change.name = nameOf(body, problem);
    change.description = descriptionOf(body, problem);
    throwIfAny(problem);
    change.ifMatch = context.ifMatch();
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        return answer(parts, transaction, parts.projects.update(transaction, id, change, access));
    });
}

Response remove(const Parts& parts, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const bool disableBackup = context.query().maybeBoolean("disableBackup").value_or(false);
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        parts.projects.remove(transaction, id, access, context.ifMatch(), disableBackup);
        return Response::noContent();
    });
}

Field nameField() {
    return Field::string("name", "3 to 30 characters, unique in its organization whatever the case")
        .length(1, 512)
        .example("Web shop");
}
Field descriptionField() {
    return Field::string("description", "What it is").length(0, longestDescription);
}

Route post(const Parts& parts) {
    Route route;
    route.method = Method::post;
    route.pattern = "/projects";
    route.permission = changePermission;
    route.summary = "Create a project, with its backup when that is wanted";
    route.action = "project.create";
    route.handler = [&parts](RequestContext& context) { return create(parts, context); };
    route.body = {
        Field::integer("organizationId", "To whom it belongs").required().range(1, 2147483647).example(1),
        nameField().required(), descriptionField(),
        Field::boolean("enableBackup", "Enable backup in the same step: both, or neither")};
    for (auto& field : backupWishFields())
        route.body.push_back(std::move(field));
    route.response = projectFields();
    route.successStatus = 201;
    route.description =
        "When backup cannot be enabled, nothing is created. Without `enableBackup` the answer "
        "offers the organization's default credential in `offeredCredential`.";
    return route;
}

} // namespace

std::vector<Route> projectRoutes(const Parts& parts) {
    Route show;
    show.method = Method::get;
    show.pattern = one;
    show.permission = readPermission;
    show.summary = "Show one project and how its backup stands";
    show.handler = [&parts](RequestContext& context) { return get(parts, context); };
    show.response = projectFields();

    Route patch;
    patch.method = Method::patch;
    patch.pattern = one;
    patch.permission = changePermission;
    patch.summary = "Change name and description";
    patch.action = "project.update";
    patch.handler = [&parts](RequestContext& context) { return update(parts, context); };
    patch.body = {nameField(), descriptionField(),
                  Field::integer("id", "Never changes: sending it is refused as `immutable`"),
                  Field::integer("organizationId", "Never changes: sending it is refused as `immutable`")};
    patch.response = projectFields();

    Route deletion;
    deletion.method = Method::remove;
    deletion.pattern = one;
    deletion.permission = changePermission;
    deletion.summary = "Delete a project and its policies";
    deletion.action = "project.delete";
    deletion.handler = [&parts](RequestContext& context) { return remove(parts, context); };
    deletion.query = {Field::boolean("disableBackup", "Disable its backup in the same step; without it, 409 "
                                                      "`backup_enabled` for a project that is backed up")};
    deletion.successStatus = 204;
    deletion.description = "What was backed up stays where it is.";
    return {post(parts), show, patch, deletion};
}

} // namespace coffer::projects
