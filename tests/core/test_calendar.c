/* Opening hours, holidays, absences and the three clocks, over both changes of the clock in zones
 * that have them. Instants are written as the wall shows them, with the offset that holds there.
 * proves: 53 */
#include "check.h"

#include <stdlib.h>

#include "calendar.h"
#include "db.h"
#include "zones.h"

struct world {
    struct db *db;
    struct arena arena;
    struct tx tx;
};

/* Clinic 1 with doctors 1 and 2, and nothing on file about when it is open. */
static struct world *world_open(const char *zone) {
    struct world *world = calloc(1, sizeof *world);
    CHECK(db_open(":memory:", &world->db) == OK);
    world->tx = (struct tx){.db = world->db, .arena = &world->arena, .now = 1, .locale = "en"};
    char sql[300];
    snprintf(sql, sizeof sql, "insert into clinic (name, zone, tier, locale, added_at) values"
             " ('Clinic', '%s', 'premium', 'en', 1); insert into practitioner (clinic_id, name)"
             " values (1, 'First'), (1, 'Second')", zone);
    spoil(sql);
    return world;
}

static void world_close(struct world *world) {
    db_close(world->db);
    arena_free(&world->arena);
    free(world);
}

static void weekdays(const char *sql_periods) {
    char sql[400];
    for (int day = 1; day <= 5; day++) {
        snprintf(sql, sizeof sql, "insert into opening_hours (clinic_id, day, from_minute,"
                 " to_minute) select 1, %d, value ->> 0, value ->> 1 from json_each('%s')", day,
                 sql_periods);
        spoil(sql);
    }
}

static void absent(const char *practitioner, const char *from, const char *to) {
    char sql[300];
    snprintf(sql, sizeof sql, "insert into absence (clinic_id, practitioner_id, from_date, to_date)"
             " values (1, %s, '%s', '%s')", practitioner, from, to);
    spoil(sql);
}

/* 2026, at an offset from UTC in minutes. */
static int64_t at(int offset, int month, int date, int hour, int minute) {
    return ((day_of(2026, month, date) * 24 + hour) * 60 + minute - offset) * 60000;
}

enum { WINTER = 60, SUMMER = 120 }; /* Warsaw's */
enum { HOUR = 3600, DAY = 24 * HOUR };

static int64_t after(struct world *world, enum clock clock, int64_t from_at, int64_t seconds) {
    int64_t end_at = -1;
    CHECK(calendar_after(&world->tx, 1, 1, clock, from_at, seconds, &end_at) == OK);
    return end_at;
}

static int64_t opening(struct world *world, int64_t from_at) {
    int64_t opens_at = -1;
    CHECK(calendar_opening(&world->tx, 1, from_at, &opens_at) == OK);
    return opens_at;
}

static int64_t absence_end(struct world *world, int64_t practitioner_id, int64_t from_at) {
    int64_t end_at = -1;
    CHECK(calendar_absence_end(&world->tx, 1, practitioner_id, from_at, &end_at) == OK);
    return end_at;
}

static int64_t working(struct world *world, int64_t from_at, int64_t to_at) {
    int64_t ms = -1;
    CHECK(calendar_working_ms(&world->tx, 1, from_at, to_at, &ms) == OK);
    return ms;
}

static int64_t working_hours(struct world *world, int64_t from_at, int64_t to_at) {
    int64_t ms = working(world, from_at, to_at);
    CHECK(ms % 3600000 == 0);
    return ms / 3600000;
}

static int64_t away(struct world *world, int64_t practitioner_id, int64_t from_at,
                    int64_t to_at) {
    int64_t ms = -1;
    CHECK(calendar_absent_ms(&world->tx, 1, practitioner_id, from_at, to_at, &ms) == OK);
    return ms;
}

static int64_t absent_hours(struct world *world, int64_t practitioner_id, int64_t from_at,
                            int64_t to_at) {
    int64_t ms = away(world, practitioner_id, from_at, to_at);
    CHECK(ms % 3600000 == 0);
    return ms / 3600000;
}

TEST(dates_are_checked_and_counted) {
    char date[11];
    CHECK(date_valid("2026-03-09") && date_valid("2028-02-29") && date_valid("9999-12-31"));
    CHECK(!date_valid("2026-02-29") && !date_valid("2026-13-01") && !date_valid("2026-00-10"));
    CHECK(!date_valid("2026-3-9") && !date_valid("2026-03-09 ") && !date_valid(""));
    CHECK(!date_valid("2026/03/09") && !date_valid("0000-01-01") && !date_valid("2026-04-31"));
    date_add("2026-02-27", 2, date);
    CHECK_HAS(date, "2026-03-01");
    date_add("2026-01-01", -1, date);
    CHECK_HAS(date, "2025-12-31");
    date_add("9999-12-31", 1, date);
    CHECK_HAS(date, "9999-12-31");
    CHECK(date_days("2026-03-03", "2026-03-09") == 6);
    CHECK(date_days("2026-03-09", "2026-03-03") == -6);
}

/* Worked example 11: delivered on Saturday at ten, the clocks move on Sunday. */
TEST(two_days_over_the_change_of_the_clock_depend_on_which_clock_counts) {
    struct world *world = world_open("Europe/Warsaw");
    int64_t delivered = at(WINTER, 3, 28, 10, 0);
    CHECK(after(world, CLOCK_ELAPSED, delivered, 2 * DAY) == at(SUMMER, 3, 30, 11, 0));
    CHECK(after(world, CLOCK_CALENDAR, delivered, 2 * DAY) == at(SUMMER, 3, 30, 10, 0));
    delivered = at(SUMMER, 10, 24, 10, 0);
    CHECK(after(world, CLOCK_ELAPSED, delivered, 2 * DAY) == at(WINTER, 10, 26, 9, 0));
    CHECK(after(world, CLOCK_CALENDAR, delivered, 2 * DAY) == at(WINTER, 10, 26, 10, 0));
    CHECK(after(world, CLOCK_CALENDAR, delivered, 2 * DAY + HOUR) == at(WINTER, 10, 26, 11, 0));
    world_close(world);
}

TEST(where_the_clock_never_changes_a_day_is_a_day) {
    struct world *world = world_open("Europe/Moscow");
    for (int month = 1; month <= 12; month++)
        CHECK(after(world, CLOCK_CALENDAR, at(180, month, 27, 10, 0), 2 * DAY) ==
              after(world, CLOCK_ELAPSED, at(180, month, 27, 10, 0), 2 * DAY));
    world_close(world);
}

TEST(the_calendar_clock_keeps_the_wall_in_new_york_and_on_lord_howe) {
    struct world *world = world_open("America/New_York");
    CHECK(after(world, CLOCK_CALENDAR, at(-300, 3, 7, 10, 0), 2 * DAY) == at(-240, 3, 9, 10, 0));
    CHECK(after(world, CLOCK_CALENDAR, at(-240, 10, 31, 10, 0), 2 * DAY) == at(-300, 11, 2, 10, 0));
    /* Half past two does not exist on the eighth: an hour later does. */
    CHECK(after(world, CLOCK_CALENDAR, at(-300, 3, 7, 2, 30), DAY) == at(-240, 3, 8, 3, 30));
    world_close(world);
    world = world_open("Australia/Lord_Howe");
    CHECK(after(world, CLOCK_CALENDAR, at(660, 4, 4, 10, 0), 2 * DAY) == at(630, 4, 6, 10, 0));
    CHECK(after(world, CLOCK_CALENDAR, at(630, 10, 3, 10, 0), 2 * DAY) == at(660, 10, 5, 10, 0));
    CHECK(after(world, CLOCK_ELAPSED, at(630, 10, 3, 10, 0), 2 * DAY) == at(660, 10, 5, 10, 30));
    world_close(world);
}

TEST(working_days_leave_out_weekends_holidays_and_absences) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[510,1200]]");
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 6, 10, 0), 2 * DAY) ==
          at(WINTER, 3, 10, 10, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 7, 10, 0), 2 * DAY) ==
          at(WINTER, 3, 10, 10, 0));
    spoil("insert into holiday (clinic_id, date) values (1, '2026-03-09')");
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 6, 10, 0), 2 * DAY) ==
          at(WINTER, 3, 11, 10, 0));
    absent("1", "2026-03-10", "2026-03-11");
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 6, 10, 0), 2 * DAY) ==
          at(WINTER, 3, 13, 10, 0));
    absent("2", "2026-03-12", "2026-03-31");
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 6, 10, 0), 2 * DAY) ==
          at(WINTER, 3, 13, 10, 0));
    /* Over the change of the clock the wall still shows ten. */
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 27, 10, 0), 2 * DAY) ==
          at(SUMMER, 3, 31, 10, 0));
    world_close(world);
}

TEST(what_is_less_than_a_day_counts_in_open_hours) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[480,720],[780,1080]]"); /* eight to twelve, thirteen to eighteen */
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 5, 11, 0), HOUR) == at(WINTER, 3, 5, 12, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 5, 11, 0), 2 * HOUR) ==
          at(WINTER, 3, 5, 14, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 6, 17, 0), 2 * HOUR) == at(WINTER, 3, 9, 9, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 6, 17, 0), DAY + 2 * HOUR) ==
          at(WINTER, 3, 10, 9, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 7, 3, 0), HOUR) == at(WINTER, 3, 9, 9, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 7, 3, 0), 0) == at(WINTER, 3, 7, 3, 0));
    world_close(world);
}

TEST(a_clinic_without_hours_works_round_the_clock) {
    struct world *world = world_open("Europe/Warsaw");
    int64_t delivered = at(WINTER, 3, 28, 10, 0);
    CHECK(after(world, CLOCK_WORKING, delivered, 2 * DAY) == at(SUMMER, 3, 30, 10, 0));
    CHECK(opening(world, delivered) == 0);
    CHECK(working_hours(world, delivered, delivered + 3600000 * 49) == 49);
    CHECK(working_hours(world, delivered, delivered - 1) == 0);
    world_close(world);
}

TEST(a_clinic_that_never_opens_again_counts_by_the_calendar) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[510,1200]]");
    absent("null", "2026-01-01", "2090-01-01");
    CHECK(opening(world, at(WINTER, 3, 2, 10, 0)) == 0);
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 2, 10, 0), 2 * DAY) ==
          at(WINTER, 3, 4, 10, 0));
    CHECK(after(world, CLOCK_WORKING, at(WINTER, 3, 2, 10, 0), HOUR) == at(WINTER, 3, 2, 11, 0));
    CHECK(working_hours(world, at(WINTER, 3, 2, 10, 0), at(WINTER, 3, 9, 10, 0)) == 0);
    world_close(world);
}

/* The calendar part of worked example 19: Monday to Friday, half past eight to eight. */
TEST(the_first_open_instant_is_found) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[510,1200]]");
    CHECK(opening(world, at(WINTER, 3, 7, 22, 15)) == at(WINTER, 3, 9, 8, 30));
    CHECK(opening(world, at(WINTER, 3, 3, 7, 10)) == at(WINTER, 3, 3, 8, 30));
    CHECK(opening(world, at(WINTER, 3, 3, 8, 30)) == at(WINTER, 3, 3, 8, 30));
    CHECK(opening(world, at(WINTER, 3, 3, 20, 0) - 1) == at(WINTER, 3, 3, 20, 0) - 1);
    CHECK(opening(world, at(WINTER, 3, 3, 20, 0)) == at(WINTER, 3, 4, 8, 30));
    CHECK(opening(world, at(WINTER, 3, 27, 21, 0)) == at(SUMMER, 3, 30, 8, 30));
    spoil("insert into holiday (clinic_id, date) values (1, '2026-03-09')");
    CHECK(opening(world, at(WINTER, 3, 7, 22, 15)) == at(WINTER, 3, 10, 8, 30));
    absent("1", "2026-03-10", "2026-03-10");
    CHECK(opening(world, at(WINTER, 3, 7, 22, 15)) == at(WINTER, 3, 10, 8, 30));
    absent("null", "2026-03-10", "2026-03-10");
    CHECK(opening(world, at(WINTER, 3, 7, 22, 15)) == at(WINTER, 3, 11, 8, 30));
    world_close(world);
}

TEST(a_break_is_closed) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[480,720],[780,1080]]");
    CHECK(opening(world, at(WINTER, 3, 3, 12, 0) - 1) == at(WINTER, 3, 3, 12, 0) - 1);
    CHECK(opening(world, at(WINTER, 3, 3, 12, 0)) == at(WINTER, 3, 3, 13, 0));
    CHECK(working_hours(world, at(WINTER, 3, 3, 0, 0), at(WINTER, 3, 4, 0, 0)) == 9);
    CHECK(working_hours(world, at(WINTER, 3, 3, 11, 0), at(WINTER, 3, 3, 14, 0)) == 2);
    CHECK(working_hours(world, at(WINTER, 3, 2, 0, 0), at(WINTER, 3, 9, 0, 0)) == 45);
    world_close(world);
}

TEST(a_clinic_open_day_and_night_is_open_23_and_25_hours_when_the_clock_changes) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[0,1440]]");
    spoil("update opening_hours set day = 7 where day = 5");
    CHECK(working_hours(world, at(WINTER, 3, 29, 0, 0), at(SUMMER, 3, 30, 0, 0)) == 23);
    CHECK(working_hours(world, at(SUMMER, 10, 25, 0, 0), at(WINTER, 10, 26, 0, 0)) == 25);
    /* A shift that lies in the hour that is skipped is none. */
    spoil("update opening_hours set from_minute = 120, to_minute = 180 where day = 7");
    CHECK(working_hours(world, at(WINTER, 3, 29, 0, 0), at(SUMMER, 3, 30, 0, 0)) == 0);
    CHECK(opening(world, at(WINTER, 3, 29, 0, 0)) == at(SUMMER, 3, 30, 0, 0));
    world_close(world);
}

/* The calendar part of worked example 10. */
TEST(an_absence_ends_at_the_midnight_of_the_first_day_back) {
    struct world *world = world_open("Europe/Warsaw");
    char date[11];
    int64_t start_at;
    absent("1", "2026-03-03", "2026-03-09");
    CHECK(absence_end(world, 1, at(WINTER, 3, 3, 0, 0) - 1) == 0);
    CHECK(absence_end(world, 1, at(WINTER, 3, 3, 0, 0)) == at(WINTER, 3, 10, 0, 0));
    CHECK(absence_end(world, 1, at(WINTER, 3, 5, 12, 0)) == at(WINTER, 3, 10, 0, 0));
    CHECK(absence_end(world, 1, at(WINTER, 3, 10, 0, 0) - 1) == at(WINTER, 3, 10, 0, 0));
    CHECK(absence_end(world, 1, at(WINTER, 3, 10, 0, 0)) == 0);
    CHECK(absence_end(world, 2, at(WINTER, 3, 5, 12, 0)) == 0);
    CHECK(absence_end(world, 0, at(WINTER, 3, 5, 12, 0)) == 0);
    CHECK(calendar_date(&world->tx, 1, at(WINTER, 3, 10, 0, 0), date) == OK);
    CHECK_HAS(date, "2026-03-10");
    CHECK(calendar_date(&world->tx, 1, at(WINTER, 3, 10, 0, 0) - 1, date) == OK);
    CHECK_HAS(date, "2026-03-09");
    CHECK(calendar_day_start(&world->tx, 1, "2026-03-10", &start_at) == OK);
    CHECK(start_at == at(WINTER, 3, 10, 0, 0));
    world_close(world);
}

TEST(absences_that_overlap_or_adjoin_are_one) {
    struct world *world = world_open("Europe/Warsaw");
    absent("1", "2026-03-10", "2026-03-12");
    absent("null", "2026-03-13", "2026-03-14");
    absent("1", "2026-03-03", "2026-03-09");
    absent("1", "2026-03-04", "2026-03-05");
    absent("1", "2026-03-16", "2026-03-20");
    CHECK(absence_end(world, 1, at(WINTER, 3, 4, 12, 0)) == at(WINTER, 3, 15, 0, 0));
    CHECK(absence_end(world, 1, at(WINTER, 3, 15, 12, 0)) == 0);
    CHECK(absence_end(world, 2, at(WINTER, 3, 13, 12, 0)) == at(WINTER, 3, 15, 0, 0));
    spoil("update absence set removed = 1 where from_date = '2026-03-13'");
    CHECK(absence_end(world, 1, at(WINTER, 3, 4, 12, 0)) == at(WINTER, 3, 13, 0, 0));
    world_close(world);
}

TEST(time_in_absences_is_counted_once) {
    struct world *world = world_open("Europe/Warsaw");
    absent("1", "2026-03-28", "2026-03-29");
    absent("null", "2026-03-29", "2026-03-29");
    int64_t from = at(WINTER, 3, 20, 0, 0), to = at(SUMMER, 4, 10, 0, 0);
    CHECK(absent_hours(world, 1, from, to) == 47);
    CHECK(absent_hours(world, 2, from, to) == 23);
    CHECK(absent_hours(world, 1, at(WINTER, 3, 28, 12, 0), to) == 35);
    CHECK(absent_hours(world, 1, from, at(WINTER, 3, 28, 6, 0)) == 6);
    CHECK(absent_hours(world, 1, to, from) == 0);
    CHECK(absent_hours(world, 1, at(SUMMER, 3, 30, 0, 0), to) == 0);
    world_close(world);
}

TEST(a_day_begins_when_midnight_is_skipped) {
    struct world *world = world_open("Asia/Beirut");
    int64_t start_at;
    absent("null", "2026-03-20", "2026-03-28");
    CHECK(calendar_day_start(&world->tx, 1, "2026-03-29", &start_at) == OK);
    CHECK(start_at == at(180, 3, 29, 1, 0));
    CHECK(absence_end(world, 0, at(120, 3, 28, 23, 0)) == at(180, 3, 29, 1, 0));
    CHECK(absence_end(world, 0, at(180, 3, 29, 1, 0)) == 0);
    world_close(world);
}

TEST(far_instants_are_dates_too) {
    struct world *world = world_open("Europe/Warsaw");
    char date[11];
    CHECK(calendar_date(&world->tx, 1, (int64_t)1 << 53, date) == OK);
    CHECK_HAS(date, "9999-12-31");
    CHECK(calendar_date(&world->tx, 1, 0, date) == OK);
    CHECK_HAS(date, "1970-01-01");
    CHECK(calendar_date(&world->tx, 9, 0, date) == ERR_MISSING);
    world_close(world);
}

TEST(what_the_calendar_reads_is_given_back) {
    struct world *world = world_open("Europe/Warsaw");
    weekdays("[[510,1200]]");
    absent("1", "2026-03-10", "2026-03-12");
    after(world, CLOCK_WORKING, at(WINTER, 3, 6, 10, 0), 2 * DAY);
    struct arena_mark before = arena_mark(&world->arena);
    for (int i = 0; i < 100; i++) after(world, CLOCK_WORKING, at(WINTER, 3, 6, 10, 0), 2 * DAY);
    struct arena_mark mark = arena_mark(&world->arena);
    CHECK(mark.block == before.block && mark.used == before.used);
    world_close(world);
}

TEST(a_zone_that_is_no_longer_known_counts_as_utc) {
    struct world *world = world_open("Mars/Olympus");
    int64_t start_at;
    CHECK(calendar_day_start(&world->tx, 1, "2026-03-10", &start_at) == OK);
    CHECK(start_at == at(0, 3, 10, 0, 0));
    CHECK(!zone_known("Mars/Olympus") && zone_known("Europe/Warsaw"));
    world_close(world);
}

/* Instants of 2026 in an order that looks like chance and is always the same. */
static int64_t any(uint64_t *state, int64_t below) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(*state >> 33) % below;
}

static void laws_hold(struct world *world, uint64_t *state) {
    int64_t year = (int64_t)365 * DAY;
    int64_t a = at(0, 1, 1, 0, 0) + any(state, year) * 1000, b = a + any(state, 40 * DAY) * 1000;
    int64_t c = b + any(state, 40 * DAY) * 1000, seconds = any(state, DAY);
    CHECK(working(world, a, b) + working(world, b, c) == working(world, a, c));
    CHECK(away(world, 1, a, b) + away(world, 1, b, c) == away(world, 1, a, c));
    CHECK(working(world, a, c) <= c - a - away(world, 0, a, c));
    int64_t opens_at = opening(world, a);
    CHECK(opens_at >= a && working(world, a, opens_at) == 0);
    CHECK(opening(world, opens_at) == opens_at && working(world, opens_at, opens_at + 1) == 1);
    CHECK(working(world, a, after(world, CLOCK_WORKING, a, seconds)) == seconds * 1000);
    int64_t end_at = absence_end(world, 1, a);
    CHECK(end_at == 0 || away(world, 1, a, end_at) == end_at - a);
    CHECK((end_at == 0) == (away(world, 1, a, a + 1) == 0));
    CHECK(end_at == 0 || away(world, 1, end_at, end_at + 1) == 0);
}

/* What the clocks say must fit together at any instant, in zones that change by an hour, by half
 * of one, at midnight, by a list and never. */
TEST(the_clocks_agree_with_each_other) {
    static const char *const zones[] = {"Europe/Warsaw", "America/New_York", "Asia/Beirut",
                                        "Australia/Lord_Howe", "Africa/Casablanca",
                                        "Europe/Moscow", "Europe/Dublin", NULL};
    uint64_t state = 1;
    for (int zone = 0; zones[zone]; zone++) {
        struct world *world = world_open(zones[zone]);
        weekdays("[[0,90],[150,720],[780,1440]]");
        spoil("update opening_hours set day = 7 where day = 3");
        spoil("insert into holiday (clinic_id, date) values (1, '2026-03-30'), (1, '2026-10-25')");
        absent("null", "2026-03-08", "2026-03-10");
        absent("null", "2026-10-20", "2026-11-05");
        absent("null", "2026-10-30", "2026-11-02");
        for (int i = 0; i < 300; i++) laws_hold(world, &state);
        world_close(world);
    }
}

/* A file may hold what no request writes: a weekday that is none, more than a day holds. */
TEST(hours_that_no_week_has_are_not_counted) {
    desk *core = desk_with_clinics(":memory:");
    spoil("pragma ignore_check_constraints = on");
    spoil("insert into opening_hours (clinic_id, day, from_minute, to_minute, rev) values"
          " (1, 0, 1, 2, 1), (1, 8, 1, 2, 1)");
    CHECK_HAS(askf(core, "{'op':'contact_form.preview','now':5,'in':{'clinic_id':1}}"),
              "\"open_now\":null");
    spoil("with n (i) as (select 0 union all select i + 1 from n where i < 14)"
          " insert into opening_hours (clinic_id, day, from_minute, to_minute, rev)"
          " select 1, 4, i * 10, i * 10 + 5, 1 from n");
    /* Thursday 1 January 1970 in Warsaw: the tenth period begins at 1:30, the eleventh at 1:40. */
    CHECK_HAS(askf(core, "{'op':'contact_form.preview','now':1860000,'in':{'clinic_id':1}}"),
              "\"open_now\":true");
    CHECK_HAS(askf(core, "{'op':'contact_form.preview','now':2460000,'in':{'clinic_id':1}}"),
              "\"open_now\":false");
    desk_close(core);
}
