#include "tests/plugins/projects/credentials/RealCredentials.h"

#include "service/Associations.h"
#include "service/Credentials.h"
#include "service/Settings.h"
#include "service/SiblingService.h"
#include "store/Schema.h"

#include <Poco/Data/SQLite/Utility.h>

#include <sqlite3.h>

#include <stdexcept>

namespace coffer::test {

using namespace backup_credentials;

namespace {

const Access everywhere{{true, {}}, {true, {}}, {true, {}}, {}};

Verdict works() {
    Verdict verdict;
    verdict.cause = Cause::none;
    verdict.saw = "The endpoint listed the buckets.";
    verdict.when = currentTime();
    return verdict;
}

} // namespace

struct RealCredentials::Parts {
    explicit Parts(HostContext& host)
        : credentials(host.secrets(), settings), associations(credentials),
          sibling(std::make_shared<SiblingService>(host.secrets(), associations)) {}

    Settings settings;
    Schema schema;
    Credentials credentials;
    Associations associations;
    std::shared_ptr<SiblingService> sibling;
};

RealCredentials::RealCredentials(HostContext& host) : host_(host), parts_(std::make_unique<Parts>(host)) {}

RealCredentials::~RealCredentials() = default;

std::shared_ptr<BackupCredentialsService> RealCredentials::service() const {
    return parts_->sibling;
}

void RealCredentials::createTables() {
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        for (const auto& step : parts_->schema.migrations())
            if (sqlite3_exec(Poco::Data::SQLite::Utility::dbHandle(transaction.session()),
                             std::string(step.sqlite).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
                throw std::runtime_error("the tables of backup-credentials cannot be made");
    });
}

std::int64_t RealCredentials::create(std::int64_t organization, const std::string& name,
                                     const std::string& bucket) {
    NewCredential wanted;
    wanted.organization = organization;
    Problem problem = Problem::invalidFields();
    wanted.name = Name::check(name, {3, 30}, "name", problem).value();
    wanted.endpoint = "https://s3.example.org";
    wanted.region = "eu-west-1";
    wanted.accessKeyId = "AKIAEXAMPLE";
    wanted.secretAccessKey = SecretBytes(std::string_view("cAnArY/sEcReT+0123456789"));
    wanted.bucket = bucket;
    return host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        return parts_->credentials.create(transaction, wanted, everywhere, works()).id;
    });
}

void RealCredentials::lock(std::int64_t id, const std::string& reason) {
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        (void)parts_->credentials.lock(transaction, id, everywhere, {}, reason);
    });
}

void RealCredentials::unlock(std::int64_t id) {
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        (void)parts_->credentials.unlock(transaction, id, everywhere, {});
    });
}

void RealCredentials::makeDefault(std::int64_t id) {
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        (void)parts_->credentials.makeDefault(transaction, id, everywhere, {});
    });
}

void RealCredentials::clearDefault(std::int64_t id) {
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        (void)parts_->credentials.clearDefault(transaction, id, everywhere, {});
    });
}

void RealCredentials::remove(std::int64_t id) {
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        parts_->credentials.remove(transaction, id, everywhere, {});
    });
}

void RealCredentials::becomes(std::int64_t id, const std::string& state) {
    const bool works = state == "valid";
    host_.storage().write(Origin::system("test"), [&](Transaction& transaction) {
        transaction.execute("UPDATE backup_credentials_credential SET validation_state = ?, "
                            "validation_cause = ?, validation_advice = ? WHERE id = ?",
                            state, works ? "none" : "wrong_secret", works ? "" : "Enter it again.", id);
    });
}

std::string RealCredentials::projects(std::int64_t id) {
    return host_.storage().read([&](Transaction& transaction) {
        std::string names;
        for (const auto& use : parts_->associations.page(transaction, id, everywhere, {}, 500).items)
            names += use.name + " ";
        return names;
    });
}

std::vector<std::string> RealCredentials::check() {
    return host_.storage().read([&](Transaction& transaction) { return parts_->schema.check(transaction); });
}

} // namespace coffer::test
