/* shrink.c: shortens a failing life, first its days, then chunk by chunk the choices on its tape:
 * each is set to 0, nothing wrong, and stays so when the same invariant is still violated. */
#include "shrink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "life.h"

enum { TRIES_MAX = 600, SECONDS_MAX = 120 };

/* A long life is made as small as two minutes of a processor allow. */
static bool go_on(int tries, int tries_max) {
    return tries < tries_max && clock() / CLOCKS_PER_SEC < SECONDS_MAX;
}

/* The tape may come back longer than it was: then a shorter life took other turns. */
static bool still_fails(const struct options *options, const struct tape *tape,
                        const char *violated, int64_t *ret_days, int64_t *ret_read) {
    struct sim sim;
    life_begin(&sim, options, tape);
    while (life_go_on(&sim, 100000)) {}
    life_judge(&sim);
    *ret_days = (sim.now - sim.started_at) / DAY_MS + 1;
    *ret_read = sim.tape.at;
    bool same = sim.violated && strcmp(sim.violated, violated) == 0;
    life_end(&sim);
    return same;
}

static void days_shrink(struct options *options, struct tape *tape, const char *violated,
                        int *tries) {
    int64_t days, read;
    if (!still_fails(options, tape, violated, &days, &read)) return;
    if (days < options->days) options->days = (int)days;
    tape->n = read < tape->n ? read : tape->n;
    for (int shorter = options->days * 3 / 4; shorter > 0; ++*tries) {
        if (!go_on(*tries, TRIES_MAX / 4)) break;
        struct options fewer = *options;
        fewer.days = shorter;
        if (!still_fails(&fewer, tape, violated, &days, &read)) break;
        options->days = shorter;
        shorter = shorter * 3 / 4;
    }
}

static int64_t wrongs(const struct tape *tape, int64_t from, int64_t to) {
    int64_t n = 0;
    for (int64_t i = from; i < to; i++) n += tape->choices[i] != 0;
    return n;
}

/* Clears one chunk; puts it back when the failure has gone with it. */
static void chunk_clear(const struct options *options, struct tape *tape, const char *violated,
                        int64_t from, int64_t to) {
    size_t size = (size_t)(to - from) * sizeof *tape->choices;
    int64_t days, read;
    uint32_t *saved = malloc(size);
    if (!saved) abort();
    memcpy(saved, tape->choices + from, size);
    memset(tape->choices + from, 0, size);
    if (!still_fails(options, tape, violated, &days, &read))
        memcpy(tape->choices + from, saved, size);
    free(saved);
}

static void tape_shrink(const struct options *options, struct tape *tape, const char *violated,
                        int *tries) {
    for (int64_t chunk = tape->n; chunk >= 1 && go_on(*tries, TRIES_MAX); chunk = chunk / 4)
        for (int64_t from = 0; from < tape->n && go_on(*tries, TRIES_MAX); from += chunk) {
            int64_t to = from + chunk < tape->n ? from + chunk : tape->n;
            if (wrongs(tape, from, to) == 0) continue;
            chunk_clear(options, tape, violated, from, to);
            ++*tries;
        }
}

void shrink(struct options *options, struct tape *tape, const char *violated) {
    int tries = 0;
    int64_t days = options->days, before = wrongs(tape, 0, tape->n);
    days_shrink(options, tape, violated, &tries);
    tape_shrink(options, tape, violated, &tries);
    printf("  shrunk in %d lives: %lld to %d days, %lld to %lld mishaps\n", tries, (long long)days,
           options->days, (long long)before, (long long)wrongs(tape, 0, tape->n));
}

bool tape_save(const char *path, const struct options *options, const struct tape *tape,
               const char *violated) {
    FILE *file = fopen(path, "w");
    if (!file) return false;
    fprintf(file, "seed %llu days %d clinics %d rate %d crowd %d portable %d policy %s"
                  " without %s often %s\nshows %s\n",
            (unsigned long long)options->seed, options->days, options->clinics, options->rate,
            options->crowd, options->portable, options->policy ? options->policy : "drawn",
            options->without ? options->without : "none", options->often ? options->often : "none",
            violated);
    for (int64_t i = 0; i < tape->n; i++)
        if (tape->choices[i]) fprintf(file, "%lld %u\n", (long long)i, tape->choices[i]);
    return fclose(file) == 0;
}

static void choice_put(struct tape *tape, int64_t at, uint32_t choice) {
    if (at >= tape->room) {
        int64_t bigger = (at + 1) * 2;
        tape->choices = realloc(tape->choices, (size_t)bigger * sizeof *tape->choices);
        if (!tape->choices) abort();
        memset(tape->choices + tape->room, 0,
               (size_t)(bigger - tape->room) * sizeof *tape->choices);
        tape->room = bigger;
    }
    tape->choices[at] = choice;
    if (at >= tape->n) tape->n = at + 1;
}

bool tape_load(const char *path, struct options *options, struct tape *ret_tape,
               struct tape_words *ret_words) {
    FILE *file = fopen(path, "r");
    unsigned long long seed;
    int portable;
    long long at;
    unsigned choice;
    if (!file) return false;
    bool good = fscanf(file, "seed %llu days %d clinics %d rate %d crowd %d portable %d"
                             " policy %15s without %31s often %31s shows %*s", &seed,
                       &options->days, &options->clinics, &options->rate, &options->crowd,
                       &portable, ret_words->policy, ret_words->without, ret_words->often) == 9;
    options->seed = seed;
    options->portable = portable != 0;
    options->policy = strcmp(ret_words->policy, "drawn") == 0 ? NULL : ret_words->policy;
    options->without = strcmp(ret_words->without, "none") == 0 ? NULL : ret_words->without;
    options->often = strcmp(ret_words->often, "none") == 0 ? NULL : ret_words->often;
    while (good && fscanf(file, "%lld %u", &at, &choice) == 2) choice_put(ret_tape, at, choice);
    fclose(file);
    return good;
}
