#include <coffer/sdk/Console.h>

#include <stdexcept>

namespace coffer {

Console::~Console() = default;

Console& console(HostContext& host) {
    auto* found = dynamic_cast<Console*>(&host);
    if (!found)
        throw std::logic_error("this host has no console");
    return *found;
}

} // namespace coffer
