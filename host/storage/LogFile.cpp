#include "host/storage/LogFile.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <string>

namespace coffer::host {

namespace {

// SQLite's own file system writes no more than this at once, and takes a multiple of it for nothing.
constexpr std::size_t mostGathered = 128 * 1024 - 1;

/// What SQLite holds; the system's own file lies behind it.
struct LogFile {
    sqlite3_file base{};
    std::string gathered{};
    sqlite3_int64 begin = 0; ///< where in the file `gathered` belongs
};

LogFile& of(sqlite3_file* file) noexcept {
    return *reinterpret_cast<LogFile*>(file);
}

sqlite3_file* inner(sqlite3_file* file) noexcept {
    return reinterpret_cast<sqlite3_file*>(&of(file) + 1);
}

int writeGathered(sqlite3_file* file) noexcept {
    LogFile& log = of(file);
    if (log.gathered.empty())
        return SQLITE_OK;
    const int code = inner(file)->pMethods->xWrite(inner(file), log.gathered.data(),
                                                   static_cast<int>(log.gathered.size()), log.begin);
    // After a failure SQLite takes the transaction back, and writes to the same place again.
    log.gathered.clear();
    return code;
}

int close(sqlite3_file* file) {
    const int code = inner(file)->pMethods->xClose(inner(file));
    std::destroy_at(&of(file));
    return code;
}

int read(sqlite3_file* file, void* data, int amount, sqlite3_int64 offset) {
    const int code = writeGathered(file);
    return code == SQLITE_OK ? inner(file)->pMethods->xRead(inner(file), data, amount, offset) : code;
}

int write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) try {
    LogFile& log = of(file);
    const auto size = static_cast<std::size_t>(amount);
    const bool follows = offset == log.begin + static_cast<sqlite3_int64>(log.gathered.size());
    if (!follows || log.gathered.size() + size > mostGathered)
        if (const int code = writeGathered(file); code != SQLITE_OK)
            return code;
    if (log.gathered.empty())
        log.begin = offset;
    log.gathered.reserve(std::max(size, mostGathered));
    log.gathered.append(static_cast<const char*>(data), size);
    return SQLITE_OK;
} catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int code = writeGathered(file);
    return code == SQLITE_OK ? inner(file)->pMethods->xTruncate(inner(file), size) : code;
}

int sync(sqlite3_file* file, int flags) {
    const int code = writeGathered(file);
    return code == SQLITE_OK ? inner(file)->pMethods->xSync(inner(file), flags) : code;
}

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
    const int code = writeGathered(file);
    return code == SQLITE_OK ? inner(file)->pMethods->xFileSize(inner(file), size) : code;
}

int lock(sqlite3_file* file, int level) {
    return inner(file)->pMethods->xLock(inner(file), level);
}

int unlock(sqlite3_file* file, int level) {
    return inner(file)->pMethods->xUnlock(inner(file), level);
}

int checkReservedLock(sqlite3_file* file, int* isLocked) {
    return inner(file)->pMethods->xCheckReservedLock(inner(file), isLocked);
}

int fileControl(sqlite3_file* file, int operation, void* argument) {
    return inner(file)->pMethods->xFileControl(inner(file), operation, argument);
}

int sectorSize(sqlite3_file* file) {
    return inner(file)->pMethods->xSectorSize(inner(file));
}

int deviceCharacteristics(sqlite3_file* file) {
    return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

constexpr sqlite3_io_methods methods = [] {
    sqlite3_io_methods own{};
    own.iVersion = 1; // a log is neither mapped nor shared memory
    own.xClose = close;
    own.xRead = read;
    own.xWrite = write;
    own.xTruncate = truncate;
    own.xSync = sync;
    own.xFileSize = fileSize;
    own.xLock = lock;
    own.xUnlock = unlock;
    own.xCheckReservedLock = checkReservedLock;
    own.xFileControl = fileControl;
    own.xSectorSize = sectorSize;
    own.xDeviceCharacteristics = deviceCharacteristics;
    return own;
}();

} // namespace

int openLogFile(sqlite3_vfs& system, const char* name, sqlite3_file* file, int flags,
                int* givenFlags) noexcept {
    auto* log = new (file) LogFile;
    const int code = system.xOpen(&system, name, inner(file), flags, givenFlags);
    if (code == SQLITE_OK)
        log->base.pMethods = &methods;
    else
        std::destroy_at(log);
    return code;
}

int logFileSize(const sqlite3_vfs& system) noexcept {
    static_assert(sizeof(LogFile) % alignof(std::max_align_t) == 0);
    return static_cast<int>(sizeof(LogFile)) + system.szOsFile;
}

} // namespace coffer::host
