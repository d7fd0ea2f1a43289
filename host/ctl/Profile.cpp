#include "host/ctl/Profile.h"

#include "host/ctl/Files.h"
#include "host/ctl/ServerAddress.h"
#include "host/ctl/Text.h"

#include <algorithm>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

namespace coffer::ctl {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::filesystem::path home() {
    if (const std::string folder = variable("HOME"); !folder.empty())
        return folder;
    const passwd* entry = ::getpwuid(::geteuid());
    if (entry && entry->pw_dir)
        return entry->pw_dir;
    throw UsageError("There is no home folder to keep profiles in", "Set HOME or XDG_CONFIG_HOME.");
}

} // namespace

std::string given(const Invocation& invocation, std::string_view option, const char* name) {
    return invocation.option(option).value_or(variable(name));
}

Secret givenToken(const Invocation& invocation, const Terminal& terminal) {
    const auto file = given(invocation, "token-file", "COFFER_TOKEN_FILE");
    const bool isFlag = invocation.has("token-file");
    if (const std::string token = variable("COFFER_TOKEN"); !token.empty() && !isFlag)
        return Secret(trimmed(token));
    if (file.empty())
        return {};
    Secret token = file == "-" ? terminal.readInput() : Secret(trimmed(readFile(file).reveal()));
    if (token.empty())
        throw UsageError("There is no token in " + (file == "-" ? std::string("standard input") : file));
    return token;
}

void requireProfileName(const std::string& name) {
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@";
    if (name.empty() || name.size() > 60 || name.find_first_not_of(allowed) != std::string::npos)
        throw UsageError("A profile cannot be called \"" + name + "\"",
                         "Take 1 to 60 letters, digits and - _ . @");
}

std::filesystem::path ProfileFile::path() {
    const std::string folder = variable("XDG_CONFIG_HOME");
    return (folder.empty() ? home() / ".config" : std::filesystem::path(folder)) / "coffer" / "config";
}

ProfileFile::ProfileFile() {
    if (!std::filesystem::exists(path()))
        return;
    requirePrivate(path());
    try {
        file_ = IniFile(readFile(path()).reveal());
    } catch (const std::invalid_argument& error) {
        throw Failure(Exit::usage, path().string() + " is not understood: " + error.what(),
                      "Correct it, or remove it and log in again.");
    }
}

std::vector<std::string> ProfileFile::names() const {
    std::vector<std::string> out;
    for (const auto& section : file_.sections())
        if (!section.name.empty())
            out.push_back(section.name);
    return out;
}

bool ProfileFile::has(const std::string& profile) const {
    return !profile.empty() && file_.find(profile) != nullptr;
}

std::string ProfileFile::current() const {
    const std::string chosen = file_.value("", "current");
    return has(chosen) ? chosen : std::string();
}

void ProfileFile::require(const std::string& profile) const {
    if (has(profile))
        return;
    const std::string meant = didYouMean(profile, names());
    throw Failure(Exit::notFound, "There is no profile \"" + profile + "\"",
                  names().empty() ? "Make one with: cofferctl login --server URL --profile " + profile
                  : meant.empty() ? "There are " + joined(names(), ", ")
                                  : meant);
}

Access ProfileFile::get(const std::string& profile) const {
    require(profile);
    return {profile, file_.value(profile, "server"), Secret(file_.value(profile, "token")),
            file_.value(profile, "organization"), file_.value(profile, "ca-file")};
}

void ProfileFile::store(const Access& access) {
    file_.set(access.profile, "server", access.server);
    file_.set(access.profile, "token", access.token.reveal());
    file_.set(access.profile, "organization", access.organization);
    file_.set(access.profile, "ca-file", access.caFile);
    file_.set("", "current", access.profile);
    save();
}

void ProfileFile::use(const std::string& profile) {
    require(profile);
    file_.set("", "current", profile);
    save();
}

void ProfileFile::forgetToken(const std::string& profile) {
    require(profile);
    file_.set(profile, "token", "");
    save();
}

void ProfileFile::remove(const std::string& profile) {
    require(profile);
    file_.remove(profile);
    if (file_.value("", "current") == profile)
        file_.set("", "current", names().empty() ? std::string() : names().front());
    save();
}

void ProfileFile::save() const {
    const auto folder = path().parent_path();
    if (!std::filesystem::exists(folder)) {
        std::filesystem::create_directories(folder);
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    }
    const Secret text("# Written by cofferctl login. It holds tokens: keep it to yourself.\n" + file_.text());
    writePrivateFile(path(), text.reveal());
}

Access accessFor(const Invocation& invocation, const Terminal& terminal) {
    std::string server = given(invocation, "server", "COFFER_SERVER");
    if (!server.empty())
        server = ServerAddress::parse(server).text();
    Secret token = givenToken(invocation, terminal);
    const std::string named = given(invocation, "profile", "COFFER_PROFILE");
    Access access;
    // Who names server and token needs no file, and does not suffer from a broken one.
    if (!named.empty() || server.empty() || token.empty()) {
        const ProfileFile profiles;
        const std::string profile = named.empty() ? profiles.current() : named;
        if (!profile.empty())
            access = profiles.get(profile);
    }
    if (!server.empty() && server != access.server)
        access = {.server = server};
    if (!token.empty())
        access.token = std::move(token);
    if (const auto organization = given(invocation, "organization", "COFFER_ORGANIZATION");
        !organization.empty())
        access.organization = organization;
    if (const auto file = given(invocation, "ca-file", "COFFER_CA_FILE"); !file.empty())
        access.caFile = std::filesystem::absolute(file).string();
    return access;
}

} // namespace coffer::ctl
