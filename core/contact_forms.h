/* contact_forms.h: a patient's question to a clinic, and everything that keeps it from being
 * forgotten. */
#ifndef CONTACT_FORMS_H
#define CONTACT_FORMS_H

#include "machine.h"
#include "tx.h"

/* Moves the clocks of the unanswered forms of a clinic, or of one doctor (0: all of them), after
 * absences or hours changed; *ret_moved counts the reminders that moved (B14). */
enum err contact_forms_replan(struct tx *, int64_t clinic_id, int64_t practitioner_id,
                              int64_t *ret_moved);

#endif
