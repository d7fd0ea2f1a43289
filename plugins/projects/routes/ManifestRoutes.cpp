#include "routes/Routes.h"

#include "manifest/KubernetesName.h"

#include <utility>

namespace coffer::projects {

namespace {

ManifestWish wishOf(const Values& body) {
    ManifestWish wish;
    wish.includeSecret = body.maybeBoolean("includeSecret").value_or(false);
    wish.veleroNamespace = body.maybeString("namespace");
    if (wish.veleroNamespace && !isRfc1123Label(*wish.veleroNamespace))
        throw Problem::invalidFields().field(
            "namespace", "invalid_namespace",
            "A namespace has 1 to 63 of a-z, 0-9 and hyphens, with no hyphen at either end.");
    return wish;
}

Response render(const Parts& parts, RequestContext& context) {
    const std::int64_t id = context.pathId("id");
    const ManifestWish wish = wishOf(context.body());
    const Access access = accessOf(context);
    return context.change([&](Transaction& transaction) {
        Response response;
        response.contentType = "application/yaml";
        response.body = parts.manifests.velero(transaction, id, access, context.principal(), wish);
        response.oneTimeSecret = wish.includeSecret;
        if (!wish.includeSecret)
            response.header("Cache-Control", "no-store");
        return response;
    });
}

} // namespace

std::vector<Route> manifestRoutes(const Parts& parts) {
    Route route;
    route.method = Method::post;
    route.pattern = "/projects/{id}/backup/manifests";
    route.permission = readPermission;
    route.summary = "Render what a cluster needs to back the project up";
    route.action = "project.manifest";
    route.handler = [&parts](RequestContext& context) { return render(parts, context); };
    route.body = {
        Field::string("format", "For whom").required().oneOf({"velero"}).example("velero"),
        Field::boolean("includeSecret",
                       "With the S3 keys: for holders of `backup-credentials:use` on the credential"),
        Field::string("namespace", "The cluster's namespace that Velero runs in; as configured unless told")
            .length(1, 63)
            .example("velero"),
    };
    route.responseType = "application/yaml";
    route.description =
        "For `kubectl apply -f -`: a Secret (when asked for), a BackupStorageLocation, and one "
        "Schedule for each policy. Every call is recorded. 409 while backup is disabled, the "
        "credential is locked or does not work, or no bucket is named.";
    return {route};
}

} // namespace coffer::projects
