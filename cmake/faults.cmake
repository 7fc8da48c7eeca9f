# What asks again what the tests have asked, while everything that can fail does so once.
add_executable(desk_faults tests/core/faults/desk_faults.c)
target_link_libraries(desk_faults PRIVATE desk_objects sqlite cjson m)
target_compile_options(desk_faults PRIVATE ${warnings})
foreach(function sqlite3_step sqlite3_prepare_v2 sqlite3_prepare_v3 malloc calloc realloc
                 arena_alloc arena_text arena_grow fsync fdatasync)
  target_link_options(desk_faults PRIVATE -Wl,--wrap=${function})
endforeach()
