#include "store/ListStore.h"

#include "store/CredentialStore.h"

#include <coffer/sdk/Problem.h>
#include <coffer/sdk/Text.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>
#include <variant>

namespace coffer::backup_credentials::store {

using search::Listing;
using search::Order;
using search::Page;

namespace {

/// What rows are taken from: an index that is in the order asked for, of all rows or only of the locked or of
/// those not valid; or a filter that leaves few rows, which are then sorted.
enum class Driver { order, lockedInOrder, notValidInOrder, lock, validation, defaults, project, search };

/// A filter that leaves at most so many rows is taken first.
constexpr std::int64_t fewRows = 2000;

struct OrderSql {
    std::string_view expression;
    std::string_view index; ///< what the names of its indexes end with
};

OrderSql sqlOf(Order order) {
    switch (order) {
    case Order::name:
        return {"c.name_key", "name"};
    case Order::accessKeyId:
        return {"c.access_key_id", "key"};
    case Order::endpoint:
        return {"c.endpoint", "endpoint"};
    case Order::region:
        return {"c.region", "region"};
    case Order::created:
        return {"c.created_at", "created"};
    case Order::modified:
        return {"c.modified_at", "modified"};
    case Order::id:
        break;
    }
    return {"c.id", "id"};
}

/// Everything one statement needs. The parameters are always the same: 1 organization, 2 key and 3 id of the
/// position, 4 locked, 5 validation, 6 project, 7 search expression, 8 default, 9 limit.
struct Plan {
    const Listing& listing;
    Driver driver;
    std::optional<std::string> match; ///< FTS5 expression, scope included

    [[nodiscard]] bool sorted() const noexcept { return listing.sort.order != Order::id; }
    /// Whether the search index alone tells which credentials match: each look at one of them costs more.
    [[nodiscard]] bool searchOnly() const noexcept {
        return driver == Driver::search && !listing.locked && !listing.validation && !listing.isDefault;
    }
};

/// Where a statement begins within the order: at its start, behind the position among rows with the same
/// key, or behind all of those.
enum class From { start, sameKey, nextKey };

/// How the table is walked in the order asked for.
std::string walk(const Plan& plan, bool oneOrganization) {
    const auto index = [&](std::string_view kind) {
        std::string out = "INDEXED BY backup_credentials_";
        return out.append(kind).append(sqlOf(plan.listing.sort.order).index);
    };
    // The conditions of partial indexes, word for word: SQLite takes them for nothing less.
    if (plan.driver == Driver::lockedInOrder)
        return index("locked_by_") + " WHERE c.locked_at IS NOT NULL";
    if (plan.driver == Driver::notValidInOrder)
        return index("not_valid_by_") + " WHERE c.validation_state <> 'valid' AND c.validation_state = ?5";
    if (plan.sorted())
        return index(oneOrganization ? "own_" : "by_") + " WHERE 1";
    return oneOrganization ? "INDEXED BY backup_credentials_by_organization WHERE 1" : "NOT INDEXED WHERE 1";
}

/// What gives the rows: `s` of the search index, `c` of the table.
/// @param whole  whether `c` is read from, besides for filters
std::string fromClause(const Plan& plan, bool oneOrganization, bool whole) {
    const std::string table = "backup_credentials_credential c ";
    switch (plan.driver) {
    case Driver::lock:
        return table + "INDEXED BY backup_credentials_by_lock WHERE c.locked_at IS NOT NULL";
    case Driver::validation:
        return table + "INDEXED BY backup_credentials_by_validation WHERE c.validation_state = ?5";
    case Driver::defaults:
        return "backup_credentials_default d CROSS JOIN " + table + "ON c.id = d.credential_id WHERE 1";
    case Driver::project:
        return "(SELECT DISTINCT credential_id FROM backup_credentials_association WHERE project_id = ?6) p "
               "CROSS JOIN " +
               table + "ON c.id = p.credential_id WHERE 1";
    case Driver::search:
        return "backup_credentials_search s " +
               (whole || !plan.searchOnly() ? "CROSS JOIN " + table + "ON c.id = s.rowid " : "") +
               "WHERE s.backup_credentials_search MATCH ?7";
    case Driver::order:
    case Driver::lockedInOrder:
    case Driver::notValidInOrder:
        break;
    }
    return table + walk(plan, oneOrganization);
}

std::string_view idColumn(const Plan& plan) {
    return plan.driver == Driver::search && !plan.sorted() ? "s.rowid" : "c.id";
}

std::string conditions(const Plan& plan, bool oneOrganization, From from) {
    const bool descending = plan.listing.sort.descending;
    const std::string id(idColumn(plan));
    const std::string key(sqlOf(plan.listing.sort.order).expression);
    std::string out = oneOrganization ? " AND c.organization = ?1" : "";
    if (from == From::sameKey)
        out += " AND " + key + " = ?2 AND " + id + (descending ? " < ?3" : " > ?3");
    else if (from == From::nextKey)
        out += " AND " + (plan.sorted() ? key : id) + (descending ? " < " : " > ") +
               (plan.sorted() ? "?2" : "?3");
    if (plan.searchOnly())
        return out;
    const Listing& listing = plan.listing;
    if (listing.locked && plan.driver != Driver::lock)
        out += " AND (c.locked_at IS NOT NULL) = ?4";
    if (listing.validation && plan.driver != Driver::validation)
        out += " AND c.validation_state = ?5";
    if (listing.projectId && plan.driver != Driver::project)
        out += " AND EXISTS (SELECT 1 FROM backup_credentials_association a "
               "WHERE a.credential_id = c.id AND a.project_id = ?6)";
    if (plan.match && plan.driver != Driver::search)
        out += " AND EXISTS (SELECT 1 FROM backup_credentials_search "
               "WHERE backup_credentials_search MATCH ?7 AND rowid = c.id)";
    if (listing.isDefault && plan.driver != Driver::defaults)
        out += " AND EXISTS (SELECT 1 FROM backup_credentials_default e WHERE e.credential_id = c.id) = ?8";
    return out;
}

std::string orderClause(const Plan& plan) {
    const std::string direction = plan.listing.sort.descending ? " DESC" : "";
    if (!plan.sorted())
        return (plan.driver == Driver::search ? " ORDER BY s.rowid" : " ORDER BY c.id") + direction;
    return " ORDER BY " + std::string(sqlOf(plan.listing.sort.order).expression) + direction + ", c.id" +
           direction;
}

Rows run(Transaction& transaction, const std::string& sql, const Plan& plan,
         std::optional<std::int64_t> organization, std::int64_t limit) {
    const Listing& listing = plan.listing;
    std::optional<std::string> validation;
    if (listing.validation)
        validation = std::string(toString(*listing.validation));
    const Position after = listing.after.value_or(Position{});
    return std::visit(
        [&](const auto& key) {
            return transaction.query(sql, organization, key, after.id, listing.locked, validation,
                                     listing.projectId, plan.match, listing.isDefault, limit);
        },
        after.key);
}

void collect(Transaction& transaction, const Plan& plan, std::optional<std::int64_t> organization, From from,
             std::size_t most, std::vector<Position>& out) {
    const std::string id(idColumn(plan));
    const std::string key(plan.sorted() ? sqlOf(plan.listing.sort.order).expression : id);
    const std::string sql =
        "SELECT " + id + ", " + key + " FROM " + fromClause(plan, organization.has_value(), plan.sorted()) +
        conditions(plan, organization.has_value(), from) + orderClause(plan) + " LIMIT ?9";
    const bool text = plan.listing.sort.order != Order::id && plan.listing.sort.order != Order::created &&
                      plan.listing.sort.order != Order::modified;
    Rows rows = run(transaction, sql, plan, organization, static_cast<std::int64_t>(most));
    while (rows.next()) {
        Position position;
        position.id = rows.integer(0);
        if (text)
            position.key = rows.string(1);
        else
            position.key = rows.integer(1);
        out.push_back(std::move(position));
    }
}

/// At most `most` positions of one organization (or all), in order, behind the listing's position.
std::vector<Position> positions(Transaction& transaction, const Plan& plan,
                                std::optional<std::int64_t> organization, std::size_t most) {
    std::vector<Position> out;
    if (!plan.listing.after) {
        collect(transaction, plan, organization, From::start, most, out);
        return out;
    }
    if (plan.sorted())
        collect(transaction, plan, organization, From::sameKey, most, out);
    if (out.size() < most)
        collect(transaction, plan, organization, From::nextKey, most - out.size(), out);
    return out;
}

/// The organizations that a statement has to be run for, one by one: none when one statement does for all.
std::vector<std::optional<std::int64_t>> runs(const Plan& plan) {
    std::vector<std::optional<std::int64_t>> out;
    if (plan.listing.scope.all || plan.driver == Driver::search)
        return {std::nullopt};
    for (const auto organization : plan.listing.scope.organizations)
        out.emplace_back(organization);
    return out;
}

std::int64_t countOf(Transaction& transaction, const OrganizationScope& scope, std::string_view kind) {
    if (scope.all)
        return count(transaction, 0, kind);
    std::int64_t sum = 0;
    for (const auto organization : scope.organizations)
        sum += count(transaction, organization, kind);
    return sum;
}

Driver driverFor(Transaction& transaction, const Listing& listing, bool searched) {
    if (listing.projectId)
        return Driver::project;
    if (listing.isDefault.value_or(false))
        return Driver::defaults;
    const auto few = [&](std::string_view kind) {
        return countOf(transaction, listing.scope, kind) <= fewRows;
    };
    const bool inOrder = listing.scope.all && !searched;
    if (listing.locked.value_or(false)) {
        if (inOrder)
            return Driver::lockedInOrder;
        if (few("locked"))
            return Driver::lock;
    }
    if (listing.validation) {
        if (inOrder && *listing.validation != ValidationState::valid)
            return Driver::notValidInOrder;
        if (few(toString(*listing.validation)))
            return Driver::validation;
    }
    return searched ? Driver::search : Driver::order;
}

/// From the counters, where these can tell.
std::optional<std::int64_t> counted(Transaction& transaction, const Plan& plan) {
    const Listing& listing = plan.listing;
    if (plan.match || listing.projectId || listing.isDefault)
        return std::nullopt;
    if (listing.locked && listing.validation)
        return std::nullopt;
    if (listing.validation)
        return countOf(transaction, listing.scope, toString(*listing.validation));
    if (!listing.locked)
        return countOf(transaction, listing.scope, "total");
    const std::int64_t locked = countOf(transaction, listing.scope, "locked");
    return *listing.locked ? locked : countOf(transaction, listing.scope, "total") - locked;
}

Total totalOf(Transaction& transaction, const Plan& plan) {
    if (const auto known = counted(transaction, plan))
        return {*known, true};
    std::int64_t sum = 0;
    for (const auto organization : runs(plan)) {
        const std::string sql = "SELECT count(*) FROM (SELECT 1 FROM " +
                                fromClause(plan, organization.has_value(), false) +
                                conditions(plan, organization.has_value(), From::start) + " LIMIT ?9)";
        Rows row = run(transaction, sql, plan, organization, search::exactUpTo + 1 - sum);
        if (row.next())
            sum += row.integer(0);
        if (sum > search::exactUpTo)
            return {search::exactUpTo, false};
    }
    return {sum, true};
}

} // namespace

std::vector<search::NamedOrganization> organizations(Transaction& transaction,
                                                     const OrganizationScope& scope) {
    std::vector<search::NamedOrganization> out;
    const auto take = [&](const Rows& row) {
        out.push_back({row.integer(0), foldedText(row.text(1)).value_or("")});
    };
    if (scope.all) {
        Rows rows = transaction.query("SELECT id, name FROM organization");
        while (rows.next())
            take(rows);
        return out;
    }
    for (const auto organization : scope.organizations) {
        Rows row = transaction.query("SELECT id, name FROM organization WHERE id = ?", organization);
        if (row.next())
            take(row);
    }
    return out;
}

Page list(Transaction& transaction, const Listing& listing) {
    Page page;
    if (listing.scope.empty())
        return page;
    std::optional<std::string> match;
    if (const auto terms = search::terms(listing.search); !terms.empty())
        match = search::expression(terms, listing.scope, organizations(transaction, listing.scope));
    const Plan plan{listing, driverFor(transaction, listing, match.has_value()), match};
    page.total = totalOf(transaction, plan);
    if (plan.match && plan.sorted() && !page.total.exact)
        throw Problem::invalidFields().field(
            "query.sort", "too_many_matches",
            "More than 1000 credentials match this search, too many to be sorted by " +
                listing.sort.toString() + ". Search for more, or sort by id.");

    const auto statements = runs(plan);
    std::vector<Position> found;
    for (const auto organization : statements)
        std::ranges::move(positions(transaction, plan, organization, listing.limit + 1),
                          std::back_inserter(found));
    const auto before = [&](const Position& left, const Position& right) {
        const auto a = std::tie(left.key, left.id);
        const auto b = std::tie(right.key, right.id);
        return listing.sort.descending ? b < a : a < b;
    };
    if (statements.size() > 1)
        std::ranges::sort(found, before);
    if (found.size() > listing.limit) {
        found.resize(listing.limit);
        page.next = found.back();
    }
    for (const auto& position : found)
        page.ids.push_back(position.id);
    return page;
}

} // namespace coffer::backup_credentials::store
