/* The memory of a call: what cannot be had is said, what is marked can be given back. */
#include "check.h"

#include "arena.h"

TEST(memory_that_cannot_be_had_is_marked_for_the_rest_of_the_call) {
    struct arena arena = {0};
    CHECK(arena_alloc(&arena, SIZE_MAX) == NULL);
    CHECK(arena.failed);
    CHECK(arena_alloc(&arena, 8) != NULL);
    CHECK(arena.failed);
    arena_reset(&arena);
    CHECK(!arena.failed);
    CHECK(strcmp(arena_text(&arena, "x", SIZE_MAX - 1), "") == 0);
    char *kept = arena_alloc(&arena, 8);
    CHECK(arena_grow(&arena, kept, 8, SIZE_MAX - 64) == NULL);
    CHECK(arena_alloc(&arena, 0) != NULL);
    arena_free(&arena);
}

TEST(what_grows_keeps_its_bytes_wherever_it_moves) {
    struct arena arena = {0};
    char *text = arena_grow(&arena, NULL, 0, 16);
    memcpy(text, "0123456789abcdef", 16);
    CHECK(arena_grow(&arena, text, 16, 32) == text);
    arena_alloc(&arena, 1);
    char *moved = arena_grow(&arena, text, 32, 64);
    CHECK(moved != text && memcmp(moved, "0123456789abcdef", 16) == 0);
    char *large = arena_grow(&arena, moved, 64, 200000);
    CHECK(large != moved && memcmp(large, "0123456789abcdef", 16) == 0);
    arena_free(&arena);
}

TEST(a_loop_gives_back_what_it_took) {
    struct arena arena = {0};
    struct arena_mark empty = arena_mark(&arena);
    arena_rewind(&arena, empty);
    char *first = arena_alloc(&arena, 100);
    struct arena_mark mark = arena_mark(&arena);
    for (int i = 0; i < 5; i++) {
        arena_alloc(&arena, 100000);
        arena_alloc(&arena, 100000);
        arena_rewind(&arena, mark);
    }
    CHECK(arena_alloc(&arena, 16) == first + 112);
    arena_rewind(&arena, empty);
    CHECK(arena_alloc(&arena, 16) == first);
    arena_free(&arena);
}
