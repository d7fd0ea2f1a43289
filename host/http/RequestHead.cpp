#include "host/http/RequestHead.h"

#include "host/http/RequestGrammar.h"

#include <coffer/sdk/Problem.h>

#include <charconv>

namespace coffer::host {

namespace {

using namespace grammar;

Problem uriTooLong(const HeadLimits& limits) {
    return {414, "uri_too_long", "The request target is too long",
            "The request target has more than " + std::to_string(limits.target) + " bytes."};
}

Problem headTooLarge(const std::string& detail) {
    return {431, "head_too_large", "The request's header fields are too large", detail};
}

bool version11(std::string_view version) {
    const bool wellFormed = version.size() == 8 && version.starts_with("HTTP/") && isDigit(version[5]) &&
                            version[6] == '.' && isDigit(version[7]);
    if (!wellFormed)
        throw malformed("The request line does not end in an HTTP version.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        throw Problem(505, "version_not_supported", "The HTTP version is not supported",
                      "This server speaks HTTP/1.1 and HTTP/1.0.");
    return version == "HTTP/1.1";
}

void checkTarget(std::string_view method, std::string_view target) {
    if (target == "*") {
        if (method != "OPTIONS")
            throw malformed("The target * is for OPTIONS only.");
        return;
    }
    if (!target.starts_with('/'))
        throw malformed("The request target must be a path that begins with /.");
    for (std::size_t i = 0; i < target.size(); ++i) {
        if (target[i] == '%') {
            if (i + 2 >= target.size() || !isHexadecimal(target[i + 1]) || !isHexadecimal(target[i + 2]))
                throw malformed("A % in the request target is not followed by two hexadecimal digits.");
            i += 2;
        } else if (!isTargetByte(target[i])) {
            throw malformed("The request target holds a byte that must be percent-encoded, or a fragment.");
        }
    }
}

/// @returns whether it is HTTP/1.1
bool parseRequestLine(std::string_view line, const HeadLimits& limits, Poco::Net::HTTPRequest& request) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || last == first)
        throw malformed("The request line is not: method, one space, target, one space, version.");
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const bool isVersion11 = version11(line.substr(last + 1));
    request.setVersion(isVersion11 ? Poco::Net::HTTPMessage::HTTP_1_1 : Poco::Net::HTTPMessage::HTTP_1_0);
    if (!isToken(method) || method.size() > 32)
        throw malformed("The method is not a token of at most 32 characters.");
    request.setMethod(std::string(method));
    if (target.size() > limits.target)
        throw uriTooLong(limits);
    checkTarget(method, target);
    request.setURI(std::string(target));
    return isVersion11;
}

void parseField(std::string_view line, Poco::Net::HTTPRequest& request) {
    if (line.front() == ' ' || line.front() == '\t')
        throw malformed("A header field continues on a second line.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon)))
        throw malformed("A header field's name is empty, holds a character that no name may hold, or is not "
                        "followed by a colon at once.");
    const std::string_view value = trim(line.substr(colon + 1));
    if (!isFieldValue(value))
        throw malformed("A header field's value holds a control character.");
    request.add(std::string(line.substr(0, colon)), std::string(value));
}

/// The only value of a field that may stand once; nothing when it does not stand there.
std::optional<std::string_view> single(const Poco::Net::HTTPRequest& request, const std::string& name) {
    auto found = request.find(name);
    if (found == request.end())
        return std::nullopt;
    const std::string_view value = found->second;
    for (++found; found != request.end(); ++found)
        if (equalsIgnoreCase(found->first, name))
            throw malformed("The header field " + name + " stands more than once.");
    return value;
}

void checkHost(const Poco::Net::HTTPRequest& request, bool isVersion11) {
    const auto host = single(request, "Host");
    if (!host && isVersion11)
        throw malformed("The header field Host is missing.");
    if (host && !isHost(*host))
        throw malformed("The header field Host does not hold a host name or address with an optional port.");
}

void parseFraming(const Poco::Net::HTTPRequest& request, bool isVersion11, RequestHead& head) {
    const auto length = single(request, "Content-Length");
    const auto coding = single(request, "Transfer-Encoding");
    if (length && coding)
        throw malformed("Content-Length and Transfer-Encoding exclude each other.");
    if (coding) {
        if (!isVersion11 || !equalsIgnoreCase(*coding, "chunked"))
            throw malformed("The only transfer coding is chunked, and only in HTTP/1.1.");
        head.framing = BodyFraming::chunked;
    } else if (length) {
        const auto [end, error] =
            std::from_chars(length->data(), length->data() + length->size(), head.contentLength);
        if (!std::ranges::all_of(*length, isDigit) || error != std::errc{} ||
            end != length->data() + length->size())
            throw malformed("Content-Length is not a decimal number of bytes.");
        head.framing = BodyFraming::length;
    } // neither: there is no body (RFC 9112, 6.3)
}

void parseConnection(const Poco::Net::HTTPRequest& request, bool isVersion11, RequestHead& head) {
    bool close = false;
    bool keep = false;
    for (auto field = request.find("Connection"); field != request.end(); ++field) {
        if (!equalsIgnoreCase(field->first, "Connection"))
            continue;
        close = close || listHolds(field->second, "close");
        keep = keep || listHolds(field->second, "keep-alive");
    }
    // A POST without a length has no body (RFC 9112, 6.3). Should its sender have meant one all the same,
    // what follows must not become a request: the connection ends with the answer.
    const auto& method = request.getMethod();
    const bool mayHaveMeantABody = method == "POST" || method == "PUT" || method == "PATCH";
    const bool isClear = head.framing != BodyFraming::none || !mayHaveMeantABody;
    head.keepAlive = !close && isClear && (isVersion11 || keep);
}

void parseExpect(const Poco::Net::HTTPRequest& request, bool isVersion11, RequestHead& head) {
    const auto expect = single(request, "Expect");
    if (!expect || !isVersion11)
        return;
    if (!equalsIgnoreCase(*expect, "100-continue"))
        throw Problem(417, "expectation_failed", "The expectation cannot be met",
                      "The only expectation is 100-continue.");
    head.expectsContinue = true;
}

} // namespace

std::optional<std::size_t> HeadScanner::scan(std::string_view bytes, const HeadLimits& limits) {
    if (!bytes.empty() && !isTokenCharacter(bytes.front()))
        throw malformed("The request does not begin with a method. Is this TLS on a plain port?");
    const std::string_view head = bytes.substr(0, limits.bytes);
    for (auto end = head.find('\n', scanned_); end != std::string_view::npos;
         end = head.find('\n', end + 1)) {
        if (end == 0 || head[end - 1] != '\r')
            throw malformed("A line of the head ends in LF without CR.");
        if (end - lineStart_ == 1)
            return end + 1;
        if (++lines_ > limits.fields + 1)
            throw headTooLarge("The request has more than " + std::to_string(limits.fields) +
                               " header fields.");
        lineStart_ = end + 1;
    }
    scanned_ = head.size();
    // Method and version take at most 44 bytes of the request line.
    if (lines_ == 0 && head.size() > limits.target + 44)
        throw uriTooLong(limits);
    if (bytes.size() >= limits.bytes)
        throw headTooLarge("The request's head has more than " + std::to_string(limits.bytes) + " bytes.");
    return std::nullopt;
}

RequestHead parseRequestHead(std::string_view head, const HeadLimits& limits,
                             Poco::Net::HTTPRequest& request) {
    RequestHead result;
    bool isVersion11 = false;
    bool isFirst = true;
    while (!head.starts_with("\r\n")) {
        const auto end = head.find("\r\n");
        if (end == std::string_view::npos)
            throw malformed("The head is not complete.");
        const std::string_view line = head.substr(0, end);
        if (isFirst)
            isVersion11 = parseRequestLine(line, limits, request);
        else
            parseField(line, request);
        isFirst = false;
        head.remove_prefix(end + 2);
    }
    if (isFirst)
        throw malformed("The request line is empty.");
    checkHost(request, isVersion11);
    parseFraming(request, isVersion11, result);
    parseConnection(request, isVersion11, result);
    parseExpect(request, isVersion11, result);
    return result;
}

} // namespace coffer::host
