#include "tests/support/DaemonProcess.h"
#include "tests/support/S3Stub.h"

#include <Poco/JSON/Array.h>
#include <Poco/String.h>

#include <map>
#include <set>

using namespace coffer::test;

namespace {

/// Which roles have an action; written from the table of who may what, and not from the code that it checks.
const std::map<std::string, std::set<std::string>> rolesByAction{
    {"read", {"administrator", "partner", "manager", "viewer"}},
    {"change", {"administrator", "partner", "manager"}},
    {"override", {"administrator"}},
    {"administer", {"administrator"}},
    {"govern", {"administrator", "partner"}},
    {"operate", {"administrator", "partner", "manager"}},
    {"audit", {"administrator", "partner", "manager", "auditor"}},
    {"use",
     {"administrator", "partner", "manager", "viewer", "auditor"}}, // and only by name: tested with the route
    {"self", {"administrator", "partner", "manager", "viewer", "auditor"}},
};

constexpr const char* policyJson = R"({"name":"nightly","cron":"@daily","includedNamespaces":["web"]})";

struct Operation {
    std::string method;
    std::string path;
    std::string action;
};

std::string replaced(std::string path, const std::string& what, const std::string& by) {
    for (auto at = path.find(what); at != std::string::npos; at = path.find(what))
        path.replace(at, what.size(), by);
    return path;
}

/// The reply without what differs between any two requests.
std::string withoutRequestId(std::string body) {
    const auto at = body.find(R"("requestId":")");
    return at == std::string::npos ? body : body.erase(at, body.find('"', at + 13) - at);
}

} // namespace

/// Every route that the daemon documents, with every role, on what is its own and what is another
/// organization's.
class RoleTableTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RoleTableTest);
    COFFER_TEST(everyRouteRefusesEveryRoleThatTheTableDoesNotName);
    COFFER_TEST(whatBelongsToOthersReadsAsWhatDoesNotExist);
    COFFER_TEST(listsShowOnlyWhatIsOnesOwn);
    COFFER_TEST(whoIsNotKnownGetsNothing);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        process_ = std::make_unique<DaemonProcess>(
            std::vector<std::string>{"--identity.failed_logins_per_minute=1000"});
        stub_ = std::make_unique<S3Stub>();
        ownOrganization_ = process_->addOrganization("own organization");
        otherOrganization_ = process_->addOrganization("other organization");
        own_ = std::to_string(addCredential(ownOrganization_, "own credential"));
        others_ = std::to_string(addCredential(otherOrganization_, "others credential"));
        CPPUNIT_ASSERT_EQUAL(own_, addProject(ownOrganization_, "own project"));
        CPPUNIT_ASSERT_EQUAL(others_, addProject(otherOrganization_, "others project"));
    }
    void tearDown() override {
        process_.reset();
        stub_.reset();
    }

    void everyRouteRefusesEveryRoleThatTheTableDoesNotName() {
        int refused = 0;
        for (const auto& role : {"partner", "manager", "viewer", "auditor"}) {
            Client client = process_->client(token(role));
            for (const auto& operation : operations()) {
                const auto& roles = rolesByAction.at(operation.action);
                if (roles.contains(role))
                    continue;
                for (const auto& id : {own_, others_, std::string("2147483647")}) {
                    const auto answer = send(client, operation, id);
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(role) + " " + operation.method + " " +
                                                     operation.path + ": " + answer.body,
                                                 403, answer.status);
                    ++refused;
                }
            }
        }
        CPPUNIT_ASSERT(refused > 50);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                             process_->client().get("/backup-credentials/" + own_).number("version"));
    }
    void whatBelongsToOthersReadsAsWhatDoesNotExist() {
        int compared = 0;
        for (const auto& role : {"partner", "manager", "viewer"}) {
            Client client = process_->client(token(role));
            for (const auto& operation : operations()) {
                const bool about = operation.path.starts_with("/backup-credentials/{id}") ||
                                   operation.path.starts_with("/projects/{id}");
                if (!about || !rolesByAction.at(operation.action).contains(role))
                    continue;
                const auto missing = send(client, operation, "2147483647");
                const auto hidden = send(client, operation, others_);
                const std::string what = std::string(role) + " " + operation.method + " " + operation.path;
                CPPUNIT_ASSERT_EQUAL_MESSAGE(what + ": " + hidden.body, missing.status, hidden.status);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(what, withoutRequestId(missing.body),
                                             withoutRequestId(hidden.body));
                CPPUNIT_ASSERT_MESSAGE(what + ": " + hidden.body,
                                       hidden.status == 404 || hidden.status == 422);
                ++compared;
            }
        }
        CPPUNIT_ASSERT(compared > 20);
        const auto untouched = process_->client().get("/backup-credentials/" + others_);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, untouched.number("version"));
        CPPUNIT_ASSERT_EQUAL(std::string("false"), untouched.text("default"));
        const auto project = process_->client().get("/projects/" + others_);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(project.body, std::int64_t{1}, project.number("version"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, project.number("policyCount"));
    }
    void listsShowOnlyWhatIsOnesOwn() {
        for (const auto& role : {"partner", "manager", "viewer"}) {
            const auto list = process_->client(token(role)).get("/backup-credentials");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(list.body, std::int64_t{1}, list.number("totalCount"));
            CPPUNIT_ASSERT(list.body.find("others credential") == std::string::npos);
            const auto asked =
                process_->client(token(role))
                    .get("/backup-credentials?organizationId=" + std::to_string(otherOrganization_));
            CPPUNIT_ASSERT(asked.body.find("others credential") == std::string::npos);
            const auto projects = process_->client(token(role)).get("/projects");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(projects.body, std::int64_t{1}, projects.number("totalCount"));
            CPPUNIT_ASSERT(projects.body.find("others project") == std::string::npos);
        }
        const auto audit = process_->client(token("auditor")).get("/audit?limit=500");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(audit.body, 200, audit.status);
        CPPUNIT_ASSERT(audit.body.find("others credential") == std::string::npos);
        CPPUNIT_ASSERT(audit.body.find("own credential") != std::string::npos);
    }
    void whoIsNotKnownGetsNothing() {
        Client nobody(process_->port());
        for (const auto& operation : operations()) {
            const auto answer = send(nobody, operation, own_);
            CPPUNIT_ASSERT_MESSAGE(operation.path + ": " + answer.body,
                                   answer.status == 401 || answer.status == 429);
            if (answer.status == 401)
                CPPUNIT_ASSERT(answer.head.has("WWW-Authenticate"));
        }
    }

private:
    std::string token(const std::string& role) {
        auto& known = tokens_[role];
        if (known.empty())
            known = process_->addPrincipal("a " + role, role, ownOrganization_);
        return known;
    }
    std::int64_t addCredential(std::int64_t organization, const std::string& name) {
        const auto answer = process_->client().post("/backup-credentials",
                                                    credentialJson(organization, name, stub_->endpoint()));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201, answer.status);
        return answer.number("id");
    }
    /// With a policy. It has the id of the credential that was made before it, so that one id does for both.
    std::string addProject(std::int64_t organization, const std::string& name) {
        Client administrator = process_->client();
        const auto made =
            administrator.post("/projects", R"({"organizationId":)" + std::to_string(organization) +
                                                R"(,"name":")" + name + "\"}");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(made.body, 201, made.status);
        const auto policy =
            administrator.post("/projects/" + made.text("id") + "/backup/policies", policyJson);
        CPPUNIT_ASSERT_EQUAL(made.text("id"), policy.text("id"));
        return made.text("id");
    }
    /// From the daemon's own document, so that no route is forgotten.
    std::vector<Operation> operations() {
        std::vector<Operation> all;
        const auto paths = process_->client().get("/openapi.json").json()->getObject("paths");
        for (const auto& [path, item] : *paths) {
            const auto object = item.extract<Poco::JSON::Object::Ptr>();
            for (const auto& method : {"get", "post", "put", "patch", "delete"}) {
                if (!object->has(method))
                    continue;
                const auto permission = object->getObject(method)->getValue<std::string>("x-permission");
                const auto action = permission.substr(permission.find(':') + 1);
                if (action != "public")
                    all.push_back({Poco::toUpper(std::string(method)),
                                   path.substr(path.starts_with("/api/v1") ? 7 : 0), action});
            }
        }
        CPPUNIT_ASSERT(all.size() > 40);
        return all;
    }
    static Answer send(Client& client, const Operation& operation, const std::string& id) {
        std::string path = replaced(operation.path, "{id}", id);
        path = replaced(path, "{policyId}", id);
        path = replaced(path, "{projectId}", "some-project");
        for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
            path.replace(open, path.find('}') - open + 1, "1");
        std::string body;
        if (operation.path.ends_with("{projectId}") && operation.method == "PUT")
            body = R"({"name":"some project"})";
        else if (operation.path.ends_with("/lock") && operation.method == "PUT")
            body = R"({"reason":"role table"})";
        else if (operation.path.ends_with("/backup") && operation.method == "PUT")
            body = "{}";
        else if (operation.path.ends_with("/manifests"))
            body = R"({"format":"velero"})";
        else if (operation.path.ends_with("/policies") && operation.method == "POST")
            body = policyJson;
        else if (operation.method == "PATCH")
            body = R"({"name":"renamed"})";
        return client.send(operation.method, path, body, {});
    }

    std::unique_ptr<DaemonProcess> process_;
    std::unique_ptr<S3Stub> stub_;
    std::int64_t ownOrganization_ = 0;
    std::int64_t otherOrganization_ = 0;
    std::string own_;
    std::string others_;
    std::map<std::string, std::string> tokens_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(RoleTableTest);
