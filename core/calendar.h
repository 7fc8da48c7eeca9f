/* calendar.h: when a clinic is there. Zones, opening hours, holidays and absences turned into
 * instants; every local rule goes through the clinic's own IANA zone. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "tx.h"

enum { PERIODS_MAX = 10 }; /* opening hours: so many periods a day */

enum clock { CLOCK_ELAPSED, CLOCK_WORKING, CLOCK_CALENDAR }; /* as policy form.clock counts */

/* The end of the absence that `at` lies in: the local midnight of the first day back; 0 when
 * nobody is absent then. Absences that overlap or adjoin count as one, and the doctor's join the
 * clinic's (B13). practitioner_id 0: the clinic's own only. */
enum err calendar_absence_end(struct tx *, int64_t clinic_id, int64_t practitioner_id, int64_t at,
                              int64_t *ret_end_at);

/* How much of [from_at, to_at) lies in absences, in milliseconds. */
enum err calendar_absent_ms(struct tx *, int64_t clinic_id, int64_t practitioner_id,
                            int64_t from_at, int64_t to_at, int64_t *ret_ms);

/* The instant `seconds` after `from_at`. Elapsed: plain. Calendar: whole days keep the local time,
 * the rest elapses. Working: whole days are open days and keep the local time, the rest counts in
 * open hours only; a clinic without hours works round the clock, as by the calendar clock. A day
 * is open when it has hours, is no holiday, and neither the clinic nor the doctor is absent. */
enum err calendar_after(struct tx *, int64_t clinic_id, int64_t practitioner_id, enum clock,
                        int64_t from_at, int64_t seconds, int64_t *ret_at);

/* The first open instant from `at` on, `at` itself while open; 0 when no hours are known. Holidays
 * and absences of the whole clinic are closed. */
enum err calendar_opening(struct tx *, int64_t clinic_id, int64_t at, int64_t *ret_at);

/* Open milliseconds within [from_at, to_at); all of them when no hours are known. */
enum err calendar_working_ms(struct tx *, int64_t clinic_id, int64_t from_at, int64_t to_at,
                             int64_t *ret_ms);

/* The clinic's local date at an instant, YYYY-MM-DD, and the instant at which a date begins. */
enum err calendar_date(struct tx *, int64_t clinic_id, int64_t at, char ret_date[11]);
enum err calendar_day_start(struct tx *, int64_t clinic_id, const char *date, int64_t *ret_at);

/* Whether the text is a date of the calendar: YYYY-MM-DD. The others take such only. */
bool date_valid(const char *date);

/* The date `days` later (or earlier), and how many days later `to` is than `from`. */
void date_add(const char *date, int days, char ret_date[11]);
int64_t date_days(const char *from, const char *to);

/* Whether the build knows the zone. */
bool zone_known(const char *zone);

#endif
