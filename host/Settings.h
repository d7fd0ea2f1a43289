#pragma once

#include "host/config/CommandLine.h"
#include "host/config/Configuration.h"
#include "host/http/ServerOptions.h"
#include "host/identity/LoginFailures.h"
#include "host/identity/Sessions.h"
#include "host/secrets/KeyEncryptionKey.h"
#include "host/storage/Database.h"
#include "host/telemetry/Logger.h"

#include <optional>

namespace coffer::host {

/// Where the key-encryption keys come from. A file, unless a systemd credential is named.
struct KeySource {
    std::filesystem::path file;
    std::string credential;

    /// Reads it. @throws std::runtime_error with a sentence that names the place and the remedy
    [[nodiscard]] KeyEncryptionKey load() const;
};

struct ConsoleSettings {
    bool isEnabled = true;
    std::filesystem::path directory;
    SessionOptions sessions;
};

struct AuditSettings {
    std::filesystem::path file;   ///< empty: no such sink
    std::filesystem::path syslog; ///< empty: no such sink
    bool refuseWhenLagging = false;
    std::chrono::milliseconds sinkLag{60'000};
    std::chrono::milliseconds headInterval{60'000};
};

/// The daemon's own configuration with its types, checked whole: what a section says alone, and what only two
/// of them together can get wrong. Values only.
struct Settings {
    ServerOptions server;
    std::chrono::milliseconds drain{10'000};
    std::size_t slowWorkers = 32;
    std::size_t slowQueue = 64;
    std::chrono::milliseconds fastLimit{60'000};
    std::chrono::milliseconds slowLimit{300'000};
    std::chrono::milliseconds bulkLimit{1'800'000};
    DatabaseOptions database;
    KeySource key;
    std::optional<KeySource> previousKey;
    LoginFailureOptions logins;
    std::filesystem::path administratorTokenFile;
    ConsoleSettings console;
    AuditSettings audit;
    LogFormat logFormat = LogFormat::text;
    LogLevel logLevel = LogLevel::information;
    std::vector<PluginEntry> plugins;

    /// @throws ConfigurationError with a line for each mistake
    [[nodiscard]] static Settings from(const Configuration& configuration);
};

/// The configuration that the command line names, or the one that is found where `cofferd --help` says.
[[nodiscard]] Configuration loadConfiguration(const CommandLine& line);

} // namespace coffer::host
