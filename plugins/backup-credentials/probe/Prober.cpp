#include "probe/Dialer.h"
#include "probe/Finding.h"
#include "probe/HttpReply.h"
#include "probe/Interpretation.h"
#include "probe/Probe.h"
#include "probe/SignatureV4.h"
#include "probe/Waiter.h"

#include <coffer/sdk/Problem.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

namespace coffer::backup_credentials {

namespace {

constexpr std::size_t mostRead = 64 * 1024; ///< of one reply, head and body together

void refuseIf(const std::optional<std::string>& sentence) {
    if (sentence)
        throw std::invalid_argument(*sentence);
}

void check(const ProbeRequest& request) {
    if (!request.secretAccessKey)
        throw std::invalid_argument("There is no secret access key.");
    refuseIf(whyNotRegion(request.region));
    refuseIf(whyNotAccessKeyId(request.accessKeyId));
    refuseIf(whyNotSecretAccessKey(*request.secretAccessKey));
    if (!request.bucket.empty())
        refuseIf(whyNotBucket(request.bucket));
    if (!request.caCertificate.empty())
        refuseIf(whyNotCaCertificate(request.caCertificate));
}

bool isAmazon(const Endpoint& endpoint) {
    return endpoint.host.ends_with(".amazonaws.com") || endpoint.host.ends_with(".amazonaws.com.cn");
}

Endpoint withBucket(const Endpoint& endpoint, const std::string& bucket) {
    Endpoint virtualHost = endpoint;
    virtualHost.host = bucket + "." + endpoint.host;
    return virtualHost;
}

/// One probe under way.
class Run {
public:
    Run(const ProbeOptions& options, const AddressPolicy& policy, const ProbeRequest& request,
        const Waiter& waiter)
        : options_(options), dialer_(options, policy), request_(request), waiter_(waiter),
          endpoint_(Endpoint::parse(request.endpoint)) {}

    [[nodiscard]] Finding find();
    [[nodiscard]] int httpStatus() const noexcept { return httpStatus_; }

private:
    [[nodiscard]] Finding findWithBucket();
    [[nodiscard]] Finding settleWithoutSignature(bool virtualHost, const Question& question,
                                                 const Finding& accepted);
    // A request without a time to sign it at goes unsigned.
    [[nodiscard]] HttpReply askForBucket(bool virtualHost, std::optional<Instant> signAt);
    [[nodiscard]] HttpReply ask(const Endpoint& endpoint, const std::string& path, const NameValues& query,
                                std::optional<Instant> signAt);
    [[nodiscard]] std::string requestText(const Endpoint& endpoint, const std::string& path,
                                          const NameValues& query, std::optional<Instant> signAt) const;
    [[nodiscard]] NameValues signedHeaders(const Endpoint& endpoint, const std::string& path,
                                           const NameValues& query, Instant now) const;
    [[nodiscard]] HttpReply read(Connection& connection);

    const ProbeOptions& options_;
    Dialer dialer_;
    const ProbeRequest& request_;
    const Waiter& waiter_;
    Endpoint endpoint_;
    int httpStatus_ = 0;
};

Finding Run::find() {
    const Instant now = options_.clock();
    const HttpReply reply = ask(endpoint_, "/", {}, now);
    const Finding finding = interpret(reply, {{}, endpoint_.tls(), now});
    const bool mayListOne = finding.cause == Cause::ambiguous && !request_.bucket.empty();
    return mayListOne ? findWithBucket() : finding;
}

Finding Run::findWithBucket() {
    const Instant now = options_.clock();
    const Question question{request_.bucket, endpoint_.tls(), now};
    const bool automatic = request_.addressing == Addressing::automatic;
    const bool dotted = request_.bucket.find('.') != std::string::npos; // no wildcard certificate covers it
    bool virtualHost =
        request_.addressing == Addressing::virtualHost || (automatic && isAmazon(endpoint_) && !dotted);
    HttpReply reply = askForBucket(virtualHost, now);
    if (automatic && !virtualHost && !endpoint_.isAddress() && wantsVirtualHost(reply)) {
        virtualHost = true;
        reply = askForBucket(virtualHost, now);
    }
    const Finding finding = interpret(reply, question);
    return finding.cause == Cause::none ? settleWithoutSignature(virtualHost, question, finding) : finding;
}

/// A bucket that anybody may list says nothing about keys: some servers do not even look at them then.
Finding Run::settleWithoutSignature(bool virtualHost, const Question& question, const Finding& accepted) {
    const int signedStatus = httpStatus_;
    const Finding unsignedFinding = interpret(askForBucket(virtualHost, std::nullopt), question);
    if (unsignedFinding.cause == Cause::none)
        return {Cause::ambiguous,
                "The named bucket is public: the endpoint lists it without a signature too, so that its "
                "answer says nothing about the keys.",
                "Name a bucket that is not public and that the key may list."};
    if (unsignedFinding.cause == Cause::unavailable)
        return unsignedFinding;
    httpStatus_ = signedStatus;
    return accepted;
}

HttpReply Run::askForBucket(bool virtualHost, std::optional<Instant> signAt) {
    // Amazon S3 API Reference, ListObjectsV2; no key is wanted, so none is listed.
    const NameValues query{{"list-type", "2"}, {"max-keys", "0"}};
    if (!virtualHost)
        return ask(endpoint_, "/" + request_.bucket, query, signAt);
    if (endpoint_.isAddress())
        throw ProbeFailure(Cause::name, "A bucket's name cannot stand in front of an IP address.",
                           "Set the addressing to `path`, or give the endpoint's name.");
    return ask(withBucket(endpoint_, request_.bucket), "/", query, signAt);
}

NameValues Run::signedHeaders(const Endpoint& endpoint, const std::string& path, const NameValues& query,
                              Instant now) const {
    SignableRequest request;
    request.path = path;
    request.query = query;
    request.payloadHash = sha256Hex({});
    request.headers = {{"host", hostHeader(endpoint)},
                       {"x-amz-content-sha256", request.payloadHash},
                       {"x-amz-date", amzDate(now)}};
    NameValues headers = request.headers;
    headers.emplace_back("authorization",
                         authorizationHeader(request, {request_.region, "s3", now}, request_.accessKeyId,
                                             *request_.secretAccessKey));
    return headers;
}

std::string Run::requestText(const Endpoint& endpoint, const std::string& path, const NameValues& query,
                             std::optional<Instant> signAt) const {
    const NameValues headers =
        signAt ? signedHeaders(endpoint, path, query, *signAt) : NameValues{{"host", hostHeader(endpoint)}};
    const std::string encodedQuery = canonicalQuery(query);
    std::string text =
        "GET " + uriEncode(path, true) + (encodedQuery.empty() ? "" : "?" + encodedQuery) + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers)
        text += name + ": " + value + "\r\n";
    return text + "user-agent: " + options_.userAgent +
           "\r\naccept: application/xml\r\naccept-encoding: identity\r\nconnection: close\r\n\r\n";
}

HttpReply Run::ask(const Endpoint& endpoint, const std::string& path, const NameValues& query,
                   std::optional<Instant> signAt) {
    Connection connection = dialer_.connect(endpoint, request_.caCertificate, waiter_);
    if (!connection.send(requestText(endpoint, path, query, signAt),
                         waiter_.stageEnd(options_.firstByteTimeout)))
        throw ProbeFailure(Cause::silent,
                           "The endpoint took no request within " + inWords(options_.firstByteTimeout) + ".",
                           "Check the endpoint's port, and the server.");
    return read(connection);
}

ProbeFailure silence(bool begun, const ProbeOptions& options) {
    if (begun)
        return {Cause::silent,
                "The endpoint's reply was not complete within " + inWords(options.totalTimeout) + ".",
                "Check that the endpoint is an S3 server, and how busy it is."};
    return {Cause::silent,
            "The endpoint did not begin to answer within the " + inWords(options.firstByteTimeout) +
                " it has.",
            "Check the endpoint's port, and whether it wants https."};
}

ProbeFailure brokenReply(const HttpReplyReader& reader, bool begun) {
    const std::string advice =
        "Check that the endpoint is an S3 server's host and port, and whether it wants "
        "http or https.";
    if (!begun)
        return {Cause::notS3, "The endpoint closed the connection without an answer.", advice};
    if (reader.state() == HttpReplyReader::State::malformed)
        return {Cause::notS3, "What the endpoint answered is not HTTP.", advice};
    return {Cause::notS3, "The endpoint closed the connection in the middle of its answer.", advice};
}

HttpReply Run::read(Connection& connection) {
    HttpReplyReader reader;
    std::array<char, 8192> buffer;
    std::size_t total = 0;
    std::string firstBytes;
    SteadyTime deadline = waiter_.stageEnd(options_.firstByteTimeout);
    while (true) {
        std::size_t size = 0;
        const auto room = std::span(buffer).first(std::min(buffer.size(), mostRead - total));
        const auto received = connection.receive(room, size, deadline);
        if (received == TlsStream::Received::deadline)
            throw silence(total > 0, options_);
        const std::string_view bytes(buffer.data(), size);
        const auto state = received == TlsStream::Received::end ? reader.end() : reader.feed(bytes);
        firstBytes += bytes.substr(0, firstBytes.size() < 2 ? 2 - firstBytes.size() : 0);
        // RFC 8446, 5.1: an alert (21) of a TLS server that was spoken to in plain HTTP.
        if (!endpoint_.tls() && firstBytes == "\x15\x03")
            throw ProbeFailure(wantsTls());
        total += size;
        deadline = waiter_.end();
        httpStatus_ = reader.reply().status;
        if (state == HttpReplyReader::State::finished)
            return reader.reply();
        if (received == TlsStream::Received::end ||
            (state == HttpReplyReader::State::malformed && firstBytes.size() == 2))
            throw brokenReply(reader, total > 0);
        if (total == mostRead && state == HttpReplyReader::State::body)
            return reader.reply();
        if (total == mostRead)
            throw ProbeFailure(Cause::notS3, "The head of the endpoint's answer is longer than 64 KiB.",
                               "Check that the endpoint is an S3 server.");
    }
}

} // namespace

Prober::Prober(ProbeOptions options) : options_(std::move(options)), policy_(options_.allow, options_.deny) {}

Verdict Prober::probe(const ProbeRequest& request, std::stop_token stop) const {
    check(request);
    const auto begin = std::chrono::steady_clock::now();
    const Waiter waiter(std::move(stop), options_.totalTimeout);
    Run run(options_, policy_, request, waiter);
    Finding finding;
    try {
        finding = run.find();
    } catch (const ProbeFailure& failure) {
        finding = failure.finding();
    } catch (const ProbeStopped&) {
        throw Problem::unavailable("probe_stopped", "The probe was stopped before it had an answer.", 5);
    }
    Verdict verdict;
    verdict.cause = finding.cause;
    verdict.saw = std::move(finding.saw);
    verdict.advice = std::move(finding.advice);
    verdict.remedy = std::move(finding.remedy);
    if (verdict.remedy && verdict.remedy->field == "endpoint")
        verdict.remedy->value += request.endpoint.substr(request.endpoint.find(':'));
    verdict.httpStatus = run.httpStatus();
    verdict.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    verdict.when = options_.clock();
    return verdict;
}

} // namespace coffer::backup_credentials
