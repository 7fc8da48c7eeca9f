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

add_library(desk_objects OBJECT ${core_sources} ${embedded})
target_include_directories(desk_objects PUBLIC core)
target_link_libraries(desk_objects PUBLIC sqlite cjson)
target_compile_options(desk_objects PRIVATE ${warnings})
