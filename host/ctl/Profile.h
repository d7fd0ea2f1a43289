#pragma once

#include "host/ctl/CommandLine.h"
#include "host/ctl/IniFile.h"
#include "host/ctl/Secret.h"
#include "host/ctl/Terminal.h"

#include <filesystem>
#include <string>
#include <vector>

namespace coffer::ctl {

/// Where cofferctl works, and as whom.
struct Access {
    std::string profile{}; ///< its name; empty when none has a part in it
    std::string server{};
    Secret token{};
    std::string organization{}; ///< a name or an id; empty: none chosen
    std::string caFile{};
};

/// `~/.config/coffer/config`: what `cofferctl login` stored, for its owner only.
class ProfileFile {
public:
    /// @throws Failure when others can read it, or it is not understood
    ProfileFile();

    [[nodiscard]] static std::filesystem::path path();
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] bool has(const std::string& profile) const;
    /// Which one is used unless told; empty when there is none.
    [[nodiscard]] std::string current() const;
    /// @throws Failure when there is no such profile
    [[nodiscard]] Access get(const std::string& profile) const;

    void store(const Access& access);
    void use(const std::string& profile);
    /// Forgets its token, and keeps the rest.
    void forgetToken(const std::string& profile);
    void remove(const std::string& profile);

private:
    void require(const std::string& profile) const;
    void save() const;

    IniFile file_;
};

/// Flags win over COFFER_* variables, these over the profile. A profile's token goes to the profile's server
/// only: with another --server there is none.
[[nodiscard]] Access accessFor(const Invocation& invocation, const Terminal& terminal);

/// The value of the option, else of the variable; empty when neither is given.
[[nodiscard]] std::string given(const Invocation& invocation, std::string_view option, const char* variable);

/// The token of --token-file, COFFER_TOKEN or COFFER_TOKEN_FILE; empty when there is none of them.
[[nodiscard]] Secret givenToken(const Invocation& invocation, const Terminal& terminal);

/// @throws UsageError when a profile cannot be called that
void requireProfileName(const std::string& name);

} // namespace coffer::ctl
