#include "Probing.h"
#include "tests/support/EnvironmentVariable.h"

#include <coffer/sdk/Problem.h>

#include <Poco/Net/ServerSocket.h>

#include <cppunit/TestFixture.h>

#include <future>
#include <stdexcept>

namespace coffer::backup_credentials {

using test::EnvironmentVariable;
using test::FaultServer;
using test::Keys;
using test::listingOf;
using test::loopbackOptions;
using test::Peer;
using test::s3Error;

namespace {

const std::string denied = "HTTP/1.1 403 Forbidden\r\n\r\n" + s3Error("AccessDenied");
const std::string listedBucket =
    "HTTP/1.1 200 OK\r\n\r\n<ListBucketResult><Name>backups</Name></ListBucketResult>";

bool isSigned(const std::string& request) {
    return request.find("\r\nauthorization: ") != std::string::npos;
}

} // namespace

/// What a probe asks, whom it dials, and what it refuses to ask.
class ProberTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProberTest);
    COFFER_TEST(acceptedKeysWork);
    COFFER_TEST(requestIsSignedAndTheSecretIsNotInIt);
    COFFER_TEST(namedBucketIsAskedWhereListingIsDenied);
    COFFER_TEST(publicBucketProvesNothing);
    COFFER_TEST(bucketThatIsUnavailableWithoutASignatureProvesNothing);
    COFFER_TEST(namedBucketIsNotAskedWhereListingWorks);
    COFFER_TEST(bucketStandsInFrontOfTheHostWhenToldSo);
    COFFER_TEST(automaticAddressingFollowsTheServersWish);
    COFFER_TEST(virtualHostNeedsAName);
    COFFER_TEST(valuesThatCannotBeAskedAreRefusedBeforeDialling);
    COFFER_TEST(deniedAddressesAreNotDialled);
    COFFER_TEST(nameThatChangesItsMindIsCheckedEachTime);
    COFFER_TEST(deniedAddressesOfANameAreLeftOut);
    COFFER_TEST(bucketsHostIsCheckedAsWell);
    COFFER_TEST(unresolvableNameIsSaid);
    COFFER_TEST(slowResolverIsAbandoned);
    COFFER_TEST(refusedConnectionIsSaid);
    COFFER_TEST(environmentsProxyIsNotUsed);
    COFFER_TEST(stopEndsAProbe);
    CPPUNIT_TEST_SUITE_END();

public:
    void acceptedKeysWork() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        const Instant before = currentTime();
        const Verdict verdict = Prober(loopbackOptions()).probe(*Keys(server.url()));
        ASSERT_CAUSE("none", verdict);
        CPPUNIT_ASSERT(before <= verdict.when && verdict.when <= currentTime());
        CPPUNIT_ASSERT(verdict.works());
        CPPUNIT_ASSERT_EQUAL(200, verdict.httpStatus);
        CPPUNIT_ASSERT(verdict.advice.empty());
    }

    void requestIsSignedAndTheSecretIsNotInIt() {
        FaultServer server([](Peer& peer) { peer.reply("403 Forbidden", s3Error("AccessDenied")); });
        ProbeOptions options = loopbackOptions();
        options.clock = [] { return parseRfc3339("2026-01-02T03:04:05Z").value(); };
        options.userAgent = "probe-test/1";
        Keys keys(server.url());
        keys.request.bucket = "backups";
        ASSERT_CAUSE("secret_or_rights", Prober(options).probe(*keys));
        const std::string sent = server.received();
        ASSERT_SAYS("GET / HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n", sent);
        ASSERT_SAYS("GET /backups?list-type=2&max-keys=0 HTTP/1.1\r\n", sent);
        ASSERT_SAYS("x-amz-date: 20260102T030405Z\r\n", sent);
        ASSERT_SAYS("Credential=AKIAEXAMPLE:1/20260102/us-east-1/s3/aws4_request,"
                    "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=",
                    sent);
        ASSERT_SAYS("user-agent: probe-test/1\r\n", sent);
        ASSERT_SAYS("connection: close\r\n", sent);
        CPPUNIT_ASSERT(sent.find("CANARY") == std::string::npos);
    }

    void namedBucketIsAskedWhereListingIsDenied() {
        FaultServer server([](Peer& peer) {
            const std::string request = peer.readRequest();
            peer.send(request.starts_with("GET / ") || !isSigned(request) ? denied : listedBucket);
        });
        Keys keys(server.url());
        ASSERT_CAUSE("secret_or_rights", Prober(loopbackOptions()).probe(*keys));
        CPPUNIT_ASSERT_EQUAL(1, server.connections());
        keys.request.bucket = "backups";
        const Verdict verdict = Prober(loopbackOptions()).probe(*keys);
        ASSERT_CAUSE("none", verdict);
        CPPUNIT_ASSERT_EQUAL_MESSAGE("the status of the accepted request", 200, verdict.httpStatus);
        CPPUNIT_ASSERT_EQUAL(4, server.connections());
    }

    void publicBucketProvesNothing() {
        FaultServer server(
            [](Peer& peer) { peer.send(peer.readRequest().starts_with("GET / ") ? denied : listedBucket); });
        Keys keys(server.url());
        keys.request.bucket = "backups";
        const Verdict verdict = Prober(loopbackOptions()).probe(*keys);
        ASSERT_CAUSE("secret_or_rights", verdict);
        ASSERT_SAYS("public", verdict.saw);
        ASSERT_SAYS("not public", verdict.advice);
        CPPUNIT_ASSERT_EQUAL(3, server.connections());
        const std::string sent = server.received();
        const std::string unsignedRequest = sent.substr(sent.rfind("GET /"));
        ASSERT_SAYS("GET /backups?list-type=2&max-keys=0 HTTP/1.1\r\n", unsignedRequest);
        CPPUNIT_ASSERT(!isSigned(unsignedRequest));
        CPPUNIT_ASSERT(unsignedRequest.find("x-amz-") == std::string::npos);
        CPPUNIT_ASSERT(unsignedRequest.find("AKIAEXAMPLE") == std::string::npos);
    }

    void bucketThatIsUnavailableWithoutASignatureProvesNothing() {
        FaultServer server([](Peer& peer) {
            const std::string request = peer.readRequest();
            if (request.starts_with("GET / "))
                peer.send(denied);
            else if (isSigned(request))
                peer.send(listedBucket);
            else
                peer.send("HTTP/1.1 503 Slow Down\r\n\r\n" + s3Error("SlowDown"));
        });
        Keys keys(server.url());
        keys.request.bucket = "backups";
        ASSERT_CAUSE("endpoint_unavailable", Prober(loopbackOptions()).probe(*keys));
    }

    void namedBucketIsNotAskedWhereListingWorks() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        Keys keys(server.url());
        keys.request.bucket = "backups";
        ASSERT_CAUSE("none", Prober(loopbackOptions()).probe(*keys));
        CPPUNIT_ASSERT_EQUAL(1, server.connections());
    }

    void bucketStandsInFrontOfTheHostWhenToldSo() {
        FaultServer server([](Peer& peer) { peer.reply("403 Forbidden", s3Error("AccessDenied")); });
        Keys keys(server.url("http", "s3.example.org"));
        keys.request.bucket = "backups";
        keys.request.addressing = Addressing::virtualHost;
        std::vector<std::string> resolved;
        ASSERT_CAUSE("secret_or_rights", Prober(resolvingTo("127.0.0.1", &resolved)).probe(*keys));
        ASSERT_SAYS("GET /?list-type=2&max-keys=0 HTTP/1.1\r\nhost: backups.s3.example.org:",
                    server.received());
        CPPUNIT_ASSERT(resolved == std::vector<std::string>({"s3.example.org", "backups.s3.example.org"}));

        keys.request.endpoint = server.url("http", "s3.eu-west-1.amazonaws.com");
        keys.request.addressing = Addressing::automatic;
        ASSERT_CAUSE("secret_or_rights", Prober(resolvingTo("127.0.0.1")).probe(*keys));
        ASSERT_SAYS("host: backups.s3.eu-west-1.amazonaws.com:", server.received());
    }

    void automaticAddressingFollowsTheServersWish() {
        FaultServer server([](Peer& peer) {
            const std::string request = peer.readRequest();
            if (request.starts_with("GET /backups"))
                peer.send("HTTP/1.1 403 Forbidden\r\n\r\n" + s3Error("SecondLevelDomainForbidden"));
            else
                peer.send(request.starts_with("GET / ") || !isSigned(request) ? denied : listedBucket);
        });
        Keys keys(server.url("http", "oss.example.org"));
        keys.request.bucket = "backups";
        ASSERT_CAUSE("none", Prober(resolvingTo("127.0.0.1")).probe(*keys));
        keys.request.addressing = Addressing::path;
        const Verdict verdict = Prober(resolvingTo("127.0.0.1")).probe(*keys);
        ASSERT_CAUSE("not_s3", verdict);
        ASSERT_SAYS("`virtual`", verdict.advice);
    }

    void virtualHostNeedsAName() {
        FaultServer server([](Peer& peer) { peer.reply("403 Forbidden", s3Error("AccessDenied")); });
        Keys keys(server.url());
        keys.request.bucket = "backups";
        keys.request.addressing = Addressing::virtualHost;
        const Verdict verdict = Prober(loopbackOptions()).probe(*keys);
        ASSERT_CAUSE("unresolvable", verdict);
        ASSERT_SAYS("`path`", verdict.advice);
    }

    void valuesThatCannotBeAskedAreRefusedBeforeDialling() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        const Prober prober(loopbackOptions());
        const auto assertRefused = [&](const std::function<void(ProbeRequest&)>& change) {
            Keys keys(server.url());
            change(keys.request);
            CPPUNIT_ASSERT_THROW(static_cast<void>(prober.probe(*keys)), std::invalid_argument);
        };
        assertRefused([](ProbeRequest& request) { request.endpoint = "s3.example.org"; });
        assertRefused([](ProbeRequest& request) { request.region = ""; });
        assertRefused([](ProbeRequest& request) { request.region = "us/east"; });
        assertRefused([](ProbeRequest& request) { request.accessKeyId = "a\r\nx: y"; });
        assertRefused([](ProbeRequest& request) { request.accessKeyId = ""; });
        assertRefused([](ProbeRequest& request) { request.bucket = "../x"; });
        assertRefused([](ProbeRequest& request) { request.bucket = "ab"; });
        assertRefused([](ProbeRequest& request) { request.caCertificate = "no certificate"; });
        for (const std::string secret : {"", "a b", "a\nb", "\xc3\xbc"})
            CPPUNIT_ASSERT_THROW(static_cast<void>(prober.probe(*Keys(server.url(), "key", secret))),
                                 std::invalid_argument);
        CPPUNIT_ASSERT_EQUAL(0, server.connections());
    }

    void deniedAddressesAreNotDialled() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        const Verdict loopback = Prober().probe(*Keys(server.url()));
        ASSERT_CAUSE("address_denied", loopback);
        ASSERT_SAYS("probe.allow = 127.0.0.0/8", loopback.advice);
        ASSERT_CAUSE("address_denied", Prober().probe(*Keys(server.url("http", "[::ffff:127.0.0.1]"))));
        ASSERT_CAUSE("address_denied", Prober(loopbackOptions()).probe(*Keys("http://169.254.169.254")));
        ProbeOptions denying = loopbackOptions();
        denying.deny = {Network::parse("127.0.0.1")};
        ASSERT_CAUSE("address_denied", Prober(denying).probe(*Keys(server.url())));
        CPPUNIT_ASSERT_EQUAL(0, server.connections());
    }

    void nameThatChangesItsMindIsCheckedEachTime() {
        FaultServer server([](Peer& peer) { peer.reply("403 Forbidden", s3Error("AccessDenied")); });
        ProbeOptions options = loopbackOptions();
        options.deny = {Network::parse("127.0.0.2")};
        auto asked = std::make_shared<std::atomic<int>>(0);
        options.resolve = [asked](const std::string&) {
            return std::vector{IpAddress::parse(++*asked == 1 ? "127.0.0.1" : "127.0.0.2").value()};
        };
        Keys keys(server.url("http", "rebinding.example.org"));
        keys.request.bucket = "backups";
        ASSERT_CAUSE("address_denied", Prober(options).probe(*keys));
        CPPUNIT_ASSERT_EQUAL(1, server.connections());
    }

    void deniedAddressesOfANameAreLeftOut() {
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        ProbeOptions options = loopbackOptions();
        options.resolve = [](const std::string&) {
            return std::vector{IpAddress::parse("169.254.169.254").value(),
                               IpAddress::parse("10.0.0.1").value(), IpAddress::parse("127.0.0.1").value()};
        };
        ASSERT_CAUSE("none", Prober(options).probe(*Keys(server.url("http", "many.example.org"))));
    }

    void bucketsHostIsCheckedAsWell() {
        FaultServer server([](Peer& peer) { peer.reply("403 Forbidden", s3Error("AccessDenied")); });
        ProbeOptions options = loopbackOptions();
        options.resolve = [](const std::string& host) {
            return std::vector{
                IpAddress::parse(host.starts_with("metadata") ? "169.254.169.254" : "127.0.0.1").value()};
        };
        Keys keys(server.url("http", "evil.example.org"));
        keys.request.bucket = "metadata";
        keys.request.addressing = Addressing::virtualHost;
        ASSERT_CAUSE("address_denied", Prober(options).probe(*keys));
    }

    void unresolvableNameIsSaid() {
        ASSERT_CAUSE("unresolvable", Prober(loopbackOptions()).probe(*Keys("http://s3.coffer.invalid")));
        ProbeOptions failing = loopbackOptions();
        failing.resolve = [](const std::string&) -> std::vector<IpAddress> { throw std::runtime_error("x"); };
        ASSERT_CAUSE("unresolvable", Prober(failing).probe(*Keys("http://s3.example.org")));
    }

    void slowResolverIsAbandoned() {
        ProbeOptions options = loopbackOptions();
        options.connectTimeout = std::chrono::milliseconds(500);
        auto release = std::make_shared<std::promise<void>>();
        options.resolve = [wait = release->get_future().share()](const std::string&) {
            wait.wait();
            return std::vector<IpAddress>{};
        };
        const Verdict verdict = Prober(options).probe(*Keys("http://s3.example.org"));
        release->set_value();
        ASSERT_CAUSE("silent", verdict);
        ASSERT_SAYS("name", verdict.saw);
    }

    void refusedConnectionIsSaid() {
        // It is bound, so that no other program takes the port, and does not listen.
        Poco::Net::ServerSocket bound;
        bound.bind(Poco::Net::SocketAddress("127.0.0.1", 0));
        ASSERT_CAUSE("refused",
                     Prober(loopbackOptions()).probe(*Keys("http://" + bound.address().toString())));
    }

    void environmentsProxyIsNotUsed() {
        FaultServer proxy([](Peer& peer) { peer.reply("200 OK", listingOf("proxy")); });
        FaultServer server([](Peer& peer) { peer.reply("200 OK", listingOf("user")); });
        const EnvironmentVariable lower("http_proxy", proxy.url());
        const EnvironmentVariable upper("HTTP_PROXY", proxy.url());
        const EnvironmentVariable all("all_proxy", proxy.url());
        ASSERT_CAUSE("none", Prober(loopbackOptions()).probe(*Keys(server.url())));
        CPPUNIT_ASSERT_EQUAL(0, proxy.connections());
    }

    void stopEndsAProbe() {
        FaultServer server([](Peer& peer) { peer.waitForEnd(); });
        const ProbeOptions options = loopbackOptions();
        std::stop_source stop;
        auto probe = std::async(std::launch::async,
                                [&] { return Prober(options).probe(*Keys(server.url()), stop.get_token()); });
        const bool isUnderWay = test::eventually([&] { return server.connections() == 1; });
        stop.request_stop();
        CPPUNIT_ASSERT_THROW(probe.get(), Problem);
        CPPUNIT_ASSERT(isUnderWay);
        CPPUNIT_ASSERT_THROW(static_cast<void>(Prober(options).probe(*Keys(server.url()), stop.get_token())),
                             Problem);
    }

private:
    static ProbeOptions resolvingTo(const std::string& address,
                                    std::vector<std::string>* resolved = nullptr) {
        ProbeOptions options = loopbackOptions();
        options.resolve = [address, resolved](const std::string& host) {
            if (resolved)
                resolved->push_back(host);
            return std::vector{IpAddress::parse(address).value()};
        };
        return options;
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProberTest);

} // namespace coffer::backup_credentials
