/* form_notices.h: who is told what about a contact form. No notice carries the question, the
 * answer or a name of a service: it says that there is something to read, and where. */
#ifndef FORM_NOTICES_H
#define FORM_NOTICES_H

#include "contact_forms.h"

/* Mails everybody at the clinic who handles the form, each with a link of their own (rule 31), and
 * rings the devices that asked for it; *ret_n of them. `texts` is the key of the sentences. */
enum err form_notify_clinic(struct tx *, const struct contact_form *, const char *texts,
                            int rule, int64_t *ret_n);

/* Tells the patient by "email", or by "sms" where the address fails; message_id: what the clinic
 * wrote, 0 where the notice is about the question itself. */
enum err form_notify_patient(struct tx *, const struct contact_form *, const char *texts,
                             const char *channel, int64_t message_id, int rule);

/* Tells the patient of a rejection, and of other offices unless what was rejected as spam stays. */
enum err form_notify_rejected(struct tx *, const struct contact_form *, const char *channel,
                              int64_t message_id, int rule);

/* Whether the question was rejected as spam and the policy does not let it go elsewhere. */
enum err form_spam_stays(struct tx *, const struct contact_form *, bool *ret_stays);

/* The invitation to read a clinic's message, again by another channel (rule 48). */
enum err form_invite_again(struct tx *, const struct message *, const char *channel);

#endif
