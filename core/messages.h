/* messages.h: what is written in a thread, and the notices that announce it. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "machine.h"
#include "tx.h"

struct message {
    struct item item; /* state: what the other side got of it (machines/delivery.c) */
    const char *item_kind, *author, *kind;
    int64_t item_id;
};

struct message_new {
    int64_t clinic_id;
    const char *item_kind;
    int64_t item_id;
    const char *author; /* "clinic" or "patient" */
    const char *kind;   /* "text", "phone" or "rejection" */
    const char *text;
    const char *reason; /* of a rejection */
    int64_t called_at;  /* of a phone answer, 0 where it is not told */
    const char *delivery; /* "silent", "queued", or "delivered" where no notice announces it */
};

enum err message_load(struct tx *, int64_t message_id, void *ret_message);

/* Stores the message under the name and position that the writing agent has now. */
enum err message_add(struct tx *, const struct message_new *, int64_t *ret_message_id);

/* Announces a clinic's message to the patient by "sms" or "email", with a fresh link. */
enum err message_notify_author(struct tx *, const struct message *, const char *channel);

/* Announces a patient's message to every agent attached to the chat; *ret_n of them. */
enum err message_notify_clinic(struct tx *, const struct message *, int64_t *ret_n);

/* A page of a thread as members `messages` (oldest first) and `more`: the newest ones, or those
 * before `before_id`; 50 unless `limit` says. Patients see no notes among colleagues. */
enum err messages_json(struct tx *, const char *item_kind, int64_t item_id, int64_t before_id,
                       int64_t limit, struct json *);

#endif
