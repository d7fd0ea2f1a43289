#include "tests/host/http/ServerTestApplication.h"
#include "tests/host/http/ServerTestClient.h"

#include <sys/resource.h>

#include <list>

namespace coffer::test {

namespace {

/// No descriptor of this number or above, for as long as it lives.
class DescriptorLimit {
public:
    explicit DescriptorLimit(rlim_t number) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit lowered{number, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &lowered);
    }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

/// Client and server share the process's descriptors: the clients take theirs beforehand.
std::vector<host::FileDescriptor> socketsBeforehand() {
    std::vector<host::FileDescriptor> sockets;
    for (int i = 0; i < 100; ++i)
        sockets.push_back(ServerTestClient::makeSocket());
    return sockets;
}

/// @returns how many of them got an answer
std::size_t connectAll(const ServerUnderTest& under, std::vector<host::FileDescriptor> sockets,
                       std::list<ServerTestClient>& clients) {
    for (auto& socket : sockets)
        clients.emplace_back(std::move(socket), under.server.port());
    std::size_t answered = 0;
    for (auto& client : clients)
        if (client.trySend(getRequest("/")) && client.receive().status == 200)
            ++answered;
    return answered;
}

bool answersSomebodyNew(const ServerUnderTest& under) {
    ServerTestClient fresh(under.server.port());
    return fresh.trySend(getRequest("/")) && fresh.receive().status == 200;
}

} // namespace

/// Every connection takes a descriptor, and there are only so many.
class DescriptorsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DescriptorsTest);
    COFFER_TEST(lastDescriptorsAreLeftToTheDaemon);
    COFFER_TEST(lastDescriptorsAreSurvived);
    COFFER_TEST(noDescriptorIsLeftBehind);
    CPPUNIT_TEST_SUITE_END();

    void lastDescriptorsAreLeftToTheDaemon() {
        ServerUnderTest under;
        ServerTestClient kept(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, kept.get("/").status);
        auto sockets = socketsBeforehand();
        const DescriptorLimit limit(static_cast<rlim_t>(sockets.back().get()) + 128 + 6);
        std::list<ServerTestClient> clients;
        const std::size_t answered = connectAll(under, std::move(sockets), clients);
        CPPUNIT_ASSERT(answered > 0 && answered < 100);
        CPPUNIT_ASSERT_EQUAL(200, kept.get("/").status);
        CPPUNIT_ASSERT(under.log.contains("few file descriptors left"));
        clients.clear();
        CPPUNIT_ASSERT(eventually([&] { return answersSomebodyNew(under); }));
    }

    void lastDescriptorsAreSurvived() {
        ServerUnderTest under;
        ServerTestClient kept(under.server.port());
        CPPUNIT_ASSERT_EQUAL(200, kept.get("/").status);
        auto sockets = socketsBeforehand();
        std::list<ServerTestClient> clients;
        {
            const DescriptorLimit limit(static_cast<rlim_t>(sockets.back().get()) + 1);
            CPPUNIT_ASSERT_EQUAL(std::size_t(0), connectAll(under, std::move(sockets), clients));
            CPPUNIT_ASSERT_EQUAL(200, kept.get("/").status);
            CPPUNIT_ASSERT(under.log.contains("no file descriptor left"));
        }
        CPPUNIT_ASSERT(eventually([&] { return answersSomebodyNew(under); }));
    }

    void noDescriptorIsLeftBehind() {
        const std::size_t before = openDescriptors();
        {
            ServerUnderTest under;
            std::list<ServerTestClient> clients;
            for (int i = 0; i < 50; ++i) {
                auto& client = clients.emplace_back(under.server.port());
                client.send(i % 4 == 0   ? getRequest("/")
                            : i % 4 == 1 ? getRequest("/held")
                            : i % 4 == 2 ? getRequest("/endless")
                                         : "GET / HTTP/1.1\nnonsense");
            }
            CPPUNIT_ASSERT(under.application.waitForHeld(13));
        }
        CPPUNIT_ASSERT_EQUAL(before, openDescriptors());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(DescriptorsTest);

} // namespace coffer::test
