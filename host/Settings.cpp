#include "host/Settings.h"

#include "host/config/HostOptions.h"

#include <Poco/Net/IPAddress.h>

namespace coffer::host {

namespace {

/// `path`, from the folder that the program lies in; what the option says when it says something.
std::filesystem::path fromProgram(const std::string& option, const char* path) {
    if (!option.empty())
        return option;
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / path).lexically_normal();
}

LogLevel logLevelFrom(const std::string& text) {
    return text == "debug"     ? LogLevel::debug
           : text == "warning" ? LogLevel::warning
           : text == "error"   ? LogLevel::error
                               : LogLevel::information;
}

std::size_t count(const Config& config, std::string_view name) {
    return static_cast<std::size_t>(config.integer(name));
}

void readHttp(const Config& http, Settings& settings) {
    auto& server = settings.server;
    server.address = http.text("address");
    server.port = static_cast<std::uint16_t>(http.integer("port"));
    server.workers = count(http, "workers");
    server.producers = count(http, "bulk_workers");
    server.maximumConnections = count(http, "connections");
    server.headerLimit = count(http, "header_limit");
    server.keepAliveTimeout = http.duration("keep_alive");
    server.requestDeadline = http.duration("request_deadline");
    server.writeDeadline = http.duration("write_deadline");
    server.trustedProxies = http.list("trusted_proxies");
    settings.drain = http.duration("drain");
    settings.slowWorkers = count(http, "slow_workers");
    settings.slowQueue = count(http, "slow_queue");
    settings.fastLimit = http.duration("fast_limit");
    settings.slowLimit = http.duration("slow_limit");
    settings.bulkLimit = http.duration("bulk_limit");
}

void readTls(const Config& tls, const Config& http, Settings& settings) {
    const auto certificate = tls.text("certificate");
    const auto key = tls.text("key");
    if (certificate.empty() != key.empty())
        throw ConfigurationError("[tls]: certificate and key belong together; set both or neither");
    if (certificate.empty() && !tls.text("client_ca").empty())
        throw ConfigurationError("[tls]: client_ca needs certificate and key as well");
    if (!certificate.empty())
        settings.server.tls = TlsOptions{certificate, key, tls.text("client_ca")};

    Poco::Net::IPAddress address;
    if (!Poco::Net::IPAddress::tryParse(settings.server.address, address))
        throw ConfigurationError("[http]: address = '" + settings.server.address +
                                 "' must be an IP address, such as 127.0.0.1, ::1 or 0.0.0.0");
    if (!address.isLoopback() && !settings.server.tls && !http.boolean("insecure_plaintext"))
        throw ConfigurationError(
            "[http]: address = '" + settings.server.address +
            "' is not loopback, and without TLS tokens and keys would cross the network readable. Set "
            "tls.certificate and tls.key, or, if a proxy on the same trusted network ends TLS, "
            "http.insecure_plaintext = true");
}

void readStorage(const Config& storage, Settings& settings) {
    auto& database = settings.database;
    database.file = std::filesystem::path(storage.text("directory")) / "coffer.db";
    database.readers = count(storage, "readers");
    database.readDeadline = storage.duration("read_deadline");
    database.writeDeadline = storage.duration("write_deadline");
    database.stuckAfter = storage.duration("stuck_after");
    database.endAfter = storage.duration("end_after");
    if (database.endAfter < database.stuckAfter)
        throw ConfigurationError("[storage]: end_after must not be less than stuck_after");
}

void readSecrets(const Config& secrets, const std::filesystem::path& folder, Settings& settings) {
    const auto file = secrets.text("key_file");
    settings.key = {file.empty() ? folder / "coffer.key" : std::filesystem::path(file),
                    secrets.text("key_credential")};
    if (!file.empty() && !settings.key.credential.empty())
        throw ConfigurationError("[secrets]: set key_file or key_credential, not both");
    const KeySource previous{secrets.text("previous_key_file"), secrets.text("previous_key_credential")};
    if (!previous.file.empty() && !previous.credential.empty())
        throw ConfigurationError("[secrets]: set previous_key_file or previous_key_credential, not both");
    if (!previous.file.empty() || !previous.credential.empty())
        settings.previousKey = previous;
}

void readConsole(const Config& console, ConsoleSettings& settings) {
    settings.isEnabled = console.boolean("enabled");
    settings.directory = fromProgram(console.text("directory"), "../share/coffer/console");
    settings.sessions.lifetime = console.duration("session_lifetime");
    settings.sessions.idle = console.duration("session_idle");
}

void readAudit(const Config& audit, AuditSettings& settings) {
    settings.file = audit.text("file");
    settings.syslog = audit.text("syslog");
    settings.refuseWhenLagging = audit.text("sink_failure") == "refuse";
    settings.sinkLag = audit.duration("sink_lag");
    settings.headInterval = audit.duration("head_interval");
}

} // namespace

KeyEncryptionKey KeySource::load() const {
    return credential.empty() ? KeyEncryptionKey::fromFile(file)
                              : KeyEncryptionKey::fromCredential(credential);
}

Settings Settings::from(const Configuration& configuration) {
    std::map<std::string, std::unique_ptr<Config>, std::less<>> sections;
    std::vector<std::string> names;
    std::string mistakes;
    for (const auto& section : hostOptions()) {
        names.push_back(section.name);
        try {
            sections[section.name] = configuration.section(section.name, section.options);
        } catch (const ConfigurationError& error) {
            mistakes += std::string(error.what()) + '\n';
        }
    }
    try {
        configuration.requireKnownSections(names);
    } catch (const ConfigurationError& error) {
        mistakes += std::string(error.what()) + '\n';
    }
    if (!mistakes.empty()) {
        mistakes.pop_back();
        throw ConfigurationError(mistakes);
    }

    Settings settings;
    readHttp(*sections["http"], settings);
    readTls(*sections["tls"], *sections["http"], settings);
    readStorage(*sections["storage"], settings);
    const auto folder = settings.database.file.parent_path();
    readSecrets(*sections["secrets"], folder, settings);
    readConsole(*sections["console"], settings.console);
    readAudit(*sections["audit"], settings.audit);
    settings.logins.limit =
        static_cast<std::uint32_t>(sections["identity"]->integer("failed_logins_per_minute"));
    const auto tokenFile = sections["identity"]->text("administrator_token_file");
    settings.administratorTokenFile =
        tokenFile.empty() ? folder / "administrator.token" : std::filesystem::path(tokenFile);
    settings.logFormat =
        sections["telemetry"]->text("log_format") == "json" ? LogFormat::json : LogFormat::text;
    settings.logLevel = logLevelFrom(sections["telemetry"]->text("log_level"));
    settings.plugins =
        configuration.plugins(fromProgram(sections["plugins"]->text("directory"), "../lib/coffer/plugins"));
    return settings;
}

Configuration loadConfiguration(const CommandLine& line) {
    if (line.config)
        return Configuration::load(*line.config, line.overrides);
    for (const auto* place : {"config/cofferd.ini", "/etc/coffer/cofferd.ini"})
        if (std::filesystem::exists(place))
            return Configuration::load(place, line.overrides);
    return Configuration::fromCommandLine(line.overrides);
}

} // namespace coffer::host
