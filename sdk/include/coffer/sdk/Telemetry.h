#pragma once

#include <coffer/sdk/Export.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer {

/// `debug` is for the plugin's author, `error` for whoever is woken up.
enum class LogLevel { debug, information, warning, error };

/// `{"credential", "17"}`. Values are escaped; none may hold a secret.
using LogField = std::pair<std::string_view, std::string>;

/// The plugin's log: structured lines on the daemon's stderr. Any thread; never throws, never blocks for
/// long.
class COFFER_API Log {
public:
    virtual ~Log();
    ///@{
    /// One line: `message` is a constant text, what varies stands in `fields`.
    virtual void write(LogLevel level, std::string_view message,
                       std::initializer_list<LogField> fields) noexcept = 0;

    void debug(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        write(LogLevel::debug, message, fields);
    }
    void information(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        write(LogLevel::information, message, fields);
    }
    void warning(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        write(LogLevel::warning, message, fields);
    }
    void error(std::string_view message, std::initializer_list<LogField> fields = {}) noexcept {
        write(LogLevel::error, message, fields);
    }
    ///@}
};

/// Names and values: `{{"result", "refused"}}`.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// A number that only rises. Any thread.
class COFFER_API Counter {
public:
    virtual ~Counter();
    virtual void add(double amount = 1) noexcept = 0; ///< `amount` is not negative
};
/// A number that rises and falls. Any thread.
class COFFER_API Gauge {
public:
    virtual ~Gauge();
    virtual void set(double value) noexcept = 0;  ///< in the place of what it was
    virtual void add(double amount) noexcept = 0; ///< a negative one lowers it
};
/// Durations, in seconds, counted in buckets. Any thread.
class COFFER_API Histogram {
public:
    virtual ~Histogram();
    virtual void observe(double seconds) noexcept = 0; ///< counts one more
};
/// One value that a collector gives.
struct Sample {
    Labels labels; ///< no two samples of one collector have the same
    double value;  ///< now
};

/// What `GET /metrics` shows (Prometheus text format 0.0.4). Names follow its conventions:
/// `coffer_<what>_<unit>`, counters end in `_total`. Labels take few values: never ids, names or addresses.
/// References live as long as the daemon.
/// @throws std::invalid_argument for a bad name, or one that exists with another type or help
class COFFER_API Metrics {
public:
    virtual ~Metrics();
    ///@{
    /// The one with that name and these labels, made at the first call. `help` is one sentence.
    virtual Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {}) = 0;
    virtual Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {}) = 0;
    virtual Histogram& histogram(const std::string& name, const std::string& help,
                                 const Labels& labels = {}) = 0;
    ///@}
    /// A gauge whose samples are asked for at each scrape, on the scraping thread. Revoked when its plugin
    /// stops.
    virtual void collector(const std::string& name, const std::string& help,
                           std::function<std::vector<Sample>()> collect) = 0;
};

} // namespace coffer
