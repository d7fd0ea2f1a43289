// Names the public types that no function of the library takes or gives, so that the recorded ABI holds them
// as well.
#include <coffer/sdk/Descriptor.h>
#include <coffer/sdk/Plugin.h>

namespace coffer::abi {

struct Service {
    static constexpr const char* serviceId = "any";
};

COFFER_API void surface(const Descriptor&, const Lease<Service>&, const Migration&, const Rows&,
                        const Sample&) {}

} // namespace coffer::abi
