/* ops/sync.c: the browser's replica. sync.pull gives out the rows that a principal may see, written
 * after a revision; sync.apply writes them into an empty core elsewhere. One table here says which
 * rows and columns; phone numbers and addresses of authors never leave the server. */
#include "../ops.h"

#include <string.h>

#include "../db.h"
#include "../policy.h"
#include "../search.h"

/* ?1 since, ?2 up to this revision, ?3 the clinic, ?4 the patient's thread (0: staff), ?5 the
 * asking agent or link, ?6 the kind of that thread, ?7 what was settled before stays behind. */
struct sync_table {
    const char *name, *pull, *clear, *apply;
    unsigned roles;
    int args; /* how many of them the pull takes */
};

/* What was settled earlier stays on the server. */
static const int64_t settled_ms = 90LL * 86400000;
#define IS_COPIED " (f.waiting_since_at > 0 or f.last_at > ?7 or f.erased_at > ?7)"

/* What others refer to has no upper bound: a row of this page must find what it names, although
 * that was changed later. To give a row twice does no harm. */
enum { PAGE_ROWS = 5000 };

static const struct sync_table tables[] = {
    {"platform",
     "select platform_id, name, base_url, locale, policy_preset, rev from platform"
     " where rev > ?1",
     NULL,
     "insert or replace into platform (platform_id, name, base_url, locale, policy_preset, rev)"
     " select value ->> 'platform_id', value ->> 'name', value ->> 'base_url',"
     " value ->> 'locale', value ->> 'policy_preset', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 1},
    /* All of them each time, because a policy that goes back to its default leaves no row. */
    {"policy",
     "select clinic_id, key, value, rev from policy where clinic_id in (0, ?3)",
     "delete from policy",
     "insert or replace into policy (clinic_id, key, value, rev) select value ->> 'clinic_id',"
     " value ->> 'key', value ->> 'value', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 3},
    {"clinic",
     "select clinic_id, name, zone, tier, locale, phone, address, rev from clinic"
     " where rev > ?1 and clinic_id = ?3",
     NULL,
     "insert or replace into clinic (clinic_id, name, zone, tier, locale, phone, address,"
     " added_at, rev) select value ->> 'clinic_id', value ->> 'name', value ->> 'zone',"
     " value ->> 'tier', value ->> 'locale', value ->> 'phone', value ->> 'address', 0,"
     " value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 3},
    {"practitioner",
     "select practitioner_id, clinic_id, name, tier, services, rev from practitioner"
     " where rev > ?1 and clinic_id = ?3",
     NULL,
     "insert or replace into practitioner (practitioner_id, clinic_id, name, tier, services, rev)"
     " select value ->> 'practitioner_id', value ->> 'clinic_id', value ->> 'name',"
     " value ->> 'tier', value ->> 'services', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 3},
    {"agent",
     "select agent_id, clinic_id, role, name, position, iif(agent_id = ?5, email, '') email,"
     " locale, active, represents, iif(agent_id = ?5, notice_email, '') notice_email, rev"
     " from agent where rev > ?1 and clinic_id = ?3 and ?4 = 0",
     NULL,
     "insert or replace into agent (agent_id, clinic_id, role, name, position, email, locale,"
     " active, represents, notice_email, rev) select value ->> 'agent_id',"
     " value ->> 'clinic_id', value ->> 'role', value ->> 'name', value ->> 'position',"
     " value ->> 'email', value ->> 'locale', value ->> 'active', value ->> 'represents',"
     " value ->> 'notice_email', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC, 5},
    {"contact_form",
     "select contact_form_id, clinic_id, practitioner_id, state, name, iif(?4, '', email) email,"
     " iif(?4, '', phone) phone, locale, service, origin, origin_id, root_id, duplicate_of,"
     " delivered_at, read_at, clock_at, clock_read, waiting_since_at, answered_at, answer_ms,"
     " absent_ms, iif(?4, null, answered_agent_id) answered_agent_id, reason, due_at, reminded_at,"
     " offered_at, no_office_at, message_count, last_author, last_at, last_message_id,"
     " last_clinic_id, patient_read_id,"
     " iif(?4, 0, claim_agent_id) claim_agent_id, iif(?4, 0, claim_until_at) claim_until_at,"
     " bounced, erased_at, rev from contact_form where rev > ?1 and rev <= ?2 and clinic_id = ?3"
     " and ((?4 = 0 and (waiting_since_at > 0 or last_at > ?7 or erased_at > ?7))"
     " or (?6 = 'contact_form' and contact_form_id = ?4))",
     NULL,
     "insert or replace into contact_form (contact_form_id, clinic_id, practitioner_id, state,"
     " name, email, phone, locale, service, origin, origin_id, root_id, duplicate_of,"
     " delivered_at, read_at, clock_at, clock_read, waiting_since_at, answered_at, answer_ms,"
     " absent_ms, answered_agent_id, reason, due_at, reminded_at, offered_at, no_office_at,"
     " message_count, last_author, last_at, last_message_id, last_clinic_id, patient_read_id,"
     " claim_agent_id, claim_until_at, bounced, erased_at, rev) select value ->> 'contact_form_id',"
     " value ->> 'clinic_id', value ->> 'practitioner_id', value ->> 'state', value ->> 'name',"
     " value ->> 'email', value ->> 'phone', value ->> 'locale', value ->> 'service',"
     " value ->> 'origin', value ->> 'origin_id', value ->> 'root_id', value ->> 'duplicate_of',"
     " value ->> 'delivered_at', value ->> 'read_at', value ->> 'clock_at',"
     " value ->> 'clock_read',"
     " value ->> 'waiting_since_at', value ->> 'answered_at', value ->> 'answer_ms',"
     " value ->> 'absent_ms', value ->> 'answered_agent_id', value ->> 'reason',"
     " value ->> 'due_at', value ->> 'reminded_at', value ->> 'offered_at',"
     " value ->> 'no_office_at', value ->> 'message_count', value ->> 'last_author',"
     " value ->> 'last_at', value ->> 'last_message_id', value ->> 'last_clinic_id',"
     " value ->> 'patient_read_id', value ->> 'claim_agent_id', value ->> 'claim_until_at',"
     " value ->> 'bounced', value ->> 'erased_at', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 7},
    /* One's own drafts and the clinic's hours: all of them each time, because rows go away. */
    {"draft",
     "select contact_form_id, agent_id, text, saved_at from draft d where agent_id = ?5"
     " and exists (select 1 from contact_form f where f.contact_form_id = d.contact_form_id"
     " and f.rev <= ?2 and" IS_COPIED ")",
     "delete from draft",
     "insert or replace into draft (contact_form_id, agent_id, text, saved_at)"
     " select value ->> 'contact_form_id', value ->> 'agent_id', value ->> 'text',"
     " value ->> 'saved_at' from json_each(?1)",
     ROLES_CLINIC, 7},
    /* Who has read it: with each change of it all of them. */
    {"activity",
     "select v.clinic_id, v.agent_id, v.at, v.contact_form_id, v.act from contact_form f"
     " cross join activity v on v.contact_form_id = f.contact_form_id and v.act = 'read'"
     " where f.rev > ?1 and f.rev <= ?2 and f.clinic_id = ?3 and ?4 = 0 and" IS_COPIED,
     NULL,
     "insert or replace into activity (clinic_id, agent_id, at, contact_form_id, act)"
     " select value ->> 'clinic_id', value ->> 'agent_id', value ->> 'at',"
     " value ->> 'contact_form_id', value ->> 'act' from json_each(?1)",
     ROLES_CLINIC, 7},
    {"opening_hours",
     "select clinic_id, day, from_minute, to_minute, rev from opening_hours where clinic_id = ?3",
     "delete from opening_hours",
     "insert or replace into opening_hours (clinic_id, day, from_minute, to_minute, rev)"
     " select value ->> 'clinic_id', value ->> 'day', value ->> 'from_minute',"
     " value ->> 'to_minute', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC, 3},
    {"holiday",
     "select clinic_id, date, rev from holiday where clinic_id = ?3",
     "delete from holiday",
     "insert or replace into holiday (clinic_id, date, rev) select value ->> 'clinic_id',"
     " value ->> 'date', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC, 3},
    {"absence",
     "select absence_id, clinic_id, practitioner_id, from_date, to_date, removed, rev"
     " from absence where rev > ?1 and rev <= ?2 and clinic_id = ?3",
     NULL,
     "insert or replace into absence (absence_id, clinic_id, practitioner_id, from_date, to_date,"
     " removed, rev) select value ->> 'absence_id', value ->> 'clinic_id',"
     " value ->> 'practitioner_id', value ->> 'from_date', value ->> 'to_date',"
     " value ->> 'removed', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC, 3},
    {"review",
     "select review_id, clinic_id, practitioner_id, author_name, substr(author_phone, 1, 2)"
     " || '•••' || substr(author_phone, -2) author_phone, locale, rating, text, published_at,"
     " state, label, annulled_at, reply, replied_at, iif(?4, null, reply_agent_id)"
     " reply_agent_id, rev from review r where rev > ?1 and clinic_id = ?3 and (rev <= ?2"
     " or exists (select 1 from review_chat c where c.review_id = r.review_id and c.rev > ?1"
     " and c.rev <= ?2)) and (?4 = 0 or (?6 = 'review_chat' and review_id ="
     " (select review_id from review_chat where review_chat_id = ?4)))",
     NULL,
     "insert or replace into review (review_id, clinic_id, practitioner_id, author_name,"
     " author_phone, locale, rating, text, published_at, state, label, annulled_at, reply,"
     " replied_at, reply_agent_id, rev) select value ->> 'review_id', value ->> 'clinic_id',"
     " value ->> 'practitioner_id', value ->> 'author_name', value ->> 'author_phone',"
     " value ->> 'locale', value ->> 'rating', value ->> 'text', value ->> 'published_at',"
     " value ->> 'state', value ->> 'label', value ->> 'annulled_at', value ->> 'reply',"
     " value ->> 'replied_at', value ->> 'reply_agent_id', value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 6},
    {"link",
     "select link_id, purpose, item_kind, item_id, clinic_id, locale, expires_at, revoked_at, rev"
     " from link where ?4 <> 0 and link_id = ?5",
     NULL,
     "insert or replace into link (link_id, purpose, item_kind, item_id, clinic_id, locale,"
     " expires_at, revoked_at, rev) select value ->> 'link_id', value ->> 'purpose',"
     " value ->> 'item_kind', value ->> 'item_id', value ->> 'clinic_id', value ->> 'locale',"
     " value ->> 'expires_at', value ->> 'revoked_at', value ->> 'rev' from json_each(?1)",
     ROLE_PATIENT, 5},
    {"review_chat",
     "select review_chat_id, review_id, clinic_id, state, purpose, solved_at, muted,"
     " unanswered_count, opened_at, ended_at, message_count, last_author, last_at,"
     " last_clinic_at, mailed_at, clinic_read_id, patient_read_id, rev from review_chat"
     " where rev > ?1 and rev <= ?2 and clinic_id = ?3"
     " and (?4 = 0 or (?6 = 'review_chat' and review_chat_id = ?4))",
     NULL,
     "insert or replace into review_chat (review_chat_id, review_id, clinic_id, state, purpose,"
     " solved_at, muted, unanswered_count, opened_at, ended_at, message_count, last_author,"
     " last_at, last_clinic_at, mailed_at,"
     " clinic_read_id, patient_read_id, rev)"
     " select value ->> 'review_chat_id', value ->> 'review_id', value ->> 'clinic_id',"
     " value ->> 'state', value ->> 'purpose', value ->> 'solved_at', value ->> 'muted',"
     " value ->> 'unanswered_count', value ->> 'opened_at', value ->> 'ended_at',"
     " value ->> 'message_count', value ->> 'last_author', value ->> 'last_at',"
     " value ->> 'last_clinic_at', value ->> 'mailed_at',"
     " value ->> 'clinic_read_id', value ->> 'patient_read_id',"
     " value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 6},
    {"message",
     "select message_id, item_kind, item_id, clinic_id, author, kind,"
     " iif(?4, null, agent_id) agent_id, agent_name, agent_position,"
     " iif(?4 and kind = 'phone', '', text) text, reason, called_at, sent_at, delivery, rev"
     " from message where rev > ?1 and rev <= ?2 and clinic_id = ?3"
     " and (?4 = 0 or (item_kind = ?6 and item_id = ?4))"
     " and (?4 or item_kind <> 'contact_form' or exists (select 1 from contact_form f"
     " where f.contact_form_id = item_id and" IS_COPIED "))",
     NULL,
     "insert or replace into message (message_id, item_kind, item_id, clinic_id, author, kind,"
     " agent_id, agent_name, agent_position, text, reason, called_at, sent_at, delivery, rev)"
     " select value ->> 'message_id', value ->> 'item_kind', value ->> 'item_id',"
     " value ->> 'clinic_id', value ->> 'author', value ->> 'kind', value ->> 'agent_id',"
     " value ->> 'agent_name', value ->> 'agent_position', value ->> 'text',"
     " value ->> 'reason', value ->> 'called_at', value ->> 'sent_at', value ->> 'delivery',"
     " value ->> 'rev' from json_each(?1)",
     ROLES_CLINIC | ROLE_PATIENT, 7},
};
enum { TABLES_N = sizeof tables / sizeof *tables };

/* The revision of the first row past a page: what comes from it on is left for the next pull. */
static const char horizon_sql[] =
    "select min(rev) from (select rev from (select rev from message where clinic_id = ?2"
    " and rev > ?1 and (item_kind <> 'contact_form' or exists (select 1 from contact_form f"
    " where f.contact_form_id = item_id and (f.waiting_since_at > 0 or f.last_at > ?4"
    " or f.erased_at > ?4))) order by rev limit 1 offset ?3) union all select rev from (select rev"
    " from review where clinic_id = ?2 and rev > ?1 order by rev limit 1 offset ?3))";

/* What a replica has from the hours that a restore lost is not so any more. */
static const char lost_sql[] = "select lost_from_rev, lost_to_rev from desk_state";

struct pull_in {
    int64_t since;
};
static const struct field pull_fields[] = {
    FIELD(struct pull_in, since, .min = 0, .doc = "the newest revision one has; 0 for all"),
};

static enum err sync_pull(struct tx *tx, const void *raw, struct json *out) {
    const struct pull_in *in = raw;
    const struct actor *actor = &tx->actor;
    int64_t since = in->since, newest = tx->rev;
    int64_t thread_id = actor->role == ROLE_PATIENT ? actor->item_id : 0;
    int64_t own_id = actor->agent_id ? actor->agent_id : actor->link_id;
    const struct value *v;
    TRY(db_row(tx, lost_sql, WITH_NOTHING, &v));
    bool reset = since > newest || (since > v[0].i && since < v[1].i);
    int64_t settled_at = tx->now - settled_ms;
    if (reset) since = 0;
    TRY(db_row(tx, horizon_sql, WITH(since, actor->clinic_id, (int64_t)PAGE_ROWS, settled_at),
               &v));
    int64_t until = v[0].kind == VALUE_INT ? v[0].i - 1 : newest;
    json_put_int(out, "rev", until);
    json_put_bool(out, "more", until < newest);
    json_put_bool(out, "reset", reset);
    json_key(out, "tables");
    json_object(out);
    for (int i = 0; i < TABLES_N; i++) {
        if (!(tables[i].roles & actor->role)) continue;
        json_key(out, tables[i].name);
        json_array(out);
        struct args args = WITH(since, until, actor->clinic_id, thread_id, own_id,
                                thread_id ? actor->item_kind : "", settled_at);
        args.n = tables[i].args;
        TRY(db_json(tx, tables[i].pull, args, INT64_MAX, out, NULL));
        json_array_end(out);
    }
    json_object_end(out);
    return OK;
}

struct apply_in {
    int64_t rev;
    bool more, reset;
    const cJSON *tables;
};
static const struct field apply_fields[] = {
    FIELD(struct apply_in, rev, .min = 0, .doc = "as sync.pull gave it"),
    FIELD(struct apply_in, more, .doc = "as sync.pull gave it"),
    FIELD(struct apply_in, reset, .doc = "as sync.pull gave it"),
    FIELD(struct apply_in, tables, .required = true, .doc = "as sync.pull gave them"),
};

static enum err sync_apply(struct tx *tx, const void *raw, struct json *out) {
    const struct apply_in *in = raw;
    int64_t n = 0;
    for (int i = 0; i < TABLES_N; i++) {
        const cJSON *rows = cJSON_GetObjectItemCaseSensitive(in->tables, tables[i].name);
        if (!rows) continue;
        const char *text = cJSON_PrintUnformatted(rows);
        if (!text) return ERR_MEMORY;
        if (tables[i].clear) TRY(db_run(tx, tables[i].clear, WITH_NOTHING));
        TRY(db_run(tx, tables[i].apply, WITH(text)));
        n += cJSON_GetArraySize(rows);
    }
    policy_forget(tx->policies);
    TRY(search_restart(tx));
    TRY(db_run(tx, "update desk_state set replica = 1 where replica = 0", WITH_NOTHING));
    json_put_int(out, "rows", n);
    return OK;
}

static const struct op ops[] = {
    {.name = "sync.pull", .roles = ROLES_CLINIC | ROLE_PATIENT, TAKES(struct pull_in, pull_fields),
     .run = sync_pull, .rules = "12",
     .out = "{ rev: number, more: boolean, reset: boolean, tables: Record<string, object[]> }",
     .doc = "The rows one may see that were written after a revision."},
    {.name = "sync.apply", .roles = ROLE_HOST, ALWAYS_WRITES, TAKES(struct apply_in, apply_fields),
     .run = sync_apply, .out = "{ rows: number }",
     .doc = "Writes what sync.pull gave into a replica."},
};
const struct op_group sync_group = GROUP(ops);
