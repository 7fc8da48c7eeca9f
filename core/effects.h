/* effects.h: the outbox. Machines never send: they write an effect row in the same transaction as
 * what they decided. The host takes it under a lease, performs it, settles it; the provider's
 * reports come later, in any order and any number. Retry, backoff, deadline and the next channel
 * are decided here and in machines/effect.c; the host only carries. */
#ifndef EFFECTS_H
#define EFFECTS_H

#include "json.h"
#include "machine.h"
#include "tx.h"

/* The one list of effect kinds: name, kind, and the channel that providers report on. */
#define EFFECT_KINDS(X)            \
    X(SMS_SEND, "sms.send", "sms") \
    X(EMAIL_SEND, "email.send", "email") \
    X(PUSH_SEND, "push.send", "push")

struct effect {
    struct item item;
    const char *kind, *item_kind, *fallbacks, *error, *recipient, *audience;
    int64_t agent_id, item_id, message_id, attempt, resends, resends_max, due_at, deadline_at;
    bool final;
};

/* What is to be sent. `texts` names the sentences: "<texts>.sms", or "<texts>.subject" with
 * "<texts>.email" or "<texts>.push". */
struct notice {
    const char *kind; /* "sms.send", "email.send" or "push.send" */
    int64_t clinic_id;
    const char *item_kind;
    int64_t item_id, message_id;
    const char *recipient, *recipient_name, *locale;
    const char *audience; /* "patient", "agent" or "clinic": whose address that is */
    int64_t agent_id;
    const char *texts;
    const struct text_var *vars;
    int64_t link_id;
    const char *path;
    int64_t code_id;
    const char *fallbacks; /* "email", or "" */
    int64_t deadline_ms;   /* from when it can be sent */
    int resends_max;       /* 0: at most once (codes); 1: a duplicate does no harm (notices) */
    int rule;
    const char *facts;
};

enum err effects_emit(struct tx *, const struct notice *, int64_t *ret_effect_id);

/* What the event of a settle or report brings along. */
struct outcome {
    const char *provider_id;
    const char *error;
    int64_t retry_after_ms;
    int64_t lease_ms;
    bool final; /* of a failure: for good */
};

enum err effect_load(struct tx *, int64_t effect_id, void *ret_effect);

/* The channel of a kind: "sms" of "sms.send"; "" for an unknown kind. */
const char *effect_channel(const char *kind);
const char *effect_kind(const char *channel);

/* Notes one of the provider's ids of a sent effect. All parts are noted before effects_catch_up
 * applies the reports that came early: a message is delivered when all its parts are. */
enum err effects_note_part(struct tx *, int64_t effect_id, const char *channel,
                           const char *provider_id);
enum err effects_catch_up(struct tx *, int64_t effect_id, const char *channel,
                          const char *provider_id);

/* A provider's report: applied where the id is known, parked where it is not. */
enum err effects_report(struct tx *, const char *channel, const char *provider_id,
                        const char *status, const struct outcome *);

/* Cancels the notices about a message that nobody has taken yet, but not the one by which it is
 * known; what is with a provider is the last try. */
enum err effects_cancel_message(struct tx *, int64_t message_id, int64_t but_effect_id);
/* And those that call the patient into a thread. */
enum err effects_call_off(struct tx *, const char *item_kind, int64_t item_id);
/* And those about the item itself, by any channel: to its clinic only, or to anybody. */
enum err effects_cancel_about(struct tx *, const char *item_kind, int64_t item_id,
                              bool clinic_only);

/* How many may be taken now, counted up to 20, and when the next one may, 0 for never. What is past
 * its deadline may not, whether a tick has failed it already or not. */
enum err effects_pending(struct tx *, int64_t *ret_pending, int64_t *ret_due_at);

#endif
