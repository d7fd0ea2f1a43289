#pragma once
#include <coffer/sdk/Plugin.h>

#include <coffer/testkit/Test.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>
