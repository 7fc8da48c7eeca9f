# The core and what is embedded in it.
file(GLOB core_sources CONFIGURE_DEPENDS core/*.c core/ops/*.c core/machines/*.c)
file(GLOB sql_files CONFIGURE_DEPENDS core/sql/*.sql)
file(GLOB text_files CONFIGURE_DEPENDS core/texts/*.json)

set(embedded)
foreach(file IN LISTS sql_files text_files)
  cmake_path(GET file STEM stem)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME kind)
  set(symbol "${kind}_${stem}")
  set(output "${CMAKE_BINARY_DIR}/embedded/${symbol}.c")
  add_custom_command(OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DINPUT=${file}" -DSYMBOL=${symbol} "-DOUTPUT=${output}"
            -P "${CMAKE_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS "${file}" "${CMAKE_SOURCE_DIR}/cmake/embed.cmake" VERBATIM)
  list(APPEND embedded "${output}")
endforeach()

# The zone table, from the time zones of the system that builds. The folder's own time is when they
# were installed; the files in it carry the day on which they were packed.
set(DESK_ZONEINFO_DIR /usr/share/zoneinfo CACHE PATH "Folder with compiled time zones")
find_program(DESK_NODE NAMES node nodejs REQUIRED)
if(NOT EXISTS "${DESK_ZONEINFO_DIR}/Europe/Warsaw")
  message(FATAL_ERROR "no time zones in ${DESK_ZONEINFO_DIR}: run node tools/setup.mjs --build")
endif()
set(zone_table "${CMAKE_BINARY_DIR}/embedded/zone_table.c")
set(zone_tools "${CMAKE_SOURCE_DIR}/tools/zones.mjs" "${CMAKE_SOURCE_DIR}/tools/zones/rule.mjs")
add_custom_command(OUTPUT "${zone_table}"
  COMMAND ${DESK_NODE} "${CMAKE_SOURCE_DIR}/tools/zones.mjs" "${DESK_ZONEINFO_DIR}" "${zone_table}"
  DEPENDS ${zone_tools} "${DESK_ZONEINFO_DIR}" VERBATIM)

add_library(desk_objects OBJECT ${core_sources} ${embedded} "${zone_table}")
target_include_directories(desk_objects PUBLIC core)
target_link_libraries(desk_objects PUBLIC sqlite cjson)
# A product and a sum are rounded twice on every processor, also where it could do both at once.
target_compile_options(desk_objects PRIVATE ${warnings} -ffp-contract=off)
