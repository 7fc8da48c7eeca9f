/* zones.h: the local time of an instant and the instant of a local time, in every IANA zone. The
 * table is written by tools/zones.mjs from the system's tzdata when the core is built; the clock
 * and the zones of the platform are never asked. Exact from 2020 on; before, the rules of 2020.
 * Days are counted from 1970-01-01, instants are milliseconds UTC. */
#ifndef ZONES_H
#define ZONES_H

#include <stdbool.h>
#include <stdint.h>

/* A fixed offset from UTC, until the instant given in minutes since 1970. */
struct zone_span {
    int32_t until_minute;
    int16_t offset_minutes;
};

/* What zones of the same time share: spans in order, and after them the POSIX rule. */
struct zone {
    const char *rule; /* e.g. CET-1CEST,M3.5.0,M10.5.0/3 */
    int16_t spans_at, spans_n;
};

struct zone_name {
    const char *name;
    int16_t zone;
};

extern const struct zone_span zone_spans[];
extern const struct zone zone_entries[];
extern const struct zone_name zone_names[]; /* in the order of strcmp */
extern const int zone_names_n;

/* By its name, letter by letter; NULL when this build does not know it. */
const struct zone *zone_find(const char *name);

/* What is added to UTC at an instant, in milliseconds. */
int64_t zone_offset_ms(const struct zone *, int64_t at);

struct local_time {
    int64_t day; /* since 1970-01-01 */
    int64_t ms;  /* since that day's midnight on the clock on the wall */
};
struct local_time zone_local(const struct zone *, int64_t at);

/* The instant at which the wall shows this time; `ms` may lie outside of the day. A time that is
 * skipped is as much later as is skipped; a time that comes twice is meant the first time. */
int64_t zone_instant(const struct zone *, int64_t day, int64_t ms);

/* One of the two changes of a rule: a day of each year and the seconds from its midnight. */
struct zone_change {
    enum { CHANGE_MONTHS, CHANGE_JULIAN, CHANGE_YEARDAY } kind;
    int month, week, weekday; /* Mm.w.d: the w-th weekday, Sunday 0; week 5 is the last */
    int yearday;              /* Jn: 1 to 365, never 29 February; n: 0 to 365 */
    int seconds;              /* may be negative, or more than a day */
};
struct zone_rule {
    int standard_s, summer_s; /* added to UTC; summer's may be the smaller one (Dublin) */
    bool changes;             /* whether there is a summer time at all */
    struct zone_change start, end; /* of summer, on the clock that runs until then */
};

/* Reads a POSIX TZ rule; false when it is none. */
bool zone_rule_read(const char *text, struct zone_rule *ret_rule);

/* What the rule adds to UTC, in seconds, at seconds since 1970. */
int zone_rule_offset(const struct zone_rule *, int64_t seconds);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. */
int64_t day_of(int64_t year, int month, int date);
void day_date(int64_t day, int64_t *ret_year, int *ret_month, int *ret_date);

/* 1 Monday to 7 Sunday. */
int weekday_of(int64_t day);

#endif
