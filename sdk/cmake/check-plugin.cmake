# Run after a plugin is linked: cofferd reads its descriptor from the file before it loads anything.
#   cmake -DPLUGIN=file.so -DREADELF=program -P check-plugin.cmake
execute_process(COMMAND ${READELF} --section-headers --wide ${PLUGIN} OUTPUT_VARIABLE sections RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PLUGIN}: its sections cannot be read with '${READELF}'; install binutils")
endif()
if(NOT sections MATCHES " coffer_plugin ")
  file(REMOVE ${PLUGIN}) # else the next build would take it for finished
  message(FATAL_ERROR "${PLUGIN} is no plugin: it has no descriptor. Say COFFER_PLUGIN(Class, \"id\", \"1.0.0\", "
    "\"description\", \"\") once, at file scope, in one of its SOURCES (#include <coffer/sdk/Descriptor.h>)")
endif()
