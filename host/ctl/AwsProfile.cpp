#include "host/ctl/AwsProfile.h"

#include "host/ctl/Failure.h"
#include "host/ctl/Files.h"
#include "host/ctl/IniFile.h"
#include "host/ctl/Text.h"

#include <cstdlib>
#include <filesystem>

namespace coffer::ctl {

namespace {

std::filesystem::path place(const char* variable, const char* usual) {
    if (const char* chosen = std::getenv(variable); chosen && *chosen)
        return chosen;
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home ? home : "/") / ".aws" / usual;
}

IniFile read(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
        return {};
    try {
        return IniFile(readFile(file).reveal());
    } catch (const std::invalid_argument& error) {
        throw Failure(Exit::usage, file.string() + " is not understood: " + error.what());
    }
}

std::string firstOf(std::initializer_list<std::string> values) {
    for (const auto& value : values)
        if (!value.empty())
            return value;
    return {};
}

[[noreturn]] void noSuchProfile(const std::string& name, const IniFile& credentials) {
    std::vector<std::string> names;
    for (const auto& section : credentials.sections())
        if (!section.name.empty())
            names.push_back(section.name);
    throw Failure(Exit::notFound, "AWS has no profile \"" + name + "\"",
                  names.empty() ? "There are no profiles in " +
                                      place("AWS_SHARED_CREDENTIALS_FILE", "credentials").string()
                                : "There are " + joined(names, ", "));
}

} // namespace

AwsProfile readAwsProfile(const std::string& name) {
    const IniFile credentials = read(place("AWS_SHARED_CREDENTIALS_FILE", "credentials"));
    const IniFile config = read(place("AWS_CONFIG_FILE", "config"));
    const std::string section = name == "default" && config.find("default") ? name : "profile " + name;
    if (!credentials.find(name) && !config.find(section))
        noSuchProfile(name, credentials);
    const auto value = [&](const char* key) {
        return firstOf({credentials.value(name, key), config.value(section, key)});
    };
    AwsProfile out{value("aws_access_key_id"), Secret(value("aws_secret_access_key")), value("region"), {}};
    if (!value("aws_session_token").empty())
        throw Failure(Exit::refused, "The keys of the AWS profile \"" + name + "\" are temporary",
                      "They would stop working within hours. Make an access key for a user instead.");
    if (out.accessKeyId.empty() || out.secretAccessKey.empty())
        throw Failure(
            Exit::refused, "The AWS profile \"" + name + "\" holds no keys of its own",
            "A role, single sign-on or a credential process cannot be stored. Make an access key for "
            "a user instead.");
    const std::string services = "services " + config.value(section, "services");
    out.endpoint =
        firstOf({config.value(services, "s3.endpoint_url"), value("s3.endpoint_url"), value("endpoint_url")});
    if (out.endpoint.empty() && !out.region.empty())
        out.endpoint = "https://s3." + out.region + ".amazonaws.com";
    return out;
}

} // namespace coffer::ctl
