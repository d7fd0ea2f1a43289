// A plugin's file: whatever its bytes, it has a descriptor that is compared, or it is refused with a
// sentence.
#include "host/plugin/Compatibility.h"
#include "host/plugin/DescriptorReader.h"
#include "host/plugin/PluginRefused.h"
#include "tests/fuzz/Require.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

using namespace coffer;

namespace {

/// A file in memory that is written anew for each input; PluginFile opens it by its name, as it does a
/// plugin.
class InputFile {
public:
    InputFile() {
        std::string folder = "/dev/shm/coffer-fuzz-XXXXXX";
        fuzz::require(::mkdtemp(folder.data()) != nullptr);
        path_ = std::filesystem::path(folder) / "plugin.so";
        descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        fuzz::require(descriptor_ >= 0);
    }
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;
    ~InputFile() {
        ::close(descriptor_);
        std::filesystem::remove_all(path_.parent_path());
    }

    [[nodiscard]] host::PluginFile holding(std::string_view bytes) const {
        fuzz::require(::ftruncate(descriptor_, static_cast<off_t>(bytes.size())) == 0);
        fuzz::require(::pwrite(descriptor_, bytes.data(), bytes.size(), 0) ==
                      static_cast<ssize_t>(bytes.size()));
        return host::PluginFile(path_);
    }

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const InputFile input;
    try {
        const auto file = input.holding(fuzz::textOf(data, size));
        const auto descriptor = host::readDescriptor(file);
        fuzz::require(std::string_view(descriptor.magic.data(), descriptor.magic.size()) == descriptorMagic);
        for (const auto& service : host::neededServices(descriptor))
            fuzz::require(!service.empty() && service.size() <= descriptor.needs.size());
        host::checkCompatibility(descriptor, host::hostDescriptor());
        host::checkIdentity(descriptor);
        fuzz::require(host::isPluginId(host::textOf(descriptor.id)));
    } catch (const host::PluginRefused& refused) {
        for (const char c : std::string_view(refused.what())) // it goes into logs and answers as it stands
            fuzz::require(c >= ' ' && c <= '~');
        fuzz::require(*refused.what() != '\0');
    }
    return 0;
}
