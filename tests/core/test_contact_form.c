/* Contact forms where a transcript cannot look: what a refused request keeps, who sees whose form,
 * what a late clock changes, and what a limited session may ask. */
#include "check.h"

#define EWA "'actor':{'role':'assistant','agent_id':3}"
#define OLA "'actor':{'role':'assistant','agent_id':4}"
#define VISITOR "'actor':{'role':'visitor'}"
#define DAY 86400000LL

static desk *with_question(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':'assistant',"
               "'name':'Ewa','email':'ewa@staff.test'}}");
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':'assistant',"
               "'name':'Ola','email':'ola@staff.test'}}");
    CHECK_HAS(askf(core, "{'op':'contact_form.send','now':2000," VISITOR
                         ",'in':{'clinic_id':1,'name':'Jan','email':'jan@mail.test',"
                         "'locale':'pl','text':'Boli?'}}"), "\"contact_form_id\":1");
    return core;
}

#define ANSWER(actor, seen, text)                                                     \
    "'op':'contact_form.answer','now':4000," actor                                    \
    ",'in':{'contact_form_id':1,'last_message_id':" #seen ",'text':'" text "'}"

TEST(what_came_second_is_refused_and_kept_as_a_draft_in_a_batch_too) {
    desk *core = with_question();
    const char *reply = askf(core, "{'now':4000,'batch':[{" ANSWER(EWA, 1, "First") "},{"
                                   ANSWER(OLA, 1, "Second") "},{'op':'agent.set',"
                                   PLATFORM ",'in':{'agent_id':99,'name':'x'}}]}");
    CHECK_HAS(reply, "\"code\":\"refused.stale\"");
    CHECK_HAS(reply, "\"facts\":{\"message_id\":2,\"agent_name\":\"Ewa\"");
    CHECK_HAS(reply, "\"code\":\"missing.not_found\"");
    CHECK(number("select count(*) from message where author = 'clinic'") == 1);
    CHECK(number("select count(*) from draft where agent_id = 4 and text = 'Second'") == 1);
    CHECK_HAS(askf(core, "{'op':'core.verify','now':5000," HOST ",'in':{}}"), "\"chain\":\"ok\"");
    desk_close(core);
}

TEST(nobody_has_waited_less_than_no_time_where_the_clock_was_set_back) {
    desk *core = with_question();
    CHECK_HAS(askf(core, "{'op':'contact_form.answer','now':1500," EWA ",'in':{'contact_form_id':1,"
                         "'last_message_id':1,'text':'Early'}}"), "\"message_id\":2");
    CHECK(number("select answer_ms from contact_form") == 0);
    CHECK(number("select answer_ms from activity where act = 'answered'") == 0);
    CHECK(number("select facts ->> 'waited_ms' from history where event = 'answer'") == 0);
    desk_close(core);
}

TEST(a_mail_under_way_is_not_tried_again_once_the_question_is_read) {
    desk *core = with_question();
    askf(core, "{'op':'effect.take','now':2000," HOST ",'in':{}}");
    askf(core, "{'op':'contact_form.get','now':2500," EWA ",'in':{'contact_form_id':1}}");
    for (int64_t id = 1; id <= number("select max(effect_id) from effect"); id++)
        askf(core, "{'op':'effect.settle','now':3000," HOST
                   ",'in':{'effect_id':%d,'status':'retry'}}", (int)id);
    CHECK(number("select count(*) from effect where audience = 'agent' and state = 'failed'") > 1);
    CHECK(number("select count(*) from effect where audience <> 'patient' and state = 'queued'")
          == 0);
    CHECK(number("select count(*) from effect where audience = 'patient' and state = 'queued'")
          == 1);
    desk_close(core);
}

TEST(no_clock_runs_for_an_erased_question_also_when_it_is_read) {
    desk *core = with_question();
    askf(core, "{'op':'person.erase','now':2100," PLATFORM
               ",'in':{'email':'jan@mail.test','confirmed':true}}");
    CHECK(number("select count(*) from contact_form where erased_at > 0") == 1);
    askf(core, "{'op':'contact_form.get','now':2200," EWA ",'in':{'contact_form_id':1}}");
    CHECK(number("select count(*) from contact_form where state = 'read'") == 1);
    CHECK(number("select count(*) from schedule where item_kind = 'contact_form'") == 0);
    CHECK(number("select due_at from contact_form") == 0);
    desk_close(core);
}

TEST(an_answer_repeated_under_its_key_is_one_answer) {
    desk *core = with_question();
    for (int i = 0; i < 3; i++)
        CHECK_HAS(askf(core, "{'id':'k1'," ANSWER(EWA, 1, "Once") "}"), "\"message_id\":2");
    CHECK(number("select count(*) from message where author = 'clinic'") == 1);
    CHECK(number("select count(*) from effect where audience = 'patient' and rule = 48") == 1);
    desk_close(core);
}

TEST(a_refusal_that_kept_a_draft_keeps_it_once) {
    desk *core = with_question();
    askf(core, "{" ANSWER(EWA, 1, "First") "}");
    CHECK_HAS(askf(core, "{'id':'k2'," ANSWER(OLA, 1, "Second") "}"), "\"code\":\"refused.stale\"");
    askf(core, "{'op':'contact_form.save_draft','now':5000," OLA
               ",'in':{'contact_form_id':1,'text':'Better'}}");
    int64_t rev = number("select rev from desk_state");
    CHECK_HAS(askf(core, "{'id':'k2'," ANSWER(OLA, 1, "Second") "}"),
              "\"error\":{\"category\":\"refused\",\"code\":\"refused.stale\"");
    CHECK(number("select rev from desk_state") == rev);
    CHECK(number("select count(*) from draft where agent_id = 4 and text = 'Better'") == 1);
    desk_close(core);
}

TEST(a_question_of_another_clinic_is_missing_in_every_request) {
    desk *core = with_question();
    static const char *const inputs[][2] = {
        {"contact_form.get", ""}, {"contact_form.claim", ""}, {"contact_form.release", ""},
        {"contact_form.save_draft", ",'text':'x'"},
        {"contact_form.answer", ",'text':'x','last_message_id':1"},
        {"contact_form.answer_by_phone", ""}, {"contact_form.reject", ",'reason':'spam'"}};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        CHECK_HAS(askf(core, "{'op':'%s','now':3000," OTHER ",'in':{'contact_form_id':1%s}}",
                       inputs[i][0], inputs[i][1]), "\"code\":\"missing.not_found\"");
    CHECK_HAS(askf(core, "{'op':'contact_form.list','now':3000," OTHER ",'in':{}}"),
              "\"contact_forms\":[]");
    CHECK_HAS(askf(core, "{'op':'sync.pull','now':3000," OTHER ",'in':{'since':0}}"),
              "\"contact_form\":[]");
    CHECK(number("select count(*) from contact_form where state = 'new'") == 1);
    desk_close(core);
}

TEST(a_late_tick_changes_nothing_but_the_moment) {
    desk *core = with_question();
    askf(core, "{'op':'clinic.set','now':2000," PLATFORM
               ",'in':{'clinic_id':1,'tier':'premium'}}");
    /* Nobody ticked for two days and a second; the reminder was due before the reading. */
    askf(core, "{'op':'contact_form.get','now':%lld," EWA ",'in':{'contact_form_id':1}}",
         2000 + 2 * DAY + 1000);
    CHECK(number("select reminded_at from contact_form") == 2000 + 2 * DAY);
    CHECK(number("select read_at from contact_form") == 2000 + 2 * DAY + 1000);
    CHECK(number("select at from history where event = 'remind'") == 2000 + 2 * DAY);
    CHECK(number("select role = 'host' from history where event = 'remind'") == 1);
    desk_close(core);
}

TEST(when_it_is_due_follows_a_clock_that_did_nothing_and_a_change_of_tier) {
    desk *core = with_question();
    const char *const due = "select due_at from contact_form";
    const char *const tier = "{'op':'clinic.set','now':3000," PLATFORM
                             ",'in':{'clinic_id':1,'tier':'%s'}}";
    askf(core, tier, "premium");
    CHECK(number(due) == number("select due_at from schedule where event = 'remind'"));
    askf(core, tier, "basic");
    CHECK(number(due) == number("select due_at from schedule where event = 'offer_basic'"));
    askf(core, "{'op':'contact_form.get','now':4000," EWA ",'in':{'contact_form_id':1}}");
    CHECK(number(due) > 4000);
    askf(core, "{'op':'policy.set','now':5000," PLATFORM
               ",'in':{'name':'form.unanswered_clock','value':0}}");
    for (int i = 1; i < 9; i++)
        askf(core, "{'op':'clock.tick','now':%lld," HOST ",'in':{}}", i * DAY);
    CHECK(number("select count(*) from schedule where item_kind = 'contact_form'") == 0);
    CHECK(number(due) == 0);
    desk_close(core);
}

/* A patient who writes each day to a clinic that reads each day is reminded of. */
TEST(a_later_reading_keeps_the_clock_that_the_first_has_begun) {
    desk *core = with_question();
    askf(core, "{'op':'clinic.set','now':2000," PLATFORM
               ",'in':{'clinic_id':1,'tier':'premium'}}");
    for (int64_t at = DAY / 2; at < 4 * DAY; at += DAY) {
        askf(core, "{'op':'contact_form.get','now':%lld," EWA ",'in':{'contact_form_id':1}}",
             (long long)at);
        askf(core, "{'op':'contact_form.reply','now':%lld," "'actor':{'role':'patient',"
                   "'link_id':%lld},'in':{'contact_form_id':1,'text':'And?'}}",
             (long long)at + 1000,
             (long long)number("select min(link_id) from link where purpose = 'contact_form'"));
    }
    CHECK(number("select min(at) from history where event = 'remind'") == DAY / 2 + 2 * DAY);
    desk_close(core);
}

TEST(an_absence_moves_no_reminder_that_was_due_before_it_was_entered) {
    desk *core = with_question();
    askf(core, "{'op':'clinic.set','now':2000," PLATFORM
               ",'in':{'clinic_id':1,'tier':'premium'}}");
    CHECK_HAS(askf(core, "{'op':'absence.add','now':%lld," PLATFORM ",'in':{'clinic_id':1,"
                         "'from':'1970-01-01','to':'1970-01-20'}}", 2000 + 2 * DAY + 1000),
              "\"moved\":0");
    CHECK(number("select at from history where event = 'remind'") == 2000 + 2 * DAY);
    CHECK(number("select deadline_at - 3 * 86400000 from effect where rule = 35") ==
          2000 + 2 * DAY + 1000);
    CHECK(number("select due_at from schedule where event = 'offer'") == 2000 + 3 * DAY);
    desk_close(core);
}

/* B14: put off to the first opening after an absence, it stays there once the absence is over. */
TEST(a_replan_after_an_absence_still_waits_for_the_opening) {
    desk *core = with_question();
    const char *const away = "{'op':'absence.add','now':%lld," PLATFORM ",'in':{'clinic_id':1,"
                             "'from':'1970-%s','to':'1970-%s'}}";
    const char *const due = "select due_at from schedule where event = 'remind'";
    askf(core, "{'op':'clinic.set_hours','now':2500," PLATFORM ",'in':{'clinic_id':1,"
               "'hours':[{'day':1,'from':'08:00','to':'12:00'}]}}");
    CHECK_HAS(askf(core, away, 3000LL, "01-02", "01-03"), "\"moved\":1");
    int64_t monday = number(due);
    CHECK(monday > 4 * DAY);
    CHECK_HAS(askf(core, away, 3 * DAY + DAY / 8, "02-01", "02-02"), "\"moved\":0");
    CHECK(number(due) == monday);
    desk_close(core);
}

/* Who was offered others once is offered nothing more: only the reminder begins anew. */
TEST(no_clock_runs_to_a_second_offer) {
    desk *core = with_question();
    const char *const offers = "select count(*) from schedule where event in ('offer',"
                               " 'offer_basic')";
    askf(core, "{'op':'clinic.set','now':2000," PLATFORM
               ",'in':{'clinic_id':2,'tier':'premium'}}");
    askf(core, "{'op':'clock.tick','now':%lld," HOST ",'in':{}}", 4 * DAY);
    CHECK(number("select count(*) from contact_form where offered_at > 0") == 1);
    CHECK(number(offers) == 0);
    askf(core, "{'op':'contact_form.get','now':%lld," EWA ",'in':{'contact_form_id':1}}",
         4 * DAY + 1);
    CHECK(number("select count(*) from schedule where event = 'remind'") == 1);
    CHECK(number(offers) == 0);
    desk_close(core);
}

TEST(a_session_by_the_link_of_one_form_opens_that_form_and_nothing_else) {
    desk *core = with_question();
    askf(core, "{'op':'contact_form.send','now':2500," VISITOR ",'in':{'clinic_id':1,'name':'Ala',"
               "'email':'ala@mail.test','locale':'pl','text':'A ja?'}}");
    CHECK_HAS(askf(core, "{'op':'link.open','now':3000," HOST
                         ",'in':{'link_id':1,'browser':'aa'}}"), "\"item_id\":1");
    const char *limited = "'actor':{'role':'representative','agent_id':1,'session_id':1}";
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':3000,%s,'in':{'contact_form_id':1}}",
                   limited), "\"state\":\"read\"");
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':3000,%s,'in':{'contact_form_id':2}}",
                   limited), "\"code\":\"missing.not_found\"");
    CHECK_HAS(askf(core, "{'op':'item.why','now':3000,%s,'in':{'kind':'contact_form',"
                         "'item_id':2}}", limited), "\"code\":\"missing.not_found\"");
    CHECK_HAS(askf(core, "{'op':'item.why','now':3000,%s,'in':{'kind':'review','item_id':1}}",
                   limited), "\"code\":\"missing.not_found\"");
    static const char *const others[] = {"contact_form.list", "review.list", "session.list",
                                         "agent.list", "notice.get", "policy.list", NULL};
    for (int i = 0; others[i]; i++)
        CHECK_HAS(askf(core, "{'op':'%s','now':3000,%s,'in':{}}", others[i], limited),
                  "\"code\":\"denied.limited\"");
    desk_close(core);
}

TEST(absences_may_be_left_out_of_the_response_time) {
    desk *core = with_question();
    askf(core, "{'op':'policy.set','now':2000," PLATFORM
               ",'in':{'key':'indicator.min_n','value':1}}");
    askf(core, "{'op':'absence.add','now':2000," PLATFORM ",'in':{'clinic_id':1,"
               "'from':'1970-01-02','to':'1970-01-02'}}");
    askf(core, "{'op':'contact_form.answer','now':%lld," EWA ",'in':{'contact_form_id':1,"
               "'last_message_id':1,'text':'Tak'}}", 2000 + 2 * DAY);
    static const char get[] = "{'op':'response_indicator.get','now':%lld," VISITOR
                              ",'in':{'clinic_id':1}}";
    CHECK_HAS(askf(core, get, 2000 + 3 * DAY), "\"median_ms\":172800000");
    askf(core, "{'op':'policy.set','now':2000," PLATFORM
               ",'in':{'key':'indicator.exclude_absence','value':1}}");
    CHECK_HAS(askf(core, get, 2000 + 3 * DAY), "\"median_ms\":86400000");
    desk_close(core);
}

TEST(what_was_answered_later_was_not_answered_then) {
    desk *core = with_question();
    askf(core, "{'op':'policy.set','now':2000," PLATFORM
               ",'in':{'key':'indicator.min_n','value':1}}");
    askf(core, "{" ANSWER(EWA, 1, "Tak") "}");
    CHECK_HAS(askf(core, "{'op':'response_indicator.get','now':9000," VISITOR
                         ",'in':{'clinic_id':1,'as_of_at':3999}}"), "\"answered\":0");
    CHECK_HAS(askf(core, "{'op':'response_indicator.get','now':9000," VISITOR
                         ",'in':{'clinic_id':1,'as_of_at':4000}}"), "\"answered\":1");
    desk_close(core);
}

TEST(a_patient_sees_no_note_among_colleagues_and_no_address) {
    desk *core = with_question();
    askf(core, "{'op':'contact_form.answer_by_phone','now':4000," EWA ",'in':{'contact_form_id':1,"
               "'note':'SECRETNOTE'}}");
    int64_t link_id = number("select link_id from link where purpose = 'contact_form'");
    static const char *const ops[] = {"contact_form.get','in':{'contact_form_id':1}",
                                      "sync.pull','in':{'since':0}", NULL};
    for (int i = 0; ops[i]; i++) {
        const char *reply = askf(core, "{'now':5000,'actor':{'role':'patient','link_id':%lld},"
                                       "'op':'%s}", (long long)link_id, ops[i]);
        CHECK_HAS(reply, "Boli?");
        CHECK_HAS_NOT(reply, "SECRETNOTE");
        CHECK_HAS_NOT(reply, "jan@mail.test");
    }
    desk_close(core);
}
