/* The requests about hours and absences: what they refuse and by which name, who may ask, and what
 * history says of it. What the hours mean is test_calendar.c.
 * proves: 53 */
#include "check.h"

#define DOCTOR "'actor':{'role':'doctor','agent_id':3}"
#define ASSISTANT "'actor':{'role':'assistant','agent_id':4}"
#define VISITOR "'actor':{'role':'visitor'}"

/* Monday 2 March 2026, ten o'clock in Warsaw. */
#define MONDAY "1772442000000"

static desk *with_doctors(void) {
    desk *core = desk_with_clinics(":memory:");
    for (int clinic = 1; clinic <= 2; clinic++)
        askf(core, "{'op':'practitioner.add','now':1000," PLATFORM
                   ",'in':{'clinic_id':%d,'name':'Doctor %d'}}", clinic, clinic);
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':'doctor',"
               "'name':'D','email':'d@staff.test'}}");
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':'assistant',"
               "'name':'A','email':'a@staff.test'}}");
    return core;
}

static const char *hours(desk *core, const char *actor) {
    return askf(core, "{'op':'clinic.hours','now':" MONDAY ",%s,'in':{'clinic_id':1}}", actor);
}

static const char *set_hours(desk *core, const char *periods) {
    return askf(core, "{'op':'clinic.set_hours','now':" MONDAY "," ANNA ",'in':{'hours':[%s]}}",
                periods);
}

static const char *set_holidays(desk *core, const char *dates) {
    return askf(core, "{'op':'clinic.set_hours','now':" MONDAY "," ANNA
                      ",'in':{'hours':[],'holidays':[%s]}}", dates);
}

static const char *add_absence(desk *core, const char *in) {
    return askf(core, "{'op':'absence.add','now':" MONDAY "," ANNA ",'in':{%s}}", in);
}

TEST(hours_are_told_as_they_were_set) {
    desk *core = with_doctors();
    CHECK_HAS(hours(core, ANNA), "\"zone\":\"Europe/Warsaw\",\"hours\":[],\"holidays\":[],"
                                 "\"absences\":[],\"editable\":true,\"open_now\":null,"
                                 "\"opens_at\":null");
    CHECK_HAS(askf(core, "{'op':'clinic.set_hours','now':" MONDAY "," ANNA ",'in':{'hours':["
                         "{'day':1,'from':'13:00','to':'24:00'},{'day':1,'from':'08:30','to':"
                         "'13:00'},{'day':7,'from':'00:00','to':'00:01'}],"
                         "'holidays':['2026-12-25','2026-01-01','2026-12-25']}}"), "\"moved\":0");
    CHECK_HAS(hours(core, ANNA), "\"hours\":[{\"day\":1,\"from\":\"08:30\",\"to\":\"13:00\"},"
              "{\"day\":1,\"from\":\"13:00\",\"to\":\"24:00\"},"
              "{\"day\":7,\"from\":\"00:00\",\"to\":\"00:01\"}],"
              "\"holidays\":[\"2026-01-01\",\"2026-12-25\"],\"absences\":[],"
              "\"editable\":true,\"open_now\":true,\"opens_at\":null");
    set_hours(core, "{'day':2,'from':'08:30','to':'13:00'}");
    CHECK_HAS(hours(core, ANNA), "\"hours\":[{\"day\":2,");
    CHECK_HAS(hours(core, ANNA), "\"holidays\":[\"2026-01-01\",\"2026-12-25\"]");
    CHECK_HAS(hours(core, ANNA), "\"open_now\":false,\"opens_at\":1772523000000");
    set_holidays(core, "'2026-03-03'");
    CHECK_HAS(hours(core, ANNA), "\"hours\":[],\"holidays\":[\"2026-03-03\"]");
    desk_close(core);
}

TEST(hours_that_make_no_sense_are_refused_by_name) {
    static const char *const wrong[][3] = {
        {"{'day':0,'from':'08:00','to':'09:00'}", "invalid.out_of_range", "hours[0].day"},
        {"{'day':8,'from':'08:00','to':'09:00'}", "invalid.out_of_range", "hours[0].day"},
        {"{'day':1,'from':'8:00','to':'09:00'}", "invalid.bad_value", "hours[0].from"},
        {"{'day':1,'from':'08:0/','to':'09:00'}", "invalid.bad_value", "hours[0].from"},
        {"{'day':1,'from':'08:60','to':'09:00'}", "invalid.bad_value", "hours[0].from"},
        {"{'day':1,'from':'08:00','to':'24:01'}", "invalid.bad_value", "hours[0].to"},
        {"{'day':1,'from':'08:00','to':'08:00'}", "invalid.out_of_range", "hours[0].to"},
        {"{'day':1,'from':'08:00','to':'07:00'}", "invalid.out_of_range", "hours[0].to"},
        {"{'day':1,'from':'08:00'}", "invalid.required", "hours[0].to"},
        {"{'day':1,'from':'08:00','to':'09:00','x':1}", "invalid.unknown_field", "hours[0].x"},
        {"{'day':1,'from':8,'to':'09:00'}", "invalid.wrong_type", "hours[0].from"},
        {"{'day':1,'from':'08:00','to':'10:00'},{'day':1,'from':'09:00','to':'11:00'}",
         "invalid.overlap", "hours[1]"},
        {"{'day':1,'from':'08:00','to':'10:00'},{'day':2,'from':'09:00','to':'11:00'},"
         "{'day':1,'from':'07:00','to':'08:01'}", "invalid.overlap", "hours[2]"},
        {"7", "invalid.wrong_type", "\"hours\""},
    };
    desk *core = with_doctors();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *reply = set_hours(core, wrong[i][0]);
        if (!strstr(reply, wrong[i][1]) || !strstr(reply, wrong[i][2]))
            check_failed(__FILE__, __LINE__, wrong[i][0], reply);
    }
    CHECK_HAS(hours(core, ANNA), "\"hours\":[]");
    desk_close(core);
}

TEST(a_day_has_at_most_ten_periods) {
    desk *core = with_doctors();
    char periods[1000] = "";
    for (int i = 0; i < 11; i++) {
        size_t size = strlen(periods);
        snprintf(periods + size, sizeof periods - size,
                 "%s{'day':1,'from':'%02d:00','to':'%02d:30'}", i ? "," : "", i, i);
        CHECK_HAS(set_hours(core, periods), i < 10 ? "{\"ok\":" : "invalid.too_long");
    }
    desk_close(core);
}

TEST(holidays_are_dates_and_at_most_four_hundred) {
    desk *core = with_doctors();
    CHECK_HAS(set_holidays(core, "'2026-03-03','2026-02-29'"), "invalid.bad_date");
    CHECK_HAS(set_holidays(core, "'2026-03-03','2026-02-29'"), "\"field\":\"holidays[1]\"");
    char dates[401 * 13 + 1] = "";
    for (int i = 0; i < 401; i++) {
        size_t size = strlen(dates);
        snprintf(dates + size, sizeof dates - size, "%s'%04d-01-01'", i ? "," : "", 2026 + i);
        if (i == 399) CHECK_HAS(set_holidays(core, dates), "{\"ok\":");
    }
    CHECK_HAS(set_holidays(core, dates), "invalid.too_long");
    desk_close(core);
}

TEST(an_absence_is_told_until_it_is_over_or_taken_back) {
    desk *core = with_doctors();
    CHECK_HAS(add_absence(core, "'practitioner_id':1,'from':'2026-02-20','to':'2026-03-02'"),
              "\"absence_id\":1,\"moved\":0");
    CHECK_HAS(add_absence(core, "'from':'2026-05-01','to':'2026-05-03'"), "\"absence_id\":2");
    CHECK_HAS(add_absence(core, "'from':'2026-02-01','to':'2026-03-01'"), "\"absence_id\":3");
    CHECK_HAS(hours(core, ANNA), "\"absences\":[{\"absence_id\":1,\"practitioner_id\":1,"
              "\"practitioner_name\":\"Doctor 1\",\"from\":\"2026-02-20\",\"to\":\"2026-03-02\"},"
              "{\"absence_id\":2,\"practitioner_id\":null,\"practitioner_name\":null,"
              "\"from\":\"2026-05-01\",\"to\":\"2026-05-03\"}]");
    CHECK_HAS(hours(core, VISITOR), "\"practitioner_id\":1,\"practitioner_name\":null");
    const char *remove = "{'op':'absence.remove','now':" MONDAY "," ANNA ",'in':{'absence_id':1}}";
    CHECK_HAS(askf(core, "%s", remove), "\"moved\":0");
    CHECK_HAS(hours(core, ANNA), "\"absences\":[{\"absence_id\":2,");
    CHECK_HAS(askf(core, "%s", remove), "missing.not_found");
    CHECK_HAS(askf(core, "%s", remove), "\"field\":\"absence_id\"");
    desk_close(core);
}

TEST(absences_that_make_no_sense_are_refused_by_name) {
    desk *core = with_doctors();
    CHECK_HAS(add_absence(core, "'from':'2026-02-30','to':'2026-03-02'"),
              "\"code\":\"invalid.bad_date\",\"field\":\"from\"");
    CHECK_HAS(add_absence(core, "'from':'2026-02-20','to':'soon'"),
              "\"code\":\"invalid.bad_date\",\"field\":\"to\"");
    CHECK_HAS(add_absence(core, "'from':'2026-02-20','to':'2026-02-19'"),
              "\"code\":\"invalid.out_of_range\",\"field\":\"to\"");
    CHECK_HAS(add_absence(core, "'from':'2026-01-01','to':'2027-01-02'"),
              "2026-01-01 - 2027-01-01");
    CHECK_HAS(add_absence(core, "'from':'2026-01-01','to':'2027-01-01'"), "{\"ok\":");
    CHECK_HAS(add_absence(core, "'practitioner_id':2,'from':'2026-01-01','to':'2026-01-01'"),
              "\"code\":\"missing.not_found\",\"field\":\"practitioner_id\"");
    desk_close(core);
}

TEST(a_clinic_is_closed_while_all_of_it_is_away) {
    desk *core = with_doctors();
    set_hours(core, "{'day':1,'from':'08:00','to':'18:00'}");
    CHECK_HAS(hours(core, VISITOR), "\"open_now\":true,\"opens_at\":null");
    add_absence(core, "'practitioner_id':1,'from':'2026-03-02','to':'2026-03-20'");
    CHECK_HAS(hours(core, VISITOR), "\"open_now\":true,\"opens_at\":null");
    add_absence(core, "'from':'2026-03-02','to':'2026-03-09'");
    CHECK_HAS(hours(core, VISITOR), "\"open_now\":false,\"opens_at\":1773644400000");
    desk_close(core);
}

TEST(everybody_reads_hours_and_few_set_them) {
    desk *core = with_doctors();
    CHECK_HAS(hours(core, DOCTOR), "\"editable\":true");
    CHECK_HAS(hours(core, ASSISTANT), "\"editable\":false");
    CHECK_HAS(hours(core, VISITOR), "\"editable\":false");
    CHECK_HAS(hours(core, OTHER), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'clinic.hours','now':" MONDAY "," ASSISTANT ",'in':{}}"),
              "{\"ok\":");
    CHECK_HAS(askf(core, "{'op':'clinic.hours','now':" MONDAY "," VISITOR ",'in':{}}"),
              "\"code\":\"invalid.required\",\"field\":\"clinic_id\"");
    CHECK_HAS(askf(core, "{'op':'clinic.hours','now':" MONDAY "," VISITOR
                         ",'in':{'clinic_id':9}}"), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'absence.add','now':" MONDAY "," ASSISTANT
                         ",'in':{'from':'2026-03-03','to':'2026-03-03'}}"), "denied.not_allowed");
    CHECK_HAS(askf(core, "{'op':'clinic.set_hours','now':" MONDAY "," ASSISTANT
                         ",'in':{'hours':[]}}"), "denied.not_allowed");
    CHECK_HAS(askf(core, "{'op':'absence.add','now':" MONDAY "," DOCTOR
                         ",'in':{'from':'2026-03-03','to':'2026-03-03'}}"), "\"absence_id\":1");
    CHECK_HAS(askf(core, "{'op':'absence.remove','now':" MONDAY "," OTHER
                         ",'in':{'absence_id':1}}"), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'absence.add','now':" MONDAY "," OTHER ",'in':{'clinic_id':1,"
                         "'from':'2026-03-03','to':'2026-03-03'}}"), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'absence.add','now':" MONDAY "," PLATFORM ",'in':{'clinic_id':2,"
                         "'practitioner_id':2,'from':'2026-03-03','to':'2026-03-03'}}"),
              "\"absence_id\":2");
    desk_close(core);
}

TEST(a_clinic_is_in_a_zone_that_exists) {
    desk *core = with_doctors();
    CHECK_HAS(askf(core, "{'op':'clinic.set','now':1000," PLATFORM
                         ",'in':{'clinic_id':1,'zone':'Europe/Warschau'}}"),
              "\"code\":\"invalid.bad_value\",\"field\":\"zone\"");
    CHECK_HAS(askf(core, "{'op':'clinic.set','now':1000," PLATFORM
                         ",'in':{'clinic_id':1,'zone':'Europe/Moscow'}}"), "{\"ok\":");
    CHECK_HAS(hours(core, ANNA), "\"zone\":\"Europe/Moscow\"");
    CHECK_HAS(askf(core, "{'op':'clinic.add','now':1000," PLATFORM ",'in':{'name':'C','zone':"
                         "'CET+1','tier':'basic','locale':'en','phone':'+48220000001','email':"
                         "'c@clinic.test'}}"), "\"field\":\"zone\"");
    desk_close(core);
}

/* When the reminder of form 1 is due. */
static const char *reminder(desk *core) {
    return askf(core, "{'op':'item.next','now':" MONDAY "," ANNA
                      ",'in':{'kind':'contact_form','item_id':1}}");
}

TEST(reminders_move_with_absences_hours_and_the_zone) {
    desk *core = with_doctors();
    CHECK_HAS(askf(core, "{'op':'contact_form.send','now':" MONDAY "," VISITOR
                         ",'in':{'clinic_id':1,'name':'N','email':'n@patient.test',"
                         "'locale':'pl','text':'words'}}"),
              "\"contact_form_id\":1");
    CHECK_HAS(reminder(core), "\"at\":1772614800000,\"event\":\"remind\"");
    CHECK_HAS(add_absence(core, "'from':'2026-03-03','to':'2026-03-09'"), "\"moved\":1");
    CHECK_HAS(reminder(core), "\"at\":1773097200000,\"event\":\"remind\"");
    askf(core, "{'op':'clinic.set','now':" MONDAY "," PLATFORM
               ",'in':{'clinic_id':1,'zone':'Europe/Moscow'}}");
    CHECK_HAS(reminder(core), "\"at\":1773090000000,\"event\":\"remind\"");
    CHECK_HAS(set_hours(core, "{'day':2,'from':'08:30','to':'18:00'}"), "\"moved\":1");
    CHECK_HAS(reminder(core), "\"at\":1773120600000,\"event\":\"remind\"");
    CHECK_HAS(add_absence(core, "'practitioner_id':1,'from':'2026-03-10','to':'2026-03-20'"),
              "\"moved\":0");
    CHECK_HAS(askf(core, "{'op':'absence.remove','now':" MONDAY "," ANNA
                         ",'in':{'absence_id':1}}"), "\"moved\":1");
    CHECK_HAS(reminder(core), "\"at\":1772614800000,\"event\":\"remind\"");
    desk_close(core);
}

TEST(history_says_who_set_hours_and_absences) {
    desk *core = with_doctors();
    set_hours(core, "{'day':1,'from':'08:00','to':'18:00'}");
    add_absence(core, "'practitioner_id':1,'from':'2026-03-03','to':'2026-03-09'");
    askf(core, "{'op':'absence.remove','now':" MONDAY "," DOCTOR ",'in':{'absence_id':1}}");
    spoil("create table seen as select group_concat(item_kind || ' ' || event || ' ' || actor_id"
          " || ' ' || because || ' ' || coalesce(facts ->> 'name', ''), '; ') as line from history"
          " where rule = 53");
    spoil("update clinic set name = (select line from seen) where clinic_id = 1");
    const char *line = askf(core, "{'op':'clinic.list','now':" MONDAY "," ANNA ",'in':{}}");
    CHECK_HAS(line, "clinic set_hours 1 hours_set Clinic 1; absence add 1 absence_added Doctor 1;"
                    " absence remove 3 absence_removed Doctor 1");
    CHECK_HAS(askf(core, "{'op':'core.verify','now':" MONDAY "," HOST ",'in':{}}"), "{\"ok\":");
    desk_close(core);
}

TEST(a_stored_date_that_is_none_is_told_as_damage) {
    const char *const preview = "{'op':'contact_form.preview','now':" MONDAY
                                ",'in':{'clinic_id':1}}";
    desk *core = with_doctors();
    askf(core, "{'op':'clinic.set_hours','now':" MONDAY "," ANNA ",'in':{'hours':[{'day':1,"
               "'from':'08:00','to':'18:00'}],'holidays':['2026-03-05']}}");
    CHECK_HAS(askf(core, "%s", preview), "{\"ok\":");
    spoil("update holiday set date = '2026-03-0x'");
    CHECK_HAS(askf(core, "%s", preview), "storage.corrupt");
    desk_close(core);
}
