/* pages.c: nothing erased stays in the file. With secure_delete SQLite overwrites what it deletes,
 * but not the old place of rows that it moves to another page: a copy stays between the page's
 * index and its rows until something is put there, and survives the row. So that part of every
 * page is overwritten when the page is stored, which is when the log is carried into the file. */
#include "pages.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "never.h"

enum { PAGE_BYTES_MIN = 512, PAGE_BYTES_MAX = 65536, FILE_HEADER = 100 };
/* Rows and entries of indexes, on leaves and above them, as the file format numbers them. */
enum { INDEX_INNER = 2, TABLE_INNER = 5, INDEX_LEAF = 10, TABLE_LEAF = 13 };
enum { CELLS_AT = 3, CONTENT_AT = 5, HEADER_LEAF = 8, HEADER_INNER = 12 };

static sqlite3_vfs *base, wiping;
static const sqlite3_io_methods *base_methods;
static sqlite3_io_methods wiping_methods;
static uint8_t copy[PAGE_BYTES_MAX];

static unsigned two_bytes(const uint8_t *at) { return (unsigned)at[0] << 8 | at[1]; }

/* Other pages begin with the number of a page, whose first byte is none of these kinds while the
 * file has less than 2^25 pages (64 GB): a larger file is stored as it is. */
static bool may_judge(sqlite3_int64 at, int size) {
    return at / size < 1 << 25;
}

/* Where the unused part begins and how long it is; 0 where the page is none of rows. */
static unsigned unused(const uint8_t *page, unsigned size, bool first, unsigned *ret_from) {
    unsigned header = first ? FILE_HEADER : 0;
    uint8_t kind = page[header];
    bool leaf = kind == INDEX_LEAF || kind == TABLE_LEAF;
    if (!leaf && kind != INDEX_INNER && kind != TABLE_INNER) return 0;
    unsigned from = header + (leaf ? HEADER_LEAF : HEADER_INNER) +
                    2 * two_bytes(page + header + CELLS_AT);
    unsigned content = two_bytes(page + header + CONTENT_AT);
    if (content == 0) content = PAGE_BYTES_MAX;
    *ret_from = from;
    return content > from && content <= size ? content - from : 0;
}

static int wiping_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at) {
    unsigned from = 0, length = 0;
    bool page = CERTAIN(size >= PAGE_BYTES_MIN && size <= PAGE_BYTES_MAX && at % size == 0);
    if (NEVER(!page)) return base_methods->xWrite(file, bytes, size, at);
    if (may_judge(at, size)) length = unused(bytes, (unsigned)size, at == 0, &from);
    if (length == 0) return base_methods->xWrite(file, bytes, size, at);
    memcpy(copy, bytes, (size_t)size);
    memset(copy + from, 0, length);
    return base_methods->xWrite(file, copy, size, at);
}

static int wiping_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                       int *ret_flags) {
    (void)vfs;
    int code = base->xOpen(base, name, file, flags, ret_flags);
    if (code != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB)) return code;
    base_methods = file->pMethods;
    wiping_methods = *base_methods;
    wiping_methods.xWrite = wiping_write;
    file->pMethods = &wiping_methods;
    return code;
}

const char *pages_vfs(const char *like) {
    if (base) return wiping.zName;
    base = sqlite3_vfs_find(like);
    if (NEVER(!base)) return NULL;
    wiping = *base;
    wiping.zName = "desk";
    wiping.pNext = NULL;
    wiping.xOpen = wiping_open;
    int code = sqlite3_vfs_register(&wiping, 0);
    return CERTAIN(code == SQLITE_OK) ? wiping.zName : NULL;
}
