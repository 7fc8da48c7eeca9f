/* What lies between the rows of a page: nothing, in every page of a file that was worked in. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

/* The runner's working folder is the checkout; build/ is never committed. */
#define SCRATCH "build/desk-test-XXXXXX"
enum { PAGE = 2048, HEADER = 100 };

/* Rows that move between pages: keys in no order, rows that grow and shrink. */
static const char work[] =
    "create table t (t_id integer primary key, email text, text text);"
    "create index t_email on t (email);"
    "with n (i) as (select 1 union all select i + 1 from n where i < 4000)"
    " insert into t select i, 'MOVED' || (i * 7919 % 4001) || substr('@mail.test.mail.test', 1,"
    " i % 20), printf('%.*c', i % 400, 'x') from n order by i * 7919 % 4001;"
    "with n (i) as (select 1 union all select i + 1 from n where i < 4000)"
    " update t set text = printf('%.*c', n.i * 31 % 700, 'y'), email = 'MOVED' || (n.i * 104729 %"
    " 4001) || substr('@mail.test.mail.test', 1, n.i % 20) from n where t_id = n.i;"
    "delete from t where t_id % 3 = 0;";

static unsigned two_bytes(const unsigned char *at) { return (unsigned)at[0] << 8 | at[1]; }

/* Bytes other than 0 between the page's index and its rows. */
static int left_over(const unsigned char *page, bool first) {
    unsigned header = first ? HEADER : 0, kind = page[header];
    if (kind != 2 && kind != 5 && kind != 10 && kind != 13) return 0;
    unsigned from = header + (kind > 5 ? 8 : 12) + 2 * two_bytes(page + header + 3);
    int found = 0;
    for (unsigned i = from; i < two_bytes(page + header + 5); i++) found += page[i] != 0;
    return found;
}

TEST(a_page_of_the_file_holds_nothing_between_its_rows) {
    char path[] = SCRATCH, wal[60];
    unsigned char page[PAGE];
    int file = mkstemp(path), pages = 0, found = 0;
    desk *core = desk_with_clinics(path);
    spoil(work);
    spoil("pragma wal_checkpoint(truncate)");
    for (; pread(file, page, PAGE, (off_t)pages * PAGE) == PAGE; pages++)
        found += left_over(page, pages == 0);
    CHECK(pages > 500 && found == 0);
    desk_close(core);
    core = desk_open(path);
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"pages\":\"ok\"");
    desk_close(core);
    close(file);
    unlink(path);
    snprintf(wal, sizeof wal, "%s-wal", path);
    unlink(wal);
}

enum { LARGEST = 65536, JUDGED_PAGES = 1 << 25 };

/* What becomes of a page of 0x55 with this header, written at a place of the file. */
struct written {
    sqlite3_int64 at;
    int size;
    unsigned kind, cells, content;
};

/* The number of bytes that were wiped, from *ret_from on. */
static int wiped(sqlite3_file *file, const struct written *page, int *ret_from) {
    static unsigned char before[LARGEST], after[LARGEST];
    unsigned char *header = before + (page->at == 0 ? HEADER : 0);
    int n = 0;
    memset(before, 0x55, sizeof before);
    header[0] = (unsigned char)page->kind;
    header[3] = (unsigned char)(page->cells >> 8), header[4] = (unsigned char)page->cells;
    header[5] = (unsigned char)(page->content >> 8), header[6] = (unsigned char)page->content;
    CHECK(file->pMethods->xWrite(file, before, page->size, page->at) == SQLITE_OK);
    CHECK(file->pMethods->xRead(file, after, page->size, page->at) == SQLITE_OK);
    for (int i = page->size - 1; i >= 0; i--)
        if (after[i] != before[i]) n++, *ret_from = i;
    return n;
}

TEST(only_the_unused_part_of_a_page_of_rows_is_wiped) {
    static const struct {
        struct written page;
        int from, n;
    } pages[] = {
        {{2048, 2048, 13, 5, 1000}, 18, 982},    {{2048, 2048, 10, 5, 1000}, 18, 982},
        {{2048, 2048, 5, 5, 1000}, 22, 978},     {{2048, 2048, 2, 5, 1000}, 22, 978},
        {{0, 2048, 13, 5, 1000}, 118, 882},      {{2048, 2048, 7, 5, 1000}, 0, 0},
        {{2048, 2048, 13, 5, 18}, 0, 0},         {{2048, 2048, 13, 5, 2049}, 0, 0},
        {{2048, 2048, 13, 5, 2048}, 18, 2030},   {{65536, 65536, 13, 5, 0}, 18, 65518},
        {{512, 512, 13, 5, 100}, 18, 82},
        /* From here on the first byte may be that of a page's number: nothing is judged by it. */
        {{(sqlite3_int64)JUDGED_PAGES * 512, 512, 13, 5, 100}, 0, 0},
        {{(sqlite3_int64)(JUDGED_PAGES - 1) * 512, 512, 13, 5, 100}, 18, 82}};
    char path[] = SCRATCH;
    close(mkstemp(path));
    desk_close(desk_open(":memory:"));
    sqlite3_vfs *vfs = sqlite3_vfs_find("desk");
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;
    CHECK(vfs->xOpen(vfs, path, file, flags, &flags) == SQLITE_OK);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        int from = 0, n = wiped(file, &pages[i].page, &from);
        char seen[60];
        snprintf(seen, sizeof seen, "page %zu: %d from %d", i, n, from);
        if (n != pages[i].n || from != pages[i].from)
            check_failed(__FILE__, __LINE__, "wiped", seen);
    }
    file->pMethods->xClose(file);
    free(file);
    unlink(path);
}
