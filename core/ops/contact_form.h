/* ops/contact_form.h: what the requests about contact forms share. */
#ifndef OPS_CONTACT_FORM_H
#define OPS_CONTACT_FORM_H

#include "../contact_forms.h"

/* Loads the form for an actor who may see it. */
enum err form_open(struct tx *, int64_t contact_form_id, struct contact_form *ret_form);

/* The same for a write: first whatever was due before now happens. */
enum err form_open_now(struct tx *, int64_t contact_form_id, struct contact_form *ret_form);

/* The names of whom a form is for; *ret_name is NULL for the clinic as such. */
enum err form_addressee(struct tx *, int64_t clinic_id, int64_t practitioner_id,
                        const char **ret_clinic_name, const char **ret_name);

/* Who is answering, as JSON, null for nobody. */
#define FORM_CLAIM                                                                               \
    "case when c.agent_id and f.claim_until_at > now_ms() then json_object('agent_id',"          \
    " f.claim_agent_id, 'agent_name', c.name, 'until_at', f.claim_until_at, 'mine',"             \
    " json(iif(f.claim_agent_id = ?1, 'true', 'false'))) end"

/* The columns of a form as lists and pages show it: aliases f, p, a, c; ?1 the asking agent. */
#define FORM_COLUMNS                                                                             \
    "f.contact_form_id, f.clinic_id, f.practitioner_id, p.name practitioner_name, f.name,"       \
    " f.service, f.locale, f.state, f.origin, f.origin = 'secondary' or f.offered_at > 0"        \
    " \"secondary:bool\", f.offered_at > 0 \"offered_elsewhere:bool\","                          \
    " nullif(f.reminded_at, 0) reminded_at, f.delivered_at,"                                     \
    " nullif(f.waiting_since_at, 0) waiting_since_at, nullif(f.due_at, 0) due_at,"               \
    " nullif(f.read_at, 0) read_at, nullif(f.answered_at, 0) answered_at, f.answer_ms,"          \
    " a.name answered_by, nullif(f.reason, '') reason, f.last_author, f.last_at,"                \
    " f.message_count, nullif(f.duplicate_of, 0) duplicate_of, f.bounced \"bounced:bool\","      \
    " " FORM_CLAIM " \"claim:json\""
#define FORM_TABLES_FOR(colleague)                                                               \
    " from contact_form f left join practitioner p on p.practitioner_id = f.practitioner_id"     \
    " left join agent a on " colleague "a.agent_id = f.answered_agent_id"                        \
    " left join agent c on " colleague "c.agent_id = f.claim_agent_id"
#define FORM_TABLES FORM_TABLES_FOR("")

#endif
