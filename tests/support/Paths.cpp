#include "tests/support/Paths.h"

namespace coffer::test {

std::string sourcePath(const std::string& name) {
    return COFFER_SOURCE_DIR "/" + name;
}

std::string buildPath(const std::string& name) {
    return COFFER_BUILD_DIR "/" + name;
}

} // namespace coffer::test
