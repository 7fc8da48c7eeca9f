/* contact_form_clock.c: when something is due, reckoned anew from the rules: the zones of the
 * simulated clinics with their summer times, absences (B13, B14), the three clocks (B03), and who
 * is near (B05). Uses nothing of the core's calendar, so that one finds the other's mistakes. */
#include "contact_form_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Days since 1970 of a date, by counting from a March that follows any leap day. */
static int64_t day_number(int64_t year, int month, int date) {
    int64_t y = month > 2 ? year : year - 1, m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + date - 1 - 719468;
}

static int64_t year_of_day(int64_t day, int *ret_month, int *ret_date) {
    int64_t z = day + 719468, era = floor_div(z, 146097), in_era = z - era * 146097;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;
    *ret_date = (int)(in_year - (153 * m + 2) / 5) + 1;
    *ret_month = (int)(m < 10 ? m + 3 : m - 9);
    return y + era * 400 + (*ret_month <= 2);
}

static int weekday_of_day(int64_t day) { return (int)(((day + 3) % 7 + 7) % 7) + 1; }

void date_text(int64_t day, char ret[11]) {
    int month, date;
    int64_t year = year_of_day(day, &month, &date);
    snprintf(ret, 11, "%04d-%02d-%02d", (int)(year % 10000), month % 100, date % 100);
}

int64_t date_read(const char *date) {
    int year = 1970, month = 1, day = 1;
    if (sscanf(date, "%d-%d-%d", &year, &month, &day) != 3) return 0;
    return day_number(year, month, day);
}

/* The n-th Sunday of a month, the last for 5. */
static int64_t sunday(int64_t year, int month, int n) {
    int64_t first = day_number(year, month, 1);
    int64_t day = first + (7 - weekday_of_day(first)) % 7;
    if (n < 5) return day + 7 * (n - 1);
    int64_t next = month == 12 ? day_number(year + 1, 1, 1) : day_number(year, month + 1, 1);
    while (day + 7 < next) day += 7;
    return day;
}

/* Summer time as laws say it: the change's Sunday and its instant in minutes of UTC. */
static const struct {
    const char *name;
    int standard, summer; /* minutes east */
    int from_month, from_sunday, from_utc, to_month, to_sunday, to_utc;
} zones[] = {
    {"Europe/Warsaw", 60, 120, 3, 5, 60, 10, 5, 60},
    {"Europe/London", 0, 60, 3, 5, 60, 10, 5, 60},
    {"America/New_York", -300, -240, 3, 2, 7 * 60, 11, 1, 6 * 60},
    {"Australia/Lord_Howe", 630, 660, 10, 1, 120 - 630, 4, 1, 120 - 660},
    {"Europe/Moscow", 180, 180, 3, 5, 60, 10, 5, 60},
    {"Asia/Yekaterinburg", 300, 300, 3, 5, 60, 10, 5, 60},
};

static int zone_place(int clinic) {
    for (int i = 0; i < (int)(sizeof zones / sizeof *zones); i++)
        if (strcmp(zones[i].name, zone_of(clinic)) == 0) return i;
    abort();
}

static int64_t east_ms(int zone, int64_t at) {
    int month, date;
    int64_t year = year_of_day(floor_div(at, DAY_MS), &month, &date);
    int64_t from = sunday(year, zones[zone].from_month, zones[zone].from_sunday) * DAY_MS +
                   zones[zone].from_utc * (int64_t)MINUTE_MS;
    int64_t to = sunday(year, zones[zone].to_month, zones[zone].to_sunday) * DAY_MS +
                 zones[zone].to_utc * (int64_t)MINUTE_MS;
    bool summer = from < to ? at >= from && at < to : at >= from || at < to;
    return (summer ? zones[zone].summer : zones[zone].standard) * (int64_t)MINUTE_MS;
}

static int64_t wall(int clinic, int64_t at) { return at + east_ms(zone_place(clinic), at); }

/* The first instant at which the wall shows it; what is skipped is that much later. */
static int64_t instant(int clinic, int64_t shown) {
    int zone = zone_place(clinic);
    int64_t before = east_ms(zone, shown - DAY_MS), after = east_ms(zone, shown + DAY_MS);
    if (before == after || east_ms(zone, shown - before) == before) return shown - before;
    return east_ms(zone, shown - after) == after ? shown - after : shown - before;
}

int64_t day_at(int clinic, int64_t at) { return floor_div(wall(clinic, at), DAY_MS); }
int64_t day_start(int clinic, int64_t day) { return instant(clinic, day * DAY_MS); }

/* ---- absences ---- */

static bool concerns(const struct away *away, int64_t doctor) {
    return !away->removed && (!away->doctor || away->doctor == doctor);
}

static bool away_on(const struct sim *sim, int number, int64_t doctor, int64_t day,
                    int64_t *ret_last) {
    const struct clinic *clinic = clinic_at(sim, number);
    for (int i = 0; i < clinic->away_n; i++) {
        const struct away *away = &clinic->away[i];
        if (!concerns(away, doctor) || day < away->first || day > away->last) continue;
        *ret_last = away->last;
        return true;
    }
    return false;
}

/* The local midnight at which somebody is back; overlapping and adjacent absences are one. */
int64_t absence_end(const struct sim *sim, int clinic, int64_t doctor, int64_t at) {
    int64_t day = day_at(clinic, at), last;
    if (!away_on(sim, clinic, doctor, day, &last)) return 0;
    while (away_on(sim, clinic, doctor, day, &last)) day = last + 1;
    return day_start(clinic, day);
}

int64_t absent_ms(const struct sim *sim, int clinic, int64_t doctor, int64_t from, int64_t to) {
    int64_t sum = 0, last;
    if (to <= from) return 0; /* the clock was set back */
    for (int64_t day = day_at(clinic, from); day_start(clinic, day) < to; day++) {
        if (!away_on(sim, clinic, doctor, day, &last)) continue;
        int64_t begin = day_start(clinic, day), end = day_start(clinic, day + 1);
        sum += (end < to ? end : to) - (begin > from ? begin : from);
    }
    return sum;
}

/* ---- the clocks ---- */

static bool open_on(const struct sim *sim, int number, int64_t doctor, int64_t day) {
    const struct clinic *clinic = clinic_at(sim, number);
    int weekday = weekday_of_day(day);
    int64_t last;
    for (int i = 0; i < clinic->holidays_n; i++)
        if (clinic->holidays[i] == day) return false;
    return clinic->open_from[weekday] < clinic->open_to[weekday] &&
           !away_on(sim, number, doctor, day, &last);
}

/* The first open instant from `at` on; 0 when no hours are known. */
static int64_t opening(const struct sim *sim, int number, int64_t at) {
    const struct clinic *clinic = clinic_at(sim, number);
    int64_t day = day_at(number, at);
    if (!clinic->hours_known) return 0;
    for (int64_t last = day + 400; day < last; day++) {
        int weekday = weekday_of_day(day);
        if (!open_on(sim, number, 0, day)) continue;
        int64_t from = instant(number, day * DAY_MS + clinic->open_from[weekday] * MINUTE_MS);
        int64_t to = instant(number, day * DAY_MS + clinic->open_to[weekday] * MINUTE_MS);
        if (to > at) return from > at ? from : at;
    }
    return 0;
}

/* Whole days by the wall, open ones only for the working clock; what is left elapses. The policies
 * that the simulator draws are whole days, so that open hours need not be counted. */
static int64_t after(const struct sim *sim, const struct form *form, int64_t from, int64_t s) {
    const struct clinic *clinic = clinic_at(sim, form->clinic);
    int64_t kind = clinic->policy[CLOCK], days = s / 86400, day, shown;
    if (kind == 0 || s <= 0) return from + s * SECOND_MS;
    shown = wall(form->clinic, from);
    day = floor_div(shown, DAY_MS);
    if (kind == 2 || !clinic->hours_known)
        return instant(form->clinic, shown + days * DAY_MS) + s % 86400 * SECOND_MS;
    for (int64_t at = day, left = days; left > 0; left -= open_on(sim, form->clinic, form->doctor,
                                                                  at))
        day = ++at;
    return instant(form->clinic, day * DAY_MS + (shown - floor_div(shown, DAY_MS) * DAY_MS));
}

static int64_t put_off(const struct sim *sim, const struct form *form, int64_t at) {
    bool to_opening = clinic_at(sim, form->clinic)->policy[AT_OPENING] != 0;
    for (int64_t end; (end = absence_end(sim, form->clinic, form->doctor, at)) != 0;) {
        int64_t opens = to_opening ? opening(sim, form->clinic, end) : 0;
        at = opens ? opens : end;
    }
    return at;
}

static int64_t later_of(int64_t a, int64_t b) { return a > b ? a : b; }

/* When a clock runs out; not in the past: what a cancelled absence had put off is due now, unless
 * now is another absence. */
static int64_t runs_out(const struct sim *sim, const struct form *form, int64_t s, bool defers,
                        int64_t now) {
    int64_t at = after(sim, form, form->clock_at, s);
    if (defers) at = put_off(sim, form, at);
    if (at >= now) return at;
    return defers ? put_off(sim, form, now) : now;
}

/* remind_at = max(delivered + 2 d, end of absence); offer_at keeps its distance (B14). */
struct plan plan_of(const struct sim *sim, const struct form *form, int64_t now) {
    const int64_t *policy = clinic_at(sim, form->clinic)->policy;
    int64_t distance = later_of(policy[PREMIUM_AFTER] - policy[REMIND_AFTER], 0);
    bool defers = policy[DEFER] != 0, defers_basic = defers && policy[DEFER_BASIC];
    struct plan plan = {runs_out(sim, form, policy[REMIND_AFTER], defers, now),
                        runs_out(sim, form, policy[BASIC_AFTER], defers_basic, now),
                        runs_out(sim, form, policy[PREMIUM_AFTER], false, now)};
    plan.offer_at = later_of(plan.offer_at, after(sim, form, plan.remind_at, distance));
    return plan;
}

/* ---- other offices ---- */

/* Every clinic cleans; only the first doctor of an even one sets implants. */
bool performs(const struct sim *sim, int clinic, int service) {
    return service < 2 || (clinic % 2 == 0 && clinic_at(sim, clinic)->doctors[0] != 0);
}

/* Somebody who performs it is not away. */
bool there(const struct sim *sim, int number, int service, int64_t at) {
    const struct clinic *clinic = clinic_at(sim, number);
    bool found = false, any = false;
    if (absence_end(sim, number, 0, at)) return false;
    for (int i = 0; i < DOCTORS; i++) {
        bool does = clinic->doctors[i] && (service == 0 || (service == 2 && i == 0 &&
                                                            number % 2 == 0));
        any |= does;
        found |= does && !absence_end(sim, number, clinic->doctors[i], at);
    }
    return found || !any;
}

static bool premium_office(const struct clinic *clinic) {
    bool premium = clinic->premium;
    for (int i = 0; i < DOCTORS; i++) premium |= clinic->doctors[i] && clinic->doctor_tier[i] == 1;
    return premium;
}

static double distance_km(const struct sim *sim, int a, int b) {
    double degrees = clinic_at(sim, a)->lat - clinic_at(sim, b)->lat;
    return (degrees < 0 ? -degrees : degrees) * 111.19;
}

int offices_of(const struct sim *sim, const struct form *form, bool premium_only, int64_t at,
               int max, int ret_clinics[OFFICES]) {
    const struct form *root = form_find(sim, form->root_id ? form->root_id : form->id);
    int64_t radius = clinic_at(sim, form->clinic)->policy[RADIUS_KM];
    uint32_t tried = root ? root->tried : 0;
    int n = 0;
    for (int c = 1; c <= sim->options.clinics; c++) {
        double far = distance_km(sim, form->clinic, c);
        if (tried >> c & 1 || (premium_only && !premium_office(clinic_at(sim, c))) ||
            !performs(sim, c, form->service) || (radius && far > (double)radius) ||
            !there(sim, c, form->service, at))
            continue;
        int i = n++;
        for (; i > 0 && distance_km(sim, form->clinic, ret_clinics[i - 1]) > far + 0.001; i--)
            ret_clinics[i] = ret_clinics[i - 1];
        ret_clinics[i] = c;
    }
    return n > max ? max : n;
}
