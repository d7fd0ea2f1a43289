#pragma once

#include <coffer/sdk/Export.h>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coffer {

/// One field of a request that was refused. It stands in the `errors` list of the problem document.
struct FieldError {
    std::string field;  ///< as the caller wrote it: `name`, or `query.limit` for a query parameter
    std::string code;   ///< stable, for programs: `too_short`, `immutable`, `unknown_field`
    std::string detail; ///< for people: what is wrong and what would be right
};

/// What a caller is told when a request is refused: RFC 9457 `application/problem+json`.
///
/// Throw it from a handler, a service or a Transaction's closure; the host rolls back and renders it. Values
/// only: it may be copied, stored and thrown on any thread. It must never hold a secret.
class COFFER_API Problem : public std::exception {
public:
    /// @param status  HTTP status, 400-599
    /// @param code    stable, snake_case, for programs: `credential_locked`
    /// @param title   short and always the same for one code: "The credential is locked"
    /// @param detail  about this occurrence, and what to do next
    Problem(int status, std::string code, std::string title, std::string detail);
    Problem(const Problem&) = default;
    Problem(Problem&&) noexcept = default;
    Problem& operator=(const Problem&) = default;
    Problem& operator=(Problem&&) noexcept = default;
    ~Problem() override;

    /// Adds a refused field.
    Problem& field(std::string name, std::string fieldCode, std::string fieldDetail);
    /// Adds an extension member (RFC 9457, 3.2); `json` is a complete JSON value.
    Problem& with(std::string member, std::string json);
    /// Adds a response header, for example Retry-After.
    Problem& header(std::string name, std::string value);

    ///@{
    /// As given to the constructor and the functions above.
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const std::string& code() const noexcept { return code_; }
    [[nodiscard]] const std::string& title() const noexcept { return title_; }
    [[nodiscard]] const std::string& detail() const noexcept { return detail_; }
    [[nodiscard]] const std::vector<FieldError>& fields() const noexcept { return fields_; }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& headers() const noexcept {
        return headers_;
    }
    ///@}
    /// Code and detail, for logs.
    [[nodiscard]] const char* what() const noexcept override;

    /// The document as sent. `type` is `urn:coffer:problem:` and the code.
    [[nodiscard]] std::string toJson(std::string_view requestId) const;

    /// The two that every plugin needs; both read the same whatever the reason, so that what belongs to
    /// others cannot be told from what does not exist.
    [[nodiscard]] static Problem notFound();
    /// 422 `invalid_fields`, to which field() adds.
    [[nodiscard]] static Problem invalidFields();
    /// 409 with a code of the caller's.
    [[nodiscard]] static Problem conflict(std::string code, std::string title, std::string detail);
    /// 503 with Retry-After in seconds.
    [[nodiscard]] static Problem unavailable(std::string code, std::string detail, int retryAfterSeconds);

private:
    int status_;
    std::string code_;
    std::string title_;
    std::string detail_;
    std::vector<FieldError> fields_;
    std::vector<std::pair<std::string, std::string>> members_;
    std::vector<std::pair<std::string, std::string>> headers_;
    std::string what_;
};

} // namespace coffer
