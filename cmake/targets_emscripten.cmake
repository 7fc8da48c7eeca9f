# The module for pages. Standalone: its few imports are WASI's, so that our own loader serves
# both modules and emcc's, which newer versions of Node refuse, is not needed.
set(empty "${CMAKE_BINARY_DIR}/empty.c")
file(WRITE "${empty}.new" "extern int desk_no_symbols;\n")
file(COPY_FILE "${empty}.new" "${empty}" ONLY_IF_DIFFERENT)

add_executable(desk_web "${empty}")
set_target_properties(desk_web PROPERTIES OUTPUT_NAME desk SUFFIX .wasm)
target_link_libraries(desk_web PRIVATE desk_objects sqlite cjson)
list(TRANSFORM exported PREPEND "_" OUTPUT_VARIABLE names)
list(JOIN names "," names)
target_link_options(desk_web PRIVATE -Oz --no-entry -sSTANDALONE_WASM=1 -sFILESYSTEM=0
  -sEXPORTED_FUNCTIONS=${names} -sALLOW_MEMORY_GROWTH=1 -sMALLOC=emmalloc -sINITIAL_MEMORY=4194304
  -sTOTAL_STACK=1048576 -sERROR_ON_UNDEFINED_SYMBOLS=1)
