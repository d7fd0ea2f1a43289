#include "tests/plugins/backup-credentials/House.h"

#include "service/Problems.h"

#include <Poco/Data/SQLite/Utility.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Parser.h>

#include <sqlite3.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>

namespace coffer::test {

using namespace backup_credentials;

std::string Answer::text(const std::string& name) const {
    return json && json->has(name) && !json->isNull(name) ? json->getValue<std::string>(name) : "";
}
std::int64_t Answer::number(const std::string& name) const {
    if (!json)
        throw std::runtime_error("no JSON in the answer " + std::to_string(status) + ": " + body);
    return json->getValue<Poco::Int64>(name);
}
bool Answer::truth(const std::string& name) const {
    if (!json)
        throw std::runtime_error("no JSON in the answer " + std::to_string(status) + ": " + body);
    return json->getValue<bool>(name);
}
Poco::JSON::Object::Ptr Answer::object(const std::string& name) const {
    auto out = json ? json->getObject(name) : nullptr;
    if (!out)
        throw std::runtime_error("no object " + name + " in " + body);
    return out;
}
std::vector<Poco::JSON::Object::Ptr> Answer::list(const std::string& name) const {
    std::vector<Poco::JSON::Object::Ptr> out;
    const auto array = json ? json->getArray(name) : nullptr;
    for (std::size_t i = 0; array && i < array->size(); ++i)
        out.push_back(array->getObject(static_cast<unsigned>(i)));
    return out;
}
std::vector<std::string> Answer::errors() const {
    std::vector<std::string> out;
    for (const auto& error : list("errors"))
        out.push_back(error->getValue<std::string>("field") + ":" + error->getValue<std::string>("code"));
    return out;
}
bool Answer::hasError(const std::string& error) const {
    const auto all = errors();
    return std::ranges::find(all, error) != all.end();
}
std::vector<std::int64_t> Answer::ids() const {
    std::vector<std::int64_t> out;
    for (const auto& item : list())
        out.push_back(item->getValue<Poco::Int64>("id"));
    return out;
}

House::House(bool allowUnverified) {
    auto plugin =
        std::make_unique<BackupCredentials>([this](const ProbeRequest& request, std::stop_token stop) {
            if (whileProbing)
                whileProbing();
            return answerProbe ? answerProbe(request, stop) : play(request);
        });
    plugin_ = plugin.get();
    host_ = std::make_unique<testkit::FakeHost>(
        testkit::PluginUnderTest{"backup-credentials", {}, std::move(plugin)});
    host_->setTime(currentTime()); // probes are dated by the real clock
    organization(1, "Alpha Werke");
    organization(2, "Beta Labs");
    principal("administrator", {{Role::administrator, 0}});
    principal("manager1", {{Role::manager, 1}});
    principal("viewer1", {{Role::viewer, 1}});
    principal("manager2", {{Role::manager, 2}});
    host_->start({{"probe.allow_unverified", allowUnverified ? "true" : "false"}});
    sibling_ = plugin_->parts().sibling();
}

House::~House() {
    for (const auto& line : host_->logged())
        if (line.level == LogLevel::error)
            std::cerr << line.text() << std::endl;
}

Verdict House::play(const ProbeRequest& request) const {
    const std::string_view secret = request.secretAccessKey->reveal();
    Verdict verdict;
    verdict.when = currentTime();
    verdict.httpStatus = 403;
    if (secret.find("wrong") != std::string_view::npos) {
        verdict.cause = Cause::secret;
        verdict.saw = "The endpoint says that the signature does not match.";
        verdict.advice = "Check the secret access key.";
    } else if (secret.find("dark") != std::string_view::npos) {
        verdict.cause = Cause::silent;
        verdict.saw = "Nothing came in time.";
        verdict.advice = "Check the endpoint.";
        verdict.httpStatus = 0;
    } else {
        verdict.cause = Cause::none;
        verdict.saw = "The endpoint listed the buckets.";
        verdict.httpStatus = 200;
    }
    return verdict;
}

void House::organization(std::int64_t id, const std::string& name) {
    host_->organization(id, name);
}

void House::principal(const std::string& token, std::vector<RoleGrant> roles, std::vector<NamedGrant> named) {
    Principal principal;
    principal.id = static_cast<std::int64_t>(principals_.size()) + 1;
    principal.name = token;
    principal.roles = std::move(roles);
    principal.named = std::move(named);
    principals_[token] = principal;
}

Answer House::send(const std::string& token, const std::string& method, const std::string& path,
                   const std::string& body, const std::map<std::string, std::string>& headers) {
    testkit::Headers sent{{"X-Request-Id", "request"}};
    sent.insert(sent.end(), headers.begin(), headers.end());
    const auto answered = host_->as(principals_.at(token)).request(method, path, body, sent);
    Answer answer;
    answer.status = answered.status;
    answer.body = answered.body;
    for (const auto& [name, value] : answered.headers)
        answer.headers[name] = value;
    if (!answer.body.empty())
        answer.json = Poco::JSON::Parser().parse(answer.body).extract<Poco::JSON::Object::Ptr>();
    return answer;
}

std::string House::body(const std::string& name, std::int64_t organization, const std::string& more) {
    std::string out = R"({"organizationId":)" + std::to_string(organization);
    out.append(R"(,"name":")").append(name);
    out.append(R"(","endpoint":"https://s3.example.org","region":"eu-west-1",)");
    out.append(R"("accessKeyId":"AKIAEXAMPLE","secretAccessKey":")").append(canary).append("\"");
    return out.append(more).append("}");
}

std::int64_t House::create(const std::string& name, std::int64_t organization) {
    const Answer answer = post("/backup-credentials", body(name, organization));
    if (answer.status != 201)
        throw std::runtime_error("not created: " + answer.body);
    return answer.number("id");
}

std::string House::at(std::int64_t id, const std::string& rest) {
    return "/backup-credentials/" + std::to_string(id) + rest;
}

void House::createMany(std::size_t count, std::int64_t organization, const std::string& prefix) {
    const Access access{{true, {}}, {true, {}}, {true, {}}, {}};
    for (std::size_t at = 0; at < count;) {
        write([&](Transaction& transaction) {
            for (std::size_t end = std::min(count, at + 500); at < end; ++at) {
                NewCredential wanted;
                wanted.organization = organization;
                wanted.name.text = prefix + std::to_string(at);
                wanted.name.key = foldedText(wanted.name.text).value();
                wanted.endpoint = "https://s3.example.org";
                wanted.region = "region-" + std::to_string(at % 7);
                wanted.accessKeyId = "KEY" + std::to_string(at * 7919 % 100'003);
                wanted.secretAccessKey = SecretBytes(std::string_view(canary));
                Verdict verdict;
                verdict.cause = Cause::none;
                verdict.saw = "fine";
                verdict.when = transaction.now();
                (void)plugin_->parts().credentials().create(transaction, wanted, access, verdict);
            }
            return 0;
        });
    }
}

void House::sql(const std::string& statement) {
    write([&](Transaction& transaction) { return transaction.execute(statement); });
}

std::int64_t House::ask(const std::string& query) {
    return host_->storage().read([&](Transaction& transaction) {
        Rows rows = transaction.query(query);
        return rows.next() ? rows.integer(0) : -1;
    });
}

std::vector<AuditRecord> House::history(std::int64_t id) {
    return host_->storage().read([&](Transaction& transaction) {
        std::vector<AuditRecord> out;
        host_->auditHistory(transaction, objectType, std::to_string(id), INT64_MAX, 1000,
                            [&](const AuditRecord& record) { out.push_back(record); });
        return out;
    });
}

bool House::recorded(std::int64_t id, const std::string& action, AuditResult result) {
    const auto records = history(id);
    return std::ranges::any_of(records, [&](const AuditRecord& record) {
        return record.event.action == action && record.event.result == result;
    });
}

std::string House::database() {
    return host_->storage().read([](Transaction& transaction) {
        sqlite3* handle = Poco::Data::SQLite::Utility::dbHandle(transaction.session());
        sqlite3_int64 size = 0;
        const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
            sqlite3_serialize(handle, "main", &size, 0), &sqlite3_free);
        return std::string(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
    });
}

} // namespace coffer::test
