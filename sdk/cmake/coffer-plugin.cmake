# coffer_add_plugin(NAME SOURCES file... [LINK library...] [OUTPUT directory])
#
# A shared library that cofferd can load: no `lib` before its name, hidden visibility, every symbol resolved when it is
# linked and again when it is loaded.
function(coffer_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;LINK")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "coffer_add_plugin(${name}): name its SOURCES")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  if(TARGET coffer::coffer-sdk)
    target_link_libraries(${name} PRIVATE coffer::coffer-sdk)
  else()
    target_link_libraries(${name} PRIVATE coffer-sdk)
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_options(${name} PRIVATE -Wl,-z,now -Wl,--no-undefined)
  set_target_properties(${name} PROPERTIES
    PREFIX "" CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON POSITION_INDEPENDENT_CODE ON)
  if(arg_OUTPUT)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT})
  endif()
endfunction()
