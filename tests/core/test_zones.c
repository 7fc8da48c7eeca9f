/* Time zones: POSIX rules in all their forms, walls that skip an hour or show it twice. That the
 * table itself is right is proven zone by zone in tests/zones, against another implementation. */
#include "check.h"

#include "zones.h"

static int64_t utc(int64_t year, int month, int date, int hour, int minute) {
    return ((day_of(year, month, date) * 24 + hour) * 60 + minute) * 60000;
}

static int64_t wall(const char *zone, int64_t year, int month, int date, int hour, int minute) {
    return zone_instant(zone_find(zone), day_of(year, month, date),
                        ((int64_t)hour * 60 + minute) * 60000);
}

static int minutes(const char *zone, int64_t at) {
    return (int)(zone_offset_ms(zone_find(zone), at) / 60000);
}

/* Minutes that a rule adds at an instant; -1 when it cannot be read. */
static int ruled(const char *text, int64_t at) {
    struct zone_rule rule;
    return zone_rule_read(text, &rule) ? zone_rule_offset(&rule, at / 1000) / 60 : -1;
}

TEST(days_and_dates_are_each_others_inverse) {
    int64_t year, day = day_of(1600, 1, 1);
    int month, date;
    for (; day < day_of(2401, 1, 1); day++) {
        day_date(day, &year, &month, &date);
        if (day_of(year, month, date) != day) break;
    }
    CHECK(day == day_of(2401, 1, 1));
    CHECK(day_of(1970, 1, 1) == 0);
    CHECK(day_of(2000, 3, 1) == 11017);
    CHECK(weekday_of(day_of(2026, 3, 2)) == 1);
    CHECK(weekday_of(day_of(2026, 3, 29)) == 7);
    CHECK(weekday_of(day_of(1969, 12, 31)) == 3);
}

TEST(zones_are_found_by_their_exact_name) {
    CHECK(zone_find("Europe/Warsaw") != NULL);
    CHECK(zone_find("Poland") != NULL);
    CHECK(zone_find("UTC") != NULL);
    CHECK(zone_find("europe/warsaw") == NULL);
    CHECK(zone_find("Europe/Warsa") == NULL);
    CHECK(zone_find("Europe/Warsaw ") == NULL);
    CHECK(zone_find("") == NULL);
    CHECK(zone_find("Factory") == NULL);
    CHECK(zone_find("posix/Europe/Warsaw") == NULL);
}

TEST(every_zone_of_the_table_can_be_read) {
    struct zone_rule rule;
    CHECK(zone_names_n > 400);
    for (int i = 0; i < zone_names_n; i++) {
        const struct zone *zone = zone_find(zone_names[i].name);
        if (zone != &zone_entries[zone_names[i].zone] || !zone_rule_read(zone->rule, &rule))
            check_failed(__FILE__, __LINE__, zone_names[i].name, zone ? zone->rule : "");
    }
}

/* The instant of what the wall shows is the instant itself, or an earlier one at which the wall
 * showed the same; and the wall agrees. Hours apart by a prime, through all changes of 35 years. */
TEST(an_instant_on_the_wall_leads_back_to_it) {
    for (int i = 0; i < zone_names_n; i += 7) {
        const struct zone *zone = zone_find(zone_names[i].name);
        for (int64_t at = utc(2019, 1, 1, 0, 0); at < utc(2054, 1, 1, 0, 0); at += 1709 * 60000) {
            struct local_time local = zone_local(zone, at);
            int64_t back = zone_instant(zone, local.day, local.ms);
            struct local_time again = zone_local(zone, back);
            bool same = again.day == local.day && again.ms == local.ms;
            if (same && back <= at && back >= at - 3 * 3600000) continue;
            check_failed(__FILE__, __LINE__, zone_names[i].name, "");
            break;
        }
    }
}

TEST(warsaw_changes_on_the_last_sundays_of_march_and_october) {
    CHECK(minutes("Europe/Warsaw", utc(2026, 3, 29, 1, 0) - 1) == 60);
    CHECK(minutes("Europe/Warsaw", utc(2026, 3, 29, 1, 0)) == 120);
    CHECK(minutes("Europe/Warsaw", utc(2026, 10, 25, 1, 0) - 1) == 120);
    CHECK(minutes("Europe/Warsaw", utc(2026, 10, 25, 1, 0)) == 60);
}

TEST(moscow_never_changes) {
    for (int month = 1; month <= 12; month++)
        CHECK(minutes("Europe/Moscow", utc(2026, month, 15, 12, 0)) == 180);
}

TEST(new_york_changes_in_march_and_november) {
    CHECK(minutes("America/New_York", utc(2026, 3, 8, 7, 0) - 1) == -300);
    CHECK(minutes("America/New_York", utc(2026, 3, 8, 7, 0)) == -240);
    CHECK(minutes("America/New_York", utc(2026, 11, 1, 6, 0) - 1) == -240);
    CHECK(minutes("America/New_York", utc(2026, 11, 1, 6, 0)) == -300);
}

TEST(lord_howe_changes_by_half_an_hour_in_the_southern_year) {
    CHECK(minutes("Australia/Lord_Howe", utc(2026, 1, 1, 0, 0)) == 660);
    CHECK(minutes("Australia/Lord_Howe", utc(2026, 4, 4, 15, 0) - 1) == 660);
    CHECK(minutes("Australia/Lord_Howe", utc(2026, 4, 4, 15, 0)) == 630);
    CHECK(minutes("Australia/Lord_Howe", utc(2026, 10, 3, 15, 30) - 1) == 630);
    CHECK(minutes("Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)) == 660);
    CHECK(wall("Australia/Lord_Howe", 2026, 10, 4, 2, 15) == utc(2026, 10, 3, 15, 45));
    CHECK(wall("Australia/Lord_Howe", 2026, 4, 5, 1, 45) == utc(2026, 4, 4, 14, 45));
}

TEST(dublin_takes_an_hour_off_in_winter) {
    CHECK(minutes("Europe/Dublin", utc(2026, 7, 1, 0, 0)) == 60);
    CHECK(minutes("Europe/Dublin", utc(2026, 12, 1, 0, 0)) == 0);
    CHECK(minutes("Europe/Dublin", utc(2026, 3, 29, 1, 0) - 1) == 0);
    CHECK(minutes("Europe/Dublin", utc(2026, 3, 29, 1, 0)) == 60);
    CHECK(minutes("Europe/Dublin", utc(2026, 10, 25, 1, 0) - 1) == 60);
    CHECK(minutes("Europe/Dublin", utc(2026, 10, 25, 1, 0)) == 0);
}

TEST(casablanca_and_gaza_follow_their_lists) {
    CHECK(minutes("Africa/Casablanca", utc(2026, 2, 15, 2, 0) - 1) == 60);
    CHECK(minutes("Africa/Casablanca", utc(2026, 2, 15, 2, 0)) == 0);
    CHECK(minutes("Africa/Casablanca", utc(2026, 3, 22, 2, 0)) == 60);
    CHECK(minutes("Asia/Gaza", utc(2026, 3, 28, 0, 0) - 1) == 120);
    CHECK(minutes("Asia/Gaza", utc(2026, 3, 28, 0, 0)) == 180);
}

TEST(a_skipped_time_is_later_by_what_is_skipped) {
    CHECK(wall("Europe/Warsaw", 2026, 3, 29, 2, 30) == utc(2026, 3, 29, 1, 30));
    CHECK(wall("America/New_York", 2026, 3, 8, 2, 0) == utc(2026, 3, 8, 7, 0));
    /* Midnight itself is skipped in Beirut: the day begins at one. */
    CHECK(wall("Asia/Beirut", 2026, 3, 29, 0, 0) == utc(2026, 3, 28, 22, 0));
}

TEST(a_time_that_comes_twice_is_meant_the_first_time) {
    CHECK(wall("Europe/Warsaw", 2026, 10, 25, 2, 30) == utc(2026, 10, 25, 0, 30));
    CHECK(wall("America/New_York", 2026, 11, 1, 1, 30) == utc(2026, 11, 1, 5, 30));
    CHECK(wall("Europe/Warsaw", 2026, 10, 25, 3, 0) == utc(2026, 10, 25, 2, 0));
}

TEST(twenty_four_hours_is_the_next_midnight) {
    CHECK(wall("Europe/Warsaw", 2026, 3, 28, 24, 0) == wall("Europe/Warsaw", 2026, 3, 29, 0, 0));
    CHECK(wall("Europe/Warsaw", 2026, 12, 31, 24, 0) == wall("Europe/Warsaw", 2027, 1, 1, 0, 0));
}

TEST(rules_name_days_in_three_ways) {
    /* The 60th day is 1 March by J in every year, and 29 February by its number in a leap year. */
    CHECK(ruled("AAA0BBB,J60/0,J300/0", utc(2028, 2, 29, 12, 0)) == 0);
    CHECK(ruled("AAA0BBB,J60/0,J300/0", utc(2028, 3, 1, 0, 0)) == 60);
    CHECK(ruled("AAA0BBB,J60/0,J300/0", utc(2027, 3, 1, 0, 0) - 1) == 0);
    CHECK(ruled("AAA0BBB,59/0,300/0", utc(2028, 2, 29, 0, 0)) == 60);
    CHECK(ruled("AAA0BBB,59/0,300/0", utc(2027, 3, 1, 0, 0)) == 60);
    CHECK(ruled("AAA0BBB,59/0,300/0", utc(2027, 3, 1, 0, 0) - 1000) == 0);
    /* The fourth Thursday, and the last one, which is the fifth. */
    CHECK(ruled("AAA0BBB,M10.4.4/0,M12.1.1/0", utc(2026, 10, 22, 0, 0)) == 60);
    CHECK(ruled("AAA0BBB,M10.5.4/0,M12.1.1/0", utc(2026, 10, 29, 0, 0) - 1000) == 0);
    CHECK(ruled("AAA0BBB,M10.5.4/0,M12.1.1/0", utc(2026, 10, 29, 0, 0)) == 60);
}

TEST(rules_may_change_outside_of_their_day) {
    /* Nuuk: an hour before the Sunday begins there. */
    CHECK(ruled("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", utc(2026, 3, 29, 1, 0) - 1000) == -120);
    CHECK(ruled("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", utc(2026, 3, 29, 1, 0)) == -60);
    /* Gaza: fifty hours after the Thursday begins, which is on the Saturday. */
    CHECK(ruled("EET-2EEST,M3.4.4/50,M10.4.4/50", utc(2026, 3, 28, 0, 0)) == 180);
    CHECK(ruled("EET-2EEST,M3.4.4/50,M10.4.4/50", utc(2026, 3, 28, 0, 0) - 1000) == 120);
    /* An hour of the new year that belongs to a change of the old one. */
    CHECK(ruled("AAA0BBB,M12.5.4/26,M6.1.0", utc(2027, 1, 1, 1, 59)) == 0);
    CHECK(ruled("AAA0BBB,M12.5.4/26,M6.1.0", utc(2027, 1, 1, 2, 0)) == 60);
}

TEST(rules_know_quoted_names_odd_offsets_and_endless_summers) {
    CHECK(ruled("<+03>-3", utc(2026, 7, 1, 0, 0)) == 180);
    CHECK(ruled("<-0930>9:30", utc(2026, 7, 1, 0, 0)) == -570);
    CHECK(ruled("<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", utc(2026, 1, 1, 0, 0)) == 825);
    CHECK(ruled("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", utc(2026, 7, 1, 0, 0)) == 630);
    CHECK(ruled("EST5EDT,0/0,J365/25", utc(2026, 1, 1, 5, 0)) == -240);
    CHECK(ruled("EST5EDT,0/0,J365/25", utc(2026, 12, 31, 23, 30)) == -240);
    CHECK(ruled("EST5EDT,0/0,J365/25", utc(2028, 12, 31, 4, 30)) == -240);
}

TEST(what_is_no_rule_is_refused) {
    static const char *const none[] = {"", "CET", "C-1", "CET-1CEST,M3.5.0", "<+03-3", "CET-1CEST",
                                       "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
                                       "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J5",
                                       "CET-1CEST,366,1", "CET-1CEST,M3.5.0,M10.5.0/3x",
                                       "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1:60", NULL};
    for (int i = 0; none[i]; i++)
        if (ruled(none[i], 0) != -1) check_failed(__FILE__, __LINE__, none[i], "");
}

TEST(a_rule_that_is_none_is_refused_and_not_guessed) {
    static const char *const wrong[] = {
        "", "C", "CE-1", "<CE-1", "<>-1", "CET", "CET-x", "CET-168", "CET-1:60", "CET-1:30:60",
        "CET-12345", "CET-1CE", "CET-1CEST-x,M3.5.0,M10.5.0", "CET-1CEST", "CET-1CEST,",
        "CET-1CEST,M3.5.0", "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3,M10.5.0", "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J300",
        "CET-1CEST,366,300", "CET-1CEST,x,300", "CET-1CEST,M3.5.0/x,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0 ", "C[T-1", "C{T-1", "C@T-1", "C`T-1", NULL};
    for (int i = 0; wrong[i]; i++) {
        struct zone_rule rule;
        if (zone_rule_read(wrong[i], &rule)) check_failed(__FILE__, __LINE__, wrong[i], "");
    }
    CHECK(ruled("cet-1cest,M3.5.0,M10.5.0/3", utc(2026, 7, 1, 0, 0)) == 120);
    CHECK(ruled("<+03>-3", utc(2026, 7, 1, 0, 0)) == 180);
}

/* J counts without 29 February: J59 is 28 February in every year, J60 is 1 March. */
TEST(a_julian_day_never_is_the_leap_day) {
    const char *const before = "AAA0BBB,J59/0,J300", *const after = "AAA0BBB,J60/0,J300";
    CHECK(ruled(before, utc(2024, 2, 27, 23, 59)) == 0);
    CHECK(ruled(before, utc(2024, 2, 28, 0, 0)) == 60);
    CHECK(ruled(after, utc(2024, 2, 29, 23, 59)) == 0);
    CHECK(ruled(after, utc(2024, 3, 1, 0, 0)) == 60);
    CHECK(ruled(after, utc(2023, 3, 1, 0, 0)) == 60);
    CHECK(ruled(after, utc(2023, 2, 28, 23, 59)) == 0);
}

/* The change that came last decides, also where summer lasts into the next one's beginning. */
TEST(a_summer_that_outlasts_the_year_ends_when_it_ends) {
    const char *const rule = "AAA0BBB,0/0,J365/167";
    CHECK(ruled(rule, utc(2026, 1, 3, 0, 0)) == 60);
    CHECK(ruled(rule, utc(2026, 1, 10, 0, 0)) == 0);
    CHECK(ruled(rule, utc(2026, 6, 1, 0, 0)) == 0);
}
