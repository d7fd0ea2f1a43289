#include "host/config/CommandLine.h"

#include "host/config/Configuration.h"

#include <boost/program_options.hpp>

namespace coffer::host {

namespace po = boost::program_options;

CommandLine parseCommandLine(int argumentCount, const char* const* arguments) {
    CommandLine line;
    po::options_description named;
    named.add_options()("help,h", po::bool_switch(&line.help))("version,V", po::bool_switch(&line.version))(
        "config,c", po::value<std::string>())("head", po::value<std::string>())(
        "command", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("command", -1);
    try {
        const auto parsed =
            po::command_line_parser(argumentCount, arguments)
                .options(named)
                .positional(positional)
                .allow_unregistered()
                .style(po::command_line_style::default_style & ~po::command_line_style::allow_guessing)
                .run();
        po::variables_map values;
        po::store(parsed, values);
        po::notify(values);
        if (values.contains("config"))
            line.config = values["config"].as<std::string>();
        if (values.contains("head"))
            line.head = values["head"].as<std::string>();
        for (const auto& option : parsed.options) {
            if (option.string_key == "command")
                line.command.push_back(option.value.front());
            else if (option.unregistered && option.value.size() != 1)
                throw ConfigurationError("--" + option.string_key +
                                         ": give it a value, as in --http.port=8420, or see cofferd --help");
            else if (option.unregistered)
                line.overrides.emplace_back(option.string_key, option.value.front());
        }
    } catch (const po::error& error) {
        throw ConfigurationError(std::string("the command line: ") + error.what() + "; see cofferd --help");
    }
    return line;
}

std::string usage() {
    return R"(cofferd: a management daemon that keeps backup credentials.

  cofferd [--config FILE] [--section.name=value ...]   serve, in the foreground
  cofferd check-config [--config FILE]                  say what is wrong with the configuration, plugins included
  cofferd generate-key FILE                             write a fresh key-encryption key, mode 0600
  cofferd new-plugin NAME FOLDER                        write a plugin that builds, to start your own from
  cofferd storage check                                 is the database sound? (the daemon must not run)
  cofferd storage backup FILE                           a consistent copy, also while the daemon serves
  cofferd storage restore FILE                          replace the database by a backup, revoke every token in it
  cofferd audit verify [--head FILE]                    has the audit log been edited, cut or reordered?
                                                        (the daemon must not run)
  cofferd --help | --version

  -c, --config FILE   the configuration (default: config/cofferd.ini if it is there, else /etc/coffer/cofferd.ini, else
                      the defaults below); plugins.d/*.ini beside it is read too
SIGTERM finishes what is in flight and stops; SIGHUP reads certificates, log files and the log level again.

Every option below stands in the configuration file as name = value under its [section], and on the command line.
DURATION is 250ms, 5s, 10m, 24h or 30d; SIZE is bytes or KiB, MiB, GiB; LIST has commas between.

)";
}

} // namespace coffer::host
