#include "tests/support/DaemonProcess.h"
#include "tests/support/ObjectGateway.h"

#include <Poco/JSON/Object.h>

#include <sstream>

using namespace coffer::test;

namespace {

void assertDone(const Answer& answer, int status = 200) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, status, answer.status);
}

void assertRefused(const Answer& answer, int status, const std::string& code) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, status, answer.status);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, code, answer.code());
}

/// What a cluster's Velero would do with a manifest, by the programs that people have: the keys file out of
/// the Secret, endpoint, bucket and prefix out of the BackupStorageLocation. Each writes, reads back and
/// compares.
constexpr const char* useTheManifest = R"sh(
set -eu
python3 - <<'PY'
import yaml
documents = {d["kind"]: d for d in yaml.safe_load_all(open("manifest.yaml"))}
open("keys", "w").write(documents["Secret"]["stringData"]["cloud"])
spec = documents["BackupStorageLocation"]["spec"]
assert spec["credential"]["name"] == documents["Secret"]["metadata"]["name"]
with open("location", "w") as out:
    for name, value in {"endpoint": spec["config"]["s3Url"], "region": spec["config"]["region"],
                        "bucket": spec["objectStorage"]["bucket"],
                        "prefix": spec["objectStorage"]["prefix"]}.items():
        print(f"{name}='{value}'", file=out)
PY
. ./location
export AWS_SHARED_CREDENTIALS_FILE=$PWD/keys AWS_CONFIG_FILE=/dev/null AWS_DEFAULT_REGION=$region HOME=$PWD
export RESTIC_PASSWORD=test RESTIC_CACHE_DIR=$PWD/cache
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE
mkdir -p data && head -c 300000 /dev/urandom > data/file

aws --endpoint-url "$endpoint" s3 mb "s3://$bucket"
aws --endpoint-url "$endpoint" s3 cp data/file "s3://$bucket/$prefix/by-aws"
aws --endpoint-url "$endpoint" s3 cp "s3://$bucket/$prefix/by-aws" - | cmp - data/file

key=$(sed -n 's/^aws_access_key_id *= *//p' keys) secret=$(sed -n 's/^aws_secret_access_key *= *//p' keys)
printf '[default]\naccess_key = %s\nsecret_key = %s\nhost_base = %s\nhost_bucket = %s\nuse_https = False\n' \
    "$key" "$secret" "${endpoint#http://}" "${endpoint#http://}" > s3cfg
s3cmd -q -c s3cfg put data/file "s3://$bucket/$prefix/by-s3cmd"
s3cmd -q -c s3cfg get "s3://$bucket/$prefix/by-s3cmd" back && cmp back data/file

restic -q -r "s3:$endpoint/$bucket/$prefix/restic" init
restic -q -r "s3:$endpoint/$bucket/$prefix/restic" backup data
restic -q -r "s3:$endpoint/$bucket/$prefix/restic" restore latest --target restored
cmp restored/data/file data/file
)sh";

} // namespace

/// From an empty data folder to a cluster that backs up, against a real S3 server.
class ProjectsStoryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProjectsStoryTest);
    COFFER_TEST(aManifestCarriesEverythingThatBackupNeeds);
    COFFER_TEST(aLockSuspendsAndAFailingProbeToo);
    CPPUNIT_TEST_SUITE_END();

public:
    void tearDown() override {
        daemon_.reset();
        gateway_.reset();
    }

    void aManifestCarriesEverythingThatBackupNeeds() {
        start();
        Client client = daemon_->client();
        const auto offered = client.post("/projects", R"({"organizationId":1,"name":"Web shop"})");
        assertDone(offered, 201);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(offered.body, std::string("nightly"),
                                     offered.text("offeredCredential.name"));
        assertDone(client.remove("/projects/" + offered.text("id")), 204);

        const auto made =
            client.post("/projects", R"({"organizationId":1,"name":"Web shop","enableBackup":true,)"
                                     R"("bucket":"backups","prefix":"clusters/shop"})");
        assertDone(made, 201);
        const std::string project = "/projects/" + made.text("id");
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"), made.text("backup.state"));
        assertDone(client.post(project + "/backup/policies",
                               R"({"name":"nightly","cron":"30 2 * * *","timeZone":"Europe/Prague",)"
                               R"("retention":"30d","includedNamespaces":["shop","payments"]})"),
                   201);

        const std::string wanted = R"({"format":"velero","includeSecret":true})";
        assertRefused(client.post(project + "/backup/manifests", wanted), 403, "use_not_granted");
        const auto without = client.post(project + "/backup/manifests", R"({"format":"velero"})");
        assertDone(without);
        assertHoldsNoSecret(without.body);

        const auto manifest = daemon_->client(clusterToken()).post(project + "/backup/manifests", wanted);
        assertDone(manifest);
        CPPUNIT_ASSERT_EQUAL(std::string("application/yaml"), manifest.head.getContentType());
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), manifest.head.get("Cache-Control"));
        const TemporaryFolder folder;
        (void)folder.write("manifest.yaml", manifest.body);
        std::string said;
        const std::string script = "cd '" + folder.path().string() + "'\n" + useTheManifest;
        const int status = runProgram({"/bin/bash", "-c", script}, &said);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(said, 0, status);

        assertRecorded("backup-credential.use&result=success", 1);
        assertRecorded("project.manifest&result=refused", 1);
        assertRecorded("project.manifest&result=success", 2);
        for (const auto* part : {"/audit", "/projects", "//metrics"})
            assertHoldsNoSecret(client.get(part).body);
        assertHoldsNoSecret(daemon_->log());
        for (const auto* file : {"coffer.db", "coffer.db-wal"})
            assertHoldsNoSecret(readFile(daemon_->folder() + "/" + file));
    }

    void aLockSuspendsAndAFailingProbeToo() {
        start();
        Client client = daemon_->client();
        assertDone(client.post("/projects", R"({"organizationId":1,"name":"Web shop","enableBackup":true,)"
                                            R"("bucket":"backups"})"),
                   201);
        assertDone(client.put("/backup-credentials/1/lock", R"({"reason":"keys leak"})"));
        auto project = client.get("/projects/1");
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), project.text("backup.state"));
        CPPUNIT_ASSERT_EQUAL(std::string("credential_locked"), project.text("backup.reason.code"));
        assertRefused(client.post("/projects/1/backup/manifests", R"({"format":"velero"})"), 409,
                      "credential_locked");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, client.get("/projects?backup=suspended").number("totalCount"));
        assertSuspended(1);

        assertDone(client.remove("/backup-credentials/1/lock"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, client.get("/projects?backup=suspended").number("totalCount"));
        gateway_->suspendUser("user");
        assertDone(client.post("/backup-credentials/1/probe"));
        project = client.get("/projects/1");
        CPPUNIT_ASSERT_EQUAL(std::string("suspended"), project.text("backup.state"));
        CPPUNIT_ASSERT_EQUAL(std::string("credential_not_working"), project.text("backup.reason.code"));
        assertSuspended(1);
        gateway_->enableUser("user");
        assertDone(client.post("/backup-credentials/1/probe"));
        CPPUNIT_ASSERT_EQUAL(std::string("enabled"), client.get("/projects/1").text("backup.state"));
        assertSuspended(0);
    }

private:
    void start() {
        gateway_ = std::make_unique<ObjectGateway>();
        daemon_ = std::make_unique<DaemonProcess>();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, daemon_->addOrganization("Acme"));
        Poco::JSON::Object body;
        body.set("organizationId", 1);
        body.set("name", "nightly");
        body.set("endpoint", gateway_->endpoint());
        body.set("region", gateway_->region());
        body.set("accessKeyId", gateway_->accessKeyId());
        body.set("secretAccessKey", gateway_->secretAccessKey());
        std::ostringstream text;
        body.stringify(text);
        Client client = daemon_->client();
        assertDone(client.post("/backup-credentials", text.str()), 201);
        assertDone(client.put("/backup-credentials/1/default"));
    }

    /// Whoever installs clusters: may look, and was granted the use of this one credential. @returns the
    /// token
    std::string clusterToken() {
        const auto token = daemon_->addPrincipal("cluster", "viewer", 1);
        const auto id = daemon_->client(token).get("/whoami").text("id");
        assertDone(daemon_->client().post("/principals/" + id + "/grants",
                                          R"({"permission":"backup-credentials:use","object":"1"})"),
                   201);
        return token;
    }

    void assertHoldsNoSecret(const std::string& text) const {
        CPPUNIT_ASSERT_MESSAGE(text, text.find(gateway_->secretAccessKey()) == std::string::npos);
    }

    void assertRecorded(const std::string& action, std::int64_t times) const {
        const auto records = daemon_->client().get("/audit?action=" + action);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(records.body, times, records.number("totalCount"));
    }

    void assertSuspended(int count) const {
        const auto metrics = daemon_->client().get("//metrics").body;
        const auto line = "coffer_projects{backup=\"suspended\"} " + std::to_string(count) + "\n";
        CPPUNIT_ASSERT_MESSAGE(metrics, metrics.find(line) != std::string::npos);
    }

    std::unique_ptr<ObjectGateway> gateway_;
    std::unique_ptr<DaemonProcess> daemon_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProjectsStoryTest);
