// Fills a data folder that a daemon has used once and does not use now: credentials with their documents,
// secrets that open and audit records of one chain, made by the daemon's own code, with no endpoint asked.
//   fill FOLDER COUNT
// Every thousandth credential is locked; there is an organization for each ten thousand, a hundred at most.
#include "host/audit/AuditLog.h"
#include "host/identity/OrganizationStore.h"
#include "host/secrets/Vault.h"
#include "host/storage/Database.h"
#include "tests/support/Telemetry.h"

#include "service/Credentials.h"

#include <coffer/sdk/Problem.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <random>
#include <stdexcept>

using namespace coffer;
using namespace coffer::backup_credentials;

namespace {

constexpr std::int64_t inOneTransaction = 5000;
constexpr std::int64_t inOneOrganization = 10'000;
constexpr std::int64_t mostOrganizations = 100;
constexpr std::int64_t lockedIsOneIn = 1000;

constexpr std::array words{"nightly", "weekly",  "archive", "tenant", "cluster", "kiosk",
                           "berlin",  "toronto", "nairobi", "osaka",  "ledger",  "media"};
constexpr std::array regions{"us-east-1", "eu-central-1", "ap-northeast-1", "garage"};

std::string randomText(std::mt19937_64& random, std::string_view alphabet, std::size_t size) {
    std::string out(size, '\0');
    for (char& c : out)
        c = alphabet[random() % alphabet.size()];
    return out;
}

/// The same numbers give the same credentials, whatever was filled before; their keys are their own.
class Filler {
public:
    explicit Filler(const std::filesystem::path& folder)
        : database_(options(folder), log_, metrics_),
          keys_(database_, host::KeyEncryptionKey::fromFile(folder / "coffer.key"), std::nullopt, log_,
                host::WhenEmpty::refuse),
          vault_(keys_), audit_(database_, keys_, metrics_), secrets_(vault_.forPlugin("backup-credentials")),
          credentials_(*secrets_, settings_) {
        database_.setRecorder(
            [this](Transaction& transaction, const AuditEvent& event) { audit_.append(transaction, event); });
    }

    [[nodiscard]] std::int64_t stored() {
        return database_.read([](Transaction& transaction) {
            Rows rows = transaction.query("SELECT n FROM backup_credentials_count "
                                          "WHERE organization = 0 AND kind = 'total'");
            return rows.next() ? rows.integer(0) : 0;
        });
    }

    void add(std::int64_t from, std::int64_t to) {
        database_.write(origin_, [&](Transaction& transaction) {
            // A large transaction that fits into memory writes each of its pages once.
            transaction.execute("PRAGMA cache_size = -1000000");
            for (std::int64_t number = from; number < to; ++number)
                addOne(transaction, number);
        });
    }

private:
    static host::DatabaseOptions options(const std::filesystem::path& folder) {
        host::DatabaseOptions options;
        options.file = folder / "coffer.db";
        options.writeDeadline = options.stuckAfter = options.endAfter = std::chrono::hours(1);
        return options;
    }

    void addOne(Transaction& transaction, std::int64_t number) {
        std::mt19937_64 random(static_cast<std::uint64_t>(number) + 1);
        NewCredential wanted;
        wanted.organization = organization(transaction, number / inOneOrganization % mostOrganizations);
        Problem problem = Problem::invalidFields();
        wanted.name = Name::check(std::string(words[random() % words.size()]) + " " +
                                      words[random() % words.size()] + " " + std::to_string(number),
                                  nameLength, "name", problem)
                          .value();
        wanted.endpoint = "https://s3-" + std::to_string(random() % 20) + ".example.net";
        wanted.region = regions[random() % regions.size()];
        wanted.accessKeyId = "AKIA" + randomText(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        wanted.secretAccessKey = SecretBytes(
            randomText(random, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/", 40));
        Verdict verdict;
        verdict.cause = Cause::none;
        verdict.saw = "The endpoint accepted the keys.";
        verdict.httpStatus = 200;
        verdict.when = transaction.now();
        const Credential made = credentials_.create(transaction, wanted, everywhere_, verdict);
        if (number % lockedIsOneIn == 0)
            (void)credentials_.lock(transaction, made.id, everywhere_, std::nullopt, "being moved");
    }

    static std::int64_t organization(Transaction& transaction, std::int64_t number) {
        host::OrganizationStore organizations(transaction);
        const std::string name = "bench " + std::to_string(number);
        const auto found = organizations.findByKey(name);
        return found ? *found : organizations.insert(name, name);
    }

    test::RecordingLog log_;
    test::NoMetrics metrics_;
    host::Database database_;
    host::KeyRing keys_;
    host::Vault vault_;
    host::AuditLog audit_;
    const std::shared_ptr<SecretVault> secrets_;
    const Settings settings_;
    const Credentials credentials_;
    const Access everywhere_{{true, {}}, {true, {}}, {true, {}}, {}};
    const Origin origin_{1, "administrator", "127.0.0.1", "bench"};
};

void fill(const std::filesystem::path& folder, std::int64_t count) {
    Filler filler(folder);
    const auto begun = std::chrono::steady_clock::now();
    const std::int64_t first = filler.stored();
    for (std::int64_t next = first; next < first + count; next += inOneTransaction) {
        filler.add(next, std::min(next + inOneTransaction, first + count));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        std::fprintf(stderr, "\r%lld of %lld, %.0f/s ", static_cast<long long>(next - first),
                     static_cast<long long>(count),
                     static_cast<double>(next + inOneTransaction - first) / took.count());
    }
    std::fprintf(stderr, "\n");
}

} // namespace

int main(int argc, char** argv) {
    std::int64_t count = 0;
    const std::string_view typed = argc == 3 ? argv[2] : "";
    if (std::from_chars(typed.data(), typed.data() + typed.size(), count).ptr == typed.data() || count < 1) {
        std::cerr << "fill FOLDER COUNT: the folder of a daemon that has run once and has ended\n";
        return 2;
    }
    try {
        fill(argv[1], count);
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
}
