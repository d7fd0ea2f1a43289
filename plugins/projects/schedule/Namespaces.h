#pragma once

#include <coffer/sdk/Problem.h>

#include <string>
#include <vector>

namespace coffer::projects {

/// Checks which namespaces of a cluster a policy backs up: names of namespaces (RFC 1123 labels), none twice,
/// none both included and excluded, and at least one list not empty. Adds what is wrong to `problem`, under
/// `includedNamespaces` or `excludedNamespaces`, with the codes `required`, `invalid_namespace`, `duplicate`,
/// `overlap`.
void checkNamespaces(const std::vector<std::string>& includedNames,
                     const std::vector<std::string>& excludedNames, Problem& problem);

} // namespace coffer::projects
