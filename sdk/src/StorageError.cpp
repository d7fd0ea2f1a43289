#include <coffer/sdk/StorageError.h>

#include <utility>

namespace coffer {

namespace {

std::string sentence(ConstraintViolation::Kind kind, const std::string& constraint) {
    switch (kind) {
    case ConstraintViolation::Kind::unique:
        return "not unique: " + constraint;
    case ConstraintViolation::Kind::foreignKey:
        return "a reference leads nowhere, or what is referred to would go";
    case ConstraintViolation::Kind::check:
        return "the check " + constraint + " does not hold";
    case ConstraintViolation::Kind::notNull:
        return "a value is missing: " + constraint;
    case ConstraintViolation::Kind::trigger:
        break;
    }
    return constraint;
}

} // namespace

ConstraintViolation::ConstraintViolation(Kind kind, std::string constraint)
    : std::runtime_error(sentence(kind, constraint)), kind_(kind), constraint_(std::move(constraint)) {}

ConstraintViolation::~ConstraintViolation() = default;

} // namespace coffer
