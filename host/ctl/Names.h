#pragma once

#include "host/ctl/Client.h"

#include <string>
#include <vector>

namespace coffer::ctl {

/// Finds things by what people call them. All digits is an id; `name:123` is the name 123; anything else is a
/// name, whatever the case of its letters. @throws Failure when there is none, or more than one: then it
/// lists their ids
class Names {
public:
    explicit Names(Client& client) : client_(client) {}

    /// All of these return the id.
    [[nodiscard]] std::string credential(const std::string& reference);
    [[nodiscard]] std::string project(const std::string& reference);
    [[nodiscard]] std::string organization(const std::string& reference);
    [[nodiscard]] std::string principal(const std::string& reference);
    [[nodiscard]] std::string robot(const std::string& reference);
    [[nodiscard]] std::string policy(const std::string& project, const std::string& reference);
    /// `tokens`: the path of whose they are.
    [[nodiscard]] std::string token(const std::string& tokens, const std::string& reference);

    /// The organization that was chosen with --organization or the profile; empty when none was.
    [[nodiscard]] std::string chosenOrganization();

private:
    struct Kind {
        std::string singular;
        std::string path;
        std::string listCommand;
        bool isSearchable = false;
    };
    [[nodiscard]] std::string find(const Kind& kind, const std::string& reference);

    Client& client_;
    std::string organization_;
};

} // namespace coffer::ctl
