#include "host/ctl/Extensions.h"

#include "host/ctl/Profile.h"
#include "host/ctl/Text.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace coffer::ctl {

namespace {

constexpr std::string_view prefix = "cofferctl-";

bool isName(std::string_view name) {
    return !name.empty() && name.front() != '-' && name.find('/') == std::string_view::npos;
}

std::vector<std::filesystem::path> searchPath() {
    const char* path = std::getenv("PATH");
    std::vector<std::filesystem::path> out;
    for (const auto& folder : split(path ? path : "", ':'))
        // What lies in the folder where somebody happens to be is not asked for.
        if (folder.front() == '/')
            out.emplace_back(folder);
    return out;
}

std::string find(const std::string& name) {
    if (!isName(name))
        return {};
    for (const auto& folder : searchPath()) {
        const auto file = folder / (std::string(prefix) + name);
        if (std::filesystem::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0)
            return file.string();
    }
    return {};
}

void setVariable(const char* name, const std::string& value) {
    if (value.empty())
        ::unsetenv(name);
    else
        ::setenv(name, value.c_str(), 1);
}

void setVariables(const Request& request, const Terminal& terminal) {
    static const Command program{.path = "", .summary = ""};
    const Access access = accessFor(request.invocation.value_or(Invocation(program)), terminal);
    setVariable("COFFER_SERVER", access.server);
    setVariable("COFFER_TOKEN", access.token.reveal());
    setVariable("COFFER_TOKEN_FILE", "");
    setVariable("COFFER_ORGANIZATION", access.organization);
    setVariable("COFFER_CA_FILE", access.caFile);
    setVariable("COFFER_PROFILE", access.profile);
}

[[noreturn]] void unknown(const std::string& name) {
    std::vector<std::string> names = extensionNames();
    for (const Command* command : commandsIn(""))
        names.push_back(command->path);
    const std::string meant = didYouMean(name, names);
    throw UsageError("cofferctl has no command \"" + name + "\"",
                     (meant.empty() ? "" : meant + "\n") +
                         "cofferctl --help lists the commands. A program cofferctl-" + name +
                         " on the PATH would be one too.");
}

} // namespace

std::vector<std::string> extensionNames() {
    std::vector<std::string> names;
    for (const auto& folder : searchPath()) {
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
            const std::string file = entry.path().filename().string();
            const std::string name = file.starts_with(prefix) ? file.substr(prefix.size()) : std::string();
            if (!name.empty() && find(name) == entry.path().string())
                names.push_back(printable(name));
        }
    }
    std::ranges::sort(names);
    return names;
}

void runExtension(const Request& request, const Terminal& terminal) {
    const std::string& name = request.words.front();
    const std::string program = find(name);
    if (program.empty())
        unknown(name);
    setVariables(request, terminal);
    std::vector<std::string> words = request.words;
    words.front() = program;
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    ::execv(program.c_str(), arguments.data());
    throw Failure(Exit::unexpected, program + " cannot be run: " + std::strerror(errno));
}

} // namespace coffer::ctl
