/* ops/team.c: what each person of a clinic did with its questions (rules 56, 58). */
#include "../calendar.h"
#include "../db.h"
#include "../indicator.h"
#include "../ops.h"

#include <string.h>

enum { AGENTS, ACTS, LIST, AGENT };
static const char *const team_sql[] = {
    [AGENTS] = "select agent_id, name, role, position, active from agent where clinic_id = ?1"
               " order by active desc, name, agent_id",
    [ACTS] = "select act, at, answer_ms from activity where clinic_id = ?1 and agent_id = ?2"
             " and at >= ?3 and at < ?4",
    [LIST] = "select v.at, v.act, v.contact_form_id, f.name, v.answer_ms from activity v"
             " join contact_form f using (contact_form_id) where v.clinic_id = ?1"
             " and v.agent_id = ?2 and v.at < ?3 and v.at >= ?4 order by v.at desc,"
             " v.contact_form_id desc limit ?5 + 1",
    [AGENT] = "select clinic_id from agent where agent_id = ?1 and clinic_id is not null",
};

static const char *const acts[] = {"read", "answered", "answered_by_phone", "rejected"};
enum { ACTS_N = sizeof acts / sizeof *acts };

struct activity_in {
    int64_t clinic_id;
    const char *from, *to;
};
static const struct field activity_fields[] = {
    FIELD(struct activity_in, clinic_id, .min = 1,
          .doc = "the clinic; its own people may leave it out"),
    FIELD(struct activity_in, from, .required = true, .doc = "first local day"),
    FIELD(struct activity_in, to, .required = true, .doc = "last local day, inclusive"),
};

/* Counts by kind of act, the median of one's own answers, and the latest sign of work. */
static enum err acts_json(struct tx *tx, int64_t clinic_id, int64_t agent_id, int64_t from_at,
                          int64_t to_at, struct json *out) {
    struct rows rows;
    int64_t n[ACTS_N] = {0}, answered = 0, last_at = 0;
    TRY(db_rows(tx, team_sql[ACTS], WITH(clinic_id, agent_id, from_at, to_at), &rows));
    int64_t *times = arena_alloc(tx->arena, sizeof *times * (size_t)(rows.n + 1));
    if (!times) return ERR_MEMORY;
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        for (int act = 0; act < ACTS_N; act++) n[act] += strcmp(acts[act], v[0].text) == 0;
        if (v[2].kind == VALUE_INT) times[answered++] = v[2].i;
        if (v[1].i > last_at) last_at = v[1].i;
    }
    for (int act = 0; act < ACTS_N; act++) json_put_int(out, acts[act], n[act]);
    int64_t median_ms = median_of(times, answered);
    json_key(out, "median_ms");
    if (answered) json_int(out, median_ms);
    else json_null(out);
    json_put_id(out, "last_at", last_at);
    return OK;
}

static enum err team_activity(struct tx *tx, const void *raw, struct json *out) {
    const struct activity_in *in = raw;
    int64_t clinic_id, from_at, to_at;
    struct rows agents;
    char until[11];
    TRY(access_list_clinic(tx, in->clinic_id, &clinic_id));
    if (!clinic_id) return fail(tx, ERR_REQUIRED, "clinic_id");
    if (!date_valid(in->from)) return fail(tx, ERR_BAD_DATE, "from");
    if (!date_valid(in->to)) return fail(tx, ERR_BAD_DATE, "to");
    TRY(calendar_day_start(tx, clinic_id, in->from, &from_at));
    date_add(in->to, 1, until);
    TRY(calendar_day_start(tx, clinic_id, until, &to_at));
    TRY(db_rows(tx, team_sql[AGENTS], WITH(clinic_id), &agents));
    json_key(out, "agents");
    json_array(out);
    for (int i = 0; i < agents.n; i++) {
        const struct value *v = row_at(&agents, i);
        json_object(out);
        json_put_int(out, "agent_id", v[0].i);
        json_put_text(out, "name", v[1].text);
        json_put_text(out, "role", v[2].text);
        json_put_text(out, "position", v[3].text);
        json_put_bool(out, "active", v[4].i != 0);
        TRY(acts_json(tx, clinic_id, v[0].i, from_at, to_at, out));
        json_object_end(out);
    }
    json_array_end(out);
    return OK;
}

struct list_in {
    int64_t agent_id, before_at, from_at, limit;
};
static const struct field list_fields[] = {
    FIELD(struct list_in, agent_id, .required = true, .min = 1, .doc = "whose acts"),
    FIELD(struct list_in, before_at, .min = 1, .doc = "older than this"),
    FIELD(struct list_in, from_at, .min = 0, .doc = "not older than this"),
    FIELD(struct list_in, limit, .min = 1, .max = 200, .doc = "acts, 50 unless told"),
};

static enum err activity_list(struct tx *tx, const void *raw, struct json *out) {
    const struct list_in *in = raw;
    int64_t limit = in->limit ? in->limit : 50;
    const struct value *v;
    bool more;
    enum err err = db_row(tx, team_sql[AGENT], WITH(in->agent_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "agent_id");
    TRY(err);
    int64_t clinic_id = v[0].i;
    TRY(access_clinic(tx, clinic_id, "agent_id"));
    json_key(out, "acts");
    json_array(out);
    TRY(db_json(tx, team_sql[LIST],
                WITH(clinic_id, in->agent_id, in->before_at ? in->before_at : INT64_MAX,
                     in->from_at, limit), limit, out, &more));
    json_array_end(out);
    json_put_bool(out, "more", more);
    return OK;
}

static const struct op ops[] = {
    {.name = "team.activity", .roles = ROLES_CLINIC | ROLE_INTEGRATION,
     TAKES(struct activity_in, activity_fields), .run = team_activity, .rules = "56 58",
     .out = "{ agents: Activity[] }", .doc = "What each person did with questions in a period."},
    {.name = "activity.list", .roles = ROLES_CLINIC | ROLE_INTEGRATION,
     TAKES(struct list_in, list_fields), .run = activity_list, .rules = "58",
     .out = "{ acts: { at: number, act: string, contact_form_id: number, name: string,"
            " answer_ms: number | null }[], more: boolean }",
     .doc = "One person's acts, the latest first, each leading to its form."},
};
const struct op_group team_group = GROUP(ops);
