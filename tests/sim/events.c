/* events.c: the virtual clock. A heap of what is due, by instant and, at the same instant, in the
 * order in which it was planned; living means taking the first. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct heap_item {
    int64_t at, seq;
    happening *run;
    void *with;
};

static bool before(const struct heap_item *a, const struct heap_item *b) {
    return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

void later(struct sim *sim, int64_t in_ms, happening *run, void *with) {
    if (sim->heap_n == sim->heap_room) {
        int64_t bigger = sim->heap_room ? sim->heap_room * 2 : 1024;
        struct heap_item *moved = realloc(sim->heap, (size_t)bigger * sizeof *moved);
        if (!moved) abort();
        sim->heap = moved;
        sim->heap_room = bigger;
    }
    struct heap_item item = {sim->now + (in_ms > 0 ? in_ms : 0), sim->heap_seq++, run, with};
    int64_t i = sim->heap_n++;
    for (; i > 0 && before(&item, &sim->heap[(i - 1) / 2]); i = (i - 1) / 2)
        sim->heap[i] = sim->heap[(i - 1) / 2];
    sim->heap[i] = item;
}

static struct heap_item heap_take(struct sim *sim) {
    struct heap_item first = sim->heap[0], last = sim->heap[--sim->heap_n];
    int64_t i = 0, child;
    while ((child = 2 * i + 1) < sim->heap_n) {
        if (child + 1 < sim->heap_n && before(&sim->heap[child + 1], &sim->heap[child])) child++;
        if (!before(&sim->heap[child], &last)) break;
        sim->heap[i] = sim->heap[child];
        i = child;
    }
    if (sim->heap_n > 0) sim->heap[i] = last;
    return first;
}

bool events_next(struct sim *sim) {
    if (sim->heap_n == 0 || sim->heap[0].at > sim->ends_at || sim->violated) return false;
    struct heap_item item = heap_take(sim);
    sim->now = item.at;
    sim->figures.events++;
    item.run(sim, item.with);
    return true;
}

struct kept {
    struct kept *before, *after;
};

void *keep(struct sim *sim, size_t size) {
    struct kept *kept = calloc(1, sizeof *kept + size);
    if (!kept) abort();
    kept->after = sim->kept;
    if (sim->kept) sim->kept->before = kept;
    sim->kept = kept;
    return kept + 1;
}

void *keep_text(struct sim *sim, const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(keep(sim, size), text, size);
}

void drop(struct sim *sim, void *memory) {
    if (!memory) return;
    struct kept *kept = (struct kept *)memory - 1;
    if (kept->before) kept->before->after = kept->after;
    else sim->kept = kept->after;
    if (kept->after) kept->after->before = kept->before;
    free(kept);
}

void events_forget(struct sim *sim) {
    while (sim->kept) drop(sim, sim->kept + 1);
    free(sim->heap);
    sim->heap = NULL;
    sim->heap_n = sim->heap_room = 0;
}
