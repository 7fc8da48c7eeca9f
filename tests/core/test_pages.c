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
