/* sim_wasi.c: the same lives inside WebAssembly. A reactor with short calls, because a long one is
 * not safe in every runtime. The host: tools/sim/wasi.mjs. */
#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "life.h"
#include "look.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

static struct sim sim;
static char said[1400];

/* Nothing may be called before; once per instance. */
void EXPORT(sim_open)(void) {
    disk_install();
    look_install();
}

void EXPORT(sim_begin)(uint32_t seed, uint32_t days, uint32_t clinics, int32_t rate,
                       int32_t crowd, int32_t without, int32_t often) {
    struct options options = {.seed = seed, .days = (int)days, .clinics = (int)clinics,
                              .rate = rate, .crowd = crowd, .portable = true,
                              .without = without < 0 ? NULL : mishap_word((enum mishap)without),
                              .often = often < 0 ? NULL : mishap_word((enum mishap)often)};
    life_begin(&sim, &options, NULL);
}

/* Its number for sim_begin, of the word that the host has put into the buffer; -1 for none. */
char *EXPORT(sim_word)(void) { return said; }
int32_t EXPORT(sim_mishap)(void) { return mishap_of(said); }

/* 0 when the life is over. */
int32_t EXPORT(sim_go)(uint32_t events) { return life_go_on(&sim, events); }

/* Ends the life. One line: "ok <hash> <events> <requests>" or "violated <name> <what was seen>". */
const char *EXPORT(sim_end)(void) {
    life_judge(&sim);
    if (sim.violated) snprintf(said, sizeof said, "violated %s %s", sim.violated, sim.seen);
    else snprintf(said, sizeof said, "ok %s %lld %lld", sim.hash, (long long)sim.figures.events,
                  (long long)sim.figures.requests);
    life_end(&sim);
    tape_free(&sim);
    return said;
}
