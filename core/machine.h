/* machine.h: state machines as tables. A row reads: in this state, on this event, if this holds,
 * go there, then do that, because of this rule. The first row that fits wins; where none fits the
 * request is refused. machine_step() is the only writer of a state column and appends to history.
 * Next: machines/review_chat.c. */
#ifndef MACHINE_H
#define MACHINE_H

#include "json.h"
#include "tx.h"

/* Events of all machines: name, and the word by which requests, timers and history know it. */
#define EVENTS(X)                    \
    X(ON_OPEN, open)                 \
    X(ON_POST, post)                 \
    X(ON_MARK_SOLVED, mark_solved)   \
    X(ON_END, end)                   \
    X(ON_REPLY, reply)               \
    X(ON_ANNUL, annul)               \
    X(ON_TAKE, take)                 \
    X(ON_LEASE_END, lease_end)       \
    X(ON_DEADLINE, deadline)         \
    X(ON_RETRY, retry)               \
    X(ON_SENT, sent)                 \
    X(ON_DELIVERED, delivered)       \
    X(ON_READ, read)                 \
    X(ON_FAILED, failed)             \
    X(ON_UNKNOWN, unknown)           \
    X(ON_CANCEL, cancel)             \
    X(ON_SEND, send)                 \
    X(ON_ANSWER, answer)             \
    X(ON_ANSWER_BY_PHONE, answer_by_phone) \
    X(ON_REJECT, reject)             \
    X(ON_CLAIM, claim)               \
    X(ON_RELEASE, release)           \
    X(ON_REMIND, remind)             \
    X(ON_OFFER_BASIC, offer_basic)   \
    X(ON_OFFER, offer)               \
    X(ON_REPLAN, replan)             \
    X(ON_ACCEPT_OFFER, accept_offer) \
    X(ON_FORWARD, forward)

enum event {
    EVENT_NONE,
#define EVENT_ENUM(name, word) name,
    EVENTS(EVENT_ENUM)
#undef EVENT_ENUM
        EVENT_COUNT
};

/* States are single bits, so that a row may name several; STAY changes nothing. */
enum { STAY = 0, ANY_STATE = 0xFF, STATES_MAX = 8 };

/* Every item that a machine moves begins with this. */
struct item {
    int64_t id, clinic_id;
    unsigned state;
};

struct machine;
struct rule;

struct step {
    struct tx *tx;
    const struct machine *machine;
    void *item;        /* starts with struct item */
    const void *with;  /* what came with the event; NULL when the step is only asked about */
    const struct rule *rule;
    struct json facts; /* members of the history row's facts, written by the action */
};

typedef bool guard(const struct step *);
typedef enum err action(struct step *);

struct rule {
    unsigned in;
    enum event on;
    struct {
        guard *holds;
        const char *name;
    } when;
    unsigned go;
    struct {
        action *run;
        const char *name;
    } then;
    enum err refuse;
    int rule;            /* number in spec/rules.md, 0 for the product's own */
    const char *because; /* key of the sentence in texts/: "because.<this>" */
};

#define ALWAYS {NULL, "always"}
#define IF(guard) {guard, #guard}
#define DO(action) {action, #action}
#define NOTHING {NULL, "nothing"}
#define REFUSE(err, rule, because) STAY, NOTHING, err, rule, because
#define BECAUSE(rule, because) OK, rule, because

struct machine {
    const char *kind; /* as in item.why {kind} */
    const char *doc;
    const char *states[STATES_MAX]; /* by bit */
    unsigned final;                 /* states that no row leaves */
    const struct rule *rules;
    int rules_n;
    size_t item_size;
    enum err (*load)(struct tx *, int64_t id, void *ret_item);
    const char *update; /* SQL: set the state ?2 of row ?1 */
    enum err (*fired)(struct tx *, int64_t id); /* after each of its timers; NULL for nothing */
};

/* Moves the item, or refuses. `with` is what the guards and the action may look at. */
enum err machine_step(struct tx *, const struct machine *, void *item, enum event,
                      const void *with);

/* Loads the item first: for timers and for machines that move others. */
enum err machine_fire(struct tx *, const struct machine *, int64_t id, enum event,
                      const void *with);

/* The row that would answer, without taking it; NULL where none fits. */
const struct rule *machine_ask(struct tx *, const struct machine *, void *item, enum event);

const char *event_word(enum event);
enum event event_find(const char *word);
const char *state_word(const struct machine *, unsigned state);
unsigned state_find(const struct machine *, const char *word);

extern const struct machine *const machines[]; /* all of them, NULL-terminated */
extern const struct machine review_machine, review_chat_machine, contact_form_machine,
    delivery_machine, effect_machine;
const struct machine *machine_find(const char *kind);

#endif
