#include "sdk/shared/SqliteConnection.h"

#include "sdk/shared/SqliteErrors.h"

#include <Poco/Data/SQLite/Utility.h>

#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace coffer::detail {

namespace {

// What a store writes as constants stays far below this; past it, the text used longest ago goes.
constexpr std::size_t keptTexts = 512;
// SQLite's virtual machine looks at the clock once in so many instructions.
constexpr int instructionsPerLook = 1000;

} // namespace

SqliteConnection::SqliteConnection(std::unique_ptr<Poco::Data::Session> session)
    : session_(std::move(session)), handle_(Poco::Data::SQLite::Utility::dbHandle(*session_)) {
    sqlite3_extended_result_codes(handle_, 1);
    set("PRAGMA cell_size_check = ON");
    set("PRAGMA secure_delete = ON");
    // Sorting and statement journals must not leave copies in files of their own.
    set("PRAGMA temp_store = MEMORY");
    set("PRAGMA foreign_keys = ON");
    sqlite3_progress_handler(handle_, instructionsPerLook, &SqliteConnection::onProgress, this);
}

SqliteConnection::~SqliteConnection() {
    inUse_.clear();
    prepared_.clear();
}

void SqliteConnection::set(const char* pragma) {
    mayCommit_ = true;
    const int code = sqlite3_exec(handle_, pragma, nullptr, nullptr, nullptr);
    mayCommit_ = false;
    if (code == SQLITE_OK)
        return;
    const char* file = sqlite3_db_filename(handle_, "main");
    throw std::runtime_error("the database " + std::string(file ? file : "") +
                             " cannot be used: " + sqlite3_errmsg(handle_) + " (at " + pragma + ")");
}

void SqliteConnection::setReadOnly(bool readOnly) {
    set(readOnly ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");
    readOnly_ = readOnly;
}

void SqliteConnection::commitOnlyWhenAsked() noexcept {
    sqlite3_commit_hook(handle_, &SqliteConnection::onCommit, this);
}

SqliteStatement& SqliteConnection::prepare(std::string_view sql) {
    auto found = prepared_.find(sql);
    if (found == prepared_.end()) {
        makeRoom();
        found = prepared_.try_emplace(std::string(sql)).first;
    }
    Prepared& prepared = found->second;
    prepared.lastUse = ++uses_;
    auto free = std::ranges::find_if(prepared.instances, [](const auto& one) { return !one->inUse(); });
    if (free == prepared.instances.end()) {
        prepared.instances.push_back(std::make_unique<SqliteStatement>(*this, sql));
        free = prepared.instances.end() - 1;
    }
    inUse_.push_back(free->get());
    (*free)->take();
    return **free;
}

void SqliteConnection::makeRoom() {
    if (prepared_.size() < keptTexts)
        return;
    auto oldest = prepared_.end();
    for (auto it = prepared_.begin(); it != prepared_.end(); ++it) {
        const bool used =
            std::ranges::any_of(it->second.instances, [](const auto& one) { return one->inUse(); });
        if (!used && (oldest == prepared_.end() || it->second.lastUse < oldest->second.lastUse))
            oldest = it;
    }
    if (oldest != prepared_.end())
        prepared_.erase(oldest);
}

void SqliteConnection::releaseStatements() noexcept {
    while (!inUse_.empty())
        inUse_.back()->release();
}

int SqliteConnection::control(std::string_view sql) noexcept {
    const auto deadline = std::exchange(deadline_, Clock::time_point::max());
    int code = SQLITE_ERROR;
    try {
        SqliteStatement& statement = prepare(sql);
        code = statement.stepUnchecked();
        statement.release();
    } catch (...) {
        code = sqlite3_extended_errcode(handle_);
    }
    deadline_ = deadline;
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

int SqliteConnection::begin(std::string_view sql) noexcept {
    const int code = control(sql);
    inTransaction_ = code == SQLITE_OK;
    return code;
}

int SqliteConnection::commit() noexcept {
    mayCommit_ = true;
    const int code = control("COMMIT");
    mayCommit_ = false;
    if (code == SQLITE_OK)
        inTransaction_ = false;
    return code;
}

void SqliteConnection::rollback() noexcept {
    inTransaction_ = false;
    if (sqlite3_get_autocommit(handle_) != 0)
        return;
    if (const int code = control("ROLLBACK"); sqlite3_get_autocommit(handle_) == 0)
        broken_ = "a transaction cannot be rolled back (SQLite " + std::to_string(code) + ")";
}

void SqliteConnection::loseTransaction() noexcept {
    rollback();
    inTransaction_ = true;
}

bool SqliteConnection::transactionLost() const noexcept {
    return inTransaction_ && sqlite3_get_autocommit(handle_) != 0;
}

void SqliteConnection::note(int code) {
    if (isBroken(code))
        broken_ = describe(handle_, code);
}

void SqliteConnection::fail(int code) {
    note(code);
    throwFailure(handle_, code, readOnly_);
}

int SqliteConnection::onProgress(void* self) noexcept {
    const auto deadline = static_cast<const SqliteConnection*>(self)->deadline_;
    return deadline != Clock::time_point::max() && Clock::now() >= deadline ? 1 : 0;
}

int SqliteConnection::onCommit(void* self) noexcept {
    // A closure that says COMMIT, or whose transaction was lost, keeps nothing.
    return static_cast<const SqliteConnection*>(self)->mayCommit_ ? 0 : 1;
}

} // namespace coffer::detail
