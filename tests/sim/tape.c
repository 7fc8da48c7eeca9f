/* tape.c: the two streams of chance. What people do comes from the seed alone; what goes wrong is
 * written on a tape, so that a failure can be repeated with less and less of it. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static const struct {
    const char *word;
    uint32_t often;
} mishaps[] = {
#define MISHAP_ROW(name, word, often) {word, often},
    MISHAPS(MISHAP_ROW)
#undef MISHAP_ROW
};
enum { OCCASIONS = 100000 };

const char *mishap_word(enum mishap mishap) { return mishaps[mishap].word; }

int mishap_of(const char *word) {
    for (int i = 0; word && i < MISHAP_COUNT; i++)
        if (strcmp(mishaps[i].word, word) == 0) return i;
    return -1;
}

/* splitmix64 spreads a seed; xorshift128+ follows it. */
static uint64_t spread(uint64_t *at) {
    uint64_t z = *at += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void stream_start(uint64_t stream[2], uint64_t seed) {
    stream[0] = spread(&seed);
    stream[1] = spread(&seed);
}

static uint64_t stream_next(uint64_t stream[2]) {
    uint64_t a = stream[0], b = stream[1];
    stream[0] = b;
    a ^= a << 23;
    stream[1] = a ^ b ^ a >> 18 ^ b >> 5;
    return stream[1] + b;
}

static uint32_t stream_below(uint64_t stream[2], uint32_t n) {
    return n < 2 ? 0 : (uint32_t)((stream_next(stream) >> 32) * n >> 32);
}

/* One life in ten has no mishap at all and one ten times as many, unless it is crowded: it would
 * do nothing but repeat. In the others each kind has a rate of its own, so that rare ones meet. */
static void rates_draw(struct sim *sim) {
    uint32_t life = stream_below(sim->chances, 10);
    int rate = sim->options.rate;
    if (rate < 0) rate = life == 0 ? 0 : life == 1 && !sim->crowded ? 10 : 1;
    for (int i = 0; i < MISHAP_COUNT; i++) {
        static const uint32_t quarters[] = {0, 1, 4, 4, 4, 8, 16, 40};
        uint32_t share = quarters[stream_below(sim->chances, 8)];
        uint64_t often = (uint64_t)mishaps[i].often * share * (uint64_t)rate / 4;
        sim->rate[i] = often > OCCASIONS / 2 ? OCCASIONS / 2 : (uint32_t)often;
    }
    int often = mishap_of(sim->options.often), without = mishap_of(sim->options.without);
    if (often >= 0 && sim->rate[often] < OCCASIONS / 20) sim->rate[often] = OCCASIONS / 20;
    if (without >= 0) sim->rate[without] = 0;
    if (sim->options.portable) sim->rate[MEMORY_FAILS] = 0;
}

void tape_free(struct sim *sim) {
    free(sim->tape.choices);
    sim->tape = (struct tape){0};
}

void tape_start(struct sim *sim, const struct tape *replay) {
    stream_start(sim->workload, sim->options.seed);
    stream_start(sim->chances, ~sim->options.seed);
    bool crowded = draw(sim, 64) == 0;
    sim->crowded = sim->options.crowd < 0 ? crowded : sim->options.crowd > 0;
    rates_draw(sim);
    if (replay) {
        sim->tape = *replay;
        sim->tape.at = 0;
        sim->tape.replays = true;
    }
}

uint32_t draw(struct sim *sim, uint32_t n) { return stream_below(sim->workload, n); }

bool drawn(struct sim *sim, uint32_t of_100) { return draw(sim, 100) < of_100; }

int64_t draw_ms(struct sim *sim, int64_t from_ms, int64_t to_ms) {
    uint64_t range = (uint64_t)(to_ms - from_ms + 1);
    return from_ms + (int64_t)(stream_next(sim->workload) % range);
}

int64_t pause_ms(struct sim *sim, int64_t from_ms, int64_t to_ms) {
    enum { FEWER = 12 };
    return draw_ms(sim, from_ms, to_ms) * (sim->crowded ? 1 : FEWER);
}

static uint32_t tape_read(struct sim *sim) {
    struct tape *tape = &sim->tape;
    return tape->at < tape->n ? tape->choices[tape->at++] : 0;
}

static uint32_t tape_write(struct sim *sim, uint32_t choice) {
    struct tape *tape = &sim->tape;
    if (tape->n == tape->room) {
        int64_t bigger = tape->room ? tape->room * 2 : 4096;
        uint32_t *moved = realloc(tape->choices, (size_t)bigger * sizeof *moved);
        if (!moved) abort();
        tape->choices = moved;
        tape->room = bigger;
    }
    tape->choices[tape->n++] = choice;
    tape->at = tape->n;
    return choice;
}

/* A rate of zero needs no place on the tape: the seed says so each time. */
bool mishap(struct sim *sim, enum mishap kind) {
    if (sim->calm || sim->rate[kind] == 0) return false;
    bool bad = sim->tape.replays
                   ? tape_read(sim) != 0
                   : tape_write(sim, stream_below(sim->chances, OCCASIONS) < sim->rate[kind]) != 0;
    sim->figures.mishaps += bad;
    return bad;
}

uint32_t choose(struct sim *sim, uint32_t n) {
    if (sim->calm) return 0;
    if (!sim->tape.replays) return tape_write(sim, stream_below(sim->chances, n));
    uint32_t choice = tape_read(sim);
    return choice < n ? choice : 0;
}
