/* zones.c: time zones as arithmetic. Knows instants and walls, no clinic: calendar.c does. */
#include "zones.h"

#include <stdlib.h>
#include <string.h>

#include "never.h"

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_MS = 60000 };
static const int64_t day_ms = (int64_t)DAY_S * 1000;

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static bool leap_year(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days before 1 January of a year, counted from 1 January of the year 1. */
static int64_t days_before_year(int64_t year) {
    int64_t past = year - 1;
    return past * 365 + floor_div(past, 4) - floor_div(past, 100) + floor_div(past, 400);
}

static const int16_t days_before_month[] = {0,   31,  59,  90,  120, 151,
                                            181, 212, 243, 273, 304, 334};

static int yearday_of_month(int64_t year, int month) {
    return days_before_month[month - 1] + (month > 2 && leap_year(year));
}

static const int64_t days_before_1970 = 719162;

int64_t day_of(int64_t year, int month, int date) {
    return days_before_year(year) - days_before_1970 + yearday_of_month(year, month) + date - 1;
}

static int64_t year_of(int64_t day) {
    /* 400 years are 146097 days; the guess is never too late and at most one year too early. */
    int64_t year = floor_div((day + days_before_1970) * 400, 146097) + 1;
    while (day_of(year, 1, 1) > day) year--;
    while (day_of(year + 1, 1, 1) <= day) year++;
    return year;
}

void day_date(int64_t day, int64_t *ret_year, int *ret_month, int *ret_date) {
    int64_t year = year_of(day);
    int yearday = (int)(day - day_of(year, 1, 1)), month = 12;
    while (yearday_of_month(year, month) > yearday) month--;
    *ret_year = year;
    *ret_month = month;
    *ret_date = yearday - yearday_of_month(year, month) + 1;
}

int weekday_of(int64_t day) {
    int64_t since_monday = day + 3;
    return (int)(since_monday - floor_div(since_monday, 7) * 7) + 1;
}

/* The parser: each part moves `*at` behind what it read, or returns false. */
static bool read_number(const char **at, int max, int *ret_number) {
    int number = 0, digits = 0;
    for (; **at >= '0' && **at <= '9' && digits < 4; (*at)++, digits++)
        number = number * 10 + (**at - '0');
    *ret_number = number;
    return digits > 0 && number <= max;
}

static bool letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool read_name(const char **at) {
    const char *from = *at;
    if (**at == '<') {
        const char *end = strchr(from, '>');
        *at = end ? end + 1 : from;
        return end && end - from >= 4;
    }
    while (letter(**at)) (*at)++;
    return *at - from >= 3;
}

static bool read_char(const char **at, char c) {
    if (**at != c) return false;
    (*at)++;
    return true;
}

static bool read_part(const char **at, int *ret_number) {
    *ret_number = 0;
    return !read_char(at, ':') || read_number(at, 59, ret_number);
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int *ret_seconds) {
    int hours, minutes, seconds;
    bool negative = read_char(at, '-');
    if (!negative) read_char(at, '+');
    if (!read_number(at, 167, &hours) || !read_part(at, &minutes) || !read_part(at, &seconds))
        return false;
    *ret_seconds = hours * HOUR_S + minutes * 60 + seconds;
    if (negative) *ret_seconds = -*ret_seconds;
    return true;
}

static bool read_months(const char **at, struct zone_change *change) {
    change->kind = CHANGE_MONTHS;
    return read_number(at, 12, &change->month) && change->month >= 1 && read_char(at, '.') &&
           read_number(at, 5, &change->week) && change->week >= 1 && read_char(at, '.') &&
           read_number(at, 6, &change->weekday);
}

static bool read_change(const char **at, struct zone_change *ret_change) {
    *ret_change = (struct zone_change){.kind = CHANGE_YEARDAY, .seconds = 2 * HOUR_S};
    if (!read_char(at, ',')) return false;
    if (read_char(at, 'M')) {
        if (!read_months(at, ret_change)) return false;
    } else {
        if (read_char(at, 'J')) ret_change->kind = CHANGE_JULIAN;
        if (!read_number(at, 365, &ret_change->yearday)) return false;
        if (ret_change->kind == CHANGE_JULIAN && ret_change->yearday == 0) return false;
    }
    return !read_char(at, '/') || read_time(at, &ret_change->seconds);
}

bool zone_rule_read(const char *text, struct zone_rule *ret_rule) {
    *ret_rule = (struct zone_rule){0};
    int west;
    if (!read_name(&text) || !read_time(&text, &west)) return false;
    ret_rule->standard_s = ret_rule->summer_s = -west;
    if (*text == 0) return true;
    ret_rule->changes = true;
    ret_rule->summer_s = HOUR_S - west;
    if (!read_name(&text)) return false;
    if (*text != ',') {
        if (!read_time(&text, &west)) return false;
        ret_rule->summer_s = -west;
    }
    return read_change(&text, &ret_rule->start) && read_change(&text, &ret_rule->end) &&
           *text == 0;
}

static int64_t change_day(const struct zone_change *change, int64_t year) {
    int64_t new_year = day_of(year, 1, 1);
    if (change->kind == CHANGE_YEARDAY) return new_year + change->yearday;
    if (change->kind == CHANGE_JULIAN)
        return new_year + change->yearday - 1 + (change->yearday > 59 && leap_year(year));
    int64_t first = day_of(year, change->month, 1);
    int64_t next_month = change->month == 12 ? day_of(year + 1, 1, 1)
                                             : day_of(year, change->month + 1, 1);
    int64_t day = first + (change->weekday + 7 - weekday_of(first) % 7) % 7;
    day += (int64_t)(change->week - 1) * 7;
    return day < next_month ? day : day - 7;
}

/* The change that came last decides. Where summer ends in the instant in which the next one begins
 * there is no winter: so the start wins (RFC 9636, 3.3.1). */
int zone_rule_offset(const struct zone_rule *rule, int64_t seconds) {
    if (!rule->changes) return rule->standard_s;
    int64_t year = year_of(floor_div(seconds + rule->standard_s, DAY_S));
    int64_t latest = INT64_MIN;
    int offset = rule->standard_s;
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t start = change_day(&rule->start, y) * DAY_S + rule->start.seconds -
                        rule->standard_s;
        int64_t end = change_day(&rule->end, y) * DAY_S + rule->end.seconds - rule->summer_s;
        if (start <= seconds && start >= latest) {
            latest = start;
            offset = rule->summer_s;
        }
        if (end <= seconds && end > latest) {
            latest = end;
            offset = rule->standard_s;
        }
    }
    return offset;
}

static int name_order(const void *a, const void *b) {
    return strcmp(((const struct zone_name *)a)->name, ((const struct zone_name *)b)->name);
}

const struct zone *zone_find(const char *name) {
    struct zone_name wanted = {.name = name};
    const struct zone_name *found =
        bsearch(&wanted, zone_names, (size_t)zone_names_n, sizeof wanted, name_order);
    return found ? &zone_entries[found->zone] : NULL;
}

int64_t zone_offset_ms(const struct zone *zone, int64_t at) {
    struct zone_rule rule;
    int64_t minute = floor_div(at, MINUTE_MS);
    const struct zone_span *span = zone_spans + zone->spans_at;
    for (int i = 0; i < zone->spans_n; i++, span++)
        if (minute < span->until_minute) return (int64_t)span->offset_minutes * MINUTE_MS;
    /* The table holds no rule that cannot be read: a test reads them all. */
    bool readable = zone_rule_read(zone->rule, &rule);
    if (NEVER(!readable)) return 0;
    return (int64_t)zone_rule_offset(&rule, floor_div(at, 1000)) * 1000;
}

struct local_time zone_local(const struct zone *zone, int64_t at) {
    int64_t wall = at + zone_offset_ms(zone, at);
    int64_t day = floor_div(wall, day_ms);
    return (struct local_time){day, wall - day * day_ms};
}

int64_t zone_instant(const struct zone *zone, int64_t day, int64_t ms) {
    int64_t wall = day * day_ms + ms;
    /* No place is further than a day from UTC, and no two changes are nearer than two days. */
    int64_t before = zone_offset_ms(zone, wall - day_ms);
    int64_t after = zone_offset_ms(zone, wall + day_ms);
    if (zone_offset_ms(zone, wall - before) == before) return wall - before;
    if (zone_offset_ms(zone, wall - after) == after) return wall - after;
    return wall - before;
}
