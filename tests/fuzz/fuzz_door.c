/* fuzz_door.c: any bytes at the JSON door, one call an input. The reply must be what desk.h
 * promises (reply.h), never a bug.* or storage.* of a sound file, and the same when the same bytes
 * come again to the same state.
 * What sequences of good requests do is fuzz_request.c's. */
#include <stdlib.h>
#include <string.h>

#include "world.h"

/* One input in so many is committed instead of undone; one in so many is asked twice. */
enum { COMMITTED = 512, TWICE = 128 };

static void ask_twice(struct world *world, const uint8_t *bytes, size_t size) {
    struct reply reply;
    world->touched = true;
    world_ready(world, true);
    world_call(world, bytes, size, &reply);
    char *first = malloc(reply.size + 1);
    if (!first) finding("out of memory", "");
    memcpy(first, reply.text, reply.size + 1);
    world->touched = true;
    world_ready(world, true);
    world_call(world, bytes, size, &reply);
    if (strcmp(first, reply.text) != 0) {
        finding(first, reply.text);
    }
    free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct world undone = {.name = "undone"}, committed = {.name = "committed"};
    uint64_t digest = input_digest(bytes, size);
    struct world *world = digest % COMMITTED == 0 ? &committed : &undone;
    struct reply reply;
    world_ready(world, world == &undone);
    if (digest / COMMITTED % TWICE == 0) ask_twice(&undone, bytes, size);
    else world_call(world, bytes, size, &reply);
    return 0;
}
