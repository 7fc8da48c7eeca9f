# Native: the library that C programs link and the command; with DESK_TESTS the unit tests
# instead, whose objects carry the sanitizers and are of no use to anybody else.
if(DESK_COVERAGE)
  include(cmake/coverage.cmake)
  return()
endif()
if(NOT DESK_TESTS)
  add_library(desk STATIC)
  target_link_libraries(desk PUBLIC desk_objects sqlite cjson m)

  add_executable(desk_cli wasi/desk_wasi.c)
  target_link_libraries(desk_cli PRIVATE desk_objects sqlite cjson m)
  target_compile_options(desk_cli PRIVATE ${warnings})

  add_executable(desk_bench EXCLUDE_FROM_ALL tools/bench/native.c)
  add_executable(desk_bench_forms EXCLUDE_FROM_ALL tools/bench/forms.c)
  foreach(bench desk_bench desk_bench_forms)
    target_link_libraries(${bench} PRIVATE desk_objects sqlite cjson m)
    target_compile_options(${bench} PRIVATE ${warnings})
  endforeach()
  return()
endif()

# What core/never.h marks aborts when it comes about.
target_compile_definitions(desk_objects PUBLIC DESK_TESTS)
# SQLite casts functions and reads unaligned by design; the second sanitizer is for our code.
target_compile_options(desk_objects PRIVATE
  -fsanitize=undefined -fno-sanitize-recover=undefined)
file(GLOB test_sources CONFIGURE_DEPENDS tests/*.c tests/core/*.c tests/machines/*.c)
if(test_sources)
  add_executable(desk_tests ${test_sources})
  target_include_directories(desk_tests PRIVATE tests)
  target_link_libraries(desk_tests PRIVATE desk_objects sqlite cjson m)
  target_compile_options(desk_tests PRIVATE ${warnings}
    -fsanitize=undefined -fno-sanitize-recover=undefined)
endif()

include(cmake/faults.cmake)

# What tests/zones asks about every zone.
add_executable(desk_zones tests/zones/offsets.c)
target_link_libraries(desk_zones PRIVATE desk_objects sqlite cjson m)
target_compile_options(desk_zones PRIVATE ${warnings}
  -fsanitize=undefined -fno-sanitize-recover=undefined)
