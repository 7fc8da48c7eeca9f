# The command and the unit tests once more, from a core that counts which branches and which
# conditions of a decision were reached. SQLite and cJSON are compiled as ever: not ours to reach.
# Read next: tools/coverage.mjs, which runs both and prints what no test reaches.
target_compile_options(desk_objects PRIVATE
  -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc)
# An assertion is a branch that only a bug can take; the sanitizers' build runs them all.
target_compile_definitions(desk_objects PUBLIC DESK_COVERAGE PRIVATE NDEBUG)
# Nor is a question asked that core/never.h marks; what it looks at is then not used.
target_compile_options(desk_objects PRIVATE -Wno-unused-variable -Wno-unused-but-set-variable)
target_compile_options(sqlite PRIVATE -O1)
target_link_options(desk_objects INTERFACE -fprofile-instr-generate)

add_executable(desk_cli wasi/desk_wasi.c)
target_link_libraries(desk_cli PRIVATE desk_objects sqlite cjson m)

file(GLOB test_sources CONFIGURE_DEPENDS tests/*.c tests/core/*.c tests/machines/*.c)
add_executable(desk_tests ${test_sources})
target_include_directories(desk_tests PRIVATE tests)
target_link_libraries(desk_tests PRIVATE desk_objects sqlite cjson m)

include(cmake/faults.cmake)
