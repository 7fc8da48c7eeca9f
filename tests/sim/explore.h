/* explore.h: every order of events of one machine to a stated depth, on the real core in memory.
 * A state is the database and the instant; processes are its snapshots: each is reached again by
 * its requests and forked from the one that was set up. It refuses to guess: what no request,
 * timer or report can bring about is not explored.
 * Next: explore_scenes.c, what is explored; explore_laws.c, what must hold. */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <cJSON.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "desk.h"
#include "machine.h"

enum { MACHINES_MAX = 8, ROWS_MAX = 128, STATES_SEEN_MAX = 1 << 22, NODES_MAX = 1 << 20,
       PART_BYTES = 1024, DEPTH_MAX = 24, ACTIONS_MAX = 128, TEXT_BYTES = 4096,
       NOTE_BYTES = 1 << 16, NEVERS_MAX = 32 };

/* One thing that may happen: time passes, or somebody asks. */
enum happens { WAIT_BEFORE, WAIT_UNTIL, WAIT_AFTER, CLOCK_BACK, ASK };
struct act {
    enum happens kind;
    const char *who;   /* a name of explore_scenes.c */
    const char *op;
    const char *input; /* JSON with ' for " and <placeholders> */
};

/* An operation's canonical input; `good` is the one that a page would send. */
struct input {
    const char *op, *text;
    bool good;
};
extern const struct input inputs[];

/* One world around one item, and how deep it is explored. Lists end with NULL. */
struct scene {
    const char *name;
    const struct machine *machine;
    int depth;
    const char *const *setup; /* "who op input" */
    const char *const *more;  /* requests beside those of the machine's own operations */
    const char *const *who;   /* who acts */
    const char *show;         /* the request that answers with `allowed`, without its actor */
    bool clock_back;          /* the host's clock may be set back */
};
extern const struct scene scenes[];

/* The actor as JSON, NULL where nobody stands behind the name yet. */
const char *actor_json(const char *who);
unsigned actor_role(const char *who);
/* The input with its placeholders filled in; NULL where one of them is nobody yet. */
const char *input_json(const char *input);

/* Rows that cannot be taken by requests, timers and reports, and why. */
struct unreachable {
    const char *kind, *event, *guard, *in, *why;
};
extern const struct unreachable unreachable[];

/* What all processes share. */
struct tally {
    _Atomic uint64_t taken[MACHINES_MAX][ROWS_MAX];
    _Atomic uint64_t violations;
    _Atomic int scenes_begun;
    char broken[TEXT_BYTES]; /* the names of the laws that were */
};
extern struct tally *tally;

/* And those of one scene. */
struct node {
    uint32_t parent;
    uint16_t act, depth;
    uint64_t digest;
};
struct places {
    struct node nodes[NODES_MAX];
    uint64_t seen[STATES_SEEN_MAX]; /* digests, open addressing */
    uint32_t nodes_n;
    uint64_t tries, refused, repeats, buttons;
    bool full; /* the lists above did not suffice */
};
extern struct places *places;
extern const struct scene *scene;
extern desk *core;
extern int64_t now;
extern char repro[NOTE_BYTES]; /* the requests that led here, one a line */

/* explore_door.c: asking, and looking at the rows behind the core's back. */
void door_open(void);
const char *ask(const char *request);
/* As somebody; `id` may be NULL. NULL where nobody stands behind the name. */
const char *ask_as(const char *who, const char *op, const char *input, const char *id);
bool is_ok(const char *reply);
const char *code_of(const char *reply); /* "refused.closed", "" of an answer */
void hold(void);
void let_go(void);
int64_t one_int(const char *sql);             /* the first column of the first row, 0 for none */
const char *one_text(const char *sql);        /* likewise, NULL for none */
void all_text(const char *sql, char *ret, size_t room); /* rows as lines */
sqlite3_stmt *rows_of(const char *sql);        /* reset, ?1 bound to now; reset it when done */
/* The next instant after now at which anything could happen by itself; 0 for none. */
int64_t next_instant(void);

/* explore_state.c: what two states have in common. */
void digest_prepare(void);
uint64_t digest_now(void);
bool digest_is_new(uint64_t digest);

/* explore_steps.c: every step of every machine is looked over as it is made. */
void steps_count(bool counting);
int machine_number(const struct machine *);

/* explore_laws.c: what must hold of a state, and across a step. */
void laws_state(void);
struct kept {
    char lines[NOTE_BYTES];
};
void laws_before(struct kept *ret_kept);
void laws_after(const struct kept *, const char *op);
/* Before a request: which laws forbid that it is taken; after it was: that is a breach. */
void laws_ask(const struct act *, bool ret_never[NEVERS_MAX]);
void laws_answer(const bool never[NEVERS_MAX]);
/* Asks whether, then tries: buttons, repeated requests, strangers, forecasts. */
void probe(const struct act *acts, int acts_n);

/* Says what was violated and how it came to be. */
void violated(const char *law, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
