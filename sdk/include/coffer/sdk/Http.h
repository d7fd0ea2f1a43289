#pragma once

#include <coffer/sdk/Authorization.h>
#include <coffer/sdk/Export.h>
#include <coffer/sdk/Field.h>
#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Storage.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Poco::Net {
class HTTPServerRequest;
}

namespace coffer {

/// The methods that a route can have.
enum class Method { get, post, put, patch, remove }; ///< HEAD and OPTIONS are answered by the host

[[nodiscard]] COFFER_API std::string_view toString(Method method) noexcept; ///< `GET`, ..., `DELETE`

/// Which workers run a handler. Each lane has its own workers and queue; a full one answers 503 with
/// Retry-After.
enum class Lane {
    fast, ///< waits for nothing but the database
    slow, ///< waits for the network; no organization gets more than a quarter of it
    bulk, ///< produces much
};

/// A large response body, pulled piece by piece while the caller takes it. Owned by the host once it is
/// returned.
class COFFER_API BodyProducer {
public:
    virtual ~BodyProducer();
    /// The next piece, 64 KiB or so; empty at the end. Runs on the server's producer threads, never two at a
    /// time. What it throws ends the connection, so that the caller sees that the body is not whole.
    [[nodiscard]] virtual std::string next() = 0;
};

/// What a handler answers; a value. The host adds the usual headers and sends it in one piece.
struct COFFER_API Response {
    int status = 200;                                         ///< HTTP status, 200-599
    std::string contentType = "application/json";             ///< with a charset where it is text
    std::string body;                                         ///< as it is sent
    std::vector<std::pair<std::string, std::string>> headers; ///< besides the usual ones
    std::shared_ptr<BodyProducer> producer;                   ///< instead of `body`
    /// The body shows a secret that is shown once: `Cache-Control: no-store`, and an Idempotency-Key replays
    /// it from a sealed copy for 10 minutes only.
    bool oneTimeSecret = false;

    /// A complete JSON text.
    [[nodiscard]] static Response json(std::string body, int status = 200);
    /// 201 with Location.
    [[nodiscard]] static Response created(std::string body, std::string location);
    /// 204.
    [[nodiscard]] static Response noContent();
    /// Adds a header. CR, LF and NUL are refused with std::invalid_argument.
    Response& header(std::string name, std::string value);
    /// Adds `ETag: "<version>"`.
    Response& version(std::int64_t version);
};

/// One request on its way through the host: who, what, and the way to the database. Made by the host, lives
/// until the handler has returned, used by the handler's thread only.
class COFFER_API RequestContext {
public:
    virtual ~RequestContext();

    /// Poco's request: headers, address. Its body has been read; stream() gives it again for mounted
    /// factories.
    [[nodiscard]] virtual Poco::Net::HTTPServerRequest& request() = 0;
    /// Who is calling.
    [[nodiscard]] virtual const Principal& principal() const noexcept = 0;
    /// Where the principal holds the route's permission. What lies outside does not exist: answer
    /// Problem::notFound().
    [[nodiscard]] virtual const OrganizationScope& scope() const noexcept = 0;
    /// Principal, address and request id, for background work that this request starts.
    [[nodiscard]] virtual const Origin& origin() const noexcept = 0;
    /// The segment that stands at `{name}` of the pattern, percent-decoded.
    [[nodiscard]] virtual std::string_view path(std::string_view name) const = 0;
    ///@{
    /// What was sent, checked against the route's Fields.
    [[nodiscard]] virtual const Values& query() const noexcept = 0;
    [[nodiscard]] virtual const Values& body() const noexcept = 0;
    ///@}
    /// The version in If-Match, when there is one. `If-Match: *` gives nothing. 412 is the service's to
    /// throw: requireVersion().
    [[nodiscard]] virtual std::optional<std::int64_t> ifMatch() const noexcept = 0;

    /// Says whom this request is about as soon as it is known, so that its refusal is shown to that
    /// organization, and the slow lane is shared fairly.
    virtual void concerns(std::int64_t organization) noexcept = 0;

    /// Runs in Storage::read().
    virtual void read(const std::function<void(Transaction&)>& closure) = 0;
    /// The one way to change something for a request: runs in Storage::write() on behalf of the principal.
    /// The response is kept for its Idempotency-Key in the same transaction. Call it at most once in a
    /// request.
    [[nodiscard]] virtual Response change(const std::function<Response(Transaction&)>& closure) = 0;

    /// As read(), with a result.
    template <class F>
    requires(!std::is_void_v<std::invoke_result_t<F&, Transaction&>>) [[nodiscard]] auto read(F closure)
        -> std::invoke_result_t<F&, Transaction&> {
        std::optional<std::invoke_result_t<F&, Transaction&>> result;
        read(std::function<void(Transaction&)>(
            [&](Transaction& transaction) { result.emplace(closure(transaction)); }));
        return std::move(*result);
    }
    /// path() as an id, 1 to 2^31-1. @throws Problem 404 when it is not one
    [[nodiscard]] std::int64_t pathId(std::string_view name) const;
    /// The scope of another permission of the same principal.
    [[nodiscard]] OrganizationScope scopeOf(std::string_view permission) const {
        return authorizedScope(principal(), permission);
    }
};

/// @throws Problem 412 `version_mismatch` when `expected` is given and differs
COFFER_API void requireVersion(std::optional<std::int64_t> expected, std::int64_t actual);

/// Answers one request; whatever it captures lives as long as the plugin.
using Handler = std::function<Response(RequestContext&)>;

/// One method on one path: everything the host needs to route, authorize, check, document and run it.
///
/// A route without summary, permission or (where something is answered) response fields does not register.
struct COFFER_API Route {
    Method method = Method::get; ///< one route for each method
    std::string pattern;    ///< below `/api/v1`: `/backup-credentials/{id}`; literal segments beat parameters
    std::string permission; ///< see authorizedScope()
    std::string summary;    ///< one line
    /// What it does, as the audit log names it: `backup-credential.lock`. Empty only for GET. A request that
    /// is refused (403, 409, 412, or 422 by a rule) is recorded under it, with the path's `{id}` as the
    /// object.
    std::string action;
    Handler
        handler; ///< runs on many threads at once; what it throws becomes a Problem (500 unless it is one)
    Lane lane = Lane::fast;        ///< whatever calls others over the network is `slow`
    std::size_t bodyLimit = 65536; ///< bytes; more is 413
    std::vector<Field> query;      ///< no other parameter is taken
    std::vector<Field> body;       ///< empty: the route takes no body
    std::vector<Field>
        response;            ///< of the success response; empty only with successStatus 204 or responseType
    int successStatus = 200; ///< of the response, for the OpenAPI document
    std::string responseType = "application/json"; ///< several with commas between, when the caller chooses
    std::string description;                       ///< more than a line, Markdown, for the OpenAPI document
};

} // namespace coffer
