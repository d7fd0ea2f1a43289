#pragma once

#include "service/Access.h"
#include "service/Credential.h"
#include "service/Credentials.h"

#include <coffer/sdk/Storage.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coffer::backup_credentials {

/// One page of the projects of a credential.
struct ProjectPage {
    std::vector<ProjectUse> items;
    std::optional<std::string> nextCursor;
    std::int64_t total = 0;
};

/// Which projects back up with which credentials: the rules, as in Credentials.
class Associations {
public:
    static constexpr std::size_t longestProjectId = 64;
    static constexpr std::size_t longestProjectName = 200;

    explicit Associations(const Credentials& credentials) : credentials_(credentials) {}

    /// @throws Problem 422 for a cursor that is none
    [[nodiscard]] ProjectPage page(Transaction& transaction, std::int64_t credential, const Access& access,
                                   const std::optional<std::string>& cursor, std::size_t limit) const;

    struct Outcome {
        ProjectUse use;
        bool already = false;
    };

    /// By hand, over HTTP. Once more with another name changes the name.
    [[nodiscard]] Outcome associateByHand(Transaction& transaction, std::int64_t credential,
                                          const Access& access, const std::string& projectId,
                                          const std::string& name) const;
    /// @throws Problem 409 `associated_by_plugin` when only plugins associated it
    void releaseByHand(Transaction& transaction, std::int64_t credential, const Access& access,
                       std::string_view projectId) const;

    /// For a sibling plugin, which has looked at its caller's permissions itself. It may name another owner
    /// than itself no more than HTTP may: `manual` is refused.
    [[nodiscard]] Outcome associate(Transaction& transaction, const Credential& credential,
                                    const std::string& owner, const std::string& projectId,
                                    const std::string& name) const;
    /// @returns false when there was nothing to release
    bool release(Transaction& transaction, const Credential& credential, const std::string& owner,
                 std::string_view projectId) const;

    /// @throws Problem 422 naming the field
    static void checkProject(std::string_view projectId, std::string_view name);

private:
    const Credentials& credentials_;
};

} // namespace coffer::backup_credentials
