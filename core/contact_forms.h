/* contact_forms.h: a patient's question to a clinic, and what keeps it from being forgotten.
 * What may happen to it: machines/contact_form.c. Who is told: form_notices.c. Where else it may
 * go: offices.c. How fast it was answered: indicator.c. */
#ifndef CONTACT_FORMS_H
#define CONTACT_FORMS_H

#include "calendar.h"
#include "machine.h"
#include "messages.h"
#include "policy.h"
#include "tx.h"

struct contact_form {
    struct item item; /* state: machines/contact_form.c */
    int64_t practitioner_id, origin_id, root_id;
    int64_t delivered_at, read_at, clock_at, waiting_since_at, answered_at;
    int64_t reminded_at, offered_at, no_office_at, erased_at;
    int64_t last_message_id, last_clinic_id, patient_read_id;
    int64_t claim_agent_id, claim_until_at;
    bool clock_read; /* the clocks run from a reading */
    bool premium; /* the tier at this instant, the doctor's own before the clinic's (B04) */
    const char *name, *email, *phone, *locale, *service, *origin, *reason;
    const char *clinic_name, *practitioner_name;
};
enum err contact_form_load(struct tx *, int64_t contact_form_id, void *ret_form);

/* What a new form is made of. */
struct form_new {
    int64_t clinic_id, practitioner_id, origin_id, root_id;
    const char *name, *email, *phone, *locale, *service, *text, *origin;
};
enum err contact_form_create(struct tx *, const struct form_new *, int64_t *ret_contact_form_id);

/* What comes with an answer, a phone answer or a rejection. last_message_id: the newest message
 * that its author had seen (B15). */
struct answer {
    const char *text, *reason;
    int64_t last_message_id, called_at;
    int64_t *ret_message_id;
};

/* What comes with the patient's next message. */
struct reaction {
    const char *text;
    int64_t *ret_message_id;
};

/* What comes with a claim. */
struct claim {
    bool take_over;
};

/* Where the patient sends a question on to; text NULL: the same question. */
struct onward {
    int64_t clinic_id, practitioner_id;
    const char *text, *origin;
    int64_t *ret_contact_form_id;
};

enum err contact_form_send_on(struct tx *, const struct contact_form *, const struct onward *);

/* Stores a message of the form's thread, with what the form's row tells of its newest one. */
enum err form_message_add(struct tx *, struct contact_form *, const struct message_new *,
                          int64_t *ret_message_id);

/* The newest answer of the clinic that the author of this one has not seen; 0 for none. */
int64_t answer_unseen(const struct contact_form *, const struct answer *);

/* Whether somebody else is answering at this instant (B15). */
bool claimed_by_another(const struct tx *, const struct contact_form *);

/* Fires the form's own timers that were due before now: a late tick changes nothing but the
 * moment, and a reading at the very instant still wins (B03). */
enum err contact_form_catch_up(struct tx *, int64_t contact_form_id);

/* Whether the asking agent has read the form as it stands, so that reading it again tells nothing
 * new. */
bool contact_form_is_read(struct tx *, const struct contact_form *);

/* Who has read a question needs no mail about it any more. */
enum err form_questions_read(struct tx *, const struct contact_form *);

/* When the clinic is reminded and when the patient is offered others, by the clocks, the tier's
 * policies and the absences as they stand (B03, B07, B14). */
struct form_plan {
    int64_t remind_at, offer_basic_at, offer_at;
};
enum err form_plan(struct tx *, const struct contact_form *, struct form_plan *ret_plan);

/* Starts the clocks afresh; moves those that run to where they would end by now. Without `offers`
 * those that end in one are stopped: a policy may have changed since they began. */
enum err form_clocks_set(struct tx *, const struct contact_form *, bool offers,
                         int64_t *ret_remind_at);
enum err form_clocks_move(struct tx *, const struct contact_form *, bool offers,
                          int64_t *ret_remind_at);
/* When one of them runs out, 0 for never; whether any runs; stops all of them, or those that end in
 * an offer; notes which one is due next, for lists. */
int64_t form_clock_due(struct tx *, const struct contact_form *, enum event clock);
bool form_clocks_run(struct tx *, const struct contact_form *);
enum err form_clocks_stop(struct tx *, const struct contact_form *);
enum err form_offers_stop(struct tx *, const struct contact_form *);
enum err form_due_note(struct tx *, const struct contact_form *);

/* After each of its timers, also one that did nothing: lists must not show a clock that is gone. */
enum err contact_form_fired(struct tx *, int64_t contact_form_id);

/* Notes what the asking agent did (rule 58); answer_ms: since the question, -1 for none. */
enum err form_act_note(struct tx *, const struct contact_form *, const char *act,
                       int64_t answer_ms);

/* Notes that nobody waits for an answer any more, and the first time since when (rules 44, 45);
 * reason: of a rejection, NULL for none. */
enum err form_settled_note(struct tx *, const struct contact_form *, const char *reason);

/* The clinic's tier changes: before it does, what was due under the old one runs out (B04); after
 * it, other clocks than before are those that something hangs on. */
enum err contact_forms_catch_up(struct tx *, int64_t clinic_id);
enum err contact_forms_due_note(struct tx *, int64_t clinic_id);

/* Moves the clocks of the unanswered forms of a clinic, or of one doctor (0: all of them), after
 * absences or hours changed; *ret_moved counts the reminders that moved (B14). */
enum err contact_forms_replan(struct tx *, int64_t clinic_id, int64_t practitioner_id,
                              int64_t *ret_moved);

#endif
