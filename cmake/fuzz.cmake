# The fuzzers' programs, only when asked for: DESK_FUZZ makes a tree of its own, whose objects count
# every branch for libFuzzer and are of no use to anybody else. tools/fuzz.mjs configures it, builds
# the target `fuzz` and runs what comes out. On WASI it is one module: how the core reads JSON.
# Native there are two such trees: one guards everything, the quick one only what is ours, because
# SQLite under a sanitizer takes most of the time, and its branches most of libFuzzer's.
option(DESK_FUZZ "Build the fuzzers (native) or the module that reads JSON (WASI)" OFF)
option(DESK_FUZZ_QUICK "Leave SQLite as it is, and do not report what is compared" OFF)
if(NOT DESK_FUZZ)
  return()
endif()
add_custom_target(fuzz)
set(fuzz_folder "${CMAKE_SOURCE_DIR}/tests/fuzz")

if(DESK_PLATFORM STREQUAL wasi)
  file(GLOB json_sources "${fuzz_folder}/json_door.c")
  if(json_sources)
    add_executable(desk_json EXCLUDE_FROM_ALL ${json_sources} core/json.c core/arena.c)
    target_include_directories(desk_json PRIVATE core)
    target_link_libraries(desk_json PRIVATE cjson)
    target_compile_options(desk_json PRIVATE ${warnings})
    target_link_options(desk_json PRIVATE -mexec-model=reactor -Wl,--export=json_door_room
      -Wl,--export=json_door_read)
    set_target_properties(desk_json PROPERTIES SUFFIX .wasm)
    add_dependencies(fuzz desk_json)
  endif()
  return()
endif()

# SQLite and cJSON are counted and guarded too; the second sanitizer is for our code, as in the
# tests: SQLite casts functions and reads unaligned by design. What SQLite compares is not reported
# to libFuzzer, which takes a fifth of the speed and finds no branch of ours.
set(guarded -g -fno-omit-frame-pointer -fsanitize=address)
set(judged -fsanitize=undefined -fno-sanitize-recover=undefined)
set(counted -fsanitize-coverage=inline-8bit-counters,pc-table)
if(DESK_FUZZ_QUICK)
  set(led ${counted})
else()
  set(led -fsanitize=fuzzer-no-link)
  target_compile_options(sqlite PRIVATE ${guarded} ${counted})
endif()
target_compile_options(cjson PRIVATE ${guarded} ${led})
target_compile_options(desk_objects PRIVATE ${guarded} ${led} ${judged})

# What the targets share is not counted: only the product's branches lead the search.
file(GLOB shared CONFIGURE_DEPENDS "${fuzz_folder}/[!f]*.c")
list(FILTER shared EXCLUDE REGEX "json_door")
list(APPEND shared tests/sim/disk.c tests/sim/disk_files.c tests/sim/memory.c)
foreach(target door request database)
  if(NOT EXISTS "${fuzz_folder}/fuzz_${target}.c")
    continue()
  endif()
  add_executable(fuzz_${target} EXCLUDE_FROM_ALL "${fuzz_folder}/fuzz_${target}.c" ${shared})
  target_link_options(fuzz_${target} PRIVATE
    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free)
  target_include_directories(fuzz_${target} PRIVATE "${fuzz_folder}")
  target_link_libraries(fuzz_${target} PRIVATE desk_objects sqlite cjson m)
  target_compile_options(fuzz_${target} PRIVATE ${warnings} ${guarded} ${judged})
  target_compile_definitions(fuzz_${target} PRIVATE $<$<BOOL:${DESK_FUZZ_QUICK}>:DESK_FUZZ_QUICK>)
  target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer,address,undefined)
  add_dependencies(fuzz fuzz_${target})
endforeach()
