/* contact_form_model.h: what the oracle believes of every question, in plain memory, written from
 * rules 30 to 66 of spec/rules.md and the readings B01 to B16; and what the people around it know.
 * Never asks the core what should be: only what it did.
 * Next: contact_form_clock.c (when), contact_form_oracle.c (what), contact_form_world.c (who). */
#ifndef CONTACT_FORM_MODEL_H
#define CONTACT_FORM_MODEL_H

#include "part.h"

enum { FORM_PLACE = 2, OFFICES = 17, DOCTORS = 2, AWAY_MAX = 120, HOLIDAYS = 4, TOUCHED_MAX = 64,
       ERASED_MAX = 64, KEPT_MAX = 128, SHOWN_MAX = 64 };

enum form_state { NEW, READ, ANSWERED, BY_PHONE, DECLINED };
static inline bool waits(enum form_state state) { return state <= READ; }

/* The defaults of part 2, as far as questions depend on them. */
enum form_policy {
    REMIND_AFTER, BASIC_AFTER, PREMIUM_AFTER, CLOCK, UNANSWERED, REARM, OFFER_MAX, RADIUS_KM,
    FORWARD_SPAM, DEFER, DEFER_BASIC, AT_OPENING, CLAIM_TTL, RECEIPT, WINDOW_D, MIN_N,
    EXCLUDE_ABSENCE, FORM_POLICIES
};
struct policy_default {
    const char *key;
    int64_t literal, recommended;
};
extern const struct policy_default policy_defaults[FORM_POLICIES];

/* Days since 1970 by the clinic's wall, both included. */
struct away {
    int64_t id, doctor, first, last;
    bool removed;
};

struct clinic {
    bool premium, premium_before;
    int64_t tier_settle; /* the settling in which the tier changed last */
    int64_t unsure_at; /* when something changed that a clock looks at as it runs out */
    double lat;
    int64_t policy[FORM_POLICIES];
    int64_t doctors[DOCTORS];    /* ids, 0 for none */
    int doctor_tier[DOCTORS];    /* -1 the clinic's, 0 basic, 1 premium */
    bool active[AGENT_ROLES], mails[AGENT_ROLES];
    int64_t agent_doctor[AGENT_ROLES];
    bool hours_known;
    int16_t open_from[8], open_to[8]; /* minutes, by weekday; equal when closed */
    int64_t holidays[HOLIDAYS];
    int holidays_n;
    struct away away[AWAY_MAX];
    int away_n;
};

struct message {
    int64_t id, agent_id, at;
    uint64_t digest;
    int before; /* the message before it in its thread, -1 for none */
    bool by_clinic, phone;
};

/* When the clocks run out (B03, B04, B07, B14); 0: nothing is owed. */
struct plan {
    int64_t remind_at, basic_at, offer_at;
};

struct form {
    int64_t id, serial, doctor, person, root_id;
    int clinic, service;
    enum form_state state;
    int64_t delivered_at, read_at, seen_at, clock_at, since_at, settled_at;
    int64_t answered_at, absent_ms, first_agent;
    int64_t reminded_at, offered_at, told_none_at, erased_at, told_at, invited_at, asked_at;
    struct plan plan, plan_before;
    bool clock_read;          /* the clocks run from a reading */
    bool reminded, told_none; /* since they began */
    int64_t plan_settle, clock_settle;
    int64_t newest_id, newest_clinic_id;
    int messages_n, message; /* how many; the newest in the pool */
    int64_t claim_agent, claim_until;
    uint64_t draft[AGENT_ROLES]; /* 0 for none */
    uint32_t read_by, tried;     /* agents by role; clinics, of a root */
    int16_t reads[AGENT_ROLES];  /* how often each has read what was new to them */
    bool secondary, forwarded, spam;
    /* what its patient knows */
    int64_t link_id, session_id, session_link;
    int opened, patient_reads;
};

/* What can be taken back when an older database is put in: bytes as they were before an event. */
struct undo {
    void *where;    /* NULL: in the pool of messages, which moves as it grows */
    int64_t offset; /* there */
    uint32_t size;
    int64_t event;
    unsigned char *bytes;
};

struct form_model {
    struct clinic clinics[OFFICES];
    struct form **forms; /* by id */
    int64_t forms_room, forms_n, newest_form, serial, persons;
    struct message *messages;
    int messages_n, messages_room;
    struct undo *undos;
    int64_t undos_n, undos_room;
    int64_t stuck_at; /* since when there is a notice about a question nobody heard of */
    int64_t last_effect, settle, changed_settle; /* the settling in which a clinic changed last */
    bool settling;
    int64_t touched[TOUCHED_MAX];
    int touched_n, accepted_n; /* since the core was last at rest */
    int64_t latest; /* instant that the host has shown: its clock may be set back */
    bool literal;
    struct {
        int64_t form_id;
        int role;
    } shown[SHOWN_MAX]; /* pages that told nobody anything new, the latest of them */
    int64_t shown_n;
    uint64_t kept[KEPT_MAX]; /* keys of refusals that kept a text, the latest of them */
    int64_t kept_n;
    int64_t erased_person, erased[ERASED_MAX], erased_n; /* people */
};

static inline struct form_model *model_of(const struct sim *sim) {
    return sim->state[FORM_PLACE];
}
static inline struct clinic *clinic_at(const struct sim *sim, int clinic) {
    return &model_of(sim)->clinics[clinic];
}

/* contact_form_model.c */
void model_begin(struct sim *);
void model_end(struct sim *);
struct form *form_find(const struct sim *, int64_t id); /* NULL when there is none */
struct form *form_add(struct sim *, int64_t id);
/* Before it is changed, so that it can be taken back. */
void will_change(struct sim *, void *where, size_t size);
#define WILL_CHANGE(sim, thing) will_change((sim), &(thing), sizeof(thing))
void model_restore(struct sim *);
void message_note(struct sim *, struct form *, const struct message *);
bool premium_now(const struct sim *, const struct form *);
bool premium_maybe(const struct sim *, const struct form *);
bool basic_maybe(const struct sim *, const struct form *);
bool agent_hears(const struct clinic *, int role, int64_t doctor);

/* contact_form_clock.c */
void date_text(int64_t day, char ret[11]);
int64_t date_read(const char *date);
int64_t day_at(int clinic, int64_t at);      /* the local day of an instant */
int64_t day_start(int clinic, int64_t day);  /* the instant of its midnight */
int64_t absence_end(const struct sim *, int clinic, int64_t doctor, int64_t at);
int64_t absent_ms(const struct sim *, int clinic, int64_t doctor, int64_t from, int64_t to);
struct plan plan_of(const struct sim *, const struct form *, int64_t now);
bool there(const struct sim *, int clinic, int service, int64_t at);
/* The offices that may be offered, the nearest first; returns how many. */
int offices_of(const struct sim *, const struct form *, bool premium_only, int64_t at, int max,
               int ret_clinics[OFFICES]);
bool performs(const struct sim *, int clinic, int service);

/* A request while it is judged. */
struct judged {
    struct sim *sim;
    const struct asked *asked;
    const struct answer *answer;
    const cJSON *in, *who;
    int64_t at;
    int role, clinic; /* an agent's, else -1 and 0 */
    int64_t unsure;   /* of the clocks that it moves, how many may be others by now */
    bool blank;       /* of its reply nothing is left */
};

/* contact_form_oracle.c */
void forms_accepted(struct sim *, const struct asked *, const struct answer *);
/* It is looked at again when the core is at rest. */
void touch(struct sim *, const struct form *);
int who_role(const cJSON *who, int *ret_clinic); /* an agent's place, -1 for others */
int64_t person_of(const char *email);            /* 0: nobody of this part */
struct plan plan_for(const struct sim *, const struct form *, int64_t now);
void plan_set(struct sim *, struct form *, struct plan);
/* Somebody of the clinic has the question before them. */
void display_note(struct sim *, struct form *, int role, int64_t at);

/* contact_form_changes.c: one for each op */
void on_absence_add(struct judged *);
void on_absence_remove(struct judged *);
void on_hours(struct judged *);
void on_clinic_set(struct judged *);
void on_policy(struct judged *);
void on_agent_set(struct judged *);
void on_notice_set(struct judged *);
void on_erase(struct judged *);
void on_link_open(struct judged *);

/* contact_form_notices.c */
void settle_later(struct sim *);
/* Between two calls: nothing is under way, and all that was accepted is known. */
void settle_now(struct sim *);
void notices_attempt(struct sim *, const cJSON *effect);

/* contact_form_rest.c: the rows of a question as the model has them */
void rest_check(struct sim *, struct form *);

/* contact_form_replies.c, contact_form_figures.c: what people are shown */
void reply_get(struct sim *, const struct form *, int role, const struct answer *, bool patient);
void reply_list(struct sim *, int clinic, const cJSON *body);
void reply_indicator(struct sim *, const cJSON *in, const struct answer *);
void reply_proof(struct sim *, const cJSON *in, const struct answer *);
void reply_report(struct sim *, int clinic, const cJSON *in, const cJSON *body);
void reply_offers(struct sim *, const struct form *, const struct answer *);
void reply_team(struct sim *, int clinic, const cJSON *body);
void reply_search(struct sim *, int clinic, const cJSON *in, const cJSON *body);
void reply_export(struct sim *, int64_t person, const cJSON *body);

/* contact_form_days.c: what is looked at once a day and at the end */
void check_each_day(struct sim *);
void check_at_end(struct sim *);
void check_erased(struct sim *, int64_t person);

/* contact_form_world.c: patients; contact_form_staff.c: staff and the platform */
enum { PERSON_FROM = 5000000 };
/* In `b` of what is asked: the core must refuse it. */
enum expected { FINE, MUST_REFUSE = 1 << 20 };
void patients_begin(struct sim *);
void patient_hears(struct sim *, const cJSON *effect);
void staff_begin(struct sim *);
void staff_hears(struct sim *, const cJSON *effect);
extern const char *const services[];

#endif
