/* tx.h: what one request carries through the core: its instant, its revision, who asks, where
 * memory comes from and what went wrong. Whatever decides or writes takes a struct tx. */
#ifndef TX_H
#define TX_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "errors.h"

enum role {
    ROLE_HOST = 1 << 0,
    ROLE_INTEGRATION = 1 << 1,
    ROLE_REPRESENTATIVE = 1 << 2,
    ROLE_DOCTOR = 1 << 3,
    ROLE_ASSISTANT = 1 << 4,
    ROLE_ADMINISTRATOR = 1 << 5,
    ROLE_MODERATOR = 1 << 6,
    ROLE_MANAGER = 1 << 7,
    ROLE_PATIENT = 1 << 8,
    ROLE_VISITOR = 1 << 9,
};

/* Who asks, checked against the database by access.c. `clinic_id` is 0 for everybody who belongs
 * to no clinic; a patient's link fixes the one item he may touch. */
struct actor {
    enum role role;
    int64_t agent_id, link_id, session_id;
    int64_t clinic_id;
    const char *item_kind;
    int64_t item_id;
    bool limited;    /* staff who came by the link of one item may do nothing else (rule 32) */
    bool represents; /* the own profile holds a representative's name, position and e-mail */
};

/* Why a request is refused, beyond its code. */
struct fault {
    const char *field;
    int rule;
    const char *detail; /* fills {detail} of the sentence: a limit, a list, a count */
    const char *facts;  /* JSON object: what the asker must see to go on */
    bool keeps;         /* what the request has written stays, although it is refused */
    const char *told;   /* JSON object: the whole refusal, as it was answered before */
};

struct db;
struct texts;
struct policies;

struct tx {
    struct db *db;
    struct arena *arena;
    const struct texts *texts;
    struct policies *policies;
    int64_t now; /* milliseconds UTC; while a timer fires, when that was due */
    int64_t real_now; /* the request's own instant */
    int64_t rev; /* the revision this request makes; rows it writes carry it */
    struct actor actor;
    const char *locale; /* of the reader: "ru", "pl" or "en" */
    bool locale_given;  /* the request said it itself */
    uint64_t given; /* which fields of the op were given, by their place in its table */
    struct fault fault;
    enum err trouble; /* the first failure of the database: whoever overlooks it decides nothing */
    uint8_t *head; /* the hash of the newest history row, 32 bytes */
    bool scrub; /* something was erased: after the commit no copy may stay in the log */
    int64_t timer_set_at; /* the earliest timer set since schedule_fire looked, 0 for none */
};

/* From when a notice's deadline, its link's days and its words count: what a timer says that was
 * due long ago is sent only now. Ahead of the request's instant it is where item.next looks. */
static inline int64_t tx_sent_at(const struct tx *tx) {
    return tx->now > tx->real_now ? tx->now : tx->real_now;
}

/* Refuses, naming the field (which may be NULL). */
enum err fail(struct tx *, enum err err, const char *field);

/* Refuses, naming the field and what it may be: the message shows it in parentheses. */
enum err fail_detail(struct tx *, enum err err, const char *field, const char *detail);

/* Out of the range `from - to`. */
enum err fail_range(struct tx *, const char *field, const char *from, const char *to);

/* Refuses by a rule of spec/rules.md. */
enum err fail_rule(struct tx *, enum err err, int rule);

#endif
