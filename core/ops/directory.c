/* ops/directory.c: the platform, its clinics, their people. Plain rows without states. */
#include "../ops.h"

#include <string.h>

#include "../bounces.h"
#include "../calendar.h"
#include "../contact_forms.h"
#include "../db.h"
#include "../policy.h"

enum { PLATFORM_SET, PLATFORM_GET, CLINIC_ADD, CLINIC_SET, CLINIC_LIST, CLINIC_GET, SERVICE_ADD,
       PRACTITIONER_ADD, PRACTITIONER_LIST, AGENT_ADD, AGENT_SET, AGENT_LIST, AGENT_GET,
       EMAIL_TAKEN, EXTERNAL_TAKEN, SERVICE_TAKEN, REPRESENTATIVE_SET, REPRESENTATIVE_GET,
       SESSIONS_END, PRACTITIONER_OF };
static const char *const directory_sql[] = {
    [PLATFORM_SET] = "insert into platform (platform_id, name, base_url, locale, policy_preset,"
                     " rev) values (1, ?1, ?2, ?3, ?4, rev()) on conflict do update set"
                     " name = excluded.name, base_url = excluded.base_url,"
                     " locale = excluded.locale, policy_preset = excluded.policy_preset,"
                     " rev = excluded.rev",
    [PLATFORM_GET] = "select name, base_url, locale, policy_preset from platform",
    [CLINIC_ADD] = "insert into clinic (external_id, name, zone, tier, locale, phone, email, lat,"
                   " lon, address, added_at, rev) values (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                   " nullif(?8, 0.0), nullif(?9, 0.0), ?10, now_ms(), rev())",
    [CLINIC_SET] = "update clinic set name = coalesce(?2, name), zone = coalesce(?3, zone),"
                   " tier = coalesce(?4, tier), locale = coalesce(?5, locale),"
                   " phone = coalesce(?6, phone), email = coalesce(?7, email),"
                   " lat = coalesce(nullif(?8, 0.0), lat), lon = coalesce(nullif(?9, 0.0), lon),"
                   " address = coalesce(?10, address), rev = rev() where clinic_id = ?1",
    [CLINIC_LIST] = "select clinic_id, nullif(external_id, '') external_id, name, zone, tier,"
                    " locale, nullif(phone, '') phone, nullif(email, '') email, lat, lon,"
                    " nullif(address, '') address from clinic where ?1 = 0 or clinic_id = ?1"
                    " order by clinic_id",
    [CLINIC_GET] = "select clinic_id from clinic where clinic_id = ?1",
    [SERVICE_ADD] = "insert into service (clinic_id, name, rev) values (?1, ?2, rev())",
    [PRACTITIONER_ADD] = "insert into practitioner (clinic_id, name, tier, services, rev)"
                         " values (?1, ?2, ?3, ?4, rev())",
    [PRACTITIONER_LIST] = "select practitioner_id, clinic_id, name, nullif(tier, '') tier,"
                          " services \"services:json\" from practitioner"
                          " where ?1 = 0 or clinic_id = ?1 order by practitioner_id",
    /* Who comes with name, position and e-mail has them on file: rule 9 asks only for what is
     * not known. */
    [AGENT_ADD] = "insert into agent (clinic_id, role, name, position, email, phone, locale,"
                  " represents, notice_email, practitioner_id, rev) values (?1, ?2, ?3, ?4, ?5,"
                  " ?6, ?7, ?4 <> '', iif(?4 <> '', ?5, ''), ?8, rev())",
    [AGENT_SET] = "update agent set name = coalesce(?2, name), position = coalesce(?3, position),"
                  " email = coalesce(?4, email), phone = coalesce(?5, phone),"
                  " locale = coalesce(?6, locale), active = coalesce(?7, active),"
                  " practitioner_id = coalesce(?8, practitioner_id), rev = rev()"
                  " where agent_id = ?1",
    [AGENT_LIST] = "select agent_id, clinic_id, role, name, nullif(position, '') position,"
                   " nullif(email, '') email, nullif(phone, '') phone, nullif(locale, '') locale,"
                   " practitioner_id, active \"active:bool\" from agent"
                   " where ?1 = 0 or clinic_id = ?1 order by agent_id",
    [AGENT_GET] = "select coalesce(clinic_id, 0), email from agent where agent_id = ?1",
    [EMAIL_TAKEN] = "select 1 from agent where email = ?1 and active = 1 and agent_id <> ?2",
    [EXTERNAL_TAKEN] = "select 1 from clinic where external_id = ?1",
    [SERVICE_TAKEN] = "select 1 from service where clinic_id = ?1 and name = ?2",
    [REPRESENTATIVE_SET] = "update agent set name = ?2, position = ?3, notice_email = ?4,"
                           " represents = 1, rev = rev() where agent_id = ?1",
    [REPRESENTATIVE_GET] = "select name, position, nullif(coalesce(nullif(notice_email, ''),"
                           " email), '') email, represents \"complete:bool\""
                           " from agent where agent_id = ?1",
    [PRACTITIONER_OF] = "select 1 from practitioner where practitioner_id = ?1"
                        " and clinic_id = ?2",
    [SESSIONS_END] = "update session set ended_at = now_ms() where agent_id = ?1 and ended_at = 0",
};

static const char *const presets[] = {"recommended", "literal", NULL};
static const char *const agent_roles[] = {"representative", "doctor",    "assistant",
                                          "administrator",  "moderator", "manager", NULL};

static const char *or_empty(const char *text) {
    return text ? text : "";
}

/* ERR_EXISTS, naming the field, when the query finds a row. */
static enum err refuse_taken(struct tx *tx, const char *sql, struct args args, const char *field) {
    const struct value *v;
    enum err err = db_row(tx, sql, args, &v);
    return err == OK ? fail(tx, ERR_EXISTS, field) : err == ERR_MISSING ? OK : err;
}

static enum err clinic_known(struct tx *tx, int64_t clinic_id) {
    const struct value *v;
    enum err err = db_row(tx, directory_sql[CLINIC_GET], WITH(clinic_id), &v);
    return err == ERR_MISSING ? fail(tx, ERR_MISSING, "clinic_id") : err;
}

struct platform_in {
    const char *name, *base_url, *locale, *policy_preset;
};
static const struct field platform_fields[] = {
    FIELD(struct platform_in, name, .required = true, .doc = "as texts name it"),
    FIELD(struct platform_in, base_url, .required = true, .max = 500,
          .doc = "where the pages are reached, without a trailing slash"),
    FIELD(struct platform_in, locale, .required = true, .one_of = locales, .doc = "language"),
    FIELD(struct platform_in, policy_preset, .required = true, .one_of = presets,
          .doc = "which defaults hold"),
};

static enum err platform_set(struct tx *tx, const void *raw, struct json *out) {
    const struct platform_in *in = raw;
    (void)out;
    policy_forget(tx->policies);
    return db_run(tx, directory_sql[PLATFORM_SET],
                  WITH(in->name, in->base_url, in->locale, in->policy_preset));
}

static enum err platform_get(struct tx *tx, const void *raw, struct json *out) {
    (void)raw;
    enum err err = db_json_row(tx, directory_sql[PLATFORM_GET], WITH_NOTHING, out);
    return err == ERR_MISSING ? fail(tx, ERR_MISSING, "platform") : err;
}

struct clinic_in {
    int64_t clinic_id;
    const char *external_id, *name, *zone, *tier, *locale, *phone, *email, *address;
    double lat, lon;
};
#define CLINIC_FIELDS(needed)                                                                   \
    FIELD(struct clinic_in, name, .required = needed, .doc = "public name"),                    \
    FIELD(struct clinic_in, zone, .required = needed, .max = 64,                                \
          .doc = "IANA time zone, e.g. Europe/Warsaw"),                                         \
    FIELD(struct clinic_in, tier, .required = needed, .one_of = tiers, .doc = "premium, basic"), \
    FIELD(struct clinic_in, locale, .required = needed, .one_of = locales,                      \
          .doc = "language of its notices"),                                                    \
    FIELD(struct clinic_in, phone, .required = needed, .format = FORMAT_PHONE,                  \
          .doc = "public number, E.164"),                                                       \
    FIELD(struct clinic_in, email, .required = needed, .format = FORMAT_EMAIL,                  \
          .doc = "public address"),                                                             \
    FIELD(struct clinic_in, lat, .min = -90, .max = 90, .doc = "degrees north"),                \
    FIELD(struct clinic_in, lon, .min = -180, .max = 180, .doc = "degrees east"),               \
    FIELD(struct clinic_in, address, .max = 500, .doc = "postal address")
static const struct field clinic_add_fields[] = {
    FIELD(struct clinic_in, external_id, .max = 64, .doc = "the platform's own id, unique"),
    CLINIC_FIELDS(true),
};
static const struct field clinic_set_fields[] = {
    FIELD(struct clinic_in, clinic_id, .required = true, .min = 1, .doc = "which"),
    CLINIC_FIELDS(false),
};

static enum err zone_check(struct tx *tx, const char *zone) {
    if (!zone || zone_known(zone)) return OK;
    return fail_detail(tx, ERR_BAD_VALUE, "zone", "Europe/Warsaw, Europe/Moscow, …");
}

static enum err clinic_add(struct tx *tx, const void *raw, struct json *out) {
    const struct clinic_in *in = raw;
    int64_t clinic_id;
    TRY(zone_check(tx, in->zone));
    if (in->external_id)
        TRY(refuse_taken(tx, directory_sql[EXTERNAL_TAKEN], WITH(in->external_id), "external_id"));
    TRY(db_insert(tx, directory_sql[CLINIC_ADD],
                  WITH(or_empty(in->external_id), in->name, in->zone, in->tier, in->locale,
                       in->phone, in->email, in->lat, in->lon, or_empty(in->address)),
                  &clinic_id));
    json_put_int(out, "clinic_id", clinic_id);
    return OK;
}

/* In another zone the days of absences begin and end at other instants. */
static enum err clinic_set(struct tx *tx, const void *raw, struct json *out) {
    const struct clinic_in *in = raw;
    int64_t moved;
    (void)out;
    TRY(clinic_known(tx, in->clinic_id));
    if (in->email) TRY(bounce_forget(tx, in->clinic_id, 0));
    TRY(zone_check(tx, in->zone));
    if (in->tier) TRY(contact_forms_catch_up(tx, in->clinic_id));
    TRY(db_run(tx, directory_sql[CLINIC_SET],
               WITH(in->clinic_id, in->name, in->zone, in->tier, in->locale, in->phone,
                    in->email, in->lat, in->lon, in->address)));
    if (in->tier) TRY(contact_forms_due_note(tx, in->clinic_id));
    return in->zone ? contact_forms_replan(tx, in->clinic_id, 0, &moved) : OK;
}

struct of_clinic_in {
    int64_t clinic_id;
};
static const struct field of_clinic_fields[] = {
    FIELD(struct of_clinic_in, clinic_id, .min = 1, .doc = "one clinic; absent: all one may see"),
};

static enum err directory_list(struct tx *tx, const char *sql, const char *key, int64_t asked_id,
                               struct json *out) {
    int64_t clinic_id;
    TRY(access_list_clinic(tx, asked_id, &clinic_id));
    json_key(out, key);
    json_array(out);
    TRY(db_json(tx, sql, WITH(clinic_id), INT64_MAX, out, NULL));
    json_array_end(out);
    return OK;
}

static enum err clinic_list(struct tx *tx, const void *raw, struct json *out) {
    const struct of_clinic_in *in = raw;
    return directory_list(tx, directory_sql[CLINIC_LIST], "clinics", in->clinic_id, out);
}

static enum err practitioner_list(struct tx *tx, const void *raw, struct json *out) {
    const struct of_clinic_in *in = raw;
    return directory_list(tx, directory_sql[PRACTITIONER_LIST], "practitioners", in->clinic_id,
                          out);
}

static enum err agent_list(struct tx *tx, const void *raw, struct json *out) {
    const struct of_clinic_in *in = raw;
    return directory_list(tx, directory_sql[AGENT_LIST], "agents", in->clinic_id, out);
}

struct service_in {
    int64_t clinic_id;
    const char *name;
};
static const struct field service_fields[] = {
    FIELD(struct service_in, clinic_id, .required = true, .min = 1, .doc = "where"),
    FIELD(struct service_in, name, .required = true, .doc = "public name"),
};

static enum err service_add(struct tx *tx, const void *raw, struct json *out) {
    const struct service_in *in = raw;
    int64_t service_id;
    TRY(clinic_known(tx, in->clinic_id));
    TRY(refuse_taken(tx, directory_sql[SERVICE_TAKEN], WITH(in->clinic_id, in->name), "name"));
    TRY(db_insert(tx, directory_sql[SERVICE_ADD], WITH(in->clinic_id, in->name), &service_id));
    json_put_int(out, "service_id", service_id);
    return OK;
}

struct practitioner_in {
    int64_t clinic_id;
    const char *name, *tier;
    const cJSON *services;
};
static const struct field practitioner_fields[] = {
    FIELD(struct practitioner_in, clinic_id, .required = true, .min = 1, .doc = "where"),
    FIELD(struct practitioner_in, name, .required = true, .doc = "public name"),
    FIELD(struct practitioner_in, tier, .one_of = tiers, .doc = "absent: the clinic's"),
    FIELD(struct practitioner_in, services, .format = FORMAT_TEXTS, .max = 100,
          .doc = "names of what they perform"),
};

static enum err practitioner_add(struct tx *tx, const void *raw, struct json *out) {
    const struct practitioner_in *in = raw;
    struct json services = {.arena = tx->arena};
    const cJSON *v;
    int64_t practitioner_id;
    TRY(clinic_known(tx, in->clinic_id));
    json_array(&services);
    cJSON_ArrayForEach(v, in->services) json_text(&services, v->valuestring);
    json_array_end(&services);
    TRY(db_insert(tx, directory_sql[PRACTITIONER_ADD],
                  WITH(in->clinic_id, in->name, or_empty(in->tier), json_end(&services)),
                  &practitioner_id));
    json_put_int(out, "practitioner_id", practitioner_id);
    return OK;
}

struct agent_in {
    int64_t agent_id, clinic_id, practitioner_id;
    const char *role, *name, *position, *email, *phone, *locale;
    bool active;
};
#define AGENT_FIELDS(needed)                                                               \
    FIELD(struct agent_in, name, .required = needed, .max = 120, .doc = "as patients read it"), \
    FIELD(struct agent_in, position, .max = 120, .doc = "as patients read it"),            \
    FIELD(struct agent_in, email, .required = needed, .format = FORMAT_EMAIL,              \
          .doc = "where sign-in links go; unique among those who work"),                   \
    FIELD(struct agent_in, phone, .format = FORMAT_PHONE, .doc = "E.164"),                 \
    FIELD(struct agent_in, locale, .one_of = locales, .doc = "language of the cabinet"),   \
    FIELD(struct agent_in, practitioner_id, .min = 1,                                      \
          .doc = "the doctor that this is: hears of own questions and the clinic's")
static const struct field agent_add_fields[] = {
    FIELD(struct agent_in, clinic_id, .min = 1, .doc = "null for people of the platform"),
    FIELD(struct agent_in, role, .required = true, .one_of = agent_roles, .doc = "what they may"),
    AGENT_FIELDS(true),
};
static const struct field agent_set_fields[] = {
    FIELD(struct agent_in, agent_id, .required = true, .min = 1, .doc = "who"),
    FIELD(struct agent_in, active, .doc = "false: left; signed out everywhere at once"),
    AGENT_FIELDS(false),
};

/* A doctor works where he sees patients. */
static enum err practitioner_fits(struct tx *tx, int64_t practitioner_id, int64_t clinic_id) {
    const struct value *v;
    if (!practitioner_id) return OK;
    enum err err = db_row(tx, directory_sql[PRACTITIONER_OF], WITH(practitioner_id, clinic_id),
                          &v);
    return err == ERR_MISSING ? fail(tx, ERR_MISSING, "practitioner_id") : err;
}

static enum err agent_add(struct tx *tx, const void *raw, struct json *out) {
    const struct agent_in *in = raw;
    int64_t agent_id;
    bool of_platform = strcmp(in->role, "moderator") == 0 || strcmp(in->role, "manager") == 0;
    if (of_platform == (in->clinic_id != 0))
        return fail_detail(tx, ERR_BAD_VALUE, "clinic_id", of_platform ? "0" : "clinic_id >= 1");
    if (in->clinic_id) TRY(clinic_known(tx, in->clinic_id));
    TRY(practitioner_fits(tx, in->practitioner_id, in->clinic_id));
    TRY(refuse_taken(tx, directory_sql[EMAIL_TAKEN], WITH(in->email, 0), "email"));
    TRY(db_insert(tx, directory_sql[AGENT_ADD],
                  WITH(id_or_null(in->clinic_id), in->role, in->name, or_empty(in->position),
                       in->email, or_empty(in->phone), or_empty(in->locale),
                       id_or_null(in->practitioner_id)),
                  &agent_id));
    json_put_int(out, "agent_id", agent_id);
    return OK;
}

/* `active` is asked for by its presence: false and absent differ. */
static enum err agent_write(struct tx *tx, const struct agent_in *in, struct value active) {
    const struct value *v;
    enum err err = db_row(tx, directory_sql[AGENT_GET], WITH(in->agent_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "agent_id");
    TRY(err);
    TRY(refuse_taken(tx, directory_sql[EMAIL_TAKEN],
                     WITH(in->email ? in->email : v[1].text, in->agent_id), "email"));
    TRY(practitioner_fits(tx, in->practitioner_id, v[0].i));
    if (in->email && strcmp(in->email, v[1].text) != 0)
        TRY(bounce_forget(tx, v[0].i, in->agent_id));
    if (active.kind == VALUE_INT && !active.i)
        TRY(db_run(tx, directory_sql[SESSIONS_END], WITH(in->agent_id)));
    return db_run(tx, directory_sql[AGENT_SET],
                  WITH(in->agent_id, in->name, in->position, in->email, in->phone, in->locale,
                       active, id_or_null(in->practitioner_id)));
}

static enum err agent_set(struct tx *tx, const void *raw, struct json *out) {
    const struct agent_in *in = raw;
    (void)out;
    return agent_write(tx, in, tx->given & 2u ? value_int(in->active) : (struct value){0});
}

struct representative_in {
    const char *name, *position, *email;
};
static const struct field representative_fields[] = {
    FIELD(struct representative_in, name, .required = true, .max = 120,
          .doc = "how patients read you; past messages keep the old name"),
    FIELD(struct representative_in, position, .required = true, .max = 120,
          .doc = "how patients read you"),
    FIELD(struct representative_in, email, .required = true, .format = FORMAT_EMAIL,
          .doc = "where notices of new messages go (rule 16)"),
};

static enum err representative_set(struct tx *tx, const void *raw, struct json *out) {
    const struct representative_in *in = raw;
    json_put_bool(out, "complete", true);
    return db_run(tx, directory_sql[REPRESENTATIVE_SET],
                  WITH(tx->actor.agent_id, in->name, in->position, in->email));
}

static enum err representative_get(struct tx *tx, const void *raw, struct json *out) {
    (void)raw;
    json_key(out, "representative");
    json_object(out);
    TRY(db_json_row(tx, directory_sql[REPRESENTATIVE_GET], WITH(tx->actor.agent_id), out));
    json_object_end(out);
    return OK;
}

#define ROLES_OWNER (ROLE_INTEGRATION | ROLE_HOST)
static const struct op ops[] = {
    {.name = "platform.set", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct platform_in, platform_fields), .run = platform_set, .out = "{}",
     .doc = "Names the platform and chooses the preset of policies."},
    {.name = "platform.get", .roles = ROLES_ALL, .one_item = true, .run = platform_get,
     .out = "{ name: string, base_url: string, locale: string, policy_preset: string }",
     .doc = "The platform."},
    {.name = "clinic.add", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct clinic_in, clinic_add_fields), .run = clinic_add, .rules = "2 36",
     .out = "{ clinic_id: number }", .doc = "A clinic joins."},
    {.name = "clinic.set", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct clinic_in, clinic_set_fields), .run = clinic_set, .out = "{}",
     .doc = "Changes what is given of a clinic."},
    {.name = "clinic.list", .roles = ROLES_ALL & ~ROLE_PATIENT,
     TAKES(struct of_clinic_in, of_clinic_fields), .run = clinic_list,
     .out = "{ clinics: Clinic[] }", .doc = "Clinics: all, or one's own."},
    {.name = "service.add", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct service_in, service_fields), .run = service_add,
     .out = "{ service_id: number }", .doc = "A clinic performs a service."},
    {.name = "practitioner.add", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct practitioner_in, practitioner_fields), .run = practitioner_add,
     .out = "{ practitioner_id: number }", .doc = "A doctor sees patients at a clinic."},
    {.name = "practitioner.list", .roles = ROLES_ALL & ~ROLE_PATIENT,
     TAKES(struct of_clinic_in, of_clinic_fields), .run = practitioner_list,
     .out = "{ practitioners: Practitioner[] }", .doc = "Doctors."},
    {.name = "agent.add", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct agent_in, agent_add_fields), .run = agent_add, .rules = "2 13",
     .out = "{ agent_id: number }", .doc = "Somebody works for a clinic or for the platform."},
    {.name = "agent.set", .roles = ROLES_OWNER, ALWAYS_WRITES,
     TAKES(struct agent_in, agent_set_fields), .run = agent_set, .out = "{}",
     .doc = "Changes what is given of an agent."},
    {.name = "agent.list", .roles = ROLES_OWNER | ROLES_AGENT,
     TAKES(struct of_clinic_in, of_clinic_fields), .run = agent_list, .out = "{ agents: Agent[] }",
     .doc = "People who work: all, or one's own clinic's."},
    {.name = "representative.set", .roles = ROLES_CHAT, ALWAYS_WRITES,
     TAKES(struct representative_in, representative_fields), .run = representative_set,
     .rules = "9 16", .out = "{ complete: boolean }",
     .doc = "Gives the data that stand under one's messages, once, before the first."},
    {.name = "representative.get", .roles = ROLES_CHAT, .run = representative_get, .rules = "9",
     .out = "{ representative: Representative }",
     .doc = "One's own data as far as they are known; `complete` once they were given."},
};
const struct op_group directory_group = GROUP(ops);
