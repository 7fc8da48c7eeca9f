# Cross compilation to WASI. The compiler is wasi-sdk's where WASI_SDK_PATH is set, else the
# distribution's clang-19 with its wasi-libc; both are the same parts.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(DESK_PLATFORM wasi)

if(DEFINED ENV{WASI_SDK_PATH})
  set(CMAKE_C_COMPILER "$ENV{WASI_SDK_PATH}/bin/clang")
  set(CMAKE_SYSROOT "$ENV{WASI_SDK_PATH}/share/wasi-sysroot")
else()
  set(CMAKE_C_COMPILER clang-19)
endif()
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)

# A reactor has no main, so the usual "can it link a program" test means nothing here.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER_WORKS TRUE)
