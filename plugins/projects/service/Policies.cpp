#include "service/Policies.h"

#include "schedule/Namespaces.h"
#include "schedule/TimeZone.h"
#include "service/AuditEvents.h"
#include "service/Problems.h"
#include "store/PolicyStore.h"

#include <coffer/sdk/Http.h>

namespace coffer::projects {

namespace {

Policy found(Transaction& transaction, std::int64_t project, std::int64_t id) {
    auto policy = store::findPolicy(transaction, project, id);
    if (!policy)
        throw Problem::notFound();
    return std::move(*policy);
}

void checkName(Transaction& transaction, const Policy& policy) {
    const auto taken = store::idOfPolicyName(transaction, policy.project, policy.nameKey);
    if (taken && *taken != policy.id)
        throw nameTaken("policy of this project", policy.name);
}

Policy merged(Policy policy, const PolicyWish& wish) {
    if (wish.name) {
        policy.name = wish.name->text;
        policy.nameKey = wish.name->key;
    }
    policy.cron = wish.cron.value_or(policy.cron);
    policy.timeZone = wish.timeZone.value_or(policy.timeZone);
    policy.retention = wish.retention.value_or(policy.retention);
    policy.included = wish.included.value_or(policy.included);
    policy.excluded = wish.excluded.value_or(policy.excluded);
    Problem problem = Problem::invalidFields();
    checkNamespaces(policy.included, policy.excluded, problem);
    if (!problem.fields().empty())
        throw problem;
    return policy;
}

bool equal(const Policy& left, const Policy& right) {
    return left.name == right.name && left.cron == right.cron && left.timeZone == right.timeZone &&
           left.retention == right.retention && left.included == right.included &&
           left.excluded == right.excluded;
}

} // namespace

PolicyPage Policies::page(Transaction& transaction, std::int64_t project, const Access& access,
                          std::int64_t after, std::size_t limit) const {
    const Project owner = projects_.get(transaction, project, access);
    PolicyPage page{store::policies(transaction, project, after, limit + 1), std::nullopt, owner.policyCount};
    if (page.items.size() > limit) {
        page.items.resize(limit);
        page.next = Position{page.items.back().id, page.items.back().id};
    }
    return page;
}

Policy Policies::get(Transaction& transaction, std::int64_t project, std::int64_t id,
                     const Access& access) const {
    (void)projects_.get(transaction, project, access);
    return found(transaction, project, id);
}

Policy Policies::create(Transaction& transaction, std::int64_t project, const PolicyWish& wish,
                        const Access& access) const {
    const Project owner = projects_.get(transaction, project, access);
    if (owner.policyCount >= static_cast<std::int64_t>(mostPolicies))
        throw tooManyPolicies();
    Policy policy;
    policy.project = owner.id;
    policy.timeZone = TimeZone::utc().name();
    policy.retention = settings_.defaultRetention;
    policy.created = policy.modified = {transaction.now(), transaction.origin().principalName};
    policy = merged(std::move(policy), wish);
    checkName(transaction, policy);
    policy.id = store::insertPolicy(transaction, policy);
    transaction.record(eventOfChange(owner, "create-policy", nullptr, &policy));
    return policy;
}

Policy Policies::update(Transaction& transaction, std::int64_t project, std::int64_t id,
                        const PolicyWish& wish, const Access& access,
                        std::optional<std::int64_t> ifMatch) const {
    const Project owner = projects_.get(transaction, project, access);
    const Policy before = found(transaction, project, id);
    requireVersion(ifMatch, before.version);
    Policy after = merged(before, wish);
    checkName(transaction, after);
    if (equal(before, after))
        return before;
    after.modified = {transaction.now(), transaction.origin().principalName};
    ++after.version;
    store::updatePolicy(transaction, after);
    transaction.record(eventOfChange(owner, "update-policy", &before, &after));
    return after;
}

void Policies::remove(Transaction& transaction, std::int64_t project, std::int64_t id, const Access& access,
                      std::optional<std::int64_t> ifMatch) const {
    const Project owner = projects_.get(transaction, project, access);
    const Policy policy = found(transaction, project, id);
    requireVersion(ifMatch, policy.version);
    store::removePolicy(transaction, id);
    transaction.record(eventOfChange(owner, "delete-policy", &policy, nullptr));
}

} // namespace coffer::projects
