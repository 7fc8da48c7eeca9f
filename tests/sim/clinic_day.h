/* clinic_day.h: one clinic-day, asked of the real core request by request, and what it must
 * survive: being killed at every disk operation, every allocation and every operation failing.
 * The story: clinic_day_story.c. How it is lived: clinic_day_host.c. The deaths:
 * clinic_day_kills.c. The failures: clinic_day_faults.c. */
#ifndef CLINIC_DAY_H
#define CLINIC_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "desk.h"

enum { REQUESTS_MAX = 400, EFFECTS_MAX = 200, HASH_BYTES = 65 };

/* A line of the story: when ("day HH:MM:SS", UTC), who, what. `op` is one of the core's, or
 *   RESTART  the host is stopped and started,
 *   PUMP     the host takes what may be sent, has it sent and settles each.
 * `when` is "+" for what shares the commit of the line above, "=" for the line above once more. */
struct line {
    const char *when, *who, *op, *in;
};
extern const struct line story[];
#define RESTART "restart"
#define PUMP "pump"

/* What a provider answers, by effect and attempt; "sent" unless told. `status` is also "lost": it
 * was sent, the host hears nothing. */
struct provider_answer {
    int64_t effect_id, attempt;
    const char *status;
};
extern const struct provider_answer provider_answers[];

/* What only the person who is erased said and was. */
extern const char *const erased_words[];

/* A request as it is asked, and what the undisturbed day says of it. */
struct request {
    char *text; /* NULL: a restart */
    int64_t now;
    int line;             /* of the story */
    int first, last;      /* those that become durable together: held, or only itself */
    bool takes;           /* the host's question for what to send */
    int64_t settles;      /* the effect whose outcome it tells, 0 for none */
    bool again;           /* a repetition of the one before */
    char *reply;          /* the undisturbed day's */
    char hash[HASH_BYTES]; /* of the state after it; "" while the transaction is held */
    bool kept;            /* asked again with its key, it is answered from memory */
};

/* The host's side of the world, in plain memory. */
struct host {
    desk *core;
    struct sqlite3 *sqlite;         /* the core's, to look behind it */
    int64_t calls[EFFECTS_MAX];     /* how often each effect's provider was asked to send it */
    int64_t attempt[EFFECTS_MAX];   /* the attempt that the host holds; 0 none */
    bool settle_first;              /* planted: says "sent", then sends */
};

extern struct request requests[REQUESTS_MAX];
extern int requests_n;
extern struct host host;

/* Lives the story once and keeps it in `requests`; prints it when `tells`. */
void day_record(bool tells);

void host_open(void);
void host_close(void);
/* One request; NULL when there was no room to ask. What was taken is sent to its provider. */
const char *host_ask(int at);
/* Takes what may be sent, has it sent and settles it, under keys that begin with `key`. */
void host_pump(int64_t now, const char *key);
/* Asks anything else, with ' for ". The reply lives until the next one. */
const char *host_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether the reply says that storage failed, so that nobody knows whether it was done. */
bool reply_failed(const char *reply);
/* Whether both say the same, whatever they say about the desk besides. */
bool reply_same_answer(const char *a, const char *b);
/* Whether the reply is the undisturbed day's, to the byte. In what was held only the answers are
 * compared: done once already, it leads to its revision in other steps. */
bool reply_as_before(int at, const char *reply);
/* The state's hash into `ret_hash`. */
void state_hash(char ret_hash[HASH_BYTES]);
/* NULL, or what is wrong with the file, the chain or a reference. */
const char *state_wrong(void);
/* NULL, or that words of the person who was erased are still on the disk, although that was
 * answered before request `next`. */
const char *erased_wrong(int next);
/* NULL, or which effect was called too often or never. `deaths`: the host forgot so often. */
const char *effects_wrong(int64_t deaths);

/* Counts, and prints the first of each kind at each request; false, for the caller to return. */
bool violated(int at, const char *how, const char *what, const char *seen);

/* deaths and failures: tried; recoveries: of the deaths, those whose disk no other death had
 * left the same; judged: of these, those whose recovered file nobody had seen before. */
struct figures {
    int64_t deaths, recoveries, judged, failures, violations;
};
extern struct figures figures;

struct span {
    int64_t each, from; /* every each-th, counted from this one */
};
/* `again`: which operations are also tried with a second death, and with a cut after the retry. */
void kills_run(struct span, struct span again, uint32_t seed);
void allocations_run(struct span);
void disk_failures_run(struct span);

#endif
