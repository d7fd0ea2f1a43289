#pragma once

#include <coffer/sdk/Audit.h>
#include <coffer/sdk/Export.h>
#include <coffer/sdk/Time.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace Poco::Data {
class Session;
}

namespace coffer {

/// A prepared statement with its parameters bound. Implemented by the host; used through Rows and
/// Transaction.
class COFFER_API Statement {
public:
    virtual ~Statement();
    virtual void bindNull(int index) = 0; ///< parameters count from 1
    ///@{
    /// Texts and blobs are copied; a text may hold NUL.
    virtual void bind(int index, std::int64_t value) = 0;
    virtual void bind(int index, double value) = 0;
    virtual void bind(int index, std::string_view text) = 0;
    virtual void bind(int index, std::span<const std::byte> blob) = 0;
    ///@}
    /// The next row; false after the last. @throws Problem 503 when interrupted, full, busy or gone
    virtual bool step() = 0;
    [[nodiscard]] virtual bool isNull(int column) const = 0; ///< columns count from 0
    ///@{
    /// The column's value, converted as SQLite does; NULL is 0 or empty. Views are valid until the next
    /// step().
    [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
    [[nodiscard]] virtual double real(int column) const = 0;
    [[nodiscard]] virtual std::string_view text(int column) const = 0;
    [[nodiscard]] virtual std::span<const std::byte> blob(int column) const = 0;
    ///@}
    /// Gives it back to its cache, ready for other parameters.
    virtual void release() noexcept = 0;
};

/// The rows of one query, read one by one. Lives no longer than its Transaction; move-only; one thread.
class COFFER_API Rows {
public:
    /// Made by Transaction::query().
    explicit Rows(Statement& statement) noexcept : statement_(&statement) {}
    /// Takes the query over; `other` may only be destroyed.
    Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Rows& operator=(Rows&&) = delete;
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows() {
        if (statement_)
            statement_->release();
    }

    /// Moves to the next row: `while (rows.next()) ...`
    [[nodiscard]] bool next() { return statement_->step(); }
    ///@{
    /// A column of the row, counted from 0. Views are valid until next(). An Instant is milliseconds in an
    /// INTEGER column.
    [[nodiscard]] bool isNull(int column) const { return statement_->isNull(column); }
    [[nodiscard]] std::int64_t integer(int column) const { return statement_->integer(column); }
    [[nodiscard]] bool boolean(int column) const { return statement_->integer(column) != 0; }
    [[nodiscard]] double real(int column) const { return statement_->real(column); }
    [[nodiscard]] std::string_view text(int column) const { return statement_->text(column); }
    [[nodiscard]] std::string string(int column) const { return std::string(statement_->text(column)); }
    [[nodiscard]] std::span<const std::byte> blob(int column) const { return statement_->blob(column); }
    [[nodiscard]] Instant instant(int column) const { return fromMilliseconds(statement_->integer(column)); }
    [[nodiscard]] std::optional<std::int64_t> maybeInteger(int column) const {
        return isNull(column) ? std::nullopt : std::optional(integer(column));
    }
    [[nodiscard]] std::optional<std::string> maybeString(int column) const {
        return isNull(column) ? std::nullopt : std::optional(string(column));
    }
    [[nodiscard]] std::optional<Instant> maybeInstant(int column) const {
        return isNull(column) ? std::nullopt : std::optional(instant(column));
    }
    ///@}

private:
    Statement* statement_;
};

/// One transaction of the database, inside the closure given to Storage::read() or write(). It dies with the
/// closure; only the thread that runs the closure may use it.
///
/// Parameters of query() and execute() are integers, booleans, doubles, text, std::span<const std::byte>,
/// Instant, nullptr, and std::optional of those. Statements are prepared once for each connection and text:
/// write SQL as constants and never build it from what a caller sent.
class COFFER_API Transaction {
public:
    Transaction() = default;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    virtual ~Transaction();

    /// Begins to run it. Nothing is read before Rows::next().
    template <class... Parameters>
    [[nodiscard]] Rows query(std::string_view sql, const Parameters&... parameters) {
        Statement& statement = prepare(sql);
        Rows rows(statement);
        int index = 0;
        (bindOne(statement, ++index, parameters), ...);
        return rows;
    }
    /// Runs it to its end. @returns the number of rows changed
    template <class... Parameters>
    std::int64_t execute(std::string_view sql, const Parameters&... parameters) {
        Rows rows = query(sql, parameters...);
        while (rows.next()) {
        }
        return changes();
    }

    /// The id of the row inserted last.
    [[nodiscard]] virtual std::int64_t lastInsertId() const = 0;
    /// When the transaction began: one time for all it writes.
    [[nodiscard]] virtual Instant now() const noexcept = 0;
    /// On whose behalf.
    [[nodiscard]] virtual const Origin& origin() const noexcept = 0;
    /// Whether it is write()'s; read()'s refuses changes.
    [[nodiscard]] virtual bool writable() const noexcept = 0;
    /// Records the event with this transaction: both are kept, or neither. Only in write().
    virtual void record(AuditEvent event) = 0;
    /// Asks that bytes which this transaction overwrote or deleted be gone from the files within 60 s of its
    /// commit.
    virtual void scrub() = 0;
    /// The same connection as a Poco session, for what the statements above cannot do. Use no BEGIN or COMMIT
    /// on it.
    [[nodiscard]] virtual Poco::Data::Session& session() = 0;
    /// A prepared statement without parameters bound. @throws std::logic_error when `sql` does not compile
    [[nodiscard]] virtual Statement& prepare(std::string_view sql) = 0;

protected:
    /// Rows that the statement run last has changed.
    [[nodiscard]] virtual std::int64_t changes() const = 0;

private:
    template <class T>
    static void bindOne(Statement& statement, int index, const T& value) {
        if constexpr (std::is_null_pointer_v<T>)
            statement.bindNull(index);
        else if constexpr (std::same_as<T, Instant>)
            statement.bind(index, toMilliseconds(value));
        else if constexpr (std::integral<T>)
            statement.bind(index, static_cast<std::int64_t>(value));
        else if constexpr (std::floating_point<T>)
            statement.bind(index, static_cast<double>(value));
        else if constexpr (std::convertible_to<const T&, std::string_view>)
            statement.bind(index, std::string_view(value));
        else if constexpr (std::convertible_to<const T&, std::span<const std::byte>>)
            statement.bind(index, std::span<const std::byte>(value));
        else if (value)
            bindOne(statement, index, *value);
        else
            statement.bindNull(index);
    }
};

/// The daemon's database. Owned by the host; valid from init() until stop() has returned; any thread.
///
/// A closure may be run more than once, has no side effect outside its Transaction and never blocks: no
/// network, no lock, no sleep. SQL that outlives the deadline is interrupted.
/// @throws Problem 503 `storage_busy`, `storage_full` or `storage_unavailable`, within a bounded time
class COFFER_API Storage {
public:
    virtual ~Storage();

    /// Runs `closure` on a consistent snapshot. Keep it short: page by key instead of holding one open.
    virtual void read(const std::function<void(Transaction&)>& closure) = 0;
    /// Runs `closure` on the one writer. When this returns, what it wrote is on the disk (fsync) with its
    /// audit records; when it throws, nothing of it is.
    virtual void write(const Origin& origin, const std::function<void(Transaction&)>& closure) = 0;

    ///@{
    /// As above, with a result.
    template <class F>
    requires(!std::is_void_v<std::invoke_result_t<F&, Transaction&>>) [[nodiscard]] auto read(F closure)
        -> std::invoke_result_t<F&, Transaction&> {
        std::optional<std::invoke_result_t<F&, Transaction&>> result;
        read(std::function<void(Transaction&)>(
            [&](Transaction& transaction) { result.emplace(closure(transaction)); }));
        return std::move(*result);
    }
    template <class F>
    requires(!std::is_void_v<std::invoke_result_t<F&, Transaction&>>)
        [[nodiscard]] auto write(const Origin& origin, F closure) -> std::invoke_result_t<F&, Transaction&> {
        std::optional<std::invoke_result_t<F&, Transaction&>> result;
        write(origin, std::function<void(Transaction&)>(
                          [&](Transaction& transaction) { result.emplace(closure(transaction)); }));
        return std::move(*result);
    }
    ///@}
};

/// One step forward of a schema. Steps are numbered 1, 2, 3... and never changed once released.
struct Migration {
    int version;                  ///< 1, 2, 3...
    std::string_view description; ///< a few words, for the log
    std::string_view sqlite;      ///< one or more statements, run in one transaction
};

/// A number about what is stored, shown by `GET /metrics` and `cofferd storage check`.
struct Figure {
    std::string name; ///< `credentials`, with labels behind it if any: `credentials{state="locked"}`
    double value;     ///< asked anew for each scrape
};

/// How a plugin stores: its tables, and how to tell whether they are sound. Registered in Plugin::init();
/// migrations run after init() and before start(). Names of its tables, indexes and triggers begin with
/// prefix(). Of the host's tables a plugin may read, reference and put triggers on `organization(id, name)`,
/// and no other.
class COFFER_API StorageAdapter {
public:
    virtual ~StorageAdapter();
    [[nodiscard]] virtual std::string_view prefix() const = 0; ///< `backup_credentials_`
    /// All steps from the first on; they live as long as the adapter.
    [[nodiscard]] virtual std::span<const Migration> migrations() const = 0;
    /// What is wrong with the stored data, a sentence each; empty when all is well. Runs in read().
    [[nodiscard]] virtual std::vector<std::string> check(Transaction& transaction) const = 0;
    /// Cheap: it runs at every scrape. Runs in read().
    [[nodiscard]] virtual std::vector<Figure> figures(Transaction& transaction) const;
};

} // namespace coffer
