#include "host/ctl/Transport.h"

#include "host/ctl/Failure.h"

#include <dlfcn.h>
#include <filesystem>

namespace coffer::ctl {

std::unique_ptr<Transport> openTransport(const TransportOptions& options) {
    // Where it is installed beside this program, and nowhere that the environment could name.
    const auto file = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
                      "lib/coffer/cofferctl-http.so";
    // Never closed: its libraries have threads and handlers of their own.
    void* module = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = module ? ::dlsym(module, transportFactoryName) : nullptr;
    if (!symbol)
        throw Failure(Exit::unexpected, "cofferctl is not installed whole", ::dlerror());
    return std::unique_ptr<Transport>(reinterpret_cast<TransportFactory*>(symbol)(options));
}

} // namespace coffer::ctl
