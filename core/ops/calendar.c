/* ops/calendar.c: a clinic's opening hours, holidays and absences. What they mean for an instant is
 * calendar.c's; which reminders move with them is contact_forms_replan's. */
#include "../ops.h"

#include <string.h>

#include "../calendar.h"
#include "../contact_forms.h"
#include "../db.h"
#include "../history.h"
#include "../never.h"

enum { ROLES_CALENDAR = ROLE_INTEGRATION | ROLE_HOST | ROLES_CHAT };
enum { DAY_MINUTES = 1440, HOLIDAYS_MAX = 400, ABSENCE_DAYS_MAX = 366 };

enum { CLINIC, PRACTITIONER, HOURS, HOURS_CLEAR, HOURS_ADD, HOLIDAYS, HOLIDAYS_CLEAR, HOLIDAY_ADD,
       ABSENCES, ABSENCE_ADD, ABSENCE_GET, ABSENCE_REMOVE };
static const char *const calendar_sql[] = {
    [CLINIC] = "select zone, name from clinic where clinic_id = ?1",
    [PRACTITIONER] = "select name from practitioner where practitioner_id = ?1 and clinic_id = ?2",
    [HOURS] = "select day, format('%02d:%02d', from_minute / 60, from_minute % 60) \"from\","
              " format('%02d:%02d', to_minute / 60, to_minute % 60) \"to\" from opening_hours"
              " where clinic_id = ?1 order by day, from_minute",
    [HOURS_CLEAR] = "delete from opening_hours where clinic_id = ?1",
    [HOURS_ADD] = "insert into opening_hours (clinic_id, day, from_minute, to_minute, rev)"
                  " values (?1, ?2, ?3, ?4, rev())",
    [HOLIDAYS] = "select date from holiday where clinic_id = ?1 order by date",
    [HOLIDAYS_CLEAR] = "delete from holiday where clinic_id = ?1",
    [HOLIDAY_ADD] = "insert into holiday (clinic_id, date, rev) values (?1, ?2, rev())"
                    " on conflict do nothing",
    [ABSENCES] = "select absence_id, practitioner_id, iif(?3, p.name, null) practitioner_name,"
                 " from_date \"from\", to_date \"to\" from absence"
                 " left join practitioner p using (practitioner_id)"
                 " where absence.clinic_id = ?1 and to_date >= ?2 and removed = 0"
                 " order by from_date, absence_id",
    [ABSENCE_ADD] = "insert into absence (clinic_id, practitioner_id, from_date, to_date, rev)"
                    " values (?1, ?2, ?3, ?4, rev())",
    [ABSENCE_GET] = "select clinic_id, coalesce(practitioner_id, 0), from_date, to_date"
                    " from absence where absence_id = ?1 and removed = 0",
    [ABSENCE_REMOVE] = "update absence set removed = 1, rev = rev() where absence_id = ?1",
};

/* The clinic asked for, which may stay away for those who belong to one. */
static enum err clinic_of(struct tx *tx, int64_t asked_id, int64_t *ret_clinic_id,
                          const char **ret_zone, const char **ret_name) {
    const struct value *v;
    *ret_clinic_id = asked_id ? asked_id : tx->actor.clinic_id;
    if (!*ret_clinic_id) return fail(tx, ERR_REQUIRED, "clinic_id");
    TRY(access_clinic(tx, *ret_clinic_id, "clinic_id"));
    enum err err = db_row(tx, calendar_sql[CLINIC], WITH(*ret_clinic_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "clinic_id");
    TRY(err);
    if (ret_zone) *ret_zone = v[0].text;
    if (ret_name) *ret_name = v[1].text;
    return OK;
}

struct hours_in {
    int64_t clinic_id;
};
static const struct field hours_fields[] = {
    FIELD(struct hours_in, clinic_id, .min = 1, .doc = "whose; staff of a clinic: one's own"),
};

static enum err holidays_json(struct tx *tx, int64_t clinic_id, struct json *out) {
    struct rows rows;
    TRY(db_rows(tx, calendar_sql[HOLIDAYS], WITH(clinic_id), &rows));
    json_key(out, "holidays");
    json_array(out);
    for (int i = 0; i < rows.n; i++) json_text(out, row_at(&rows, i)->text);
    json_array_end(out);
    return OK;
}

static enum err open_json(struct tx *tx, int64_t clinic_id, bool known, struct json *out) {
    int64_t opens_at;
    TRY(calendar_opening(tx, clinic_id, tx->now, &opens_at));
    bool open_now = opens_at == tx->now;
    json_key(out, "open_now");
    if (known) json_bool(out, open_now);
    else json_null(out);
    json_put_id(out, "opens_at", open_now ? 0 : opens_at);
    return OK;
}

/* Absences that are over are no longer told. */
static enum err clinic_hours(struct tx *tx, const void *raw, struct json *out) {
    const struct hours_in *in = raw;
    const char *zone;
    char today[11];
    int64_t clinic_id;
    bool names = !(tx->actor.role & (ROLE_VISITOR | ROLE_PATIENT));
    struct rows hours;
    TRY(clinic_of(tx, in->clinic_id, &clinic_id, &zone, NULL));
    TRY(calendar_date(tx, clinic_id, tx->now, today));
    json_put_text(out, "zone", zone);
    json_key(out, "hours");
    json_array(out);
    TRY(db_json(tx, calendar_sql[HOURS], WITH(clinic_id), INT64_MAX, out, NULL));
    json_array_end(out);
    TRY(holidays_json(tx, clinic_id, out));
    json_key(out, "absences");
    json_array(out);
    TRY(db_json(tx, calendar_sql[ABSENCES], WITH(clinic_id, today, names), INT64_MAX, out, NULL));
    json_array_end(out);
    TRY(db_rows(tx, calendar_sql[HOURS], WITH(clinic_id), &hours));
    json_put_bool(out, "editable", tx->actor.role & ROLES_CALENDAR);
    return open_json(tx, clinic_id, hours.n > 0, out);
}

struct set_hours_in {
    int64_t clinic_id;
    const cJSON *hours, *holidays;
};
static const struct field set_hours_fields[] = {
    FIELD(struct set_hours_in, clinic_id, .min = 1, .doc = "whose; staff: one's own"),
    FIELD(struct set_hours_in, hours, .required = true, .format = FORMAT_OBJECTS,
          .max = 7 * PERIODS_MAX,
          .doc = "the whole week: {day: 1 Monday to 7, from: '08:30', to: '20:00'}, to '24:00';"
                 " at most ten a day, none of which overlap; empty: not known"),
    FIELD(struct set_hours_in, holidays, .format = FORMAT_TEXTS, .max = HOLIDAYS_MAX,
          .doc = "dates on which it is closed, all of them; absent: as before"),
};

struct period_in {
    int64_t day;
    const char *from, *to;
};
static const struct field period_fields[] = {
    FIELD(struct period_in, day, .required = true, .min = 1, .max = 7, .doc = "1 Monday"),
    FIELD(struct period_in, from, .required = true, .max = 5, .doc = "HH:MM"),
    FIELD(struct period_in, to, .required = true, .max = 5, .doc = "HH:MM, at most 24:00"),
};

struct week {
    struct {
        int64_t day;
        int from_minute, to_minute;
    } periods[7 * PERIODS_MAX];
    int n;
};

/* Minutes after midnight of HH:MM, -1 when it is none. */
static int minute_of(const char *text) {
    for (int i = 0; i < 5; i++)
        if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9') return -1;
    int hours = (text[0] - '0') * 10 + text[1] - '0';
    int minutes = (text[3] - '0') * 10 + text[4] - '0';
    if (NEVER(text[5])) return -1;
    return minutes > 59 || hours * 60 + minutes > DAY_MINUTES ? -1 : hours * 60 + minutes;
}

static enum err fail_period(struct tx *tx, enum err err, int place, const char *member,
                            const char *detail) {
    return fail_detail(tx, err, field_path(tx, "hours", place, member), detail);
}

/* Reads one period and looks whether it fits to those before it. */
static enum err period_read(struct tx *tx, const cJSON *item, struct week *week) {
    struct period_in in = {0};
    int place = week->n, same_day = 0;
    TRY(fields_decode_nth(tx, "hours", place, period_fields, 3, item, &in));
    int from = minute_of(in.from), to = minute_of(in.to);
    if (from < 0) return fail_period(tx, ERR_BAD_VALUE, place, "from", "00:00-24:00");
    if (to < 0) return fail_period(tx, ERR_BAD_VALUE, place, "to", "00:00-24:00");
    if (to <= from) return fail_period(tx, ERR_OUT_OF_RANGE, place, "to", "from < to");
    for (int i = 0; i < place; i++) {
        if (week->periods[i].day != in.day) continue;
        if (from < week->periods[i].to_minute && week->periods[i].from_minute < to)
            return fail_period(tx, ERR_OVERLAP, place, NULL, NULL);
        if (++same_day == PERIODS_MAX) return fail_period(tx, ERR_TOO_LONG, place, NULL, "10");
    }
    week->periods[week->n].day = in.day;
    week->periods[week->n].from_minute = from;
    week->periods[week->n++].to_minute = to;
    return OK;
}

static enum err holidays_write(struct tx *tx, int64_t clinic_id, const cJSON *holidays) {
    const cJSON *v;
    int place = 0;
    cJSON_ArrayForEach(v, holidays) {
        if (!date_valid(v->valuestring))
            return fail(tx, ERR_BAD_DATE, field_path(tx, "holidays", place, NULL));
        place++;
    }
    TRY(db_run(tx, calendar_sql[HOLIDAYS_CLEAR], WITH(clinic_id)));
    cJSON_ArrayForEach(v, holidays)
        TRY(db_run(tx, calendar_sql[HOLIDAY_ADD], WITH(clinic_id, (const char *)v->valuestring)));
    return OK;
}

static enum err calendar_log(struct tx *tx, const struct history_row *about, struct json *facts) {
    struct history_row row = *about;
    json_object_end(facts);
    row.from_state = row.to_state = "";
    row.rule = 53;
    row.facts = json_end(facts);
    return history_append(tx, &row);
}

/* The week as it stands now, among the facts. */
static enum err hours_log(struct tx *tx, int64_t clinic_id, const char *name) {
    struct json facts = {.arena = tx->arena};
    json_object(&facts);
    json_put_text(&facts, "name", name);
    json_key(&facts, "hours");
    json_array(&facts);
    TRY(db_json(tx, calendar_sql[HOURS], WITH(clinic_id), INT64_MAX, &facts, NULL));
    json_array_end(&facts);
    TRY(holidays_json(tx, clinic_id, &facts));
    return calendar_log(tx, &(struct history_row){.clinic_id = clinic_id, .item_kind = "clinic",
                                                  .item_id = clinic_id, .event = "set_hours",
                                                  .because = "hours_set"}, &facts);
}

/* Moves what was planned by the old calendar. */
static enum err replan(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                       struct json *out) {
    int64_t moved;
    TRY(contact_forms_replan(tx, clinic_id, practitioner_id, &moved));
    json_put_int(out, "moved", moved);
    return OK;
}

static enum err clinic_set_hours(struct tx *tx, const void *raw, struct json *out) {
    const struct set_hours_in *in = raw;
    struct week week = {.n = 0};
    const char *name;
    const cJSON *v;
    int64_t clinic_id;
    TRY(clinic_of(tx, in->clinic_id, &clinic_id, NULL, &name));
    cJSON_ArrayForEach(v, in->hours) TRY(period_read(tx, v, &week));
    if (in->holidays) TRY(holidays_write(tx, clinic_id, in->holidays));
    TRY(db_run(tx, calendar_sql[HOURS_CLEAR], WITH(clinic_id)));
    for (int i = 0; i < week.n; i++)
        TRY(db_run(tx, calendar_sql[HOURS_ADD],
                   WITH(clinic_id, week.periods[i].day, week.periods[i].from_minute,
                        week.periods[i].to_minute)));
    TRY(hours_log(tx, clinic_id, name));
    return replan(tx, clinic_id, 0, out);
}

struct absence_in {
    int64_t clinic_id, practitioner_id;
    const char *from, *to;
};
static const struct field absence_fields[] = {
    FIELD(struct absence_in, clinic_id, .min = 1, .doc = "whose; staff: one's own"),
    FIELD(struct absence_in, practitioner_id, .min = 1, .doc = "absent: the whole clinic's"),
    FIELD(struct absence_in, from, .required = true, .max = 10, .doc = "first day, YYYY-MM-DD"),
    FIELD(struct absence_in, to, .required = true, .max = 10,
          .doc = "last day, YYYY-MM-DD; at most 366 days in all"),
};

struct absence {
    int64_t absence_id, clinic_id, practitioner_id;
    const char *from, *to, *event, *because;
};

/* The sentence names the doctor, or the clinic when all of it is away. */
static enum err absence_log(struct tx *tx, const struct absence *absence) {
    struct json facts = {.arena = tx->arena};
    const struct value *v;
    const char *name;
    TRY(clinic_of(tx, absence->clinic_id, &(int64_t){0}, NULL, &name));
    if (absence->practitioner_id) {
        TRY(db_row(tx, calendar_sql[PRACTITIONER],
                   WITH(absence->practitioner_id, absence->clinic_id), &v));
        name = v[0].text;
    }
    json_object(&facts);
    json_put_text(&facts, "name", name);
    json_put_id(&facts, "practitioner_id", absence->practitioner_id);
    json_put_text(&facts, "from", absence->from);
    json_put_text(&facts, "to", absence->to);
    return calendar_log(tx, &(struct history_row){
        .clinic_id = absence->clinic_id, .item_kind = "absence", .item_id = absence->absence_id,
        .event = absence->event, .because = absence->because}, &facts);
}

static enum err absence_dates(struct tx *tx, const struct absence_in *in) {
    if (!date_valid(in->from)) return fail(tx, ERR_BAD_DATE, "from");
    if (!date_valid(in->to)) return fail(tx, ERR_BAD_DATE, "to");
    int64_t days = date_days(in->from, in->to);
    if (days >= 0 && days < ABSENCE_DAYS_MAX) return OK;
    char last[11];
    date_add(in->from, ABSENCE_DAYS_MAX - 1, last);
    return fail_range(tx, "to", in->from, last);
}

static enum err absence_add(struct tx *tx, const void *raw, struct json *out) {
    const struct absence_in *in = raw;
    struct absence absence = {.practitioner_id = in->practitioner_id, .from = in->from,
                              .to = in->to, .event = "add", .because = "absence_added"};
    TRY(clinic_of(tx, in->clinic_id, &absence.clinic_id, NULL, NULL));
    if (in->practitioner_id) {
        const struct value *v;
        enum err err = db_row(tx, calendar_sql[PRACTITIONER],
                              WITH(in->practitioner_id, absence.clinic_id), &v);
        if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "practitioner_id");
        TRY(err);
    }
    TRY(absence_dates(tx, in));
    TRY(db_insert(tx, calendar_sql[ABSENCE_ADD],
                  WITH(absence.clinic_id, id_or_null(in->practitioner_id), in->from, in->to),
                  &absence.absence_id));
    json_put_int(out, "absence_id", absence.absence_id);
    TRY(absence_log(tx, &absence));
    return replan(tx, absence.clinic_id, absence.practitioner_id, out);
}

struct remove_in {
    int64_t absence_id;
};
static const struct field remove_fields[] = {
    FIELD(struct remove_in, absence_id, .required = true, .min = 1, .doc = "which"),
};

/* The row stays: what was planned by it can still be explained. */
static enum err absence_remove(struct tx *tx, const void *raw, struct json *out) {
    const struct remove_in *in = raw;
    const struct value *v;
    enum err err = db_row(tx, calendar_sql[ABSENCE_GET], WITH(in->absence_id), &v);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "absence_id");
    TRY(err);
    TRY(access_clinic(tx, v[0].i, "absence_id"));
    TRY(db_run(tx, calendar_sql[ABSENCE_REMOVE], WITH(in->absence_id)));
    TRY(absence_log(tx, &(struct absence){in->absence_id, v[0].i, v[1].i, v[2].text, v[3].text,
                                          "remove", "absence_removed"}));
    return replan(tx, v[0].i, v[1].i, out);
}

static const struct op ops[] = {
    {.name = "clinic.hours", .roles = ROLES_ALL, TAKES(struct hours_in, hours_fields),
     .run = clinic_hours, .rules = "53",
     .out = "{ zone: string, hours: Period[], holidays: string[], absences: Absence[],"
            " editable: boolean, open_now: boolean | null, opens_at: number | null }",
     .doc = "When a clinic is there: its week, its holidays, absences of today and later."},
    {.name = "clinic.set_hours", .roles = ROLES_CALENDAR, ALWAYS_WRITES,
     TAKES(struct set_hours_in, set_hours_fields), .run = clinic_set_hours, .rules = "53",
     .out = "{ moved: number }",
     .doc = "Gives the week anew; `moved`: reminders that are due at another time now."},
    {.name = "absence.add", .roles = ROLES_CALENDAR, ALWAYS_WRITES,
     TAKES(struct absence_in, absence_fields), .run = absence_add, .rules = "53 54 55",
     .out = "{ absence_id: number, moved: number }",
     .doc = "A doctor or the whole clinic is away on those days, the last one included."},
    {.name = "absence.remove", .roles = ROLES_CALENDAR, ALWAYS_WRITES,
     TAKES(struct remove_in, remove_fields), .run = absence_remove, .rules = "53 55",
     .out = "{ moved: number }", .doc = "Takes an absence back."},
};
const struct op_group calendar_group = GROUP(ops);
