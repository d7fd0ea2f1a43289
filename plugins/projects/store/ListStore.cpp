#include "store/ListStore.h"

#include <coffer/sdk/Json.h>
#include <coffer/sdk/Text.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace coffer::projects::store {

namespace {

/// What rows are taken from: the index that is in the order asked for, the projects of few credentials, or
/// what the search index finds. The last two are sorted afterwards, unless by id.
enum class Driver { order, credentials, search };

/// So many rows at most are looked at one by one.
constexpr std::int64_t fewRows = 2000;
constexpr std::size_t trigram = 3;

struct OrderSql {
    std::string_view column;
    std::string_view everywhere; ///< how the table is walked in this order, all organizations
    std::string_view own;        ///< one organization
};

OrderSql sqlOf(Order order) {
    switch (order) {
    case Order::name:
        return {"p.name_key", "INDEXED BY projects_by_name", "INDEXED BY projects_own_name"};
    case Order::created:
        return {"p.created_at", "INDEXED BY projects_by_created", "INDEXED BY projects_own_created"};
    case Order::modified:
        return {"p.modified_at", "INDEXED BY projects_by_modified", "INDEXED BY projects_own_modified"};
    case Order::id:
        break;
    }
    return {"p.id", "NOT INDEXED", "INDEXED BY projects_by_organization"};
}

template <class Value>
std::string arrayOf(const std::vector<Value>& values) {
    JsonWriter json;
    json.beginArray();
    for (const auto& value : values)
        json.value(value);
    return json.endArray().take();
}

/// The terms of what somebody typed, as GLOB patterns; the longest, which is looked for in the index, first.
std::vector<std::string> patternsOf(std::string_view typed) {
    const std::string form = foldedText(typed).value_or("");
    constexpr std::string_view space = " \t\n\v\f\r";
    std::vector<std::string> terms;
    for (std::size_t at = form.find_first_not_of(space); at != std::string::npos;) {
        const std::size_t end = form.find_first_of(space, at);
        terms.push_back(form.substr(at, end - at));
        at = form.find_first_not_of(space, end);
    }
    std::ranges::stable_sort(terms, std::greater{}, [](const auto& term) { return codePoints(term); });
    std::vector<std::string> patterns;
    for (const auto& term : terms) {
        std::string pattern = "*";
        for (const char c : term)
            if (c == '*' || c == '?' || c == '[')
                (pattern += '[').append(1, c) += ']';
            else
                pattern += c;
        patterns.push_back(pattern + "*");
    }
    return patterns;
}

/// Everything that the statements of one list need. The parameters are always the same: 1 organization, 2
/// organizations, 3 key and 4 id of the position, 5 backed up, 6 credential, 7 suspended, 8 locked and 9 not
/// working credentials, 10 the other patterns, 11 the first, 12 the credentials that drive, 13 limit.
struct Plan {
    const Listing& listing;
    Driver driver = Driver::order;
    std::optional<std::string> organizations;
    std::string locked;
    std::string notWorking;
    std::optional<std::string> others;
    std::optional<std::string> pattern;
    std::string driving;

    [[nodiscard]] bool sorted() const noexcept { return listing.order != Order::id; }
};

/// Where a statement begins within the order: at its start, behind the position among rows with the same
/// key, or behind all of those.
enum class From { start, sameKey, nextKey };

/// The rule of whySuspended().
constexpr std::string_view isSuspended =
    "(ifnull(p.credential_id, 0) IN (SELECT value FROM json_each(?8)) OR (ifnull(p.overridden, 1) = 0 "
    "AND p.credential_id IN (SELECT value FROM json_each(?9))))";

std::string fromClause(const Plan& plan, bool oneOrganization) {
    switch (plan.driver) {
    case Driver::credentials:
        return "projects_project p INDEXED BY projects_by_credential "
               "WHERE p.credential_id IN (SELECT value FROM json_each(?12))";
    case Driver::search:
        return "projects_search s CROSS JOIN projects_project p ON p.id = s.rowid "
               "WHERE s.search_text GLOB ?11";
    case Driver::order:
        break;
    }
    const OrderSql order = sqlOf(plan.listing.order);
    return "projects_project p " + std::string(oneOrganization ? order.own : order.everywhere) + " WHERE 1";
}

std::string conditions(const Plan& plan, bool oneOrganization, From from) {
    const bool descending = plan.listing.descending;
    const std::string id = plan.driver == Driver::search && !plan.sorted() ? "s.rowid" : "p.id";
    const std::string key = plan.sorted() ? std::string(sqlOf(plan.listing.order).column) : id;
    std::string out = oneOrganization ? " AND p.organization = ?1"
                                      : " AND (?2 IS NULL OR p.organization IN (SELECT value FROM "
                                        "json_each(?2)))";
    if (from == From::sameKey)
        out += " AND " + key + " = ?3 AND " + id + (descending ? " < ?4" : " > ?4");
    else if (from == From::nextKey)
        out += " AND " + key + (descending ? " < " : " > ") + (plan.sorted() ? "?3" : "?4");
    out += " AND (?5 IS NULL OR (p.credential_id IS NOT NULL) = ?5)"
           " AND (?6 IS NULL OR p.credential_id = ?6) AND (?7 IS NULL OR ";
    return out.append(isSuspended) + " = ?7) AND (?11 IS NULL OR p.search_text GLOB ?11) "
                                     "AND (?10 IS NULL OR NOT EXISTS (SELECT 1 FROM json_each(?10) t "
                                     "WHERE p.search_text NOT GLOB t.value))";
}

std::string orderClause(const Plan& plan) {
    const std::string direction = plan.listing.descending ? " DESC" : "";
    if (!plan.sorted())
        return (plan.driver == Driver::search ? " ORDER BY s.rowid" : " ORDER BY p.id") + direction;
    return " ORDER BY " + std::string(sqlOf(plan.listing.order).column) + direction + ", p.id" + direction;
}

Rows run(Transaction& transaction, const std::string& sql, const Plan& plan,
         std::optional<std::int64_t> organization, std::int64_t limit) {
    const ProjectFilter& filter = plan.listing.filter;
    const Position after = plan.listing.after.value_or(Position{});
    return std::visit(
        [&](const auto& key) {
            return transaction.query(sql, organization, plan.organizations, key, after.id, filter.backedUp,
                                     filter.credential, filter.suspended, plan.locked, plan.notWorking,
                                     plan.others, plan.pattern, plan.driving, limit);
        },
        after.key);
}

void collect(Transaction& transaction, const Plan& plan, std::optional<std::int64_t> organization, From from,
             std::size_t most, std::vector<Position>& out) {
    const std::string sql = "SELECT p.id, " + std::string(sqlOf(plan.listing.order).column) + " FROM " +
                            fromClause(plan, organization.has_value()) +
                            conditions(plan, organization.has_value(), from) + orderClause(plan) +
                            " LIMIT ?13";
    Rows rows = run(transaction, sql, plan, organization, static_cast<std::int64_t>(most));
    while (rows.next()) {
        Position position{{}, rows.integer(0)};
        if (plan.listing.order == Order::name)
            position.key = rows.string(1);
        else
            position.key = rows.integer(1);
        out.push_back(std::move(position));
    }
}

/// At most `most` positions, in order, behind the listing's position.
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
    const OrganizationScope& scope = plan.listing.filter.scope;
    if (scope.all || plan.driver != Driver::order)
        return {std::nullopt};
    return {scope.organizations.begin(), scope.organizations.end()};
}

Total matching(Transaction& transaction, const Plan& plan) {
    std::int64_t sum = 0;
    for (const auto organization : runs(plan)) {
        const std::string sql = "SELECT count(*) FROM (SELECT 1 FROM " +
                                fromClause(plan, organization.has_value()) +
                                conditions(plan, organization.has_value(), From::start) + " LIMIT ?13)";
        Rows row = run(transaction, sql, plan, organization, exactUpTo + 1 - sum);
        sum += row.next() ? row.integer(0) : 0;
        if (sum > exactUpTo)
            return {exactUpTo, false};
    }
    return {sum, true};
}

Plan planFor(const Listing& listing) {
    const ProjectFilter& filter = listing.filter;
    Plan plan{listing,
              Driver::order,
              {},
              arrayOf(filter.credentials.locked),
              arrayOf(filter.credentials.notWorking),
              {},
              {},
              {}};
    if (!filter.scope.all)
        plan.organizations = arrayOf(filter.scope.organizations);
    if (auto patterns = patternsOf(listing.search); !patterns.empty()) {
        plan.pattern = std::move(patterns.front());
        patterns.erase(patterns.begin());
        if (!patterns.empty())
            plan.others = arrayOf(patterns);
    }
    std::vector<std::int64_t> driving = filter.credentials.locked;
    driving.insert(driving.end(), filter.credentials.notWorking.begin(), filter.credentials.notWorking.end());
    if (filter.credential)
        driving = {*filter.credential};
    plan.driving = arrayOf(driving);
    return plan;
}

} // namespace

std::int64_t count(Transaction& transaction, const ProjectFilter& filter) {
    std::optional<std::string> organizations;
    if (!filter.scope.all)
        organizations = arrayOf(filter.scope.organizations);
    Rows row = transaction.query(
        "SELECT ifnull(sum(n), 0) FROM projects_count c "
        "WHERE (?1 IS NULL OR c.organization IN (SELECT value FROM json_each(?1))) "
        "AND (?2 IS NULL OR (c.credential_id <> 0) = ?2) AND (?3 IS NULL OR c.credential_id = ?3) "
        "AND (?4 IS NULL OR (c.credential_id IN (SELECT value FROM json_each(?5)) OR (c.overridden = 0 "
        "AND c.credential_id IN (SELECT value FROM json_each(?6)))) = ?4)",
        organizations, filter.backedUp, filter.credential, filter.suspended,
        arrayOf(filter.credentials.locked), arrayOf(filter.credentials.notWorking));
    return row.next() ? row.integer(0) : 0;
}

ListedIds list(Transaction& transaction, const Listing& listing) {
    ListedIds page;
    if (listing.filter.scope.empty())
        return page;
    Plan plan = planFor(listing);
    const std::int64_t filtered = count(transaction, listing.filter);
    page.total = {filtered, true};
    const bool many = count(transaction, {listing.filter.scope, {}, {}, {}, {}}) > fewRows;
    const bool byCredential = listing.filter.credential || listing.filter.suspended.value_or(false);
    if (many && byCredential && filtered <= fewRows)
        plan.driver = Driver::credentials;
    else if (many && plan.pattern && codePoints(*plan.pattern) >= trigram + 2)
        plan.driver = Driver::search;
    if (plan.pattern)
        page.total = matching(transaction, plan);
    // What the order's own index meets often enough need not be sorted.
    if (plan.driver == Driver::search && plan.sorted() && !page.total.exact)
        plan.driver = Driver::order;

    std::vector<Position> found;
    for (const auto organization : runs(plan))
        std::ranges::move(positions(transaction, plan, organization, listing.limit + 1),
                          std::back_inserter(found));
    const auto before = [&](const Position& left, const Position& right) {
        const auto a = std::tie(left.key, left.id);
        const auto b = std::tie(right.key, right.id);
        return listing.descending ? b < a : a < b;
    };
    std::ranges::sort(found, before);
    if (found.size() > listing.limit) {
        found.resize(listing.limit);
        page.next = found.back();
    }
    for (const auto& position : found)
        page.ids.push_back(position.id);
    return page;
}

} // namespace coffer::projects::store
