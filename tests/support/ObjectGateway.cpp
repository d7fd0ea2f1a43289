#include "tests/support/ObjectGateway.h"

#include "tests/support/Paths.h"
#include "tests/support/TemporaryFolder.h"

#include <array>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace coffer::test {

namespace {

std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

/// @returns what the script printed @throws std::runtime_error when it fails
std::string runScript(const std::vector<std::string>& arguments) {
    std::string command = quoted(sourcePath("scripts/object-gateway"));
    for (const std::string& argument : arguments)
        command += " " + quoted(argument);
    std::FILE* pipe = popen(command.c_str(), "re");
    if (!pipe)
        throw std::runtime_error("cannot run " + command);
    std::string output;
    std::array<char, 4096> buffer;
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), size);
    if (pclose(pipe) != 0)
        throw std::runtime_error("failed: " + command);
    return output;
}

} // namespace

ObjectGateway::ObjectGateway(Transport transport) {
    std::vector<std::string> arguments{"start", "--owner", std::to_string(getpid())};
    if (transport == Transport::tls)
        arguments.emplace_back("--tls");
    std::istringstream lines(runScript(arguments));
    constexpr std::size_t prefix = sizeof("export ") - 1;
    for (std::string line; std::getline(lines, line);) {
        const auto equals = line.find('=');
        const std::string name = line.substr(prefix, equals - prefix);
        const std::string value = line.substr(equals + 1);
        if (name == "GATEWAY_FOLDER")
            folder_ = value;
        else if (name == "GATEWAY_ENDPOINT")
            endpoint_ = value;
        else if (name == "GATEWAY_REGION")
            region_ = value;
        else if (name == "GATEWAY_CERTIFICATE")
            certificate_ = readFile(value);
        else if (name == "AWS_ACCESS_KEY_ID")
            accessKeyId_ = value;
        else if (name == "AWS_SECRET_ACCESS_KEY")
            secretAccessKey_ = value;
    }
}

ObjectGateway::~ObjectGateway() {
    try {
        runScript({"stop", folder_});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
}

void ObjectGateway::createUser(const std::string& user, const std::string& accessKeyId,
                               const std::string& secretAccessKey) const {
    admin({"user", "create", "--uid=" + user, "--display-name=" + user, "--access-key=" + accessKeyId,
           "--secret-key=" + secretAccessKey});
}

void ObjectGateway::suspendUser(const std::string& user) const {
    admin({"user", "suspend", "--uid=" + user});
}

void ObjectGateway::enableUser(const std::string& user) const {
    admin({"user", "enable", "--uid=" + user});
}

void ObjectGateway::removeUser(const std::string& user) const {
    admin({"user", "rm", "--uid=" + user});
}

void ObjectGateway::rotateKey(const std::string& user, const std::string& accessKeyId,
                              const std::string& secretAccessKey) const {
    admin({"key", "create", "--uid=" + user, "--key-type=s3", "--access-key=" + accessKeyId,
           "--secret-key=" + secretAccessKey});
}

std::string ObjectGateway::admin(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"admin", folder_};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return runScript(all);
}

} // namespace coffer::test
