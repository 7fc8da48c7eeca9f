/* core.verify where the disk fails: what could not be read is a failure of storage and no damage;
 * what is damaged is told in words. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

/* The runner's working folder is the checkout; build/ is never committed. */
#define SCRATCH "build/desk-test-XXXXXX"

/* Not through check.h: what is asked so often is of no use to tests/core/faults. */
static const char *verified(desk *core) {
    static const char verify[] =
        "{\"op\":\"core.verify\",\"now\":5,\"actor\":{\"role\":\"host\"},\"in\":{}}";
    memcpy(desk_buffer(core, sizeof verify), verify, sizeof verify);
    return desk_call(core, sizeof verify - 1);
}

static int (*real_read)(sqlite3_file *, void *, int, sqlite3_int64);
static long good; /* reads until one fails */
static bool all, failed; /* whether those after it fail too, and whether it has */

static int failing_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at) {
    bool fails = failed ? all : good-- == 0;
    failed |= fails;
    return fails ? SQLITE_IOERR_READ : real_read(file, bytes, size, at);
}

static void let_reads_fail(void) {
    static sqlite3_io_methods methods;
    sqlite3_file *file = NULL;
    sqlite3_file_control(check_sqlite(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    methods = *file->pMethods;
    real_read = methods.xRead;
    methods.xRead = failing_read;
    file->pMethods = &methods;
    failed = false;
}

static void remove_file(const char *path) {
    char wal[60];
    unlink(path);
    snprintf(wal, sizeof wal, "%s-wal", path);
    unlink(wal);
}

/* A file with rows longer than a page, which run over into pages of their own. */
static void file_make(char *path) {
    close(mkstemp(path));
    desk *core = desk_with_clinics(path);
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    spoil("update message set text = printf('%.*c', 9000, 'x')");
    spoil("create table gone (gone_id integer primary key, text text)");
    spoil("insert into gone select review_id, printf('%.*c', 9000, 'x') from review");
    spoil("drop table gone");
    desk_close(core);
}

/* Asks while the file's read after so many others fails. */
static void verify_badly(const char *path, long after) {
    desk *core = desk_open(path);
    good = after;
    let_reads_fail();
    const char *reply = verified(core);
    CHECK_HAS(reply, failed ? "\"storage.io\"" : "\"pages\":\"ok\"");
    all = false;
    CHECK_HAS(verified(core), "\"chain\":\"ok\"");
    desk_close(core);
}

/* Each read of the file once, alone and with all that come after it. */
TEST(what_could_not_be_read_is_no_damage) {
    char path[] = SCRATCH;
    file_make(path);
    for (int i = 0; i < 2; i++) {
        long n = 0;
        for (failed = true; failed || n == 0; n++) {
            all = i;
            verify_badly(path, n);
        }
        CHECK(n > 50);
    }
    remove_file(path);
}

/* A page of rows whose first byte is that of no page. */
TEST(a_damaged_page_is_told_in_words) {
    char path[] = SCRATCH;
    file_make(path);
    desk *core = desk_open(path);
    int64_t page = number("select rootpage from sqlite_schema where name = 'review'");
    int64_t size = number("pragma page_size");
    desk_close(core);
    int file = open(path, O_WRONLY);
    CHECK(pwrite(file, "x", 1, (off_t)((page - 1) * size)) == 1);
    close(file);
    core = desk_open(path);
    CHECK_HAS(verified(core), "\"chain\":\"ok\"");
    CHECK_HAS(verified(core), "btreeInitPage() returns error code 11");
    desk_close(core);
    remove_file(path);
}
