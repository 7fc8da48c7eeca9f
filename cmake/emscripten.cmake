# Cross compilation to the module that pages load.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(DESK_PLATFORM emscripten)

set(CMAKE_C_COMPILER emcc)
set(CMAKE_AR emar)

# Debian's emcc looks for acorn where Debian's Node keeps modules; another Node does not look
# there by itself.
set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs)
set(CMAKE_C_LINKER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})

set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER_WORKS TRUE)
