#include "probe/Interpretation.h"

#include "probe/Ascii.h"
#include "probe/S3Reply.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeParser.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace coffer::backup_credentials {

namespace {

struct KnownError {
    std::string_view code;
    Cause cause;
};

// Amazon S3 API Reference, "List of error codes"; UserSuspended is Ceph's, UserDisable and
// SecondLevelDomainForbidden are Alibaba's. A code that is not here is never shown.
constexpr KnownError knownErrors[] = {
    {"SignatureDoesNotMatch", Cause::secret},
    {"InvalidAccessKeyId", Cause::key},
    {"UserSuspended", Cause::suspended},
    {"UserDisable", Cause::suspended},
    {"AccountProblem", Cause::suspended},
    {"AllAccessDisabled", Cause::suspended},
    {"NotSignedUp", Cause::suspended},
    {"RequestTimeTooSkewed", Cause::clock},
    {"RequestExpired", Cause::clock},
    {"AuthorizationHeaderMalformed", Cause::region},
    {"AuthorizationQueryParametersError", Cause::region},
    {"InvalidRegion", Cause::region},
    {"IllegalLocationConstraintException", Cause::region},
    {"PermanentRedirect", Cause::region},
    {"TemporaryRedirect", Cause::region},
    {"Redirect", Cause::region},
    {"AccessDenied", Cause::ambiguous},
    {"InvalidSecurity", Cause::ambiguous},
    {"NoSuchBucket", Cause::rights},
    {"SlowDown", Cause::unavailable},
    {"ServiceUnavailable", Cause::unavailable},
    {"InternalError", Cause::unavailable},
    {"OperationAborted", Cause::unavailable},
    {"RequestTimeout", Cause::unavailable},
    {"Busy", Cause::unavailable},
    {"TooManyRequests", Cause::unavailable},
    {"PathStyleDomainForbidden", Cause::notS3},
    {"SecondLevelDomainForbidden", Cause::notS3},
    {"MethodNotAllowed", Cause::notS3},
    {"NotImplemented", Cause::notS3},
    {"InvalidBucketName", Cause::notS3},
    {"InvalidRequest", Cause::notS3},
    {"InvalidArgument", Cause::notS3},
    {"InvalidURI", Cause::notS3},
};

const KnownError* findKnown(std::string_view code) {
    const auto found = std::ranges::find(knownErrors, code, &KnownError::code);
    return found == std::end(knownErrors) ? nullptr : found;
}

std::string http(const HttpReply& reply) {
    return "HTTP " + std::to_string(reply.status);
}

/// A region's name that is safe to repeat; empty otherwise.
std::string safeRegion(std::string_view region) {
    const bool safe = !region.empty() && region.size() <= 32 && std::ranges::all_of(region, [](char c) {
        return (c >= 'a' && c <= 'z') || isDigit(c) || c == '-';
    });
    return safe ? std::string(region) : std::string();
}

std::string describeSkew(const HttpReply& reply, Instant signedAt) {
    Poco::DateTime date;
    int timeZone = 0;
    const auto header = reply.header("date");
    if (!header || !Poco::DateTimeParser::tryParse(Poco::DateTimeFormat::HTTP_FORMAT, std::string(*header),
                                                   date, timeZone))
        return {};
    const Instant theirs = fromMilliseconds(date.timestamp().epochMicroseconds() / 1000);
    const auto ahead = std::chrono::round<std::chrono::seconds>(signedAt - theirs);
    const auto size = std::chrono::abs(ahead);
    const std::string amount =
        size >= std::chrono::minutes(2)
            ? std::to_string(std::chrono::round<std::chrono::minutes>(size).count()) + " minutes"
            : std::to_string(size.count()) + " seconds";
    return " This machine's clock is " + amount + (ahead.count() < 0 ? " behind" : " ahead of") +
           " the endpoint's.";
}

/// Empty when the reply does not say.
std::string wantedRegion(const HttpReply& reply, const S3Reply& s3) {
    const std::string wanted = safeRegion(reply.header("x-amz-bucket-region").value_or(""));
    return wanted.empty() ? safeRegion(s3.region) : wanted;
}

Finding wrongRegion(std::string saw, const std::string& wanted) {
    if (wanted.empty())
        return {Cause::region, std::move(saw),
                "Give the region that this endpoint, or the bucket, belongs to."};
    return {Cause::region, std::move(saw), "The endpoint wants the region " + wanted + ".",
            Remedy{"region", wanted}};
}

std::string adviceFor(Cause cause, const Question& question) {
    switch (cause) {
    case Cause::secret:
        return "Check the secret access key; some servers say the same of an access key id that they do not "
               "know.";
    case Cause::key:
        return "Check the access key id, and that this is the endpoint where it was made; it may have been "
               "deleted.";
    case Cause::suspended:
        return "Ask the endpoint's operator to enable the account again, or use keys of another.";
    case Cause::clock:
        return "Set this machine's clock (NTP); if it is right, the endpoint's is wrong.";
    case Cause::rights:
        return "Check the bucket's name, or create it.";
    case Cause::ambiguous:
        return question.bucket.empty()
                   ? "Either the secret access key is wrong, or the key may not list buckets. Name a bucket "
                     "that the key may list, and the probe asks for that one."
                   : "Either the secret access key is wrong, or the key may list neither the buckets nor "
                     "this one: give it s3:ListBucket on the bucket.";
    case Cause::unavailable:
        return "Try again later; if it lasts, ask the endpoint's operator.";
    default:
        return "Check that the endpoint is the S3 server's own address, without a bucket's name in it.";
    }
}

Finding interpretError(const HttpReply& reply, const S3Reply& s3, const Question& question) {
    const KnownError* known = findKnown(s3.errorCode);
    if (!known)
        return {reply.status >= 500 ? Cause::unavailable : Cause::notS3,
                "The endpoint answered " + http(reply) + " with an S3 error that means nothing here.",
                adviceFor(reply.status >= 500 ? Cause::unavailable : Cause::notS3, question)};
    if (known->cause == Cause::rights && question.bucket.empty())
        return {Cause::notS3,
                "The endpoint takes its own host name for a bucket's (" + http(reply) + ", " +
                    std::string(known->code) + ").",
                "Use the name or address that the S3 server knows as its own."};
    std::string saw = known->cause == Cause::rights
                          ? "There is no such bucket (" + http(reply) + ", NoSuchBucket)."
                          : "The endpoint answered " + http(reply) + ", " + std::string(known->code) + ".";
    if (known->cause == Cause::clock)
        saw += describeSkew(reply, question.signedAt);
    if (wantsVirtualHost(reply))
        return {known->cause, std::move(saw),
                "Set the addressing to `virtual`: this server wants the bucket in front of its name.",
                Remedy{"addressing", "virtual"}};
    if (known->cause == Cause::region)
        return wrongRegion(std::move(saw), wantedRegion(reply, s3));
    return {known->cause, std::move(saw), adviceFor(known->cause, question)};
}

std::string_view kindOf(const HttpReply& reply) {
    const auto coding = reply.header("content-encoding");
    if (coding && *coding != "identity")
        return "a compressed body that was not asked for";
    const auto first = reply.body.find_first_not_of(" \t\r\n");
    if (first == std::string::npos)
        return "an empty body";
    if (reply.body[first] == '{' || reply.body[first] == '[')
        return "JSON";
    const std::string start = lowerCase(reply.body.substr(first, 256));
    if (start.starts_with("<!doctype html") || start.find("<html") != std::string::npos)
        return "a web page";
    return start.starts_with('<') ? "XML that is not S3's" : "something that is not S3's";
}

/// Servers and proxies that were spoken to in plain HTTP on their TLS port say so in a 400 of their own
/// (nginx, Apache, Go).
bool complainsOfPlainHttp(const HttpReply& reply) {
    const auto holds = [&](std::string_view part) { return reply.body.find(part) != std::string::npos; };
    return reply.status == 400 &&
           (holds("HTTPS port") || holds("HTTPS server") || holds("SSL-enabled server"));
}

Finding interpretForeign(const HttpReply& reply, const Question& question) {
    if (!question.tls && complainsOfPlainHttp(reply))
        return wantsTls();
    if (const auto region = wantedRegion(reply, {});
        !region.empty() && reply.status != 200 && reply.status < 400)
        return wrongRegion("The endpoint answered " + http(reply) + " and points to another region.", region);
    if (reply.status >= 300 && reply.status < 400)
        return {Cause::notS3, "The endpoint answered " + http(reply) + ", a redirect, which is not followed.",
                "Give the address where the S3 server itself answers; a redirect to https:// wants https:// "
                "here."};
    if (!question.bucket.empty() && reply.status == 404)
        return {Cause::rights, "There is no such bucket (HTTP 404).", adviceFor(Cause::rights, question)};
    return {Cause::notS3,
            "The endpoint answered " + http(reply) + " with " + std::string(kindOf(reply)) + ".",
            adviceFor(Cause::notS3, question)};
}

Finding interpretListing(const HttpReply& reply, const S3Reply& s3) {
    if (s3.ownerId == "anonymous")
        return {Cause::notS3, "The endpoint lists buckets as `anonymous`: it did not look at the signature.",
                "Check that nothing between here and the S3 server removes the Authorization header."};
    if (s3.ownerId.empty())
        return {Cause::notS3,
                reply.complete ? "The endpoint lists buckets without saying whose they are."
                               : "The endpoint's list does not say within 64 KiB whose the buckets are.",
                "Check that the endpoint is an S3 server."};
    return {Cause::none, "The endpoint accepted the keys and listed their buckets.", {}};
}

Finding interpretBucket(const S3Reply& s3, const Question& question) {
    if (!s3.bucketName.empty() && s3.bucketName != question.bucket)
        return {Cause::notS3, "The endpoint listed another bucket than the one it was asked for.",
                "Check the endpoint and the addressing."};
    return {Cause::none, "The endpoint accepted the keys for the named bucket.", {}};
}

} // namespace

Finding interpret(const HttpReply& reply, const Question& question) {
    const auto coding = reply.header("content-encoding");
    if (coding && *coding != "identity")
        return interpretForeign(reply, question);
    const S3Reply s3 = readS3Reply(reply.body);
    // A reply that was cut off at our own limit is judged by what stands before the cut.
    const bool readable = s3.wellFormed || !reply.complete;
    if (readable && reply.status == 200 && question.bucket.empty() && s3.root == "ListAllMyBucketsResult")
        return interpretListing(reply, s3);
    if (readable && reply.status == 200 && !question.bucket.empty() && s3.root == "ListBucketResult")
        return interpretBucket(s3, question);
    if (readable && reply.status == 200 && question.bucket.empty() && s3.root == "ListBucketResult")
        return {Cause::notS3, "The endpoint listed a bucket's objects: it is a bucket's own address.",
                "Leave the bucket's name out of the endpoint, and write it into the field `bucket`."};
    if (readable && reply.status >= 300 && s3.root == "Error" && !s3.errorCode.empty())
        return interpretError(reply, s3, question);
    return interpretForeign(reply, question);
}

Finding wantsTls() {
    return {Cause::tls, "The endpoint's port speaks TLS, and was asked without.",
            "Write https:// instead of http://.", Remedy{"endpoint", "https"}};
}

bool wantsVirtualHost(const HttpReply& reply) {
    const S3Reply s3 = readS3Reply(reply.body);
    return s3.errorCode == "PathStyleDomainForbidden" || s3.errorCode == "SecondLevelDomainForbidden";
}

} // namespace coffer::backup_credentials
