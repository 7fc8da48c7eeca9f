/* spoil_mutate.c: thinking of edits. Where an edit goes is chosen by what the good file has there:
 * its header, pages' headers, pointers, the heads of rows, texts, the log's header and frames.
 * Applies nothing: spoil.c does. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "grammar.h"
#include "spoil.h"

enum { EDITS_MAX = 12, LINE_MAX = 160 };

/* Values at the edges of what lengths, types and page numbers can be; else chance. */
static int some_bytes(struct chance *chance, char *ret_text, size_t room) {
    static const char *const edges[] = {
        "00", "01", "7f", "80", "ff", "0000", "ffff", "7fff", "8000", "00000000", "00000001",
        "ffffffff", "7fffffff", "80000000", "ffffffffffffffffff", "81808080808080808001",
        "0d", "05", "0a", "02", "00000002", "c3", "e28080", "f0", "2e", "22", "5c", "27",
    };
    if (choose(chance, 3)) {
        const char *edge = edges[choose(chance, sizeof edges / sizeof *edges)];
        return snprintf(ret_text, room, "%s", edge);
    }
    int size = 0;
    for (unsigned n = 1 + choose(chance, 4); n > 0; n--)
        size += snprintf(ret_text + size, room - (size_t)size, "%02x", choose(chance, 256));
    return size;
}

/* Half of the edits are values, in which SQLite sees no harm and which it hands to the core. */
static void some_edit(const struct image *good, struct chance *chance, char ret_line[LINE_MAX]) {
    unsigned size = (unsigned)good->file[16] << 8 | good->file[17];
    unsigned pages = (unsigned)(good->file_size / size), page = 1 + choose(chance, pages);
    unsigned cell = choose(chance, 64), log = (unsigned)good->log_size;
    char bytes[80];
    some_bytes(chance, bytes, sizeof bytes);
    /* The log repeats the file's page and a frame's head before each. */
    unsigned frame = log > 32 ? 32 + choose(chance, (log - 32) / (size + 24)) * (size + 24) : 0;
    switch (choose(chance, 32)) {
    case 0: snprintf(ret_line, LINE_MAX, "page 1 %u %s\n", choose(chance, 100), bytes); break;
    case 1: snprintf(ret_line, LINE_MAX, "page %u %u %s\n", page, choose(chance, 12), bytes); break;
    case 2: snprintf(ret_line, LINE_MAX, "page %u %u %s\n", page, choose(chance, size), bytes);
        break;
    case 3: snprintf(ret_line, LINE_MAX, "point %u %u %s\n", page, cell, bytes); break;
    case 4: snprintf(ret_line, LINE_MAX, "copy %u %u\n", page, 1 + choose(chance, pages)); break;
    case 5: snprintf(ret_line, LINE_MAX, "zero %u\n", page); break;
    case 6: snprintf(ret_line, LINE_MAX, "cut %u\n", choose(chance, pages * size)); break;
    case 7: snprintf(ret_line, LINE_MAX, "log %u %s\n", choose(chance, 32), bytes); break;
    case 8: snprintf(ret_line, LINE_MAX, "log %u %s\n", frame + choose(chance, 24), bytes); break;
    case 9: snprintf(ret_line, LINE_MAX, "log %u %s\n", choose(chance, log + 1), bytes); break;
    case 10: snprintf(ret_line, LINE_MAX, "log_cut %u\n", choose(chance, log + 1)); break;
    case 11: snprintf(ret_line, LINE_MAX, "log_sum\n"); break;
    case 12:
    case 13:
    case 14:
    case 15:
    case 16: snprintf(ret_line, LINE_MAX, "ask %u\n", choose(chance, 24)); break;
    case 17:
    case 18: snprintf(ret_line, LINE_MAX, "cell %u %u %u %s\n", page, cell, choose(chance, 24),
                      bytes);
        break;
    default: snprintf(ret_line, LINE_MAX, "value %u %u %u %s\n", page, cell,
                      choose(chance, choose(chance, 4) ? 32 : 400), bytes);
    }
}

/* What is only seen at an opening, which takes as long as many inputs that need none. */
static bool needs_opening(const char *line) {
    static const char *const starts[] = {"log", "cut ", "page 1 ", "cell 1 ", "value 1 ",
                                         "point 1 ", "zero 1\n"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(line, starts[i], strlen(starts[i])) == 0) return true;
    return false;
}

/* Where the line with that number begins. */
static size_t line_at(const uint8_t *edits, size_t size, unsigned number) {
    size_t at = 0;
    while (number > 0 && at < size) number -= edits[at++] == '\n';
    return at;
}

static unsigned lines_in(const uint8_t *edits, size_t size) {
    unsigned n = 0;
    for (size_t i = 0; i < size; i++) n += edits[i] == '\n';
    return n;
}

/* Most inputs do without. */
static size_t openings_drop(struct chance *chance, uint8_t *edits, size_t size) {
    if (choose(chance, 16) == 0) return size;
    size_t kept = 0;
    for (size_t at = 0, end; at < size; at = end) {
        char line[LINE_MAX] = "";
        end = line_at(edits + at, size - at, 1) + at;
        memcpy(line, edits + at, end - at < LINE_MAX ? end - at : LINE_MAX - 1);
        if (needs_opening(line)) continue;
        memmove(edits + kept, edits + at, end - at);
        kept += end - at;
    }
    return kept;
}

size_t spoil_mutate(const struct image *good, uint8_t *edits, size_t size, size_t room,
                    unsigned seed) {
    struct chance chance = {seed};
    char line[LINE_MAX];
    if (size > 0 && edits[size - 1] != '\n') size = 0;
    for (unsigned times = 1 + choose(&chance, 2); times > 0; times--) {
        unsigned n = lines_in(edits, size), number = choose(&chance, n + 1);
        size_t at = line_at(edits, size, number), end = line_at(edits + at, size - at, 1) + at;
        /* Another edit takes the place of one, or comes between. */
        bool replaces = n > 0 && (choose(&chance, 2) || n >= EDITS_MAX);
        size_t tail = replaces ? end : at;
        line[0] = 0;
        if (!replaces || choose(&chance, 4)) some_edit(good, &chance, line);
        size_t length = strlen(line);
        if (at + length + (size - tail) > room) continue;
        memmove(edits + at + length, edits + tail, size - tail);
        memcpy(edits + at, line, length);
        size = at + length + (size - tail);
    }
    return openings_drop(&chance, edits, size);
}
