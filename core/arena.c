/* arena.c: bump allocation in blocks that double. The only file of the core that calls malloc,
 * besides desk.c for the handle itself. */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    size_t room, used;
    _Alignas(ALIGN) char bytes[];
};

static size_t rounded(size_t size) {
    return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static struct arena_block *arena_add(struct arena *arena, size_t size) {
    size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct arena_block *block = malloc(sizeof *block + room);
    if (!block) return NULL;
    *block = (struct arena_block){.room = room};
    if (arena->last) arena->last->next = block;
    else arena->first = block;
    arena->last = block;
    return block;
}

static void *arena_take(struct arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    size = rounded(size ? size : 1);
    struct arena_block *block = arena->last;
    if (!block || block->room - block->used < size) block = arena_add(arena, size);
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    char *bytes = block->bytes + block->used;
    block->used += size;
    return bytes;
}

void *arena_alloc(struct arena *arena, size_t size) {
    void *bytes = arena_take(arena, size);
    return bytes ? memset(bytes, 0, size) : NULL;
}

const char *arena_text(struct arena *arena, const char *text, size_t size) {
    char *copy = arena_take(arena, size + 1);
    if (!copy) return "";
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t size) {
    struct arena_block *block = arena->last;
    size_t held = rounded(old_size ? old_size : 1);
    bool latest = block && old && (char *)old + held == block->bytes + block->used;
    if (latest && block->room - block->used >= rounded(size) - held) {
        block->used += rounded(size) - held;
        return old;
    }
    void *bigger = arena_take(arena, size);
    if (bigger && old) memcpy(bigger, old, old_size);
    return bigger;
}

struct arena_mark arena_mark(const struct arena *arena) {
    return (struct arena_mark){arena->last, arena->last ? arena->last->used : 0};
}

void arena_rewind(struct arena *arena, struct arena_mark mark) {
    struct arena_block *keep = mark.block ? mark.block : arena->first;
    if (!keep) return;
    for (struct arena_block *block = keep->next, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    keep->next = NULL;
    keep->used = mark.block ? mark.used : 0;
    arena->last = keep;
}

void arena_reset(struct arena *arena) {
    arena->failed = false;
    arena_rewind(arena, (struct arena_mark){0});
}

void arena_free(struct arena *arena) {
    arena_reset(arena);
    free(arena->first);
    *arena = (struct arena){0};
}
