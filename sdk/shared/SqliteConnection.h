#pragma once

#include "sdk/shared/SqliteStatement.h"

#include <Poco/Data/Session.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;

namespace coffer::detail {

/// One connection to a database, with its settings and its prepared statements: what the daemon's connections
/// to its file and the testkit's database in memory have in common. Used by one thread at a time.
class SqliteConnection {
public:
    using Clock = std::chrono::steady_clock;

    /// @param session  of Poco's SQLite connector. @throws std::runtime_error with a sentence
    explicit SqliteConnection(std::unique_ptr<Poco::Data::Session> session);
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;
    ~SqliteConnection();

    /// Whether a closure's statements may change nothing.
    void setReadOnly(bool readOnly);
    /// From here on nothing but commit() commits: a closure that says COMMIT keeps nothing.
    void commitOnlyWhenAsked() noexcept;

    /// A statement that nobody uses, prepared for `sql`: several of the same text can be in use at a time.
    /// @throws std::logic_error when it does not compile, Problem when the database does not answer
    [[nodiscard]] SqliteStatement& prepare(std::string_view sql);
    /// Resets every statement still in use.
    void releaseStatements() noexcept;

    /// Runs a statement of the host's own, past the deadline. @returns SQLite's extended result code
    int control(std::string_view sql) noexcept;
    /// Begins a transaction: from here on the closure's statements run only inside it.
    int begin(std::string_view sql) noexcept;
    /// Ends the transaction; the only way in which anything is ever committed.
    int commit() noexcept;
    /// Ends it without a trace; harmless when there is none.
    void rollback() noexcept;
    /// Gives up the transaction in the midst of it, so that transactionLost() tells.
    void loseTransaction() noexcept;
    /// Whether SQLite took back the whole transaction by itself, as it does when a disk is full or a change
    /// is interrupted.
    [[nodiscard]] bool transactionLost() const noexcept;

    /// Whether a statement that may change something has run since forgetChanges().
    [[nodiscard]] bool hasChanged() const noexcept { return changed_; }
    void forgetChanges() noexcept { changed_ = false; }
    /// For what changes something past the statements of prepare().
    void noteChange() noexcept { changed_ = true; }

    /// SQL is interrupted when it still runs at `deadline`.
    void setDeadline(Clock::time_point deadline) noexcept { deadline_ = deadline; }
    void clearDeadline() noexcept { deadline_ = Clock::time_point::max(); }

    /// Turns a result code into what the closure's caller is told. @throws ConstraintViolation, Problem,
    /// std::logic_error
    [[noreturn]] void fail(int code);
    /// Remembers a result code of control(), begin() or commit() after which the connection is not sound.
    void note(int code);
    /// Why the connection should be replaced by a fresh one, for the log; empty when it is sound.
    [[nodiscard]] const std::string& broken() const noexcept { return broken_; }
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }
    [[nodiscard]] Poco::Data::Session& session() noexcept { return *session_; }

protected:
    /// @throws std::runtime_error that names the database and the pragma
    void set(const char* pragma);

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Prepared {
        std::vector<std::unique_ptr<SqliteStatement>> instances;
        std::uint64_t lastUse = 0;
    };

    void makeRoom();
    static int onProgress(void* self) noexcept;
    static int onCommit(void* self) noexcept;

    std::unique_ptr<Poco::Data::Session> session_;
    sqlite3* handle_ = nullptr; ///< owned by the session
    std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> prepared_;
    std::vector<SqliteStatement*> inUse_;
    std::uint64_t uses_ = 0;
    Clock::time_point deadline_ = Clock::time_point::max();
    std::string broken_;
    bool readOnly_ = false;
    bool inTransaction_ = false;
    bool mayCommit_ = false;
    bool changed_ = false;

    friend class SqliteStatement;
};

} // namespace coffer::detail
