/* ops/contact_form_patient.c: what the patient may do with a question: read the answer, react, take
 * the question to another office (rules 46, 48, 49, 38). */
#include "../contact_forms.h"

#include "../db.h"
#include "../offices.h"
#include "../ops.h"
#include "contact_form.h"

enum { UNREAD, SEEN, DOCTORS, FIRST_TEXT };
static const char *const patient_sql[] = {
    [UNREAD] = "select message_id from message where item_kind = 'contact_form' and item_id = ?1"
               " and author = 'clinic' and message_id > ?2 order by message_id",
    [SEEN] = "update contact_form set patient_read_id = ?2, rev = rev()"
             " where contact_form_id = ?1",
    [DOCTORS] = "select practitioner_id, name from practitioner p where clinic_id = ?1"
                " and (?2 = '' or exists (select 1 from json_each(p.services) v"
                " where v.value = ?2) or exists (select 1 from service s"
                " where s.clinic_id = ?1 and s.name = ?2)) order by name, practitioner_id",
    [FIRST_TEXT] = "select text from message where item_kind = 'contact_form' and item_id = ?1"
                   " and author = 'patient' order by message_id limit 1",
};

struct form_in {
    int64_t contact_form_id;
};
static const struct field form_fields[] = {
    FIELD(struct form_in, contact_form_id, .required = true, .min = 1, .doc = "one's own form"),
};

static enum err contact_form_mark_read(struct tx *tx, const void *raw, struct json *out) {
    const struct form_in *in = raw;
    struct contact_form form;
    struct rows rows;
    TRY(form_open(tx, in->contact_form_id, &form));
    TRY(db_rows(tx, patient_sql[UNREAD], WITH(form.item.id, form.patient_read_id), &rows));
    for (int i = 0; i < rows.n; i++)
        TRY(machine_fire(tx, &delivery_machine, row_at(&rows, i)[0].i, ON_READ, NULL));
    if (rows.n > 0)
        TRY(db_run(tx, patient_sql[SEEN], WITH(form.item.id, row_at(&rows, rows.n - 1)[0].i)));
    json_put_int(out, "read", rows.n);
    return OK;
}

struct reply_in {
    int64_t contact_form_id;
    const char *text;
};
static const struct field reply_fields[] = {
    FIELD(struct reply_in, contact_form_id, .required = true, .min = 1, .doc = "one's own form"),
    FIELD(struct reply_in, text, .required = true, .max = 4000, .doc = "plain text"),
};

static enum err contact_form_reply(struct tx *tx, const void *raw, struct json *out) {
    const struct reply_in *in = raw;
    struct contact_form form;
    int64_t message_id = 0;
    TRY(form_open_now(tx, in->contact_form_id, &form));
    TRY(machine_step(tx, &contact_form_machine, &form, ON_REPLY,
                     &(struct reaction){in->text, &message_id}));
    json_put_int(out, "message_id", message_id);
    return OK;
}

static bool may(struct tx *tx, struct contact_form *form, enum event event) {
    const struct rule *rule = machine_ask(tx, &contact_form_machine, form, event);
    return rule && !rule->refuse;
}

/* Offers are Premium offices (rule 38); a rejected question may go to any that performs it. */
static enum err offices_for(struct tx *tx, const struct contact_form *form, enum event event,
                            struct office offices[OFFICES_MAX], int *ret_n) {
    int64_t max;
    bool offer = event == ON_ACCEPT_OFFER;
    TRY(policy_get(tx, form->item.clinic_id, POLICY_FORM_OFFER_MAX, &max));
    return offices_find(tx, form, offer, offer ? max : OFFICES_MAX, offices, ret_n);
}

static enum err office_json(struct tx *tx, const struct contact_form *form,
                            const struct office *office, struct json *out) {
    json_object(out);
    json_put_int(out, "clinic_id", office->clinic_id);
    json_put_text(out, "name", office->name);
    json_put_text(out, "address", office->address);
    json_key(out, "distance_km");
    if (office->distance_m < 0) json_null(out);
    else json_hundredths(out, office->distance_m / 10);
    json_key(out, "practitioners");
    json_array(out);
    TRY(db_json(tx, patient_sql[DOCTORS], WITH(office->clinic_id, form->service), INT64_MAX, out,
                NULL));
    json_array_end(out);
    json_object_end(out);
    return OK;
}

static enum err contact_form_offers(struct tx *tx, const void *raw, struct json *out) {
    const struct form_in *in = raw;
    struct contact_form form;
    struct office offices[OFFICES_MAX];
    int n = 0;
    TRY(form_open(tx, in->contact_form_id, &form));
    if (may(tx, &form, ON_FORWARD)) TRY(offices_for(tx, &form, ON_FORWARD, offices, &n));
    else if (may(tx, &form, ON_ACCEPT_OFFER))
        TRY(offices_for(tx, &form, ON_ACCEPT_OFFER, offices, &n));
    json_key(out, "clinics");
    json_array(out);
    for (int i = 0; i < n; i++) TRY(office_json(tx, &form, &offices[i], out));
    json_array_end(out);
    json_put_bool(out, "offered", form.offered_at != 0);
    return OK;
}

struct onward_in {
    int64_t contact_form_id, clinic_id, practitioner_id;
    const char *text;
};
static const struct field accept_fields[] = {
    FIELD(struct onward_in, contact_form_id, .required = true, .min = 1, .doc = "one's own form"),
    FIELD(struct onward_in, clinic_id, .required = true, .min = 1,
          .doc = "one of contact_form.offers"),
    FIELD(struct onward_in, text, .max = 4000, .doc = "absent: the same question"),
};
static const struct field forward_fields[] = {
    FIELD(struct onward_in, contact_form_id, .required = true, .min = 1, .doc = "one's own form"),
    FIELD(struct onward_in, clinic_id, .required = true, .min = 1,
          .doc = "one of contact_form.offers"),
    FIELD(struct onward_in, practitioner_id, .min = 1, .doc = "a doctor there"),
    FIELD(struct onward_in, text, .max = 4000, .doc = "absent: the same question"),
};

static enum err office_offered(struct tx *tx, const struct contact_form *form, enum event event,
                               int64_t clinic_id) {
    struct office offices[OFFICES_MAX];
    int n;
    TRY(offices_for(tx, form, event, offices, &n));
    for (int i = 0; i < n; i++)
        if (offices[i].clinic_id == clinic_id) return OK;
    return fail_rule(tx, fail(tx, ERR_NOT_OFFERED, "clinic_id"), 38);
}

/* The question goes on by the patient's own act and by nothing else (B05). */
static enum err send_on(struct tx *tx, const struct onward_in *in, enum event event,
                        const char *origin, struct json *out) {
    struct contact_form form;
    const struct value *v;
    const char *clinic_name, *name;
    int64_t contact_form_id = 0;
    TRY(form_open_now(tx, in->contact_form_id, &form));
    if (may(tx, &form, event)) {
        TRY(office_offered(tx, &form, event, in->clinic_id));
        TRY(form_addressee(tx, in->clinic_id, in->practitioner_id, &clinic_name, &name));
    }
    TRY(db_row(tx, patient_sql[FIRST_TEXT], WITH(form.item.id), &v));
    TRY(machine_step(tx, &contact_form_machine, &form, event, &(struct onward){
        .clinic_id = in->clinic_id, .practitioner_id = in->practitioner_id,
        .text = in->text && *in->text ? in->text : v[0].text, .origin = origin,
        .ret_contact_form_id = &contact_form_id}));
    json_put_int(out, "contact_form_id", contact_form_id);
    return OK;
}

static enum err contact_form_accept_offer(struct tx *tx, const void *raw, struct json *out) {
    return send_on(tx, raw, ON_ACCEPT_OFFER, "secondary", out);
}

static enum err contact_form_forward(struct tx *tx, const void *raw, struct json *out) {
    return send_on(tx, raw, ON_FORWARD, "forwarded", out);
}

static const struct op ops[] = {
    {.name = "contact_form.mark_read", .roles = ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct form_in, form_fields), .run = contact_form_mark_read, .rules = "48",
     .out = "{ read: number }", .doc = "The patient has seen what the clinic wrote."},
    {.name = "contact_form.reply", .roles = ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct reply_in, reply_fields), .run = contact_form_reply,
     .machine = &contact_form_machine, .event = ON_REPLY, .rules = "49 60",
     .out = "{ message_id: number }",
     .doc = "The patient writes again; the question is new, the clinic is told."},
    {.name = "contact_form.offers", .roles = ROLE_PATIENT, TAKES(struct form_in, form_fields),
     .run = contact_form_offers, .rules = "38 40 46",
     .out = "{ clinics: Office[], offered: boolean }",
     .doc = "Where else the question may go as it stands, the nearest first."},
    {.name = "contact_form.accept_offer", .roles = ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct onward_in, accept_fields), .run = contact_form_accept_offer,
     .machine = &contact_form_machine, .event = ON_ACCEPT_OFFER, .rules = "38 39 40 41",
     .out = "{ contact_form_id: number }",
     .doc = "Asks an offered office too; the first one may still answer."},
    {.name = "contact_form.forward", .roles = ROLE_PATIENT, ALWAYS_WRITES,
     TAKES(struct onward_in, forward_fields), .run = contact_form_forward,
     .machine = &contact_form_machine, .event = ON_FORWARD, .rules = "46",
     .out = "{ contact_form_id: number }", .doc = "Sends a rejected question to another office."},
};
const struct op_group contact_form_patient_group = GROUP(ops);
