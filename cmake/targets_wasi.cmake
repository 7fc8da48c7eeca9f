# WASI, twice from the same objects: a reactor that a host embeds, and a command that reads a
# request per line, for any runtime there is.
add_library(desk_wasi_objects OBJECT wasi/desk_wasi.c)
target_link_libraries(desk_wasi_objects PUBLIC desk_objects sqlite cjson)
target_compile_options(desk_wasi_objects PRIVATE ${warnings})

# The stack lies below the data, so that running out of it traps instead of writing over rows.
add_link_options(-Wl,--stack-first -Wl,-z,stack-size=1048576 -Wl,--strip-all)
set(emulated -lwasi-emulated-mman -lwasi-emulated-signal
             -lwasi-emulated-process-clocks -lwasi-emulated-getpid)

set(empty "${CMAKE_BINARY_DIR}/empty.c")
file(WRITE "${empty}.new" "extern int desk_no_symbols;\n")
file(COPY_FILE "${empty}.new" "${empty}" ONLY_IF_DIFFERENT)

foreach(form reactor command)
  if(form STREQUAL reactor)
    set(name desk_wasi)
  else()
    set(name desk_wasi_command)
  endif()
  add_executable(${name} "${empty}")
  set_target_properties(${name} PROPERTIES SUFFIX .wasm)
  target_link_libraries(${name} PRIVATE desk_wasi_objects desk_objects sqlite cjson ${emulated})
  target_link_options(${name} PRIVATE -mexec-model=${form})
endforeach()
foreach(function IN LISTS exported)
  target_link_options(desk_wasi PRIVATE -Wl,--export=${function})
endforeach()
