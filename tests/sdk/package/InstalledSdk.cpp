#include "tests/sdk/package/InstalledSdk.h"

#include "tests/support/DaemonProcess.h"
#include "tests/support/Paths.h"

namespace coffer::test {

InstalledSdk::InstalledSdk() {
    for (const auto* component : {"sdk", "daemon"})
        shellOrFail("cmake --install " + buildPath("") + " --component " + component + " --prefix " +
                    prefix());
}

const InstalledSdk& InstalledSdk::get() {
    static const InstalledSdk installed;
    return installed;
}

Said shell(const std::string& command) {
    Said said;
    said.status = runProgram({"/bin/bash", "-c", command}, &said.output);
    return said;
}

std::string shellOrFail(const std::string& command) {
    auto said = shell(command);
    CPPUNIT_ASSERT_EQUAL_MESSAGE(command + "\n" + said.output, 0, said.status);
    return std::move(said.output);
}

Project::Project(const std::string& cmakeLists, const std::string& source) {
    std::filesystem::create_directory(folder_ / "source");
    folder_.write("source/CMakeLists.txt",
                  "cmake_minimum_required(VERSION 3.25)\nproject(trial LANGUAGES CXX)\n" + cmakeLists);
    folder_.write("source/Plugin.cpp", source);
}

Project::Project(const std::string& copyOfFolder) {
    std::filesystem::copy(copyOfFolder, folder_ / "source", std::filesystem::copy_options::recursive);
}

Said Project::configure() const {
    return shell("cmake -G Ninja -S " + source("") + " -B " + built("") +
                 " -DCMAKE_PREFIX_PATH=" + InstalledSdk::get().prefix());
}

Said Project::build() const {
    auto said = configure();
    return said.status == 0 ? shell("cmake --build " + built("")) : said;
}

} // namespace coffer::test
