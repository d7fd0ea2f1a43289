#include "host/identity/Names.h"

namespace coffer::host {

Name acceptedName(std::string_view text, std::string_view field, NameLength length) {
    Problem problem = Problem::invalidFields();
    auto name = Name::check(text, length, field, problem);
    if (name && name->key.starts_with("system:"))
        problem.field(std::string(field), "reserved",
                      "Names that begin with \"system:\" stand for the daemon's own work.");
    if (!problem.fields().empty())
        throw problem;
    return std::move(*name);
}

} // namespace coffer::host
