# The simulator: the same objects as the product's, on a disk and a heap that fail when told.
if(DESK_PLATFORM STREQUAL emscripten)
  return()
endif()
set(sim_folder "${CMAKE_SOURCE_DIR}/tests/sim")
set(sim_wraps -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free)
set(sim_machine "${sim_folder}/disk.c" "${sim_folder}/disk_files.c" "${sim_folder}/memory.c")
set(sim_suffix "")
if(DESK_TESTS)
  set(sim_suffix _checked)
endif()

function(sim_program name)
  add_executable(${name}${sim_suffix} EXCLUDE_FROM_ALL ${ARGN} ${sim_machine})
  target_link_libraries(${name}${sim_suffix} PRIVATE desk_objects sqlite cjson)
  target_compile_options(${name}${sim_suffix} PRIVATE ${warnings})
  target_link_options(${name}${sim_suffix} PRIVATE ${sim_wraps})
  if(DESK_TESTS)
    target_compile_options(${name}${sim_suffix} PRIVATE
      -fsanitize=undefined -fno-sanitize-recover=undefined)
  endif()
endfunction()

set(sim_sources life.c tape.c texts.c events.c door.c acks.c crash.c outbox.c providers.c people.c
                look.c core_oracle.c laws.c entrance.c entrance_strangers.c side_office.c
                hasty_host.c review_chat_world.c review_chat_oracle.c)
list(TRANSFORM sim_sources PREPEND "${sim_folder}/")
file(GLOB sim_more CONFIGURE_DEPENDS "${sim_folder}/contact_form_*.c")
list(APPEND sim_sources ${sim_more})
list(REMOVE_DUPLICATES sim_sources)

if(DESK_PLATFORM STREQUAL wasi)
  add_executable(desk_sim_wasi EXCLUDE_FROM_ALL ${sim_sources} ${sim_machine}
                 "${sim_folder}/sim_wasi.c")
  set_target_properties(desk_sim_wasi PROPERTIES OUTPUT_NAME desk_sim SUFFIX .wasm)
  target_link_libraries(desk_sim_wasi PRIVATE desk_objects sqlite cjson ${emulated})
  target_compile_options(desk_sim_wasi PRIVATE ${warnings})
  target_link_options(desk_sim_wasi PRIVATE -mexec-model=reactor ${sim_wraps})
endif()

if(DESK_PLATFORM STREQUAL native)
  sim_program(desk_sim ${sim_sources} "${sim_folder}/sim.c" "${sim_folder}/shrink.c")
  target_link_libraries(desk_sim${sim_suffix} PRIVATE m)
  file(GLOB day_sources CONFIGURE_DEPENDS "${sim_folder}/clinic_day*.c")
  if(day_sources)
    sim_program(desk_day ${day_sources} "${sim_folder}/disk_check.c")
    target_link_libraries(desk_day${sim_suffix} PRIVATE m)
  endif()
  file(GLOB explore_sources CONFIGURE_DEPENDS "${sim_folder}/explore*.c")
  if(explore_sources)
    sim_program(desk_explore ${explore_sources})
    target_link_libraries(desk_explore${sim_suffix} PRIVATE m)
    # It stands between the core and its machines: tests/sim/explore_steps.c.
    target_link_options(desk_explore${sim_suffix} PRIVATE
      -Wl,--wrap=machine_step -Wl,--wrap=machine_fire)
  endif()
endif()
