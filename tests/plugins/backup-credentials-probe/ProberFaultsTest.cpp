#include "Probing.h"
#include "tests/support/RethrowingThread.h"

#include <coffer/sdk/Problem.h>

#include <cppunit/TestFixture.h>

#include <list>

namespace coffer::backup_credentials {

using std::chrono::milliseconds;
using test::Behaviour;
using test::FaultServer;
using test::Keys;
using test::listingOf;
using test::loopbackOptions;
using test::Peer;
using test::s3Error;

/// Servers that are not S3, and servers that misbehave.
class ProberFaultsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProberFaultsTest);
    COFFER_TEST(repliesOfOtherServersAreNotS3);
    COFFER_TEST(redirectsAreNotFollowed);
    COFFER_TEST(serversThatCannotServeAreUnavailable);
    COFFER_TEST(listingOfAnonymousIsNotAccepted);
    COFFER_TEST(connectionClosedAtOnceIsNotS3);
    COFFER_TEST(connectionClosedInTheMiddleIsNotS3);
    COFFER_TEST(whatIsNotHttpIsNotS3);
    COFFER_TEST(silenceEndsAtTheFirstBytesDeadline);
    COFFER_TEST(drippingEndsAtTheTotalDeadline);
    COFFER_TEST(drippingHeadEndsAtTheTotalDeadline);
    COFFER_TEST(bothQuestionsShareTheTotalDeadline);
    COFFER_TEST(endlessBodyIsReadUpTo64KiB);
    COFFER_TEST(hugeHeadIsReadUpTo64KiB);
    COFFER_TEST(longListingIsAccepted);
    COFFER_TEST(bombsAndEntitiesAreHarmless);
    COFFER_TEST(compressedRepliesAreNotRead);
    COFFER_TEST(chunkedRepliesAreRead);
    COFFER_TEST(hundredHangingEndpointsEndTogether);
    CPPUNIT_TEST_SUITE_END();

    static Verdict probe(const Behaviour& behaviour, const ProbeOptions& options = loopbackOptions()) {
        FaultServer server(behaviour);
        return Prober(options).probe(*Keys(server.url()));
    }
    /// Probes with a total deadline that is doubled until the probe came as far as it shall before: a busy
    /// machine needs more. @returns the last verdict
    static Verdict probeUntil(const std::function<bool(const Verdict&)>& cameSoFar,
                              const std::function<Verdict(const ProbeOptions&)>& probeOnce) {
        ProbeOptions options = loopbackOptions();
        options.totalTimeout = milliseconds(500);
        Verdict verdict = probeOnce(options);
        while (!cameSoFar(verdict) && options.totalTimeout < std::chrono::minutes(2)) {
            options.totalTimeout *= 2;
            verdict = probeOnce(options);
        }
        CPPUNIT_ASSERT(verdict.took >= options.totalTimeout);
        return verdict;
    }
    static bool isCutOff(const Verdict& verdict) {
        return verdict.saw.find("was not complete within") != std::string::npos;
    }
    static Verdict probeUntilCutOff(const Behaviour& behaviour) {
        return probeUntil(isCutOff, [&](const ProbeOptions& options) { return probe(behaviour, options); });
    }
    static Behaviour replying(const std::string& status, const std::string& body,
                              const std::string& headers = {}) {
        return [=](Peer& peer) { peer.reply(status, body, headers); };
    }

public:
    void repliesOfOtherServersAreNotS3() {
        const std::pair<std::string, std::string> replies[] = {
            {"200 OK", "<!DOCTYPE html><html><body>Welcome</body></html>"},
            {"200 OK", "{\"status\":\"ok\"}"},
            {"200 OK", ""},
            {"401 Unauthorized", ""},
            {"403 Forbidden", ""},
            {"403 Forbidden", "<html>Forbidden</html>"},
            {"404 Not Found", "<html>Not Found</html>"},
            {"500 Internal Server Error", "oops"},
            {"503 Service Unavailable", "<html>Backend fetch failed</html>"},
        };
        for (const auto& [status, body] : replies) {
            const Verdict verdict = probe(replying(status, body));
            ASSERT_CAUSE("not_s3", verdict);
            CPPUNIT_ASSERT_EQUAL(std::stoi(status), verdict.httpStatus);
            CPPUNIT_ASSERT(!verdict.definitive());
        }
    }

    void redirectsAreNotFollowed() {
        FaultServer target([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        for (const char* status :
             {"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"}) {
            const Verdict verdict = probe(replying(status, "", "Location: " + target.url() + "/\r\n"));
            ASSERT_CAUSE("not_s3", verdict);
            ASSERT_SAYS("redirect", verdict.saw);
        }
        CPPUNIT_ASSERT_EQUAL(0, target.connections());
    }

    void serversThatCannotServeAreUnavailable() {
        ASSERT_CAUSE("endpoint_unavailable", probe(replying("503 Slow Down", s3Error("SlowDown"))));
        ASSERT_CAUSE("endpoint_unavailable", probe(replying("500 Internal", s3Error("InternalError"))));
    }

    void listingOfAnonymousIsNotAccepted() {
        const Verdict verdict = probe(replying("200 OK", listingOf("anonymous")));
        ASSERT_CAUSE("not_s3", verdict);
        ASSERT_SAYS("signature", verdict.saw);
    }

    void connectionClosedAtOnceIsNotS3() {
        ASSERT_CAUSE("not_s3", probe([](Peer&) {}));
        ASSERT_CAUSE("not_s3", probe([](Peer& peer) { peer.readRequest(); }));
    }

    void connectionClosedInTheMiddleIsNotS3() {
        const std::string whole =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(listingOf("user").size()) + "\r\n\r\n" +
            listingOf("user");
        for (const std::size_t size : {std::size_t{1}, std::size_t{12}, std::size_t{40}, whole.size() - 1}) {
            const Verdict verdict = probe([&](Peer& peer) {
                peer.readRequest();
                peer.send(whole.substr(0, size));
            });
            ASSERT_CAUSE("not_s3", verdict);
            ASSERT_SAYS("middle", verdict.saw);
        }
    }

    void whatIsNotHttpIsNotS3() {
        for (const char* banner :
             {"SSH-2.0-OpenSSH_9.2p1\r\n", "220 mail.example.org ESMTP\r\n", "-ERR\r\n"}) {
            const Verdict verdict = probe([=](Peer& peer) {
                peer.readRequest();
                peer.send(banner);
                peer.waitForEnd();
            });
            ASSERT_CAUSE("not_s3", verdict);
            ASSERT_SAYS("not HTTP", verdict.saw);
        }
    }

    void silenceEndsAtTheFirstBytesDeadline() {
        ProbeOptions options = loopbackOptions();
        options.firstByteTimeout = milliseconds(500);
        const Verdict verdict = probe([](Peer& peer) { peer.waitForEnd(); }, options);
        ASSERT_CAUSE("silent", verdict);
        ASSERT_SAYS("did not begin to answer within the 500 ms", verdict.saw);
        CPPUNIT_ASSERT(verdict.took >= options.firstByteTimeout);
        CPPUNIT_ASSERT_EQUAL(0, verdict.httpStatus);
    }

    void drippingEndsAtTheTotalDeadline() {
        const Verdict verdict = probeUntilCutOff([](Peer& peer) {
            peer.readRequest();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while (peer.send("<"))
                std::this_thread::sleep_for(milliseconds(50));
        });
        ASSERT_CAUSE("silent", verdict);
        CPPUNIT_ASSERT(isCutOff(verdict));
    }

    void drippingHeadEndsAtTheTotalDeadline() {
        const Verdict verdict = probeUntilCutOff([](Peer& peer) {
            peer.readRequest();
            peer.send("HTTP/1.1 200 OK\r\nX: ");
            while (peer.send("x"))
                std::this_thread::sleep_for(milliseconds(50));
        });
        ASSERT_CAUSE("silent", verdict);
        CPPUNIT_ASSERT(isCutOff(verdict));
    }

    void bothQuestionsShareTheTotalDeadline() {
        std::atomic<bool> isAskedTwice{false};
        const auto probeOnce = [&](const ProbeOptions& options) {
            // Each question alone would be answered in time, both together are not.
            FaultServer server([&](Peer& peer) {
                if (peer.readRequest().starts_with("GET /backups"))
                    isAskedTwice = true;
                std::this_thread::sleep_for(options.totalTimeout * 3 / 5);
                peer.send("HTTP/1.1 403 Forbidden\r\n\r\n" + s3Error("AccessDenied"));
            });
            Keys keys(server.url());
            keys.request.bucket = "backups";
            return Prober(options).probe(*keys);
        };
        const Verdict verdict = probeUntil([&](const Verdict&) { return isAskedTwice.load(); }, probeOnce);
        CPPUNIT_ASSERT(isAskedTwice);
        ASSERT_CAUSE("silent", verdict);
    }

    void endlessBodyIsReadUpTo64KiB() {
        auto sent = std::make_shared<std::atomic<std::size_t>>(0);
        const Verdict verdict = probe([sent](Peer& peer) {
            peer.readRequest();
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            const std::string block(64 * 1024, 'x');
            while (peer.send(block))
                *sent += block.size();
        });
        ASSERT_CAUSE("not_s3", verdict);
        // What is not read waits in the sockets' buffers, at most some MiB.
        CPPUNIT_ASSERT(*sent < 64U * 1024 * 1024);
    }

    void hugeHeadIsReadUpTo64KiB() {
        const Verdict verdict = probe([](Peer& peer) {
            peer.readRequest();
            peer.send("HTTP/1.1 200 OK\r\n");
            while (peer.send("X-Filler: " + std::string(1000, 'x') + "\r\n")) {
            }
        });
        ASSERT_CAUSE("not_s3", verdict);
        ASSERT_SAYS("64 KiB", verdict.saw);
    }

    void longListingIsAccepted() {
        std::string buckets;
        for (int i = 0; i < 5000; ++i)
            buckets += "<Bucket><Name>bucket-" + std::to_string(i) + "</Name></Bucket>";
        std::string listing = listingOf("user");
        listing.insert(listing.find("</Buckets>"), buckets);
        ASSERT_CAUSE("none", probe(replying("200 OK", listing)));
    }

    void bombsAndEntitiesAreHarmless() {
        std::string bomb = "<!DOCTYPE l [<!ENTITY a0 \"user\">";
        for (int i = 1; i < 30; ++i) {
            const std::string inner = "&a" + std::to_string(i - 1) + ";";
            bomb += "<!ENTITY a" + std::to_string(i) + " \"";
            for (int j = 0; j < 10; ++j)
                bomb += inner;
            bomb += "\">";
        }
        ASSERT_CAUSE("not_s3", probe(replying("200 OK", bomb + "]>" + listingOf("&a29;"))));
        FaultServer other([](Peer& peer) { peer.reply("200 OK", "user"); });
        ASSERT_CAUSE("not_s3", probe(replying("200 OK", "<!DOCTYPE l [<!ENTITY x SYSTEM \"" + other.url() +
                                                            "/\">]>" + listingOf("&x;"))));
        CPPUNIT_ASSERT_EQUAL(0, other.connections());
    }

    void compressedRepliesAreNotRead() {
        const Verdict verdict =
            probe(replying("200 OK", std::string("\x1f\x8b\x08\x00\x00", 5), "Content-Encoding: gzip\r\n"));
        ASSERT_CAUSE("not_s3", verdict);
        ASSERT_SAYS("compressed", verdict.saw);
    }

    void chunkedRepliesAreRead() {
        ASSERT_CAUSE("none", probe([](Peer& peer) {
                         peer.readRequest();
                         peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                         const std::string listing = listingOf("user");
                         for (const char c : listing)
                             peer.send(std::string("1\r\n") + c + "\r\n");
                         peer.send("0\r\n\r\n");
                     }));
    }

    void hundredHangingEndpointsEndTogether() {
        FaultServer server([](Peer& peer) { peer.waitForEnd(); });
        const Prober prober(loopbackOptions());
        std::stop_source stop;
        std::list<test::RethrowingThread> probes;
        for (int i = 0; i < 100; ++i)
            probes.emplace_back([&] {
                CPPUNIT_ASSERT_THROW(static_cast<void>(prober.probe(*Keys(server.url()), stop.get_token())),
                                     Problem);
            });
        const bool allAreUnderWay = test::eventually([&] { return server.connections() == 100; });
        stop.request_stop();
        for (test::RethrowingThread& probe : probes)
            probe.join();
        CPPUNIT_ASSERT(allAreUnderWay);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProberFaultsTest);

} // namespace coffer::backup_credentials
