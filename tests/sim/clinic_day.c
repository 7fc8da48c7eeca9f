/* clinic_day.c: proves that one clinic-day survives what can happen to a process and its disk:
 *   desk_day [--seed N] [--full] [--kills EACH] [--again EACH] [--disk EACH] [--allocations EACH]
 *            [--plant settle-first] [--tell]
 * EACH: every so many-th place, beginning at one that the seed draws; 0 none. Unless told: every
 * death, every 3rd with another after it, every 5th failure of the disk, every 20th of memory.
 * --full: every place. Prints one line of figures; exits 1 when something was violated.
 * Next: clinic_day.h. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clinic_day.h"
#include "disk.h"
#include "disk_check.h"

struct figures figures;

bool violated(int at, const char *how, const char *what, const char *seen) {
    enum { TOLD_MAX = 40 };
    static struct told {
        int at;
        const char *what;
    } told[TOLD_MAX];
    const char *text = requests[at].text ? requests[at].text : "restart";
    int n = 0;
    figures.violations++;
    while (n < TOLD_MAX && told[n].what && (told[n].at != at || told[n].what != what)) n++;
    if (n == TOLD_MAX || told[n].what) return false;
    told[n] = (struct told){at, what};
    printf("violated: %s\n  request %d, %s\n  %.300s\n  seen: %.700s\n", what, at, how, text,
           seen ? seen : "nothing");
    fflush(stdout);
    return false;
}

struct choices {
    uint32_t seed;
    int64_t kills, again, disk, allocations;
    bool tells;
};

static int64_t number(const char *text) {
    char *end;
    long long value = text ? strtoll(text, &end, 10) : -1;
    if (!text || *end || value < 0) {
        fputs("desk_day: a number is missing\n", stderr);
        exit(2);
    }
    return value;
}

static struct choices choices_read(int n, char **words) {
    struct choices choices = {.seed = 1, .kills = 1, .again = 3, .disk = 5, .allocations = 20};
    for (int i = 1; i < n; i++) {
        const char *word = words[i], *next = i + 1 < n ? words[i + 1] : NULL;
        if (strcmp(word, "--tell") == 0) choices.tells = true;
        else if (strcmp(word, "--full") == 0)
            choices.kills = choices.again = choices.disk = choices.allocations = 1;
        else {
            i++;
            if (strcmp(word, "--seed") == 0) choices.seed = (uint32_t)number(next);
            else if (strcmp(word, "--kills") == 0) choices.kills = number(next);
            else if (strcmp(word, "--again") == 0) choices.again = number(next);
            else if (strcmp(word, "--allocations") == 0) choices.allocations = number(next);
            else if (strcmp(word, "--disk") == 0) choices.disk = number(next);
            else if (strcmp(word, "--plant") == 0 && next && strcmp(next, "settle-first") == 0)
                host.settle_first = true;
            else {
                fprintf(stderr, "desk_day: what is %s?\n", word);
                exit(2);
            }
        }
    }
    return choices;
}

static struct span span_of(int64_t each, uint32_t seed) {
    return (struct span){.each = each ? each : INT64_MAX, .from = each ? seed % each : -1};
}

static bool day_true(const struct choices *choices) {
    const char *wrong = disk_check();
    if (wrong) {
        printf("violated: the simulated disk: %s\n", wrong);
        return false;
    }
    day_record(choices->tells);
    wrong = state_wrong();
    if (!wrong) wrong = effects_wrong(0);
    if (!wrong) wrong = erased_wrong(requests_n - 1);
    host_close();
    if (wrong) printf("violated: the undisturbed day: %s\n", wrong);
    return !wrong;
}

static double seconds_since(const struct timespec *from) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static void tell(const struct choices *choices, int64_t operations, double seconds) {
    printf("clinic day: seed %" PRIu32 ", %d requests, %" PRId64 " disk operations", choices->seed,
           requests_n, operations);
    printf("; %" PRId64 " deaths (every %" PRId64 ", again every %" PRId64 "), %" PRId64
           " recoveries, %" PRId64 " days finished", figures.deaths, choices->kills,
           choices->again, figures.recoveries, figures.judged);
    printf("; %" PRId64 " failures (disk every %" PRId64 ", allocations every %" PRId64 ")",
           figures.failures, choices->disk, choices->allocations);
    printf("; %" PRId64 " violations, %.1f s\n", figures.violations, seconds);
}

int main(int n, char **words) {
    struct choices choices = choices_read(n, words);
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (!day_true(&choices)) return EXIT_FAILURE;
    int64_t operations = disk_operations();
    if (choices.kills)
        kills_run(span_of(choices.kills, choices.seed), span_of(choices.again, choices.seed),
                  choices.seed);
    if (choices.allocations) allocations_run(span_of(choices.allocations, choices.seed));
    if (choices.disk) disk_failures_run(span_of(choices.disk, choices.seed));
    tell(&choices, operations, seconds_since(&from));
    return figures.violations ? EXIT_FAILURE : EXIT_SUCCESS;
}
