// The out-of-line destructors that anchor each interface's vtable and typeinfo in this one library, so that
// casts and exceptions work across plugins.
#include <coffer/sdk/Plugin.h>

namespace coffer {

AuditHook::~AuditHook() = default;
AuditSink::~AuditSink() = default;
BodyProducer::~BodyProducer() = default;
Config::~Config() = default;
Counter::~Counter() = default;
Gauge::~Gauge() = default;
Histogram::~Histogram() = default;
HostContext::~HostContext() = default;
Log::~Log() = default;
Metrics::~Metrics() = default;
Plugin::~Plugin() = default;
RequestContext::~RequestContext() = default;
ServiceGate::~ServiceGate() = default;
Statement::~Statement() = default;
Storage::~Storage() = default;
StorageAdapter::~StorageAdapter() = default;
Transaction::~Transaction() = default;

std::vector<Figure> StorageAdapter::figures(Transaction& /*transaction*/) const {
    return {};
}

ServiceGone::ServiceGone(std::string_view serviceId)
    : std::runtime_error("the service '" + std::string(serviceId) +
                         "' is not available: its plugin is stopped, disabled, quarantined or not loaded") {}
ServiceGone::~ServiceGone() = default;

} // namespace coffer
