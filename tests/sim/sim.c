/* sim.c: the program: lives life after life, prints one line of figures, and of a failure the seed
 * and the smallest tape that still shows it. Next: life.c. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "life.h"
#include "look.h"
#include "shrink.h"

struct job {
    struct options options;
    int64_t lives;
    const char *tape, *save, *dump;
    bool shrinks, hashes, lists;
};

static const char usage[] =
    "usage: desk_sim [--seed S] [--lives N] [--days D] [--clinics N] [--rate 0|1|10]\n"
    "                [--crowd 0|1] [--policy recommended|literal] [--without MISHAP]\n"
    "                [--often MISHAP] [--portable] [--tape FILE] [--save FILE] [--shrink]\n"
    "                [--dump FILE] [--hashes] [--trace] [--invariants]\n";

static void figures_add(struct figures *to, const struct figures *from) {
    int64_t *sum = (int64_t *)to;
    const int64_t *each = (const int64_t *)from;
    for (size_t i = 0; i < sizeof *to / sizeof *sum; i++) sum[i] += each[i];
}

static void figures_print(const struct figures *f, const struct job *job, int64_t lives) {
    double years = (double)lives * job->options.days * job->options.clinics / 365;
    printf("%lld lives, %.1f clinic-years: %lld events, %lld requests (%lld refused), %lld effects,"
           " %lld mishaps, %lld kills, %lld disk failures, %lld memory failures, %lld restores,"
           " %lld checks\n", (long long)lives, years, (long long)f->events, (long long)f->requests,
           (long long)f->refused, (long long)f->effects, (long long)f->mishaps,
           (long long)f->kills, (long long)f->disk_failures, (long long)f->memory_failures,
           (long long)f->restores, (long long)f->checks);
}

static void invariants_print(void) {
    for (int i = 0; parts[i]; i++)
        for (const struct invariant *v = parts[i]->invariants; v->name; v++)
            printf("%s\t%s\t%s\t%s\n", v->name, parts[i]->name, v->rules, v->doc);
}

static bool option(int *i, int argc, char **argv, const char *name, const char **ret_value) {
    if (strcmp(argv[*i], name) != 0 || *i + 1 >= argc) return false;
    *ret_value = argv[++*i];
    return true;
}

static bool is_mishap(const char *word) { return !word || mishap_of(word) >= 0; }

static bool job_read(int argc, char **argv, struct job *job) {
    const char *v;
    for (int i = 1; i < argc; i++) {
        if (option(&i, argc, argv, "--seed", &v)) job->options.seed = strtoull(v, NULL, 10);
        else if (option(&i, argc, argv, "--lives", &v)) job->lives = strtoll(v, NULL, 10);
        else if (option(&i, argc, argv, "--days", &v)) job->options.days = atoi(v);
        else if (option(&i, argc, argv, "--clinics", &v)) job->options.clinics = atoi(v);
        else if (option(&i, argc, argv, "--rate", &v)) job->options.rate = atoi(v);
        else if (option(&i, argc, argv, "--crowd", &v)) job->options.crowd = atoi(v);
        else if (option(&i, argc, argv, "--policy", &v)) job->options.policy = v;
        else if (option(&i, argc, argv, "--without", &v)) job->options.without = v;
        else if (option(&i, argc, argv, "--often", &v)) job->options.often = v;
        else if (option(&i, argc, argv, "--tape", &v)) job->tape = v;
        else if (option(&i, argc, argv, "--save", &v)) job->save = v;
        else if (option(&i, argc, argv, "--dump", &v)) job->dump = v;
        else if (strcmp(argv[i], "--portable") == 0) job->options.portable = true;
        else if (strcmp(argv[i], "--shrink") == 0) job->shrinks = true;
        else if (strcmp(argv[i], "--hashes") == 0) job->hashes = true;
        else if (strcmp(argv[i], "--trace") == 0) job->options.traces = true;
        else if (strcmp(argv[i], "--invariants") == 0) job->lists = true;
        else return false;
    }
    return job->options.days > 0 && job->options.clinics > 0 && job->lives > 0 &&
           is_mishap(job->options.without) && is_mishap(job->options.often);
}

static void violation_print(const struct sim *sim) {
    printf("violated %s: %s\n  seed %llu, day %lld of %d, %lld choices\n", sim->violated, sim->seen,
           (unsigned long long)sim->options.seed,
           (long long)((sim->now - sim->started_at) / DAY_MS), sim->options.days,
           (long long)sim->tape.n);
}

/* The file and its log as they are, for whoever wants to look into them. */
static void dump(const char *path) {
    static const char *const names[] = {"desk", "desk-wal"};
    for (int i = 0; i < 2; i++) {
        char to[512];
        void *bytes;
        size_t size = disk_copy(names[i], &bytes);
        snprintf(to, sizeof to, "%s%s", path, i ? "-wal" : "");
        FILE *file = fopen(to, "wb");
        if (file && size) fwrite(bytes, 1, size, file);
        if (file) fclose(file);
        free(bytes);
    }
}

/* One life; true when nothing was violated. */
static bool live(struct job *job, const struct tape *replay, struct figures *sum) {
    struct sim sim;
    life_begin(&sim, &job->options, replay);
    while (life_go_on(&sim, 100000)) {}
    life_judge(&sim);
    figures_add(sum, &sim.figures);
    if (job->hashes && !sim.violated)
        printf("%llu %s\n", (unsigned long long)sim.options.seed, sim.hash);
    if (job->dump) dump(job->dump);
    life_end(&sim);
    if (!sim.violated) {
        if (!replay) free(sim.tape.choices);
        return true;
    }
    violation_print(&sim);
    if (job->shrinks) shrink(&job->options, &sim.tape, sim.violated);
    if (job->save) tape_save(job->save, &job->options, &sim.tape, sim.violated);
    if (!replay) free(sim.tape.choices);
    return false;
}

int main(int argc, char **argv) {
    struct job job = {.options = {.seed = 1, .days = 365, .clinics = 2, .rate = -1, .crowd = -1},
                      .lives = 1};
    struct figures sum = {0};
    struct tape tape = {0};
    struct tape_words words;
    if (!job_read(argc, argv, &job)) {
        fputs(usage, stderr);
        return 2;
    }
    if (job.lists) {
        invariants_print();
        return 0;
    }
    if (job.tape && !tape_load(job.tape, &job.options, &tape, &words)) {
        fprintf(stderr, "desk_sim: %s is no tape\n", job.tape);
        return 2;
    }
    disk_install();
    look_install();
    int64_t lived = 0;
    bool good = true;
    for (; lived < job.lives && good; lived++) {
        good = live(&job, job.tape ? &tape : NULL, &sum);
        job.options.seed++;
    }
    figures_print(&sum, &job, lived);
    free(tape.choices);
    return good ? 0 : 1;
}
