#pragma once

#include <coffer/sdk/Export.h>

#include <stdexcept>
#include <string>

namespace coffer {

/// A change that the database itself refused. Thrown by Transaction::execute() and Rows::next(); a store
/// turns the ones it expects into a Problem. The statement that caused it has changed nothing, and the
/// closure may go on. One that leaves the closure undoes the whole of it.
class COFFER_API ConstraintViolation : public std::runtime_error {
public:
    /// Which kind of rule refused it.
    enum class Kind {
        unique,     ///< also of a primary key; constraint() reads `table.column, table.column`
        foreignKey, ///< constraint() is empty; what is deferred is found when the closure has returned
        check,      ///< constraint() is its name, or its expression when it has none
        notNull,    ///< constraint() reads `table.column`
        trigger,    ///< RAISE(ABORT, ...); constraint() is its message
    };

    /// Made by the host.
    ConstraintViolation(Kind kind, std::string constraint);
    ConstraintViolation(const ConstraintViolation&) = default;
    ConstraintViolation& operator=(const ConstraintViolation&) = default;
    ~ConstraintViolation() override;

    ///@{
    /// Which rule: its kind, and as Kind says its name.
    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& constraint() const noexcept { return constraint_; }
    ///@}

private:
    Kind kind_;
    std::string constraint_;
};

} // namespace coffer
