#include "host/config/HostOptions.h"

#include <algorithm>
#include <stdexcept>

namespace coffer::host {

namespace {

std::vector<OptionSection> makeSections() {
    using enum OptionType;
    return {
        {"http",
         "Where the daemon listens, and how much it takes on.",
         {
             {"address", text, "127.0.0.1", "IP address to listen on."},
             {"port", integer, "8420", "TCP port; 0 asks the kernel for a free one.", 0, 65535},
             {"insecure_plaintext", boolean, "false",
              "Listens without TLS on an address that is not loopback: tokens and keys then cross the "
              "network readable."},
             {"trusted_proxies", list, "",
              "Networks whose X-Forwarded-For is believed: 10.0.0.0/8, ::1/128."},
             {"workers", integer, "24", "Requests that are handled at once.", 4, 1024},
             {"connections", integer, "20000", "Open connections; more are refused.", 16, 1000000},
             {"slow_workers", integer, "1024",
              "Requests that wait for the network at once (S3 probes), each on a thread that is started when "
              "it is needed; a caller or an organization has a quarter of them at most.",
              4, 4096},
             {"slow_queue", integer, "1024", "Such requests that wait for a worker; more are answered 503.",
              1, 100000},
             {"bulk_workers", integer, "4", "Large answers that are produced at once (exports).", 1, 256},
             {"fast_limit", duration, "60s",
              "A plugin's quick request that takes longer is given up: answered 503, and the plugin "
              "quarantined.",
              1000, 3600000},
             {"slow_limit", duration, "5m", "The same for requests that wait for the network.", 1000,
              3600000},
             {"bulk_limit", duration, "30m", "The same for large answers, until they begin.", 1000, 86400000},
             {"header_limit", size, "16KiB", "Largest request head.", 1024, 1048576},
             {"keep_alive", duration, "60s", "How long an idle connection is kept.", 1000, 3600000},
             {"request_deadline", duration, "30s", "Time for a whole request to arrive.", 100, 3600000},
             {"write_deadline", duration, "30s", "Time for a whole answer to be taken.", 100, 3600000},
             {"drain", duration, "10s", "Time for requests in flight to finish when the daemon stops.", 0,
              600000},
         }},
        {"tls",
         "HTTPS. Files are read again on SIGHUP.",
         {
             {"certificate", path, "", "PEM file with the certificate and its chain; turns HTTPS on."},
             {"key", path, "", "PEM file with the private key."},
             {"client_ca", path, "",
              "PEM file with the authorities whose client certificates open a connection."},
         }},
        {"storage",
         "The embedded SQLite database.",
         {
             {"directory", path, "data",
              "Folder of the database and, unless told otherwise, of the key and the token."},
             {"readers", integer, "8", "Connections that read at the same time.", 1, 256},
             {"read_deadline", duration, "2s", "Time for one read.", 50, 600000},
             {"write_deadline", duration, "5s", "Time for one write, and to wait for the writer.", 50,
              600000},
             {"stuck_after", duration, "30s",
              "A change that holds the writer for so long makes the daemon not ready.", 100, 3600000},
             {"end_after", duration, "60s",
              "... and for so long ends the process, for its supervisor to restart.", 100, 3600000},
         }},
        {"secrets",
         "The key-encryption key. Without it nothing that is stored can be opened: keep a copy apart from "
         "the backups.",
         {
             {"key_file", path, "",
              "File with the key, mode 0600; default: coffer.key in storage.directory."},
             {"key_credential", text, "",
              "Name of a systemd credential that holds the key, instead of a file."},
             {"previous_key_file", path, "", "The key before, while the daemon changes to the new one."},
             {"previous_key_credential", text, "", "The same as a systemd credential."},
         }},
        {"identity",
         "Who may call.",
         {
             {"administrator_token_file", path, "",
              "Where the first administrator's token is written, mode 0600; default: administrator.token in "
              "storage.directory."},
             {"failed_logins_per_minute", integer, "10",
              "Wrong tokens from one address before it is answered 429.", 1, 100000},
         }},
        {"console",
         "The web console, below /console/.",
         {
             {"enabled", boolean, "true",
              "Serves it, and lets people sign in to it; false: neither, and the API alone is left."},
             {"directory", path, "",
              "Folder of its files; default: ../share/coffer/console from the program."},
             {"session_lifetime", duration, "12h", "After so long a session ends, and one signs in again.",
              1000, 2592000000},
             {"session_idle", duration, "1h", "... and after so long without a request.", 1000, 2592000000},
         }},
        {"audit",
         "Where audit records go beside the database.",
         {
             {"file", path, "", "Appends every record as a line of JSON; reopened on SIGHUP."},
             {"syslog", path, "", "Unix socket of a syslog daemon (/dev/log) that gets every record."},
             {"sink_failure",
              text,
              "buffer",
              "What happens when a sink falls behind: buffer goes on, refuse answers 503 to changes and "
              "secret reads.",
              INT64_MIN,
              INT64_MAX,
              {"buffer", "refuse"}},
             {"sink_lag", duration, "60s", "How far behind a sink may be before refuse applies.", 100,
              86400000},
             {"head_interval", duration, "60s", "How often the signed head of the chain goes to the sinks.",
              1000, 86400000},
         }},
        {"telemetry",
         "What the daemon says about itself.",
         {
             {"log_format",
              text,
              "text",
              "Form of the lines on stderr.",
              INT64_MIN,
              INT64_MAX,
              {"text", "json"}},
             {"log_level",
              text,
              "info",
              "Least level that is logged. Read again on SIGHUP.",
              INT64_MIN,
              INT64_MAX,
              {"debug", "info", "warning", "error"}},
         }},
        {"plugins",
         "Plugins are enabled by sections [plugin.<id>] with enabled, file and sha256.",
         {
             {"directory", path, "",
              "Folder of the plugins' files; default: ../lib/coffer/plugins from the program."},
         }},
    };
}

std::string typeName(const Option& option) {
    switch (option.type) {
    case OptionType::text:
        return "TEXT";
    case OptionType::integer:
        return "NUMBER";
    case OptionType::boolean:
        return "true|false";
    case OptionType::duration:
        return "DURATION";
    case OptionType::size:
        return "SIZE";
    case OptionType::path:
        return "PATH";
    case OptionType::list:
        return "LIST";
    }
    return "";
}

} // namespace

const std::vector<OptionSection>& hostOptions() {
    static const std::vector<OptionSection> sections = makeSections();
    return sections;
}

const std::vector<Option>& hostOptions(std::string_view section) {
    const auto found = std::ranges::find(hostOptions(), section, &OptionSection::name);
    if (found == hostOptions().end())
        throw std::logic_error("the daemon has no section [" + std::string(section) + "]");
    return found->options;
}

std::string describe(const OptionSection& section) {
    std::string out = "[" + section.name + "]  " + section.description + "\n";
    for (const auto& option : section.options) {
        std::string choices = typeName(option);
        if (!option.allowed.empty()) {
            choices.clear();
            for (const auto& choice : option.allowed)
                choices += (choices.empty() ? "" : "|") + choice;
        }
        out += "  --" + section.name + "." + option.name + "=" + choices +
               (option.defaultValue.empty() ? "" : " (" + option.defaultValue + ")") + "\n      " +
               option.description + "\n";
    }
    return out;
}

} // namespace coffer::host
