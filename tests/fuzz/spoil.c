/* spoil.c: reading edits and applying them. Refuses nothing: what makes no sense in the
 * file that is there does nothing. Next: spoil_mutate.c, which thinks of edits. */
#include "spoil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kinds of pages that hold rows or entries, as their first byte says. */
enum { INDEX_INNER = 2, INDEX_LEAF = 10, TABLE_LEAF = 13 };
enum { FILE_HEADER = 100, LOG_HEADER = 32, FRAME_HEADER = 24, EDIT_BYTES_MAX = 32, LINE_MAX = 160 };

static unsigned two_bytes(const uint8_t *at) { return (unsigned)at[0] << 8 | at[1]; }

static uint32_t four_bytes(const uint8_t *at) {
    return (uint32_t)two_bytes(at) << 16 | two_bytes(at + 2);
}

static void put_four(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static size_t page_size(const struct image *image) {
    unsigned size = image->file_size >= FILE_HEADER ? two_bytes(image->file + 16) : 0;
    return size >= 512 && (size & (size - 1)) == 0 ? size : 65536;
}

static void put_bytes(uint8_t *into, size_t size, size_t at, const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n && size > 0; i++) into[(at + i) % size] = bytes[i];
}

struct edit {
    char word[8];
    unsigned long place[3];
    uint8_t bytes[EDIT_BYTES_MAX];
    size_t n;
};

static size_t hex_read(const char *text, uint8_t *ret_bytes) {
    size_t n = 0;
    for (unsigned byte; n < EDIT_BYTES_MAX && sscanf(text, "%2x", &byte) == 1; text += 2) {
        ret_bytes[n++] = (uint8_t)byte;
        if (text[1] == 0) break;
    }
    return n;
}

/* A word, up to three numbers and hexadecimal bytes, as many of them as the word takes. */
static struct edit edit_read(const char *line) {
    static const struct { const char *word; int numbers; bool bytes; } forms[] = {
        {"page", 2, true}, {"cell", 3, true}, {"value", 3, true}, {"point", 2, true},
        {"copy", 2, false},
        {"zero", 1, false}, {"cut", 1, false}, {"log", 1, true}, {"log_cut", 1, false},
        {"log_sum", 0, false},
    };
    struct edit edit = {.n = 0};
    char *rest;
    if (sscanf(line, "%7s", edit.word) != 1) return edit;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].word, edit.word) != 0) continue;
        const char *at = line + strlen(edit.word);
        for (int j = 0; j < forms[i].numbers; j++, at = rest) {
            edit.place[j] = strtoul(at, &rest, 10);
        }
        if (forms[i].bytes) edit.n = hex_read(at + (*at == ' '), edit.bytes);
        return edit;
    }
    edit.word[0] = 0;
    return edit;
}

static uint8_t *page_at(const struct image *image, unsigned long number) {
    size_t size = page_size(image), pages = image->file_size / size;
    return pages ? image->file + (number + pages - 1) % pages * size : NULL;
}

/* Where the pointer to a page's cell stands; NULL when the page has none. */
static uint8_t *pointer_at(const struct image *image, unsigned long page, unsigned long cell) {
    uint8_t *at = page_at(image, page);
    if (!at) return NULL;
    uint8_t *header = at == image->file ? at + FILE_HEADER : at;
    unsigned cells = two_bytes(header + 3);
    size_t first = (size_t)(header - at) + (header[0] >= 10 ? 8 : 12);
    if (cells == 0 || first + 2 * cells > page_size(image)) return NULL;
    return at + first + 2 * (cell % cells);
}

/* A number of one to nine bytes at the place, which moves on behind it. */
static uint64_t number_take(const uint8_t *page, size_t size, size_t *at) {
    uint64_t number = 0;
    for (int i = 0; i < 9 && *at < size; i++) {
        uint8_t byte = page[(*at)++];
        number = i == 8 ? number << 8 | byte : number << 7 | (byte & 0x7F);
        if (byte < 0x80) break;
    }
    return number;
}

/* Where the values of a row or of an index's entry begin, and how many of their bytes the page
 * has; 0 when it has none. */
static size_t values_at(const uint8_t *page, size_t size, uint8_t kind, size_t at, size_t *ret_n) {
    bool row = kind == TABLE_LEAF;
    *ret_n = 0;
    if (!row && kind != INDEX_LEAF && kind != INDEX_INNER) return 0;
    if (kind == INDEX_INNER) at += 4;
    uint64_t bytes = number_take(page, size, &at);
    if (row) number_take(page, size, &at);
    size_t head = at;
    uint64_t types = number_take(page, size, &head);
    if (types > bytes || at + types >= size) return 0;
    *ret_n = bytes - types < size - at - types ? (size_t)(bytes - types) : size - at - types;
    return at + types;
}

static void edit_value(uint8_t *page, size_t size, const uint8_t *header, size_t cell,
                       const struct edit *edit) {
    size_t n, at = values_at(page, size, header[0], cell, &n);
    if (n > 0) put_bytes(page + at, n, edit->place[2] % n, edit->bytes, edit->n);
}

static void edit_page(struct image *image, const struct edit *edit) {
    size_t size = page_size(image);
    uint8_t *page = page_at(image, edit->place[0]);
    uint8_t *pointer = pointer_at(image, edit->place[0], edit->place[1]);
    if (!page) return;
    if (strcmp(edit->word, "page") == 0) {
        put_bytes(page, size, edit->place[1] % size, edit->bytes, edit->n);
    } else if (strcmp(edit->word, "cell") == 0 && pointer) {
        size_t at = two_bytes(pointer) + edit->place[2];
        put_bytes(page, size, at % size, edit->bytes, edit->n);
    } else if (strcmp(edit->word, "value") == 0 && pointer) {
        edit_value(page, size, page == image->file ? page + FILE_HEADER : page, two_bytes(pointer),
                   edit);
    } else if (strcmp(edit->word, "point") == 0 && pointer) {
        put_bytes(pointer, 2, 0, edit->bytes, edit->n < 2 ? edit->n : 2);
    } else if (strcmp(edit->word, "copy") == 0) {
        memmove(page_at(image, edit->place[1]), page, size);
    } else if (strcmp(edit->word, "zero") == 0) {
        memset(page, 0, size);
    } else if (strcmp(edit->word, "cut") == 0) {
        image->file_size = edit->place[0] % (image->file_size + 1);
    }
}

/* Two sums over words of four bytes, as the log's format has them. */
static void log_add(uint32_t sum[2], const uint8_t *bytes, size_t size, bool big) {
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint32_t words[2];
        for (int j = 0; j < 2; j++) {
            uint32_t word = four_bytes(bytes + i + 4 * j);
            words[j] = big ? word : __builtin_bswap32(word);
        }
        sum[0] += words[0] + sum[1];
        sum[1] += words[1] + sum[0];
    }
}

static void log_sum(struct image *image) {
    uint32_t sum[2] = {0, 0};
    if (image->log_size < LOG_HEADER) return;
    bool big = image->log[3] & 1;
    size_t page = four_bytes(image->log + 8);
    log_add(sum, image->log, 24, big);
    put_four(image->log + 24, sum[0]);
    put_four(image->log + 28, sum[1]);
    if (page < 512 || page > 65536) return;
    for (size_t at = LOG_HEADER; at + FRAME_HEADER + page <= image->log_size;
         at += FRAME_HEADER + page) {
        log_add(sum, image->log + at, 8, big);
        log_add(sum, image->log + at + FRAME_HEADER, page, big);
        memcpy(image->log + at + 8, image->log + 16, 8);
        put_four(image->log + at + 16, sum[0]);
        put_four(image->log + at + 20, sum[1]);
    }
}

static void edit_log(struct image *image, const struct edit *edit, bool *ret_sum) {
    if (strcmp(edit->word, "log_sum") == 0) *ret_sum = true;
    else if (strcmp(edit->word, "log_cut") == 0)
        image->log_size = edit->place[0] % (image->log_size + 1);
    else put_bytes(image->log, image->log_size, edit->place[0], edit->bytes, edit->n);
}

/* The next line, without its end; false when there is none. */
static bool line_next(const uint8_t *bytes, size_t size, size_t *at, char ret_line[LINE_MAX]) {
    if (*at >= size) return false;
    const uint8_t *newline = memchr(bytes + *at, '\n', size - *at);
    size_t length = newline ? (size_t)(newline - bytes) - *at : size - *at;
    size_t kept = length < LINE_MAX - 1 ? length : LINE_MAX - 1;
    memcpy(ret_line, bytes + *at, kept);
    ret_line[kept] = 0;
    *at += length + 1;
    return true;
}

bool spoil(struct image *image, const uint8_t *edits, size_t size) {
    char line[LINE_MAX];
    bool sum = false, log = false;
    for (size_t at = 0; line_next(edits, size, &at, line);) {
        struct edit edit = edit_read(line);
        bool of_log = strncmp(edit.word, "log", 3) == 0;
        if (of_log) edit_log(image, &edit, &sum);
        else if (edit.word[0]) edit_page(image, &edit);
        log |= of_log;
    }
    if (sum) log_sum(image);
    return log;
}
