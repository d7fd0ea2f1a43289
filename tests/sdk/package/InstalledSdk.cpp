#include "tests/sdk/package/InstalledSdk.h"

#include "tests/support/DaemonProcess.h"
#include "tests/support/Paths.h"

#include <sstream>

namespace coffer::test {

InstalledSdk::InstalledSdk() {
    for (const auto* component : {"sdk", "daemon"})
        shellOrFail("cmake --install " + buildPath("") + " --component " + component + " --prefix " +
                    prefix());
}

bool Said::has(const std::string& part) const {
    std::istringstream words(output);
    std::string line;
    for (std::string word; words >> word;)
        line += (line.empty() ? "" : " ") + word;
    return line.find(part) != std::string::npos;
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

Project::Project(const InstalledSdk& sdk, const std::string& cmakeLists, const std::string& source)
    : sdk_(sdk) {
    std::filesystem::create_directory(folder_ / "source");
    folder_.write("source/CMakeLists.txt",
                  "cmake_minimum_required(VERSION 3.25)\nproject(trial LANGUAGES CXX)\n" + cmakeLists);
    folder_.write("source/Plugin.cpp", source);
}

Project::Project(const InstalledSdk& sdk, const std::string& copyOfFolder) : sdk_(sdk) {
    std::filesystem::copy(copyOfFolder, folder_ / "source", std::filesystem::copy_options::recursive);
}

Said Project::configure() const {
    return shell("cmake -G Ninja -S " + source("") + " -B " + built("") +
                 " -DCMAKE_PREFIX_PATH=" + sdk_.prefix());
}

Said Project::build() const {
    auto said = configure();
    return said.status == 0 ? shell("cmake --build " + built("")) : said;
}

} // namespace coffer::test
