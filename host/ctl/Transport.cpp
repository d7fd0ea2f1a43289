#include "host/ctl/Transport.h"

#include "host/ctl/Failure.h"

#include <dlfcn.h>

namespace coffer::ctl {

std::unique_ptr<Transport> openTransport(const TransportOptions& options) {
    // Found by this program's RUNPATH. Never closed: its libraries have threads and handlers of their own.
    void* module = ::dlopen("cofferctl-http.so", RTLD_NOW | RTLD_LOCAL);
    void* symbol = module ? ::dlsym(module, transportFactoryName) : nullptr;
    if (!symbol)
        throw Failure(Exit::unexpected, "cofferctl is not installed whole", ::dlerror());
    return std::unique_ptr<Transport>(reinterpret_cast<TransportFactory*>(symbol)(options));
}

} // namespace coffer::ctl
