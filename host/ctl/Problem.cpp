#include "host/ctl/Problem.h"

#include "host/ctl/Text.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace coffer::ctl {

namespace {

JsonDocument problemIn(const HttpReply& reply) {
    try {
        JsonDocument document = parseJson(reply.body);
        if (document.IsObject())
            return document;
    } catch (const std::invalid_argument&) {
        // Something between here and the daemon answered in its own way.
    }
    return JsonDocument(rapidjson::kObjectType);
}

Exit exitFor(int status, const std::string& code) {
    if (code == "changed_meanwhile" || status == 412)
        return Exit::conflict;
    if (status == 503 || status == 429 || status == 502 || status == 504)
        return Exit::unreachable;
    // What something else than coffer finds or refuses says nothing about what was asked for.
    if (code.empty() || status < 400 || status >= 500)
        return Exit::unexpected;
    return status == 404 ? Exit::notFound : Exit::refused;
}

struct Advice {
    std::string_view code;
    std::string_view text;
};

/// What to do next, in commands: the daemon's own words name routes.
constexpr std::array advices{
    Advice{"authentication_required", "Log in: cofferctl login"},
    Advice{"invalid_token", "Log in again: cofferctl login"},
    Advice{"credential_locked", "cofferctl credentials unlock CREDENTIAL"},
    Advice{"credential_not_working", "cofferctl credentials probe CREDENTIAL shows what is wrong with it"},
    Advice{"no_default",
           "Name one with --credential, or choose a default: cofferctl credentials default CREDENTIAL"},
    Advice{"backup_enabled", "Add --disable-backup, or first: cofferctl backup disable PROJECT"},
    Advice{"plugin_disabled", "cofferctl plugins enable PLUGIN"},
};

std::string adviceFor(const std::string& code) {
    const auto found = std::ranges::find(advices, code, &Advice::code);
    return found == advices.end() ? std::string() : std::string(found->text);
}

void addLine(std::string& out, const std::string& line) {
    if (line.empty())
        return;
    if (!out.empty())
        out += '\n';
    out += line;
}

std::string secondsToWait(const HttpReply& reply) {
    for (const auto& [name, value] : reply.headers)
        if (folded(name) == "retry-after" && isNumber(value) && value.size() < 6)
            return value;
    return {};
}

/// How to take a project off a credential that is to be deleted.
std::string wayToRelease(const Json& project) {
    const auto id = text(project, "id");
    const auto owner = text(project, "owner");
    if (owner == "projects")
        return "cofferctl backup disable " + id;
    if (owner == "manual")
        return "cofferctl credentials release CREDENTIAL " + id;
    return "project " + id + " of " + owner + ", which releases it";
}

std::string detailOf(const HttpReply& reply, const Json& problem) {
    std::string out;
    addLine(out, text(problem, "detail"));
    if (text(problem, "code").empty())
        addLine(out, "Is it the address of a coffer daemon, https or http as it should be?");
    for (const Json* error : items(problem, "errors"))
        addLine(out, text(*error, "field") + ": " + text(*error, "detail"));
    if (const auto cause = text(problem, "cause"); !cause.empty())
        addLine(out, "Cause: " + cause);
    for (const Json* project : items(problem, "projects"))
        addLine(out, "- " + text(*project, "name") + ": " + wayToRelease(*project));
    if (const auto advice = adviceFor(text(problem, "code")); !advice.empty())
        addLine(out, "Next: " + advice);
    if (const auto seconds = secondsToWait(reply); !seconds.empty())
        addLine(out, "Next: try again in " + seconds + " s");
    if (const auto id = text(problem, "requestId"); !id.empty())
        addLine(out, "Request " + id);
    return out;
}

std::string titleOf(const HttpReply& reply, const Json& problem) {
    const auto title = text(problem, "title");
    return title.empty() ? "The server answered " + std::to_string(reply.status) + ", and not as coffer does"
                         : title;
}

} // namespace

ServerRefusal::ServerRefusal(const HttpReply& reply) : ServerRefusal(reply, problemIn(reply)) {}

ServerRefusal::ServerRefusal(const HttpReply& reply, const Json& problem)
    : Failure(exitFor(reply.status, text(problem, "code")), titleOf(reply, problem),
              detailOf(reply, problem)),
      status_(reply.status), code_(text(problem, "code")), cause_(text(problem, "cause")),
      retryAfter_(std::atoi(secondsToWait(reply).c_str())) {}

} // namespace coffer::ctl
