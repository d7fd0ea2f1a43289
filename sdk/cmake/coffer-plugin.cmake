# What this project holds itself to; coffer_add_plugin(... WARNINGS) holds a plugin to it too.
set(COFFER_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns of overlapping copies inside std::string that are none (GCC bug 105651).
  list(APPEND COFFER_WARNINGS -Wno-restrict)
endif()

# Where this file lies, in the tree or installed: its neighbours lie there too.
set(COFFER_CMAKE_FOLDER ${CMAKE_CURRENT_LIST_DIR})

# coffer_add_plugin(NAME SOURCES file... [LINK library...] [CONSOLE folder] [OUTPUT directory] [WARNINGS] [FORMAT])
#
# A shared library NAME.so that cofferd can load: no `lib` before its name, hidden visibility, every symbol resolved when
# it is linked and again when it is loaded, with a plugin descriptor in it, and writable by its owner only.
#   CONSOLE   the folder with the files of its pages of the web console; NAME.console beside the library leads there, so
#             that what is changed in it is seen without a build. Install it there under that name, as a folder.
#   WARNINGS  compiles with the warnings that coffer holds itself to, as errors
#   FORMAT    adds the test NAME-format, which fails where a source differs from coffer's .clang-format, and the target
#             NAME-format, which rewrites the sources. Needs clang-format 14 or newer.
function(coffer_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WARNINGS;FORMAT" "CONSOLE;OUTPUT" "SOURCES;LINK")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "coffer_add_plugin(${name}): name its SOURCES")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "coffer_add_plugin(${name}): what is '${arg_UNPARSED_ARGUMENTS}'? It takes SOURCES, LINK, CONSOLE, OUTPUT, WARNINGS and FORMAT")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  if(TARGET coffer::coffer-sdk)
    target_link_libraries(${name} PRIVATE coffer::coffer-sdk)
    target_compile_options(${name} PRIVATE ${COFFER_SDK_FLAGS})
    target_link_options(${name} PRIVATE ${COFFER_SDK_FLAGS})
  else()
    target_link_libraries(${name} PRIVATE coffer-sdk)
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_options(${name} PRIVATE -Wl,-z,now -Wl,-z,relro -Wl,--no-undefined)
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
  if(arg_OUTPUT)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT})
  endif()
  if(arg_WARNINGS)
    target_compile_options(${name} PRIVATE ${COFFER_WARNINGS})
  endif()
  if(arg_FORMAT)
    coffer_format(${name})
  endif()
  if(arg_CONSOLE)
    coffer_console(${name} ${arg_CONSOLE})
  endif()
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DPLUGIN=$<TARGET_FILE:${name}> -DREADELF=${CMAKE_READELF} -P ${COFFER_CMAKE_FOLDER}/check-plugin.cmake
    COMMAND chmod go-w $<TARGET_FILE:${name}> $<TARGET_FILE_DIR:${name}>
    VERBATIM)
endfunction()

# coffer_console(TARGET FOLDER): with each build, so that a file that came since then is writable by its owner only, too.
function(coffer_console target folder)
  get_filename_component(folder ${folder} ABSOLUTE)
  if(NOT IS_DIRECTORY ${folder})
    message(FATAL_ERROR "coffer_add_plugin(${target}): CONSOLE names ${folder}, and there is no such folder")
  endif()
  add_custom_target(${target}-console ALL
    COMMAND ${CMAKE_COMMAND} -E make_directory $<TARGET_FILE_DIR:${target}>
    COMMAND ${CMAKE_COMMAND} -E create_symlink ${folder} $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.console
    COMMAND find ${folder} ! -type l -perm /022 -exec chmod go-w {} +
    VERBATIM)
  add_dependencies(${target} ${target}-console)
endfunction()

# coffer_format(TARGET): the test TARGET-format and the target TARGET-format, over all sources of TARGET.
function(coffer_format target)
  find_program(COFFER_CLANG_FORMAT clang-format)
  if(NOT COFFER_CLANG_FORMAT)
    message(FATAL_ERROR "${target}: FORMAT needs clang-format; run `apt-get install clang-format`, or leave FORMAT out")
  endif()
  get_target_property(sources ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(command ${COFFER_CLANG_FORMAT} --style=file:${COFFER_FORMAT_STYLE})
  if(NOT CMAKE_TESTING_ENABLED)
    message(FATAL_ERROR "${target}: FORMAT adds a test; say enable_testing() before")
  endif()
  add_test(NAME ${target}-format COMMAND ${command} --dry-run --Werror ${sources} WORKING_DIRECTORY ${folder})
  add_custom_target(${target}-format COMMAND ${command} -i ${sources} WORKING_DIRECTORY ${folder} VERBATIM)
endfunction()

# coffer_add_plugin_test(NAME PLUGIN target SOURCES file... [LINK library...])
#
# A program of CppUnit tests and a CTest of the same name. The plugin's own sources, include directories, definitions and
# libraries come from its target, which coffer_add_plugin() made, so that the test can use testkit::linkedPlugin() and
# every class of the plugin. CppUnit is found with pkg-config. An argument runs the tests whose names contain it.
function(coffer_add_plugin_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PLUGIN" "SOURCES;LINK")
  if(NOT arg_SOURCES OR NOT TARGET "${arg_PLUGIN}")
    message(FATAL_ERROR "coffer_add_plugin_test(${name}): name its SOURCES, and the PLUGIN that coffer_add_plugin() made")
  endif()
  if(NOT CMAKE_TESTING_ENABLED)
    message(FATAL_ERROR "coffer_add_plugin_test(${name}): say enable_testing() before")
  endif()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(CPPUNIT REQUIRED IMPORTED_TARGET cppunit)
  if(TARGET coffer::coffer-testkit)
    set(testkit coffer::coffer-testkit)
    file(GLOB main ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/testkit-main/*.cpp)
  else()
    set(testkit coffer-testkit)
    file(GLOB main ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../testkit/main/*.cpp)
  endif()
  get_target_property(folder ${arg_PLUGIN} SOURCE_DIR)
  get_target_property(sources ${arg_PLUGIN} SOURCES)
  list(TRANSFORM sources PREPEND ${folder}/ REGEX "^[^/]")
  add_executable(${name} ${main} ${arg_SOURCES} ${sources})
  target_compile_features(${name} PRIVATE cxx_std_20)
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${name} PRIVATE $<TARGET_PROPERTY:${arg_PLUGIN},INCLUDE_DIRECTORIES>)
  target_compile_definitions(${name} PRIVATE $<TARGET_PROPERTY:${arg_PLUGIN},COMPILE_DEFINITIONS>)
  target_compile_options(${name} PRIVATE ${COFFER_SDK_FLAGS})
  target_link_options(${name} PRIVATE ${COFFER_SDK_FLAGS})
  get_target_property(libraries ${arg_PLUGIN} LINK_LIBRARIES)
  target_link_libraries(${name} PRIVATE ${testkit} ${libraries} ${arg_LINK} PkgConfig::CPPUNIT)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
