/* spoil.h: a database file and its log, spoilt by a list of edits. An input is that list as text,
 * so that it stays small, readable and true to whatever the good file is:
 *   page 12 3 ff00        bytes of a page, from an offset
 *   cell 12 2 5 ff        bytes of the row or entry that a page's pointer leads to, likewise
 *   value 12 2 5 ff       bytes of its values, behind what says of which types they are
 *   point 12 2 0123       that pointer itself
 *   copy 12 7             the first page over the second
 *   zero 12               a page of nothing
 *   cut 4096              the file ends there
 *   log 24 ff             bytes of the log, from an offset
 *   log_cut 100           the log ends there
 *   log_sum               afterwards the log's checksums are made good again
 *   ask 17                not an edit: what is asked of the core then
 * Numbers beyond the file are taken modulo its size. Knows the file format, not the core. */
#ifndef SPOIL_H
#define SPOIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image {
    uint8_t *file, *log;
    size_t file_size, log_size;
};

/* Applies the edits to the image. A line that is no edit does nothing. Whether one was about the
 * log, which otherwise need not be there. */
bool spoil(struct image *, const uint8_t *edits, size_t size);

/* Adds, changes or removes an edit of the list; the new size, at most `room`. */
size_t spoil_mutate(const struct image *good, uint8_t *edits, size_t size, size_t room,
                    unsigned seed);

#endif
