#include "tests/plugins/projects/House.h"

#include <coffer/testkit/LinkedPlugin.h>

#include <stdexcept>

namespace coffer::test {

using backup_credentials::BackupCredentialsService;

House::House(const testkit::FakeHost::Options& options)
    : host_(testkit::linkedPlugin()), credentials_(host_) {
    host_.organization(1, "Alpha Werke");
    host_.organization(2, "Beta Labs");
    host_.provide<BackupCredentialsService>(credentials_.service());
    host_.start(options);
    credentials_.createTables();
}

Caller House::as(Role role, std::int64_t organization) {
    return host_.as(testkit::somebody(role, organization));
}

std::string House::body(const std::string& name, std::int64_t organization, const std::string& more) {
    return R"({"organizationId":)" + std::to_string(organization) + R"(,"name":")" + name + "\"" + more + "}";
}

std::string House::at(std::int64_t id, const std::string& rest) {
    return "/projects/" + std::to_string(id) + rest;
}

std::int64_t House::create(const std::string& name, std::int64_t organization, const std::string& more) {
    const Answer answer = post("/projects", body(name, organization, more));
    if (answer.status != 201)
        throw std::runtime_error("not created: " + answer.body);
    return answer["id"].integer();
}

std::int64_t House::createBackedUp(const std::string& name, std::int64_t credential) {
    return create(name, 1, R"(,"enableBackup":true,"credentialId":)" + std::to_string(credential));
}

Answer House::enable(std::int64_t id, std::int64_t credential, const std::string& more) {
    return put(at(id, "/backup"), R"({"credentialId":)" + std::to_string(credential) + more + "}");
}

std::string House::state(std::int64_t id) {
    return get(at(id))["backup"]["state"].text();
}

std::string House::ids(const std::string& path) {
    const Answer answer = get(path);
    if (answer.status != 200)
        return answer.code();
    std::string out;
    const auto items = answer["items"];
    for (std::size_t i = 0; i < items.size(); ++i)
        out += std::to_string(items[i]["id"].integer()) + " ";
    return out;
}

void House::takeCredentialsAway() {
    host_.withdraw<BackupCredentialsService>();
}

void House::sql(const std::string& statement) {
    host_.storage().write(Origin::system("test"),
                          [&](Transaction& transaction) { (void)transaction.execute(statement); });
}

std::int64_t House::ask(const std::string& query) {
    return host_.storage().read([&](Transaction& transaction) {
        Rows rows = transaction.query(query);
        return rows.next() ? rows.integer(0) : -1;
    });
}

AuditEvent House::recorded(const std::string& action) {
    AuditEvent found;
    for (const auto& record : host_.audit())
        if (record.event.action == action && record.event.result == AuditResult::success)
            found = record.event;
    return found;
}

std::size_t House::records(const std::string& action, AuditResult result) {
    std::size_t count = 0;
    for (const auto& record : host_.audit())
        count += record.event.action == action && record.event.result == result ? 1 : 0;
    return count;
}

} // namespace coffer::test
