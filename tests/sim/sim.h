/* sim.h: one simulated life of a desk. The core is the real one; patients, staff, providers, the
 * host and the disk are played. Everything that happens follows from a seed (what people do) and a
 * tape (what goes wrong, 0 for nothing), so a life can be lived again, event by event.
 * Next: part.h, what a machine brings; README.md, how to add one. */
#ifndef SIM_H
#define SIM_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "desk.h"

enum {
    SECOND_MS = 1000,
    MINUTE_MS = 60 * SECOND_MS,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS,
};

/* What may go wrong: name, and how often by itself, of 100,000 occasions. */
#define MISHAPS(X)                                                                      \
    X(REQUEST_LOST, "request-lost", 400)      /* never reaches the host */              \
    X(REPLY_LOST, "reply-lost", 400)          /* done, but nobody is told */            \
    X(REQUEST_TWICE, "request-twice", 400)    /* a double tap, a retry of the browser */ \
    X(REQUEST_LATE, "request-late", 200)      /* offline, a stale tab: up to two days */ \
    X(NEW_KEY, "new-key", 20000)              /* the retry is a new request */          \
    X(SHARED_COMMIT, "shared-commit", 20000)  /* waits for others, one commit for all */ \
    X(KILL, "kill", 30)                       /* power cut at some disk operation */    \
    X(KILL_AGAIN, "kill-again", 20000)        /* and another while starting */          \
    X(DISK_FAILS, "disk-fails", 30)           /* an operation fails once */             \
    X(DISK_FULL_LONG, "disk-full", 300)       /* no room for up to two hours */              \
    X(MEMORY_FAILS, "memory-fails", 30)       /* an allocation fails */                 \
    X(HOST_SLEEPS, "host-sleeps", 1000)        /* nothing runs for up to three days */   \
    X(CLOCK_JUMPS, "clock-jumps", 500)        /* the host's clock is set */             \
    X(HOST_FORGETS, "host-forgets", 100)      /* ends between a provider and its mark */ \
    X(REJECTED, "rejected", 1000)             /* the provider refuses for good */       \
    X(REPORTED_FAILED, "reported-failed", 1000) /* accepted, fails later */             \
    X(TRY_LATER, "try-later", 1000)           /* the provider is busy */                \
    X(ANSWER_LOST, "answer-lost", 1000)       /* sent, or not: nobody knows */          \
    X(OUTAGE, "outage", 20)                   /* a provider is down for up to a day */  \
    X(NO_REPORT, "no-report", 1000)           /* accepted, then silence */              \
    X(REPORT_TWICE, "report-twice", 1000)                                               \
    X(REPORT_EARLY, "report-early", 1000)     /* before the send is answered */         \
    X(REPORT_LATE, "report-late", 1000)       /* up to three days */                    \
    X(REPORTS_MIXED, "reports-mixed", 1000)   /* an older status after a newer one */   \
    X(DOUBLE_TAP, "double-tap", 500)          /* the same again with a key of its own */ \
    X(TWO_TABS, "two-tabs", 500)              /* two people or pages at once */         \
    X(STRANGER, "stranger", 500)              /* asks for what is not theirs */         \
    X(RESTORED, "restored", 200)              /* from a backup of hours ago */

enum mishap {
#define MISHAP_ENUM(name, word, often) name,
    MISHAPS(MISHAP_ENUM)
#undef MISHAP_ENUM
        MISHAP_COUNT
};

struct tape {
    uint32_t *choices;
    int64_t n, room, at;
    bool replays; /* choices are read; past their end nothing goes wrong */
};

struct options {
    uint64_t seed;
    int days, clinics;
    int rate;      /* 0 nothing goes wrong, 1 as usual, 10 tenfold; -1 drawn from the seed */
    int crowd;     /* contacts of patients: 0 few, as a small clinic has; 1 four a day; -1 drawn */
    bool portable; /* nothing that counts allocations: the same on every build */
    bool traces;   /* every request and its answer is printed */
    const char *policy; /* a preset, NULL to draw one */
    const char *without; /* a mishap that never happens, NULL for none */
    const char *often;   /* one that happens at least once in twenty occasions; or NULL */
};

/* What a life has seen, for the line of figures. */
struct figures {
    int64_t events, requests, refused, effects, kills, disk_failures, memory_failures, mishaps,
        restores, checks;
};

enum { WORD_BYTES = 24, KEY_BYTES = 40, WHO_BYTES = 96, OP_BYTES = 40, SEEN_BYTES = 1000 };
enum { REPLIES = 8 };

struct sim;

/* Something that is due at an instant; `with` is what it is about, owned by whoever planned it. */
typedef void happening(struct sim *, void *with);

struct answer;

/* A request under way, from the tap to its first answer. */
struct asked {
    int64_t number;
    char key[KEY_BYTES]; /* empty for a read */
    char who[WHO_BYTES]; /* the actor as JSON */
    char op[OP_BYTES];
    char *in;            /* as JSON */
    void (*done)(struct sim *, const struct asked *, const struct answer *);
    int64_t a, b;        /* for `done` and the oracles */
    int64_t asked_at, accepted_at;
    int tries, under_way; /* times sent; planned arrivals */
    bool answered, accepted, told, in_doubt;
    uint64_t replies[REPLIES]; /* digests of what it was answered */
    int replies_n;
};

/* What came back. `body` is the reply's ok or error object and lives until the callback ends. */
struct answer {
    bool ok;
    const char *code; /* of an error, else "" */
    const cJSON *body;
    int64_t at; /* the instant that the core counted it at */
};
typedef void answered(struct sim *, const struct asked *, const struct answer *);

struct heap_item;
struct door;
struct outbox;
struct providers;
struct kept;
struct part;

struct sim {
    struct options options;
    struct tape tape;
    uint64_t workload[2], chances[2];
    uint32_t rate[MISHAP_COUNT];
    bool crowded; /* the life is one of four contacts a day */
    bool calm; /* the end: nothing goes wrong any more */
    int64_t now, skew_ms, started_at, ends_at;
    int64_t restored_event; /* how many had been when the copy was made that was put back last */
    struct heap_item *heap;
    int64_t heap_n, heap_room, heap_seq;
    struct door *door;
    struct outbox *outbox;
    struct providers *providers;
    struct kept *kept; /* whatever is under way when the life ends goes with it */
    void *state[8]; /* one per part */
    struct figures figures;
    const char *violated; /* the invariant's name; the life ends there */
    char seen[SEEN_BYTES];
    char hash[80]; /* of the state at the end */
};

/* tape.c */
void tape_start(struct sim *, const struct tape *replay);
void tape_free(struct sim *);
/* The workload: 0 to n-1, the same whatever goes wrong. */
uint32_t draw(struct sim *, uint32_t n);
bool drawn(struct sim *, uint32_t of_100);
int64_t draw_ms(struct sim *, int64_t from_ms, int64_t to_ms);
int64_t pause_ms(struct sim *, int64_t from_ms, int64_t to_ms); /* longer where few come */
/* The tape: whether it goes wrong this time, and which of n ways (0 the mildest). */
bool mishap(struct sim *, enum mishap);
uint32_t choose(struct sim *, uint32_t n);
const char *mishap_word(enum mishap);
int mishap_of(const char *word); /* -1 where there is none, or no word */

/* events.c: memory of a life, cleared; what is not dropped before ends with it. */
void *keep(struct sim *, size_t size);
void *keep_text(struct sim *, const char *);
void drop(struct sim *, void *);
void later(struct sim *, int64_t in_ms, happening *, void *with);
bool events_next(struct sim *); /* lives through the next one; false when the life has ended */
void events_forget(struct sim *);

/* sim.c: the first violation counts; the life ends after the event that saw it. */
void violated(struct sim *, const char *invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The clock of the host, which may have been set. */
int64_t host_now(const struct sim *);

#endif
