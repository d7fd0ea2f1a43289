#include "Probing.h"

#include <cppunit/TestFixture.h>

namespace coffer::backup_credentials {

using std::chrono::hours;
using test::Certificate;
using test::FaultServer;
using test::Keys;
using test::listingOf;
using test::loopbackOptions;
using test::makeAuthority;
using test::makeServerCertificate;
using test::Peer;

class ProberTlsTest final : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProberTlsTest);
    COFFER_TEST(endpointOfAKnownAuthorityIsTrusted);
    COFFER_TEST(serversOwnCertificateMayBeGivenAsAuthority);
    COFFER_TEST(nameIsVerifiedAndSent);
    COFFER_TEST(unknownAuthorityIsSaid);
    COFFER_TEST(otherAuthorityThanTheGivenIsSaid);
    COFFER_TEST(expiredCertificateIsSaid);
    COFFER_TEST(certificateOfTheFutureIsSaid);
    COFFER_TEST(certificateOfAnotherHostIsSaid);
    COFFER_TEST(nothingIsSentOverAnUntrustedConnection);
    COFFER_TEST(tlsOnAPlainPortIsSaid);
    COFFER_TEST(plainRequestToATlsPortIsSaid);
    COFFER_TEST(plainRequestToATlsPortThatExplainsItselfIsSaid);
    COFFER_TEST(silentHandshakeEndsAtItsDeadline);
    COFFER_TEST(drippingHandshakeEndsAtItsDeadline);
    COFFER_TEST(connectionClosedDuringTheHandshakeIsSaid);
    COFFER_TEST(silenceBehindTlsIsSilence);
    COFFER_TEST(endlessBodyBehindTlsIsCut);
    COFFER_TEST(unreadableAuthoritiesAreRefused);
    CPPUNIT_TEST_SUITE_END();

    const Certificate authority_ = makeAuthority("Test authority");

    static void answer(Peer& peer) { peer.reply("200 OK", listingOf("user")); }

    /// Probes https://127.0.0.1 with these certificates.
    static Verdict probe(const Certificate& server, const std::string& trusted,
                         const ProbeOptions& options = loopbackOptions(),
                         const std::string& host = "127.0.0.1") {
        FaultServer listening(answer, server);
        Keys keys(listening.url("https", host));
        keys.request.caCertificate = trusted;
        return Prober(options).probe(*keys);
    }

public:
    void endpointOfAKnownAuthorityIsTrusted() {
        const Certificate server = makeServerCertificate(authority_, "DNS:localhost,IP:127.0.0.1");
        ASSERT_CAUSE("none", probe(server, authority_.certificate));
        ASSERT_CAUSE("none", probe(server, makeAuthority("Other").certificate + authority_.certificate));
    }

    void serversOwnCertificateMayBeGivenAsAuthority() {
        const Certificate server = makeServerCertificate(authority_, "IP:127.0.0.1");
        ASSERT_CAUSE("none", probe(server, server.certificate));
    }

    void nameIsVerifiedAndSent() {
        ProbeOptions options = loopbackOptions();
        options.resolve = [](const std::string&) {
            return std::vector{IpAddress::parse("127.0.0.1").value()};
        };
        const Certificate server =
            makeServerCertificate(authority_, "DNS:s3.example.org,DNS:*.s3.example.org");
        ASSERT_CAUSE("none", probe(server, authority_.certificate, options, "s3.example.org"));
        ASSERT_CAUSE("none", probe(server, authority_.certificate, options, "backups.s3.example.org"));
        ASSERT_CAUSE("tls", probe(server, authority_.certificate, options, "s3.example.com"));
        ASSERT_CAUSE("tls", probe(server, authority_.certificate, options, "127.0.0.1"));
    }

    void unknownAuthorityIsSaid() {
        const Verdict verdict = probe(makeServerCertificate(authority_, "IP:127.0.0.1"), {});
        ASSERT_CAUSE("tls", verdict);
        ASSERT_SAYS("authority that this machine does not know", verdict.saw);
        ASSERT_SAYS("caCertificate", verdict.advice);
        ASSERT_CAUSE("tls", probe(authority_, {}));
    }

    void otherAuthorityThanTheGivenIsSaid() {
        const Verdict verdict =
            probe(makeServerCertificate(authority_, "IP:127.0.0.1"), makeAuthority("Other").certificate);
        ASSERT_CAUSE("tls", verdict);
        ASSERT_SAYS("given caCertificate", verdict.saw);
    }

    void expiredCertificateIsSaid() {
        const Certificate server =
            makeServerCertificate(authority_, "IP:127.0.0.1", {hours(-48), hours(-24)});
        const Verdict verdict = probe(server, authority_.certificate);
        ASSERT_CAUSE("tls", verdict);
        ASSERT_SAYS("expired", verdict.saw);
    }

    void certificateOfTheFutureIsSaid() {
        const Certificate server = makeServerCertificate(authority_, "IP:127.0.0.1", {hours(24), hours(48)});
        const Verdict verdict = probe(server, authority_.certificate);
        ASSERT_CAUSE("tls", verdict);
        ASSERT_SAYS("not valid yet", verdict.saw);
    }

    void certificateOfAnotherHostIsSaid() {
        const Verdict verdict = probe(makeServerCertificate(authority_, "DNS:s3.example.org,IP:127.0.0.2"),
                                      authority_.certificate);
        ASSERT_CAUSE("tls", verdict);
        ASSERT_SAYS("another host", verdict.saw);
    }

    void nothingIsSentOverAnUntrustedConnection() {
        FaultServer server(answer, makeServerCertificate(authority_, "IP:127.0.0.1"));
        ASSERT_CAUSE("tls", Prober(loopbackOptions()).probe(*Keys(server.url("https"))));
        CPPUNIT_ASSERT(server.received().empty());
    }

    void tlsOnAPlainPortIsSaid() {
        for (const char* text : {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-x\r\n"}) {
            FaultServer server([=](Peer& peer) {
                peer.send(text);
                peer.waitForEnd();
            });
            const Verdict verdict = Prober(loopbackOptions()).probe(*Keys(server.url("https")));
            ASSERT_CAUSE("tls", verdict);
            ASSERT_SAYS("http://", verdict.advice);
        }
    }

    void plainRequestToATlsPortIsSaid() {
        // As servers do: an alert, then the end.
        FaultServer server([](Peer& peer) {
            peer.readRequest();
            peer.send(std::string_view("\x15\x03\x01\x00\x02\x02\x46", 7));
        });
        const Verdict verdict = Prober(loopbackOptions()).probe(*Keys(server.url()));
        ASSERT_CAUSE("tls", verdict);
        ASSERT_SAYS("https://", verdict.advice);
        FaultServer real(answer, makeServerCertificate(authority_, "IP:127.0.0.1"));
        const Verdict closed = Prober(loopbackOptions()).probe(*Keys(real.url()));
        CPPUNIT_ASSERT(closed.cause == Cause::tls || closed.cause == Cause::notS3);
        ASSERT_SAYS("https", closed.advice);
    }

    void plainRequestToATlsPortThatExplainsItselfIsSaid() {
        FaultServer server([](Peer& peer) {
            peer.reply("400 Bad Request",
                       "<html><center>The plain HTTP request was sent to HTTPS port</center></html>");
        });
        const Verdict verdict = Prober(loopbackOptions()).probe(*Keys(server.url()));
        ASSERT_CAUSE("tls", verdict);
        CPPUNIT_ASSERT(verdict.remedy == Remedy({"endpoint", "https" + server.url().substr(4)}));
    }

    void silentHandshakeEndsAtItsDeadline() {
        FaultServer server([](Peer& peer) { peer.waitForEnd(); });
        ProbeOptions options = loopbackOptions();
        options.handshakeTimeout = std::chrono::milliseconds(500);
        const Verdict verdict = Prober(options).probe(*Keys(server.url("https")));
        ASSERT_CAUSE("silent", verdict);
        ASSERT_SAYS("handshake was not complete within 500 ms", verdict.saw);
    }

    void drippingHandshakeEndsAtItsDeadline() {
        FaultServer server([](Peer& peer) {
            peer.send(std::string_view("\x16\x03\x03\x3f\xff", 5));
            while (peer.send(std::string_view("\0", 1)))
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
        });
        ProbeOptions options = loopbackOptions();
        options.handshakeTimeout = std::chrono::milliseconds(500);
        const Verdict verdict = Prober(options).probe(*Keys(server.url("https")));
        CPPUNIT_ASSERT(verdict.cause == Cause::silent || verdict.cause == Cause::tls);
    }

    void connectionClosedDuringTheHandshakeIsSaid() {
        FaultServer server([](Peer&) {});
        ASSERT_CAUSE("tls", Prober(loopbackOptions()).probe(*Keys(server.url("https"))));
    }

    void silenceBehindTlsIsSilence() {
        FaultServer server([](Peer& peer) { peer.waitForEnd(); },
                           makeServerCertificate(authority_, "IP:127.0.0.1"));
        Keys keys(server.url("https"));
        keys.request.caCertificate = authority_.certificate;
        ProbeOptions options = loopbackOptions();
        options.firstByteTimeout = std::chrono::milliseconds(500);
        const Verdict verdict = Prober(options).probe(*keys);
        ASSERT_CAUSE("silent", verdict);
        ASSERT_SAYS("did not begin to answer", verdict.saw);
    }

    void endlessBodyBehindTlsIsCut() {
        FaultServer server(
            [](Peer& peer) {
                peer.readRequest();
                peer.send("HTTP/1.1 200 OK\r\n\r\n");
                while (peer.send(std::string(16384, ' '))) {
                }
            },
            makeServerCertificate(authority_, "IP:127.0.0.1"));
        Keys keys(server.url("https"));
        keys.request.caCertificate = authority_.certificate;
        ASSERT_CAUSE("not_s3", Prober(loopbackOptions()).probe(*keys));
    }

    void unreadableAuthoritiesAreRefused() {
        CPPUNIT_ASSERT(!whyNotCaCertificate(authority_.certificate));
        CPPUNIT_ASSERT(!whyNotCaCertificate("comment\n" + authority_.certificate + "\n"));
        for (const std::string& pem :
             {std::string(), std::string("-----BEGIN CERTIFICATE-----"), authority_.key,
              authority_.certificate + authority_.key,
              authority_.certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
              std::string(300 * 1024, 'x')})
            CPPUNIT_ASSERT(whyNotCaCertificate(pem).has_value());
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ProberTlsTest);

} // namespace coffer::backup_credentials
