/* calendar.c: opening hours, holidays and absences as instants. Decides no reminder: machines ask
 * here. Read next: zones.h, which knows what the wall shows. */
#include "calendar.h"

#include <string.h>

#include "db.h"
#include "never.h"
#include "zones.h"

enum { ZONE, HOURS, HOLIDAYS, ABSENCES };
static const char *const calendar_sql[] = {
    [ZONE] = "select zone from clinic where clinic_id = ?1",
    [HOURS] = "select day, from_minute, to_minute from opening_hours where clinic_id = ?1"
              " order by day, from_minute",
    [HOLIDAYS] = "select date, date from holiday where clinic_id = ?1 and date >= ?2"
                 " order by date",
    [ABSENCES] = "select from_date, to_date from absence where clinic_id = ?1 and to_date >= ?2"
                 " and removed = 0 and (practitioner_id is null or practitioner_id = ?3)"
                 " order by from_date",
};

enum { DAY_S = 86400, MINUTE_MS = 60000, YEAR_MAX = 9999 };
/* How far ahead an open day is looked for: a year of working days, one a week, comes in seven. */
enum { LOOK_DAYS = 20 * 366 };

/* Days from the first to the last, both included. */
struct days {
    int64_t first, last;
};

struct day_list {
    struct days *days;
    int n;
};

struct period {
    int from_minute, to_minute;
};

/* When a clinic is open: its week, less the days on which nobody is there. */
struct calendar {
    const struct zone *zone;
    bool known; /* opening hours are on file */
    struct period periods[8][PERIODS_MAX]; /* by weekday, 1 Monday */
    int periods_n[8];
    struct day_list closed[2]; /* holidays, absences */
};

bool zone_known(const char *zone) {
    return zone_find(zone) != NULL;
}

static int digits(const char *text, int n) {
    int number = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* The day of a valid date. */
static int64_t date_day(const char *date) {
    return day_of(digits(date, 4), digits(date + 5, 2), digits(date + 8, 2));
}

static void put_digits(char *ret_text, int n, int64_t number) {
    for (int i = n - 1; i >= 0; i--, number /= 10) ret_text[i] = (char)('0' + number % 10);
}

/* Dates have four digits for the year: what lies outside of them is the first or the last. */
static void day_text(int64_t day, char ret_date[11]) {
    int64_t year;
    int month, date;
    if (NEVER(day < day_of(0, 1, 1))) day = day_of(0, 1, 1);
    if (day > day_of(YEAR_MAX, 12, 31)) day = day_of(YEAR_MAX, 12, 31);
    day_date(day, &year, &month, &date);
    put_digits(ret_date, 4, year);
    put_digits(ret_date + 5, 2, month);
    put_digits(ret_date + 8, 2, date);
    ret_date[4] = ret_date[7] = '-';
    ret_date[10] = 0;
}

bool date_valid(const char *date) {
    char again[11];
    if (strlen(date) != 10 || date[4] != '-' || date[7] != '-') return false;
    int year = digits(date, 4), month = digits(date + 5, 2), day = digits(date + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1) return false;
    day_text(day_of(year, month, day), again);
    return strcmp(date, again) == 0;
}

void date_add(const char *date, int days, char ret_date[11]) {
    day_text(date_day(date) + days, ret_date);
}

int64_t date_days(const char *from, const char *to) {
    return date_day(to) - date_day(from);
}

/* A zone that a later tzdata dropped counts as UTC rather than stopping the clinic. */
static enum err zone_load(struct tx *tx, int64_t clinic_id, const struct zone **ret_zone) {
    const struct value *row;
    enum err err = db_row(tx, calendar_sql[ZONE], WITH(clinic_id), &row);
    if (err == ERR_MISSING) return fail(tx, ERR_MISSING, "clinic_id");
    TRY(err);
    *ret_zone = zone_find(row[0].text);
    if (!*ret_zone) *ret_zone = zone_find("UTC");
    return NEVER(!*ret_zone) ? ERR_BUG : OK;
}

static enum err days_load(struct tx *tx, const char *sql, struct args args,
                          struct day_list *ret_list) {
    struct rows rows;
    TRY(db_rows(tx, sql, args, &rows));
    *ret_list = (struct day_list){arena_alloc(tx->arena, sizeof(struct days) * (size_t)rows.n), 0};
    if (rows.n > 0 && !ret_list->days) return ERR_MEMORY;
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        if (!date_valid(v[0].text) || !date_valid(v[1].text)) return ERR_CORRUPT;
        ret_list->days[ret_list->n++] = (struct days){date_day(v[0].text), date_day(v[1].text)};
    }
    return OK;
}

/* The absences that have not ended before `day`, by their beginning; those that overlap or adjoin
 * become one. */
static enum err absences_load(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                              int64_t day, struct day_list *ret_list) {
    char date[11];
    int kept = 0;
    day_text(day, date);
    TRY(days_load(tx, calendar_sql[ABSENCES], WITH(clinic_id, date, practitioner_id), ret_list));
    for (int i = 0; i < ret_list->n; i++) {
        struct days next = ret_list->days[i], *last = &ret_list->days[kept > 0 ? kept - 1 : 0];
        if (kept == 0 || next.first > last->last + 1) ret_list->days[kept++] = next;
        else if (next.last > last->last) last->last = next.last;
    }
    ret_list->n = kept;
    return OK;
}

static enum err hours_load(struct tx *tx, int64_t clinic_id, struct calendar *calendar) {
    struct rows rows;
    TRY(db_rows(tx, calendar_sql[HOURS], WITH(clinic_id), &rows));
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        int64_t weekday = v[0].i;
        if (weekday < 1 || weekday > 7 || calendar->periods_n[weekday] == PERIODS_MAX) continue;
        calendar->periods[weekday][calendar->periods_n[weekday]++] =
            (struct period){(int)v[1].i, (int)v[2].i};
        calendar->known = true;
    }
    return OK;
}

/* What matters from `at` on. The days off are read only where there are hours to take them from. */
static enum err calendar_load(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                              int64_t at, struct calendar *ret_calendar) {
    char date[11];
    *ret_calendar = (struct calendar){0};
    TRY(zone_load(tx, clinic_id, &ret_calendar->zone));
    TRY(hours_load(tx, clinic_id, ret_calendar));
    if (!ret_calendar->known) return OK;
    int64_t day = zone_local(ret_calendar->zone, at).day;
    day_text(day, date);
    TRY(days_load(tx, calendar_sql[HOLIDAYS], WITH(clinic_id, date), &ret_calendar->closed[0]));
    return absences_load(tx, clinic_id, practitioner_id, day, &ret_calendar->closed[1]);
}

static bool day_open(const struct calendar *calendar, int64_t day) {
    if (calendar->periods_n[weekday_of(day)] == 0) return false;
    for (int list = 0; list < 2; list++)
        for (int i = 0; i < calendar->closed[list].n; i++) {
            const struct days *closed = &calendar->closed[list].days[i];
            if (day >= closed->first && day <= closed->last) return false;
        }
    return true;
}

/* An open stretch: from the first instant to the one that is closed again. */
struct stretch {
    int64_t from_at, to_at;
};

static struct stretch day_stretch(const struct calendar *calendar, int64_t day, int i) {
    const struct period *period = &calendar->periods[weekday_of(day)][i];
    return (struct stretch){
        zone_instant(calendar->zone, day, (int64_t)period->from_minute * MINUTE_MS),
        zone_instant(calendar->zone, day, (int64_t)period->to_minute * MINUTE_MS)};
}

/* The first stretch that ends after `at`, beginning with `at` where it has begun before; false
 * when there is none for years. A stretch that the clock skips is none. */
static bool stretch_from(const struct calendar *calendar, int64_t at, struct stretch *ret_stretch) {
    int64_t first = zone_local(calendar->zone, at).day;
    for (int64_t day = first; day < first + LOOK_DAYS; day++) {
        int n = day_open(calendar, day) ? calendar->periods_n[weekday_of(day)] : 0;
        for (int i = 0; i < n; i++) {
            *ret_stretch = day_stretch(calendar, day, i);
            if (ret_stretch->from_at < at) ret_stretch->from_at = at;
            if (ret_stretch->from_at < ret_stretch->to_at) return true;
        }
    }
    return false;
}

static int64_t after_calendar(const struct zone *zone, int64_t from_at, int64_t seconds) {
    int64_t days = seconds / DAY_S;
    struct local_time local = zone_local(zone, from_at);
    int64_t at = days ? zone_instant(zone, local.day + days, local.ms) : from_at;
    return at + seconds % DAY_S * 1000;
}

/* 0 when the clinic does not open for years. */
static int64_t after_working(const struct calendar *calendar, int64_t from_at, int64_t seconds) {
    struct local_time local = zone_local(calendar->zone, from_at);
    struct stretch stretch;
    int64_t day = local.day, left_ms = seconds % DAY_S * 1000, at = from_at;
    for (int64_t days = seconds / DAY_S; days > 0; days -= day_open(calendar, day))
        if (++day > local.day + LOOK_DAYS) return 0;
    if (day > local.day) at = zone_instant(calendar->zone, day, local.ms);
    while (left_ms > 0) {
        if (!stretch_from(calendar, at, &stretch)) return 0;
        int64_t ms = stretch.to_at - stretch.from_at;
        if (ms >= left_ms) return stretch.from_at + left_ms;
        left_ms -= ms;
        at = stretch.to_at;
    }
    return at;
}

static enum err after(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                      enum clock clock, int64_t from_at, int64_t seconds, int64_t *ret_at) {
    struct calendar calendar;
    *ret_at = from_at + seconds * 1000;
    if (clock == CLOCK_ELAPSED || seconds <= 0) return OK;
    if (clock == CLOCK_CALENDAR) {
        TRY(zone_load(tx, clinic_id, &calendar.zone));
        *ret_at = after_calendar(calendar.zone, from_at, seconds);
        return OK;
    }
    TRY(calendar_load(tx, clinic_id, practitioner_id, from_at, &calendar));
    int64_t at = calendar.known ? after_working(&calendar, from_at, seconds) : 0;
    *ret_at = at ? at : after_calendar(calendar.zone, from_at, seconds);
    return OK;
}

static enum err absence_end(struct tx *tx, int64_t clinic_id, int64_t practitioner_id, int64_t at,
                            int64_t *ret_end_at) {
    const struct zone *zone;
    struct day_list absences;
    *ret_end_at = 0;
    TRY(zone_load(tx, clinic_id, &zone));
    int64_t day = zone_local(zone, at).day;
    TRY(absences_load(tx, clinic_id, practitioner_id, day, &absences));
    for (int i = 0; i < absences.n; i++) {
        const struct days *away = &absences.days[i];
        if (day >= away->first && day <= away->last)
            *ret_end_at = zone_instant(zone, away->last + 1, 0);
    }
    return OK;
}

/* How much of [from_at, to_at) lies in the stretch. */
static int64_t common_ms(struct stretch stretch, int64_t from_at, int64_t to_at) {
    if (stretch.from_at > from_at) from_at = stretch.from_at;
    if (stretch.to_at < to_at) to_at = stretch.to_at;
    return to_at > from_at ? to_at - from_at : 0;
}

static enum err absent_ms(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                          int64_t from_at, int64_t to_at, int64_t *ret_ms) {
    const struct zone *zone;
    struct day_list absences;
    *ret_ms = 0;
    TRY(zone_load(tx, clinic_id, &zone));
    TRY(absences_load(tx, clinic_id, practitioner_id, zone_local(zone, from_at).day, &absences));
    for (int i = 0; i < absences.n; i++) {
        const struct days *away = &absences.days[i];
        struct stretch stretch = {zone_instant(zone, away->first, 0),
                                  zone_instant(zone, away->last + 1, 0)};
        *ret_ms += common_ms(stretch, from_at, to_at);
    }
    return OK;
}

static enum err opening(struct tx *tx, int64_t clinic_id, int64_t at, int64_t *ret_at) {
    struct calendar calendar;
    struct stretch stretch;
    *ret_at = 0;
    TRY(calendar_load(tx, clinic_id, 0, at, &calendar));
    if (calendar.known && stretch_from(&calendar, at, &stretch)) *ret_at = stretch.from_at;
    return OK;
}

static enum err working_ms(struct tx *tx, int64_t clinic_id, int64_t from_at, int64_t to_at,
                           int64_t *ret_ms) {
    struct calendar calendar;
    struct stretch stretch;
    *ret_ms = to_at > from_at ? to_at - from_at : 0;
    TRY(calendar_load(tx, clinic_id, 0, from_at, &calendar));
    if (!calendar.known) return OK;
    *ret_ms = 0;
    while (from_at < to_at && stretch_from(&calendar, from_at, &stretch)) {
        *ret_ms += common_ms(stretch, from_at, to_at);
        from_at = stretch.to_at;
    }
    return OK;
}

/* What was read for an answer is given back: lists ask for hundreds. */
static enum err give_back(struct tx *tx, struct arena_mark mark, enum err err) {
    arena_rewind(tx->arena, mark);
    return err;
}

enum err calendar_absence_end(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                              int64_t at, int64_t *ret_end_at) {
    struct arena_mark mark = arena_mark(tx->arena);
    return give_back(tx, mark,
                     absence_end(tx, clinic_id, practitioner_id, at, ret_end_at));
}

enum err calendar_absent_ms(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                            int64_t from_at, int64_t to_at, int64_t *ret_ms) {
    struct arena_mark mark = arena_mark(tx->arena);
    return give_back(tx, mark,
                     absent_ms(tx, clinic_id, practitioner_id, from_at, to_at, ret_ms));
}

enum err calendar_after(struct tx *tx, int64_t clinic_id, int64_t practitioner_id,
                        enum clock clock, int64_t from_at, int64_t seconds, int64_t *ret_at) {
    struct arena_mark mark = arena_mark(tx->arena);
    return give_back(tx, mark,
                     after(tx, clinic_id, practitioner_id, clock, from_at, seconds, ret_at));
}

enum err calendar_opening(struct tx *tx, int64_t clinic_id, int64_t at, int64_t *ret_at) {
    struct arena_mark mark = arena_mark(tx->arena);
    return give_back(tx, mark, opening(tx, clinic_id, at, ret_at));
}

enum err calendar_working_ms(struct tx *tx, int64_t clinic_id, int64_t from_at, int64_t to_at,
                             int64_t *ret_ms) {
    struct arena_mark mark = arena_mark(tx->arena);
    return give_back(tx, mark,
                     working_ms(tx, clinic_id, from_at, to_at, ret_ms));
}

enum err calendar_date(struct tx *tx, int64_t clinic_id, int64_t at, char ret_date[11]) {
    const struct zone *zone;
    TRY(zone_load(tx, clinic_id, &zone));
    day_text(zone_local(zone, at).day, ret_date);
    return OK;
}

enum err calendar_day_start(struct tx *tx, int64_t clinic_id, const char *date,
                            int64_t *ret_at) {
    const struct zone *zone;
    TRY(zone_load(tx, clinic_id, &zone));
    *ret_at = zone_instant(zone, date_day(date), 0);
    return OK;
}
