/* How fast questions are answered: whose figure, of which days, counted from which forms. */
#include "check.h"

#define DAY 86400000LL
enum { HOUR_MS = 3600000 };

static void ask_clinic(desk *core, int64_t at, const char *who, const char *more) {
    askf(core, "{'op':'contact_form.send','now':%" PRId64 ",'in':{'clinic_id':1,'name':'N',"
               "'email':'%s@mail.test','locale':'en','text':'q'%s}}", at, who, more);
}

static void answer(desk *core, int form, int64_t at) {
    askf(core, "{'op':'contact_form.answer','now':%" PRId64 "," ANNA
               ",'in':{'contact_form_id':%d,'text':'a','last_message_id':%d}}", at, form, form);
}

/* Ten questions on ten days, answered after half an hour, 2, 6, 18, 30, 60, 100; three not. */
static desk *answered(void) {
    static const int hours[] = {0, 2, 6, 18, 30, 60, 100};
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'practitioner.add','now':5," PLATFORM ",'in':{'clinic_id':1,'name':'Dr'}}");
    for (int i = 0; i < 10; i++) {
        char who[8];
        snprintf(who, sizeof who, "p%d", i);
        ask_clinic(core, (i + 1) * DAY, who, i % 2 ? ",'practitioner_id':1" : "");
    }
    for (int i = 0; i < 7; i++)
        answer(core, i + 1, (i + 1) * DAY + (hours[i] ? hours[i] * (int64_t)HOUR_MS : 1800000));
    return core;
}

static const char *report(desk *core, const char *actor, const char *in) {
    return askf(core, "{'op':'report.response_times','now':1728000000,%s,'in':{%s}}", actor, in);
}

TEST(an_indicator_is_of_a_clinic_or_of_a_doctor_and_not_of_the_future) {
    desk *core = answered();
    const char *const get = "{'op':'response_indicator.%s','now':1728000000,'in':{%s}}";
    CHECK_HAS(askf(core, get, "get", ""), "invalid.required");
    CHECK_HAS(askf(core, get, "get", "'clinic_id':1,'practitioner_id':1"), "invalid.bad_value");
    CHECK_HAS(askf(core, get, "get", "'clinic_id':1,'as_of_at':1728000001"),
              "invalid.in_the_future");
    CHECK_HAS(askf(core, get, "get", "'practitioner_id':9"), "missing.not_found");
    CHECK_HAS(askf(core, get, "proof", "'practitioner_id':9"), "missing.not_found");
    CHECK_HAS(askf(core, get, "proof", "'clinic_id':1,'practitioner_id':1"), "invalid.bad_value");
    CHECK_HAS(askf(core, get, "get", "'clinic_id':1"), "\"answered\":7,\"total\":10");
    CHECK_HAS(askf(core, get, "get", "'practitioner_id':1"), "\"enough\":false");
    CHECK_HAS(askf(core, get, "get", "'clinic_id':1,'as_of_at':1"), "\"total\":0");
    CHECK_HAS(askf(core, get, "proof", "'practitioner_id':1"), "practitioner 1");
    desk_close(core);
}

/* A policy of one form as the least must not make a median of none. */
TEST(of_no_answers_there_is_no_median_whatever_the_least_is) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'policy.set','now':5," PLATFORM ",'in':{'key':'indicator.min_n','value':1}}");
    const char *const get = "{'op':'response_indicator.get','now':9000,'in':{'clinic_id':1}}";
    CHECK_HAS(askf(core, "%s", get), "\"median_ms\":null,\"answered\":0,\"total\":0");
    ask_clinic(core, 8000, "p", "");
    CHECK_HAS(askf(core, "%s", get), "\"enough\":false");
    desk_close(core);
}

TEST(a_report_sorts_answers_by_how_long_they_took) {
    desk *core = answered();
    const char *said = report(core, ANNA, "'from':'1970-01-02','to':'1970-01-11'");
    CHECK_HAS(said, "\"answered\":7,\"total\":10,\"buckets\":[{\"from_ms\":0,\"to_ms\":3600000,"
                    "\"contact_form_ids\":[1],\"count\":1}");
    CHECK_HAS(said, "\"to_ms\":14400000,\"contact_form_ids\":[2],");
    CHECK_HAS(said, "\"from_ms\":259200000,\"to_ms\":null,\"contact_form_ids\":[7],\"count\":1}");
    CHECK_HAS(said, "\"unanswered\":{\"contact_form_ids\":[8,9,10],\"count\":3}");
    CHECK_HAS(said, "{\"from\":\"1970-01-11\",\"to\":\"1970-01-11\",\"median_ms\":null,"
                    "\"answered\":0,\"total\":1,\"contact_form_ids\":[10]}");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-02','to':'1970-01-11','practitioner_id':1"),
              "\"answered\":3,\"total\":5");
    desk_close(core);
}

TEST(a_trend_has_days_then_weeks_then_months_and_ends_with_the_report) {
    desk *core = answered();
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-01','to':'1970-01-21'"),
              "{\"from\":\"1970-01-21\",\"to\":\"1970-01-21\"");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-01','to':'1970-01-23'"),
              "{\"from\":\"1970-01-22\",\"to\":\"1970-01-23\"");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-01','to':'1970-12-31'"),
              "{\"from\":\"1970-12-27\",\"to\":\"1970-12-31\"");
    desk_close(core);
}

TEST(a_report_is_of_days_that_exist_and_of_three_years_at_most) {
    desk *core = answered();
    CHECK_HAS(report(core, ANNA, "'from':'1970-02-30','to':'1970-03-01'"), "\"field\":\"from\"");
    CHECK_HAS(report(core, ANNA, "'from':'1970-02-01','to':'1970-13-01'"), "\"field\":\"to\"");
    CHECK_HAS(report(core, ANNA, "'from':'1970-02-02','to':'1970-02-01'"), "invalid.out_of_range");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-01','to':'1973-01-06'"),
              "is out of range (1970-01-01 - 1973-01-05).");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-01','to':'1973-01-05'"), "\"ok\":");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01-01','to':'1970-01-00'"), "invalid.bad_date");
    CHECK_HAS(report(core, ANNA, "'from':'197/-01-01','to':'1970-01-01'"), "invalid.bad_date");
    CHECK_HAS(report(core, ANNA, "'from':'197:-01-01','to':'1970-01-01'"), "invalid.bad_date");
    CHECK_HAS(report(core, ANNA, "'from':'1970-01x01','to':'1970-01-01'"), "invalid.bad_date");
    CHECK_HAS(report(core, PLATFORM, "'from':'1970-01-01','to':'1970-01-01'"),
              "\"field\":\"clinic_id\"");
    CHECK_HAS(report(core, OTHER, "'clinic_id':1,'from':'1970-01-01','to':'1970-01-01'"),
              "missing.not_found");
    CHECK_HAS(report(core, PLATFORM, "'clinic_id':9,'from':'1970-01-01','to':'1970-01-01'"),
              "missing.not_found");
    CHECK_HAS(report(core, ANNA, "'from':'9999-12-31','to':'9999-12-31'"), "\"ok\":");
    CHECK_HAS(report(core, ANNA, "'from':'0001-01-01','to':'0001-01-01'"), "\"ok\":");
    desk_close(core);
}

/* More than the ids that fit are counted all the same. */
TEST(a_figure_names_the_first_two_hundred_forms_and_counts_them_all) {
    desk *core = desk_with_clinics(":memory:");
    for (int i = 0; i < 201; i++) {
        char who[8];
        snprintf(who, sizeof who, "p%d", i);
        ask_clinic(core, DAY + i, who, "");
    }
    const char *said = report(core, ANNA, "'from':'1970-01-02','to':'1970-01-02'");
    CHECK_HAS(said, ",199,200],\"count\":201}");
    CHECK_HAS_NOT(said, ",200,201]");
    desk_close(core);
}

/* proves: 56 58 */
TEST(what_each_person_did_is_told_to_the_own_clinic) {
    desk *core = answered();
    const char *const team = "{'op':'team.activity','now':1728000000,%s,'in':{%s}}";
    const char *const acts = "{'op':'activity.list','now':1728000000,%s,'in':{'agent_id':%d%s}}";
    const char *said = askf(core, team, ANNA, "'from':'1970-01-01','to':'1970-01-20'");
    CHECK_HAS(said, "\"answered\":7");
    CHECK_HAS(askf(core, team, PLATFORM, "'from':'1970-01-01','to':'1970-01-20'"),
              "\"field\":\"clinic_id\"");
    CHECK_HAS(askf(core, team, OTHER, "'clinic_id':1,'from':'1970-01-01','to':'1970-01-20'"),
              "missing.not_found");
    CHECK_HAS(askf(core, team, PLATFORM, "'clinic_id':9,'from':'1970-01-01','to':'1970-01-20'"),
              "missing.not_found");
    CHECK_HAS(askf(core, team, ANNA, "'from':'1970-01-32','to':'1970-01-20'"),
              "\"field\":\"from\"");
    CHECK_HAS(askf(core, team, ANNA, "'from':'1970-01-01','to':'x'"), "\"field\":\"to\"");
    /* Two answers at one instant are two acts with one latest sign of work. */
    answer(core, 8, 11 * DAY);
    answer(core, 9, 11 * DAY);
    CHECK_HAS(askf(core, team, ANNA, "'from':'1970-01-12','to':'1970-01-12'"),
              "\"answered\":3");
    CHECK_HAS(askf(core, acts, ANNA, 1, ",'limit':1"), "\"more\":true");
    CHECK_HAS(askf(core, acts, ANNA, 1, ",'before_at':1"), "\"acts\":[]");
    CHECK_HAS(askf(core, acts, ANNA, 9, ""), "missing.not_found");
    CHECK_HAS(askf(core, acts, OTHER, 1, ""), "missing.not_found");
    desk_close(core);
}
