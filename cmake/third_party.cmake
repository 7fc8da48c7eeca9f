# SQLite and cJSON, neither of which is kept in this repository. The options are the same on
# every target, so that a statement behaves the same wherever it runs.
if(NOT EXISTS "${DESK_SQLITE_DIR}/sqlite3.c")
  message(FATAL_ERROR "sqlite3.c is not in ${DESK_SQLITE_DIR}: run node tools/setup.mjs --build")
endif()
if(NOT EXISTS "${DESK_CJSON_DIR}/cJSON.c")
  message(FATAL_ERROR "cJSON.c is not in ${DESK_CJSON_DIR}: run node tools/setup.mjs --build")
endif()

add_library(sqlite OBJECT "${DESK_SQLITE_DIR}/sqlite3.c")
target_include_directories(sqlite SYSTEM PUBLIC "${DESK_SQLITE_DIR}")
target_compile_options(sqlite PRIVATE -w)
target_compile_definitions(sqlite PRIVATE
  SQLITE_THREADSAFE=0
  SQLITE_DEFAULT_MEMSTATUS=0
  SQLITE_DEFAULT_FOREIGN_KEYS=1
  SQLITE_DQS=0
  SQLITE_ENABLE_FTS5
  SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_USE_ALLOCA
  # What nobody calls need not travel to a phone.
  SQLITE_OMIT_AUTHORIZATION
  SQLITE_OMIT_COMPILEOPTION_DIAGS
  SQLITE_OMIT_COMPLETE
  SQLITE_OMIT_DECLTYPE
  SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_GET_TABLE
  SQLITE_OMIT_INTROSPECTION_PRAGMAS
  SQLITE_OMIT_LOAD_EXTENSION
  SQLITE_OMIT_LOCALTIME
  SQLITE_OMIT_PROGRESS_CALLBACK
  SQLITE_OMIT_SHARED_CACHE
  SQLITE_OMIT_TCL_VARIABLE
  SQLITE_OMIT_TRACE
  SQLITE_OMIT_UTF16
  # No temporary file anywhere: a savepoint that outgrows its buffer stays in memory, because
  # neither a page nor a preopened folder has a place for it.
  SQLITE_TEMP_STORE=3
  # A command touches some twenty pages, each in another tree; small ones halve what a commit
  # writes and syncs. The log is carried into the file at the same eight megabytes or less.
  SQLITE_DEFAULT_PAGE_SIZE=2048
  SQLITE_DEFAULT_WAL_AUTOCHECKPOINT=4000
  # No mapping of files: WASI has none, and a torn page must be an error, not a signal.
  SQLITE_MAX_MMAP_SIZE=0
  HAVE_FDATASYNC=1
  # One call into the host for a page instead of two.
  USE_PREAD)

add_library(cjson OBJECT "${DESK_CJSON_DIR}/cJSON.c")
target_include_directories(cjson SYSTEM PUBLIC "${DESK_CJSON_DIR}")
target_compile_options(cjson PRIVATE -w)
