#pragma once

#include "host/Settings.h"

#include <memory>

namespace coffer::host {

/// The whole daemon: what it is made of, in the order in which the parts depend on each other. One thread
/// owns it.
class Daemon {
public:
    /// Opens the database and the keys. @throws std::exception with a sentence for the operator when it
    /// cannot serve
    Daemon(const Configuration& configuration, Settings settings);
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    ~Daemon();

    /// Loads the plugins and listens. A plugin that fails is quarantined, and no reason not to serve.
    /// @throws std::exception with a sentence, as above
    void start();
    /// SIGHUP: reads certificates and the log level again, and reopens log files. What is wrong is logged,
    /// and stays as it was.
    void reload(const std::function<Settings()>& read);
    /// Stops listening, finishes what is in flight, stops the plugins, delivers what was recorded.
    void stop();

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// Serves until SIGTERM or SIGINT. @returns the exit status
int serve(const CommandLine& line);

} // namespace coffer::host
