#include "tests/ctl/Scene.h"

namespace coffer::test {

Program Scene::administrator() {
    const std::string name = "Organization " + std::to_string(++organizations_);
    Program program({{"COFFER_SERVER", server()}, {"COFFER_TOKEN", daemon_.token()}});
    program.done({"organizations", "add", name});
    program.set("COFFER_ORGANIZATION", name);
    program.set("THE_ORGANIZATION", name);
    return program;
}

std::string Scene::organization(const Program& program) {
    for (const auto& variable : program.environment())
        if (const std::string prefix = "THE_ORGANIZATION="; variable.starts_with(prefix))
            return variable.substr(prefix.size());
    return {};
}

Program Scene::other(const Program& program, const std::string& role) {
    const std::string name = role + " " + std::to_string(++principals_);
    program.done({"principals", "add", name, "--role", role});
    std::string token = program.done({"tokens", "add", "test", "--principal", name});
    token.pop_back();
    return Program({{"COFFER_SERVER", server()},
                    {"COFFER_TOKEN", token},
                    {"COFFER_ORGANIZATION", organization(program)},
                    {"THE_ORGANIZATION", organization(program)}});
}

std::vector<std::string> Scene::keys(const std::string& accessKeyId) const {
    return {"--endpoint",      endpoint(),  "--region",      "us-east-1",
            "--access-key-id", accessKeyId, "--secret-file", "-"};
}

std::string Scene::addCredential(const Program& program, const std::string& name,
                                 const std::string& accessKeyId) {
    std::vector<std::string> arguments{"credentials", "add", name, "-o", "csv"};
    for (const auto& option : keys(accessKeyId))
        arguments.push_back(option);
    const std::string csv = program.done(arguments, secretKey + "\n");
    const auto line = csv.substr(csv.find('\n') + 1);
    return line.substr(0, line.find(','));
}

} // namespace coffer::test
