// A request's head: where it ends does not depend on how its bytes arrive, and what is taken is unambiguous.
#include "host/http/RequestHead.h"
#include "tests/fuzz/Require.h"

#include <coffer/sdk/Problem.h>

#include <string>

using namespace coffer;

namespace {

constexpr host::HeadLimits limits{.bytes = 2048, .fields = 16, .target = 512};

/// The length of the head, or minus the status of the refusal; 0 while it is not complete.
long scan(std::string_view bytes, std::size_t step) {
    host::HeadScanner scanner;
    try {
        for (std::size_t arrived = std::min(step, bytes.size());;
             arrived = std::min(arrived + step, bytes.size())) {
            if (const auto length = scanner.scan(bytes.substr(0, arrived), limits))
                return static_cast<long>(*length);
            if (arrived == bytes.size())
                return 0;
        }
    } catch (const Problem& problem) {
        return -problem.status();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view bytes = fuzz::textOf(data, size).substr(1);
    const long length = scan(bytes, bytes.size() + 1);
    const long inPieces = scan(bytes, data[0] % 32U + 1U);
    // A hopeless head is refused at the first piece that shows it; whether it is taken is the same.
    fuzz::require(inPieces == length || (inPieces < 0 && length < 0));
    if (length <= 0)
        return 0;
    const auto head = bytes.substr(0, static_cast<std::size_t>(length));
    fuzz::require(head.ends_with("\n"));
    Poco::Net::HTTPRequest request;
    try {
        const auto read = host::parseRequestHead(head, limits, request);
        fuzz::require(request.getURI().starts_with('/') || request.getURI() == "*");
        fuzz::require(request.getURI().find_first_of(" \r\n\t#") == std::string::npos);
        fuzz::require(read.framing == host::BodyFraming::length || read.contentLength == 0);
        for (const auto& [name, value] : request)
            fuzz::require(!name.empty() &&
                          value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    } catch (const Problem& problem) {
        fuzz::require(problem.status() >= 400 && problem.status() < 600 && !problem.code().empty());
    }
    return 0;
}
