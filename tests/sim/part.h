/* part.h: what a machine brings to the simulator: the people who use it (its world), and what must
 * hold of it (its invariants), written against spec/rules.md and not against the core. */
#ifndef PART_H
#define PART_H

#include "sim.h"
#include "texts.h"

/* When an invariant is looked at. */
enum check_when {
    AFTER_CALL = 1,   /* after every call into the core: must be cheap */
    EACH_DAY = 2,     /* and after every start */
    AT_END = 4,       /* when calm has lasted long enough for all to settle */
};

struct invariant {
    const char *name;  /* as a failure prints it */
    const char *rules; /* numbers in spec/rules.md, "" for the desk's own promises */
    const char *doc;   /* one sentence: what holds */
    unsigned when;     /* 0: looked at where it happens, by violated() */
    void (*check)(struct sim *);
};

struct part {
    const char *name;
    int place; /* of its state in sim->state */
    /* Before the life begins: plans the first happenings. Clinics and staff exist by then. */
    void (*begin)(struct sim *);
    void (*end)(struct sim *); /* frees its state */
    /* Every request that the core accepted, once, in the order in which it took effect, even when
     * nobody was told. `answer->at` is the instant that the core stamped it with. */
    void (*accepted)(struct sim *, const struct asked *, const struct answer *);
    /* Every request that the core refused, each time. */
    void (*refused)(struct sim *, const struct asked *, const struct answer *);
    /* A notice that a provider took over for delivery: the patient's phone rings. `effect` as
     * effect.take gave it. Called once per attempt that really went out. */
    void (*arrived)(struct sim *, const cJSON *effect);
    /* An attempt begins, before anybody knows its outcome. */
    void (*attempt)(struct sim *, const cJSON *effect);
    /* The database is an older one: forget what came after `at`. */
    void (*restored)(struct sim *, int64_t at);
    const struct invariant *invariants; /* ends with a NULL name */
};

extern const struct part *const parts[]; /* all of them, NULL-terminated */
extern const struct part core_part, review_chat_part, contact_form_part, laws_part,
    entrance_part, side_office_part, hasty_host_part;

/* people.c: the platform that every life begins with. Clinic c (1 …) has agents of every role. */
enum agent_role { REPRESENTATIVE, DOCTOR, ADMINISTRATOR, ASSISTANT, ASSISTANT_2, AGENT_ROLES };
void people_begin(struct sim *);
int64_t agent_of(int clinic, enum agent_role);
int64_t moderator_id(struct sim *);
const char *agent_who(int clinic, enum agent_role); /* the actor as JSON; lives for four calls */
const char *link_who(int64_t link_id);
extern const char host_who[], integration_who[], visitor_who[];
int clinic_of_agent(int64_t agent_id);
const char *zone_of(int clinic);
bool is_premium(int clinic);

/* door.c: how requests reach the core.
 * The key is made here: the same for retries of this request. `format` is the input object with '
 * for ". `done` (or NULL) hears the first answer, which is what a person sees on the screen. */
void ask(struct sim *, const char *who, const char *op, answered *done, int64_t a, int64_t b,
         const char *format, ...) __attribute__((format(printf, 7, 8)));
/* At once and surely, by the host itself: nothing is lost on the way, but the machine may die in
 * it; then NULL is given. The answer's body lives until the next call. No key is sent. */
const cJSON *host_call(struct sim *, const char *who, const char *op, const char **ret_code,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Several requests in one commit, as they stand in a batch: an array of replies until the next
 * call, NULL when none was given. */
const cJSON *host_batch(struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int64_t door_started_at(const struct sim *); /* when the core was opened last */
int64_t door_epoch(const struct sim *);      /* how often: what a host remembers ends with it */
bool door_asleep(const struct sim *);
int64_t door_awake_since(const struct sim *); /* past or to come */

/* A text nobody else writes: its words tell clinic and person wherever they turn up. */
const char *words(struct sim *, int clinic, int64_t person); /* lives for eight calls */

/* look.c: behind the core's back, on its own connection, between two calls. */
int64_t look(struct sim *, const char *sql, int n, const int64_t *args);
#define LOOK(sim, sql, ...)                                                            \
    look(sim, sql, (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)),          \
         (const int64_t[]){__VA_ARGS__})
struct sqlite3_stmt;
/* A prepared statement with its arguments bound; reset it by look_end. NULL when the database
 * cannot be read at all. */
struct sqlite3_stmt *look_rows(struct sim *, const char *sql, int n, const int64_t *args);
void look_end(struct sqlite3_stmt *);

#endif
