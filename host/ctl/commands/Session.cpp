#include "host/ctl/ServerAddress.h"
#include "host/ctl/Text.h"
#include "host/ctl/commands/Commands.h"

namespace coffer::ctl {

namespace {

constexpr const char* usualServer = "http://127.0.0.1:8420";

Access accessToStore(Run& run) {
    const std::string named = given(run.invocation(), "profile", "COFFER_PROFILE");
    const std::string profile = named.empty() ? "default" : named;
    requireProfileName(profile);
    const ProfileFile profiles;
    const std::string known = profiles.has(profile) ? profiles.get(profile).server : std::string();
    std::string server = given(run.invocation(), "server", "COFFER_SERVER");
    if (server.empty())
        server = run.terminal().canAsk() ? run.terminal().ask("Server", known.empty() ? usualServer : known)
                                         : known;
    if (server.empty())
        throw UsageError("--server is missing", "cofferctl login --server https://host:port");
    // accessFor() reads the profile, which need not be there yet.
    Access access{.profile = profile, .server = ServerAddress::parse(server).text()};
    access.organization = given(run.invocation(), "organization", "COFFER_ORGANIZATION");
    if (const auto file = given(run.invocation(), "ca-file", "COFFER_CA_FILE"); !file.empty())
        access.caFile = std::filesystem::absolute(file).string();
    access.token = givenToken(run.invocation(), run.terminal());
    if (access.token.empty())
        access.token =
            run.terminal().canAsk() ? run.terminal().askSecret("Token") : run.terminal().readInput();
    if (access.token.empty())
        throw UsageError("There is no token in standard input", "Give it with --token-file FILE.");
    return access;
}

Exit login(Run& run) {
    const Access access = accessToStore(run);
    const auto address = ServerAddress::parse(access.server);
    if (!address.secure && !address.isLoopback())
        run.terminal().note("Warning: " + access.server +
                            " is not https: whoever is on the way can read the token.");
    Client client(access, run.terminal(), {});
    const JsonDocument me = client.get("/whoami");
    if (!access.organization.empty())
        (void)Names(client).chosenOrganization();
    ProfileFile profiles;
    profiles.store(access);
    run.terminal().write("Logged in to " + access.server + " as " + printable(text(me, "name")) +
                         "; stored as profile \"" + access.profile + "\" in " + ProfileFile::path().string() +
                         ".\n");
    return Exit::done;
}

Exit logout(Run& run) {
    ProfileFile profiles;
    const std::string named = given(run.invocation(), "profile", "COFFER_PROFILE");
    const std::string profile = named.empty() ? profiles.current() : named;
    if (profile.empty())
        throw Failure(Exit::notFound, "Nobody is logged in");
    profiles.forgetToken(profile);
    run.terminal().write("The token of profile \"" + profile +
                         "\" is forgotten. It stays valid until it is revoked: cofferctl tokens revoke.\n");
    return Exit::done;
}

} // namespace

std::vector<Command> sessionCommands() {
    return {
        {.path = "login",
         .summary = "Check a token and store it with its server",
         .description = "Asks for the token without showing it, or reads it from --token-file or standard "
                        "input, asks the "
                        "daemon whose it is, and stores both as a profile in ~/.config/coffer/config, which "
                        "only you can "
                        "read. A robot logs in with its access key id and secret, written as one: ID:SECRET.",
         .examples =
             {{"cofferctl login --server https://coffer.example:8420", "asks for the token"},
              {"cofferctl login --server https://coffer.example:8420 --profile work --organization Acme "
               "--token-file token",
               "a second profile, with an organization to work in"},
              {"cofferctl login --server http://127.0.0.1:8420 --token-file build/data/administrator.token",
               "the daemon that scripts/run started"}},
         .run = login},
        {.path = "logout",
         .summary = "Forget the token of a profile",
         .description =
             "The profile's server stays. The token itself stays valid: revoke it with cofferctl tokens "
             "revoke.",
         .run = logout},
    };
}

} // namespace coffer::ctl
