#include "host/storage/PageErasure.h"

#include "host/storage/LogFile.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <deque>
#include <mutex>

namespace coffer::host {

namespace {

constexpr std::size_t smallestPage = 512;
constexpr std::size_t largestPage = 65536;
// Where the first byte of an overflow or free page, the highest of a page number, could be taken for a
// b-tree's kind.
constexpr sqlite3_int64 farthestPage = 1 << 25;

/// SQLite's own file methods with another xWrite, for one set of originals.
struct ErasingMethods {
    sqlite3_io_methods methods; // first: a file's pMethods points here
    const sqlite3_io_methods* original;
};

int eraseAndWrite(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
    const auto* original = reinterpret_cast<const ErasingMethods*>(file->pMethods)->original;
    const std::span page(static_cast<const char*>(data), static_cast<std::size_t>(amount));
    const bool whole = page.size() >= smallestPage && page.size() <= largestPage &&
                       std::has_single_bit(page.size()) && offset % amount == 0 &&
                       offset / amount < farthestPage;
    const auto unused = whole ? unusedSpace(page, offset == 0) : std::span<const char>();
    if (std::ranges::all_of(unused, [](char byte) { return byte == 0; }))
        return original->xWrite(file, data, amount, offset);
    std::array<char, largestPage> erased; // no allocation: it could fail between SQLite and the disk
    std::memcpy(erased.data(), page.data(), page.size());
    std::memset(erased.data() + (unused.data() - page.data()), 0, unused.size());
    return original->xWrite(file, erased.data(), amount, offset);
}

/// The system's file access, as SQLite has it, except for how database files and their logs are written.
class ErasingFileSystem {
public:
    ErasingFileSystem() : system_(sqlite3_vfs_find(nullptr)), vfs_(*system_) {
        vfs_.pNext = nullptr;
        vfs_.zName = "coffer";
        vfs_.szOsFile = logFileSize(*system_);
        vfs_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* givenFlags) {
            return instance().open(name, file, flags, givenFlags);
        };
        sqlite3_vfs_register(&vfs_, 1);
    }

    static ErasingFileSystem& instance() {
        // SQLite keeps a pointer to it for the life of the process.
        static ErasingFileSystem one;
        return one;
    }

private:
    int open(const char* name, sqlite3_file* file, int flags, int* givenFlags) {
        if ((flags & SQLITE_OPEN_WAL) != 0)
            return openLogFile(*system_, name, file, flags, givenFlags);
        const int code = system_->xOpen(system_, name, file, flags, givenFlags);
        if (code == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0)
            file->pMethods = &erasing(file->pMethods).methods;
        return code;
    }

    const ErasingMethods& erasing(const sqlite3_io_methods* original) {
        const std::lock_guard lock(mutex_);
        for (const auto& known : known_)
            if (known.original == original)
                return known;
        ErasingMethods made{*original, original};
        made.methods.xWrite = &eraseAndWrite;
        return known_.emplace_back(made);
    }

    sqlite3_vfs* system_;
    sqlite3_vfs vfs_;
    std::mutex mutex_;
    std::deque<ErasingMethods> known_; // one for each way of locking; never removed, so that references hold
};

std::size_t twoBytes(const char* at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(at[0])) << 8 |
           static_cast<unsigned char>(at[1]);
}

} // namespace

void enablePageErasure() {
    sqlite3_initialize();
    ErasingFileSystem::instance();
}

std::span<const char> unusedSpace(std::span<const char> page, bool first) noexcept {
    constexpr std::size_t fileHeader = 100;
    constexpr char interiorIndex = 2;
    constexpr char interiorTable = 5;
    constexpr char leafIndex = 10;
    constexpr char leafTable = 13;
    const std::size_t start = first ? fileHeader : 0;
    if (page.size() < smallestPage)
        return {};
    const char* header = page.data() + start;
    const char kind = header[0];
    const bool leaf = kind == leafIndex || kind == leafTable;
    if (!leaf && kind != interiorIndex && kind != interiorTable)
        return {};
    const std::size_t cells = twoBytes(header + 3);
    const std::size_t begin = start + (leaf ? 8 : 12) + 2 * cells;
    const std::size_t content = twoBytes(header + 5);
    const std::size_t end = content == 0 ? largestPage : content; // 65536 does not fit into two bytes
    if (begin > end || end > page.size())
        return {};
    return page.subspan(begin, end - begin);
}

} // namespace coffer::host
