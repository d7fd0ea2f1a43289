#include "host/audit/JsonLinesSink.h"
#include "host/audit/SyslogSink.h"
#include "tests/host/audit/AuditHouse.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace coffer::test {

using namespace coffer::host;

namespace {

std::vector<AuditRecord> someRecords(int from, int count) {
    std::vector<AuditRecord> records;
    for (int i = from; i < from + count; ++i) {
        AuditRecord record;
        record.sequence = i;
        record.event = AuditHouse::eventAbout(i);
        record.mac = std::string(64, 'a');
        records.push_back(record);
    }
    return records;
}

/// A datagram socket that a syslog daemon would listen on.
class SyslogDaemon {
public:
    explicit SyslogDaemon(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        CPPUNIT_ASSERT_EQUAL(0,
                             ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
    }
    SyslogDaemon(const SyslogDaemon&) = delete;
    SyslogDaemon& operator=(const SyslogDaemon&) = delete;
    ~SyslogDaemon() { ::close(socket_); }
    [[nodiscard]] std::string receive() const {
        std::string text(70'000, '\0');
        const auto size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
        text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return text;
    }

private:
    int socket_;
};

/// No file grows beyond `size` until it goes out of scope.
class FileSizeLimit {
public:
    explicit FileSizeLimit(std::uintmax_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        CPPUNIT_ASSERT_EQUAL(0, ::getrlimit(RLIMIT_FSIZE, &before_));
        const rlimit tight{size, before_.rlim_max};
        CPPUNIT_ASSERT_EQUAL(0, ::setrlimit(RLIMIT_FSIZE, &tight));
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    void (*handler_)(int);
    rlimit before_{};
};

} // namespace

class SinksTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SinksTest);
    COFFER_TEST(writesOneLineForEachRecord);
    COFFER_TEST(aFileIsForItsOwnerOnlyAndOnlyGrows);
    COFFER_TEST(noticesThatTheFileWasRotatedAway);
    COFFER_TEST(endsALineThatACrashLeftOpen);
    COFFER_TEST(saysWhenTheFileCannotBeWritten);
    COFFER_TEST(aFullDiskLeavesNoBrokenLine);
    COFFER_TEST(aPipeThatNobodyReadsDoesNotHang);
    COFFER_TEST(sendsRfc5424ToASocket);
    COFFER_TEST(sendsTheLocalFormToDevLog);
    COFFER_TEST(saysWhenNobodyTakesSyslog);
    COFFER_TEST(connectsAgainWhenSyslogWasRestarted);
    COFFER_TEST(shortensWhatIsTooLargeForADatagram);
    CPPUNIT_TEST_SUITE_END();

    TemporaryFolder folder_;
    const std::string file_ = folder_ / "audit.jsonl";

public:
    void writesOneLineForEachRecord() {
        JsonLinesSink sink(file_);
        const auto records = someRecords(1, 2);
        sink.deliver(records);
        CPPUNIT_ASSERT_EQUAL(toJson(records[0]) + "\n" + toJson(records[1]) + "\n", readFile(file_));
        CPPUNIT_ASSERT_EQUAL("file:" + file_, sink.name());
    }

    void aFileIsForItsOwnerOnlyAndOnlyGrows() {
        { JsonLinesSink(file_).deliver(someRecords(1, 1)); }
        { JsonLinesSink(file_).deliver(someRecords(2, 1)); }
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat(file_.c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(mode_t{0600}, status.st_mode & 0777);
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2}, std::ranges::count(readFile(file_), '\n'));
    }

    void noticesThatTheFileWasRotatedAway() {
        JsonLinesSink sink(file_);
        sink.deliver(someRecords(1, 1));
        std::filesystem::rename(file_, file_ + ".1");
        sink.deliver(someRecords(2, 1));
        CPPUNIT_ASSERT(readFile(file_ + ".1").find("\"sequence\":1,") != std::string::npos);
        CPPUNIT_ASSERT(readFile(file_).starts_with("{\"sequence\":2,"));
        std::filesystem::rename(file_, file_ + ".2");
        sink.reopen();
        CPPUNIT_ASSERT(std::filesystem::exists(file_));
        std::filesystem::remove(file_);
        sink.deliver(someRecords(3, 1));
        CPPUNIT_ASSERT(readFile(file_).starts_with("{\"sequence\":3,"));
    }

    void endsALineThatACrashLeftOpen() {
        folder_.write("audit.jsonl", "{\"sequence\":1,\"ti");
        JsonLinesSink(file_).deliver(someRecords(1, 1));
        CPPUNIT_ASSERT(readFile(file_).starts_with("{\"sequence\":1,\"ti\n{\"sequence\":1,"));
    }

    void saysWhenTheFileCannotBeWritten() {
        JsonLinesSink sink(folder_ / "missing/audit.jsonl");
        CPPUNIT_ASSERT_THROW(sink.deliver(someRecords(1, 1)), std::system_error);
        std::filesystem::create_directory(folder_ / "missing");
        sink.deliver(someRecords(1, 1));
        CPPUNIT_ASSERT(errorOf([] {
                           JsonLinesSink("/dev/full").deliver(someRecords(1, 1));
                       }).find("/dev/full") != std::string::npos);
    }

    void aFullDiskLeavesNoBrokenLine() {
        JsonLinesSink sink(file_);
        sink.deliver(someRecords(1, 1));
        const auto size = std::filesystem::file_size(file_);
        std::string error;
        {
            const FileSizeLimit limit(size + 100);
            error = errorOf([&] { sink.deliver(someRecords(2, 1)); });
        }
        CPPUNIT_ASSERT(error.find("cannot be written") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(size, std::filesystem::file_size(file_));
        sink.deliver(someRecords(2, 1));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2}, std::ranges::count(readFile(file_), '\n'));
    }

    void aPipeThatNobodyReadsDoesNotHang() {
        const std::string pipe = folder_ / "pipe";
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo(pipe.c_str(), 0600));
        JsonLinesSink sink(pipe);
        (void)errorOf([&] {
            for (int i = 0; i < 1000; ++i)
                sink.deliver(someRecords(i, 10));
        });
    }

    void sendsRfc5424ToASocket() {
        const std::string path = folder_ / "log";
        const SyslogDaemon daemon(path);
        SyslogSink sink({path});
        const auto records = someRecords(1, 2);
        sink.deliver(records);
        const std::string first = daemon.receive();
        CPPUNIT_ASSERT(first.starts_with("<110>1 1970-01-01T00:00:00.000Z "));
        CPPUNIT_ASSERT(first.ends_with(" audit - " + toJson(records[0])));
        CPPUNIT_ASSERT(daemon.receive().ends_with(toJson(records[1])));
    }

    void sendsTheLocalFormToDevLog() {
        AuditRecord record = someRecords(1, 1)[0];
        record.event.result = AuditResult::refused;
        for (const char* path : {"", "/dev/log", "/dev//log"}) {
            const std::string message = SyslogSink({path}).message(record);
            CPPUNIT_ASSERT(message.starts_with("<109>"));
            CPPUNIT_ASSERT(!message.starts_with("<109>1 "));
            CPPUNIT_ASSERT(message.find(" cofferd[" + std::to_string(::getpid()) + "]: {") !=
                           std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("syslog:/dev/log"), SyslogSink({}).name());
        CPPUNIT_ASSERT(SyslogSink({"/dev/log2"}).message(record).starts_with("<109>1 "));
    }

    void saysWhenNobodyTakesSyslog() {
        SyslogSink sink({folder_ / "nobody"});
        CPPUNIT_ASSERT_THROW(sink.deliver(someRecords(1, 1)), std::system_error);
        SyslogSink tooLong({std::string(200, 'x')});
        CPPUNIT_ASSERT_THROW(tooLong.deliver(someRecords(1, 1)), std::system_error);
    }

    void connectsAgainWhenSyslogWasRestarted() {
        const std::string path = folder_ / "log";
        SyslogSink sink({path});
        {
            const SyslogDaemon daemon(path);
            sink.deliver(someRecords(1, 1));
        }
        CPPUNIT_ASSERT_THROW(sink.deliver(someRecords(2, 1)), std::system_error);
        std::filesystem::remove(path);
        const SyslogDaemon daemon(path);
        sink.deliver(someRecords(2, 1));
        CPPUNIT_ASSERT(daemon.receive().find("\"sequence\":2,") != std::string::npos);
    }

    void shortensWhatIsTooLargeForADatagram() {
        const std::string path = folder_ / "log";
        const SyslogDaemon daemon(path);
        SyslogSink sink({path});
        auto records = someRecords(1, 1);
        records[0].event.after = "{\"text\":\"" + std::string(4'000'000, 'x') + "\"}";
        sink.deliver(records);
        CPPUNIT_ASSERT(daemon.receive().find("tooLargeForSyslog") != std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SinksTest);

} // namespace coffer::test
