/* fuzz_request.c: sequences of requests, one a line, mutated by the grammar that desk_describe()
 * gives (mutate.h). Every reply must be sound; after a sequence that wrote, the state is judged
 * (judge.h). Most sequences run inside a held transaction, some with a commit for each call. */
#include <string.h>

#include "judge.h"
#include "mutate.h"
#include "world.h"

/* One sequence in so many is committed, after which the desk is opened anew; after one in so many
 * the state is judged: each takes as long as twenty requests, and what breaks it breaks it in many
 * inputs that differ little. */
enum { COMMITTED = 512, JUDGED = 128 };

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other,
                                 size_t other_size, uint8_t *ret_bytes, size_t room, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed) {
    return mutate_lines(bytes, size, room, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *other,
                                 size_t other_size, uint8_t *ret_bytes, size_t room,
                                 unsigned seed) {
    return mutate_cross(one, one_size, other, other_size, ret_bytes, room, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct world undone = {.name = "undone"}, committed = {.name = "committed"};
    uint64_t digest = input_digest(bytes, size);
    struct world *world = digest % COMMITTED == 0 ? &committed : &undone;
    world_ready(world, world == &undone);
    for (size_t from = 0; from < size;) {
        const uint8_t *newline = memchr(bytes + from, '\n', size - from);
        size_t length = newline ? (size_t)(newline - bytes) - from : size - from;
        struct reply reply;
        world_call(world, bytes + from, length, &reply);
        from += length + 1;
    }
    if (world->touched && digest / COMMITTED % JUDGED == 0) judge_state(world);
    return 0;
}
