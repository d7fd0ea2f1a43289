#pragma once

#include "host/ctl/Run.h"

#include <string>
#include <vector>

namespace coffer::ctl {

// One file of this folder for each.
[[nodiscard]] std::vector<Command> sessionCommands(); ///< login, logout
[[nodiscard]] std::vector<Command> profileCommands();
[[nodiscard]] std::vector<Command> statusCommands(); ///< status, whoami, version
[[nodiscard]] std::vector<Command> credentialCommands();
[[nodiscard]] std::vector<Command> credentialActionCommands(); ///< lock, default, probe, delete and the like
[[nodiscard]] std::vector<Command> credentialBulkCommands();   ///< export, and what add does with a file
[[nodiscard]] std::vector<Command> projectCommands();
[[nodiscard]] std::vector<Command> backupCommands();
[[nodiscard]] std::vector<Command> policyCommands();
[[nodiscard]] std::vector<Command> organizationCommands();
[[nodiscard]] std::vector<Command> principalCommands(); ///< with their roles and grants
[[nodiscard]] std::vector<Command> tokenCommands();
[[nodiscard]] std::vector<Command> robotCommands();
[[nodiscard]] std::vector<Command> auditCommands();
[[nodiscard]] std::vector<Command> pluginCommands();
[[nodiscard]] std::vector<Command> keyCommands();
[[nodiscard]] std::vector<Command> selfCommands(); ///< help, completion, man

/// `credential "nightly" (3)`.
[[nodiscard]] std::string called(const std::string& kind, const Json& row);
/// Gives what lies at `path` the name that the second argument says.
[[nodiscard]] Exit renameNamed(Run& run, const std::string& kind, const std::string& path,
                               const Shape& shape);
/// Asks, deletes what lies at `path`, and says what it was. The question ends in `restOfQuestion`.
[[nodiscard]] Exit removeNamed(Run& run, const std::string& kind, const std::string& path,
                               const Shape& shape, const std::string& restOfQuestion = "?",
                               const Query& query = {});
/// `--if-version`, for changes of what has a version.
[[nodiscard]] Option ifVersion();
/// What happened to something, newest first.
[[nodiscard]] const Shape& historyShape();

} // namespace coffer::ctl
