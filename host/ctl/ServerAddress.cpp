#include "host/ctl/ServerAddress.h"

#include "host/ctl/Failure.h"
#include "host/ctl/Text.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace coffer::ctl {

namespace {

[[noreturn]] void refuse(const std::string& url, const std::string& why) {
    throw UsageError("\"" + url + "\" is no address of a daemon: " + why,
                     "Write it as https://host or https://host:port.");
}

std::string lowerCase(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

} // namespace

ServerAddress ServerAddress::parse(const std::string& url) {
    std::string rest = lowerCase(trimmed(url));
    ServerAddress out;
    out.secure = rest.starts_with("https://");
    if (!out.secure && !rest.starts_with("http://"))
        refuse(url, "it begins with neither https:// nor http://");
    rest.erase(0, rest.find("//") + 2);
    if (!rest.empty() && rest.back() == '/')
        rest.pop_back();
    if (rest.find_first_of("/?#@") != std::string::npos)
        refuse(url, "something stands before or behind host and port");
    const auto bracket = rest.find(']');
    const auto colon = rest.find(':', bracket == std::string::npos ? 0 : bracket);
    out.port = out.secure ? 443 : 80;
    if (colon != std::string::npos) {
        const char* end = rest.data() + rest.size();
        const auto [last, error] = std::from_chars(rest.data() + colon + 1, end, out.port);
        if (error != std::errc() || last != end || out.port == 0)
            refuse(url, "the port is no number from 1 to 65535");
        rest.erase(colon);
    }
    if (bracket != std::string::npos && rest.front() == '[')
        rest = rest.substr(1, bracket - 1);
    if (rest.empty() || rest.find_first_of("[] \t") != std::string::npos)
        refuse(url, "there is no host in it");
    out.host = rest;
    return out;
}

bool ServerAddress::isLoopback() const {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string ServerAddress::text() const {
    std::string out = secure ? "https://" : "http://";
    out += host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (secure ? 443 : 80) ? out : out + ":" + std::to_string(port);
}

} // namespace coffer::ctl
