#include "host/Commands.h"

#include "host/Daemon.h"
#include "host/DataFolder.h"
#include "host/NewPlugin.h"
#include "host/OfflinePlugins.h"
#include "host/TokenFile.h"
#include "host/audit/AuditVerify.h"
#include "host/config/HostOptions.h"
#include "host/http/RequestOrigin.h"
#include "host/http/TlsContext.h"
#include "host/identity/Directory.h"
#include "host/plugin/Loader.h"
#include "host/secrets/VaultStore.h"
#include "host/storage/FileLock.h"
#include "host/storage/Maintenance.h"
#include "sdk/shared/MetricsRegistry.h"

#include <fstream>
#include <iostream>
#include <iterator>

namespace coffer::host {

namespace {

/// What a command needs that opens the data folder for itself: nothing else may have it.
struct Offline {
    explicit Offline(const CommandLine& line)
        : configuration(loadConfiguration(line)), settings(Settings::from(configuration)) {
        settings.database.readDeadline =
            std::chrono::hours(1); // nobody else waits, and there may be much to look at
    }

    Configuration configuration;
    Settings settings;
    Logger logger{settings.logFormat, LogLevel::warning};
    std::unique_ptr<Log> log = logger.component("cofferd");
    detail::MetricsRegistry metrics;
};

/// What a plugin declares; none of its code but options() runs.
OptionSection declaredBy(const PluginEntry& entry) {
    auto checked = checkPlugin({entry.id, entry.file, entry.sha256});
    const std::unique_ptr<Plugin> plugin(loadPlugin(checked).create());
    return {entry.id, checked.descriptor.description.data(), plugin->options()};
}

int help(const CommandLine& line) {
    std::cout << usage();
    for (const auto& section : hostOptions())
        std::cout << describe(section) << '\n';
    for (const auto& entry : Settings::from(loadConfiguration(line)).plugins)
        std::cout << describe(declaredBy(entry)) << '\n';
    return 0;
}

int checkConfig(const CommandLine& line) {
    const Configuration configuration = loadConfiguration(line);
    const Settings settings = Settings::from(configuration);
    std::string mistakes;
    const auto attempt = [&](const auto& action) {
        try {
            action();
        } catch (const std::exception& error) {
            mistakes += std::string(error.what()) + '\n';
        }
    };
    attempt([&] { (void)settings.key.load(); });
    if (settings.previousKey)
        attempt([&] { (void)settings.previousKey->load(); });
    if (settings.server.tls)
        attempt([&] { const TlsContext readable(*settings.server.tls); });
    attempt([&] { const TrustedProxies believable(settings.server.trustedProxies); });
    if (settings.console.isEnabled && !std::filesystem::is_directory(settings.console.directory))
        mistakes += "[console]: there is no folder '" + settings.console.directory.string() +
                    "' with the console's files; install them, set directory to where they are, or "
                    "enabled = false\n";
    Logger quiet{settings.logFormat, LogLevel::error};
    const auto log = quiet.component("cofferd");
    detail::MetricsRegistry metrics;
    for (const auto& failure : checkPlugins(configuration, settings, quiet, *log, metrics))
        mistakes += failure + '\n';
    if (mistakes.empty()) {
        std::cout << "the configuration is sound\n";
        return 0;
    }
    std::cerr << mistakes;
    return 1;
}

int generateKey(const CommandLine& line) {
    const auto key = KeyEncryptionKey::generate(line.command.at(1));
    std::cout << "wrote " << line.command[1] << ", key id " << key.id()
              << "\nWithout it nothing that is stored can be opened: keep a copy, apart from the backups.\n";
    return 0;
}

int newPlugin(const CommandLine& line) {
    std::cout << writeNewPlugin(line.command.at(1), line.command.at(2));
    return 0;
}

int report(const std::vector<std::string>& problems, const std::string& sound) {
    for (const auto& problem : problems)
        std::cout << problem << '\n';
    std::cout << (problems.empty() ? sound : std::to_string(problems.size()) + " problems") << '\n';
    return problems.empty() ? 0 : 1;
}

int storageCheck(const CommandLine& line) {
    Offline offline(line);
    auto problems = checkDatabase(offline.settings.database.file);
    if (problems.empty()) {
        DataFolder data(offline.settings, *offline.log, offline.metrics, WhenEmpty::refuse);
        problems =
            data.database.read([](Transaction& transaction) { return vault_store::check(transaction); });
        const OfflinePlugins plugins(
            offline.configuration, offline.settings, data.database,
            [&](const std::string& plugin) { return data.vault.forPlugin(plugin); }, offline.logger,
            *offline.log, offline.metrics);
        std::ranges::move(plugins.failures(), std::back_inserter(problems));
        std::ranges::move(plugins.check(data.database), std::back_inserter(problems));
    }
    return report(problems, "the database is sound");
}

int storageBackup(const CommandLine& line) {
    Offline offline(line);
    backupDatabase(offline.settings.database.file, line.command.at(2));
    std::cout << "wrote " << line.command[2]
              << "; it opens only with the key that is in use now, which is not in it\n";
    return 0;
}

void removeDatabase(const std::filesystem::path& file) {
    for (const auto* suffix : {"", "-wal", "-shm", ".lock"})
        std::filesystem::remove(file.string() + suffix);
}

/// Every token is revoked in a copy beside the database, which then takes its place: at no instant does a
/// database lie there whose old tokens open it, and the new token is in its file before it is needed.
int storageRestore(const CommandLine& line) {
    Offline offline(line);
    const auto target = offline.settings.database.file;
    { const FileLock nobodyElse(target); }
    const std::filesystem::path copy = target.string() + ".revoking";
    offline.settings.database.file = copy;
    std::shared_ptr<SecretBytes> token;
    try {
        removeDatabase(copy);
        restoreDatabase(line.command.at(2), copy);
        {
            DataFolder data(offline.settings, *offline.log, offline.metrics, WhenEmpty::refuse);
            token = data.database.write(Origin::system("restore"), [](Transaction& transaction) {
                return std::make_shared<SecretBytes>(revokeEverything(transaction));
            });
        }
        writeTokenFile(offline.settings.administratorTokenFile, *token);
        restoreDatabase(copy, target);
        removeDatabase(copy);
    } catch (...) {
        removeDatabase(copy);
        throw;
    }
    std::cout << "restored; every token in it is revoked. The administrator's new one, also in "
              << offline.settings.administratorTokenFile.string() << ":\n"
              << token->reveal() << '\n';
    return 0;
}

int auditVerify(const CommandLine& line) {
    Offline offline(line);
    DataFolder data(offline.settings, *offline.log, offline.metrics, WhenEmpty::refuse);
    VerifyOptions options;
    if (line.head) {
        std::ifstream in(*line.head, std::ios::binary);
        if (!in)
            throw std::runtime_error(line.head->string() + ": the file with the head cannot be read");
        options.head = std::string(std::istreambuf_iterator<char>(in), {});
    }
    options.fingerprints.push_back([&](Transaction& transaction, const auto& receive) {
        data.vault.fingerprints(transaction, receive);
    });
    const auto result = verifyAudit(data.database, data.keys, options);
    for (const auto& problem : result.problems)
        std::cout << problem << '\n';
    std::cout << result.records << " records and " << result.secrets << " secrets looked at; "
              << (result.sound() ? "the audit log is sound"
                                 : std::to_string(result.problemCount) + " problems")
              << '\n';
    return result.sound() ? 0 : 1;
}

struct Command {
    std::vector<std::string> words; ///< as typed; one in capitals stands for any text
    int (*run)(const CommandLine&);
};

const std::vector<Command>& commands() {
    static const std::vector<Command> all{
        {{}, serve},
        {{"check-config"}, checkConfig},
        {{"generate-key", "FILE"}, generateKey},
        {{"new-plugin", "NAME", "FOLDER"}, newPlugin},
        {{"storage", "check"}, storageCheck},
        {{"storage", "backup", "FILE"}, storageBackup},
        {{"storage", "restore", "FILE"}, storageRestore},
        {{"audit", "verify"}, auditVerify},
    };
    return all;
}

bool matches(const Command& command, const std::vector<std::string>& words) {
    return std::ranges::equal(command.words, words, [](const auto& form, const auto& word) {
        return (form.front() >= 'A' && form.front() <= 'Z') || form == word;
    });
}

} // namespace

int runCommand(const CommandLine& line) {
    if (line.version) {
        std::cout << "cofferd " COFFER_VERSION "\n";
        return 0;
    }
    if (line.help)
        return help(line);
    for (const auto& command : commands())
        if (matches(command, line.command))
            return command.run(line);
    std::string typed;
    for (const auto& word : line.command)
        typed += " " + word;
    throw ConfigurationError("the command line: there is no command '" + typed.substr(1) +
                             "'; see cofferd --help");
}

} // namespace coffer::host
