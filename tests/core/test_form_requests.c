/* The requests about questions at their edges: floods, lists and their pages, drafts, claims, what
 * is open when, and where else a question may go. */
#include "check.h"

#define EWA "'actor':{'role':'assistant','agent_id':3}"
#define OLA "'actor':{'role':'assistant','agent_id':4}"
#define MODERATOR "'actor':{'role':'moderator','agent_id':5}"
enum { HOUR_MS = 3600000 };
#define DAY 86400000LL

static desk *with_staff(void) {
    desk *core = desk_with_clinics(":memory:");
    for (int i = 0; i < 2; i++)
        askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':"
                   "'assistant','name':'%s','email':'%d@x.test'}}", i ? "Ola" : "Ewa", i);
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'role':'moderator','name':'M',"
               "'email':'m@x.test'}}");
    return core;
}

static const char *sent(desk *core, int64_t now, const char *text, const char *more) {
    return askf(core, "{'op':'contact_form.send','now':%" PRId64 ",'in':{'clinic_id':1,"
                      "'name':'Jan','email':'Jan@mail.test','locale':'pl','text':'%s'%s}}",
                now, text, more);
}

static const char *as_ewa(desk *core, const char *op, int64_t now, const char *in) {
    return askf(core, "{'op':'contact_form.%s','now':%" PRId64 "," EWA ",'in':{%s}}", op, now, in);
}

/* proves: 43 */
TEST(one_address_asks_a_clinic_five_times_an_hour_and_twenty_times_a_day) {
    desk *core = with_staff();
    int taken = 0;
    for (int hour = 0; hour < 5; hour++)
        for (int i = 0; i < 6; i++) {
            char text[20];
            snprintf(text, sizeof text, "q%d", hour * 10 + i);
            int64_t now = 10000 + (int64_t)hour * (HOUR_MS + 1);
            taken += !!strstr(sent(core, now, text, ""), "\"ok\":");
            if (i == 5) CHECK_HAS(sent(core, now, "more", ""), "busy.too_many");
        }
    CHECK(taken == 20);
    CHECK_HAS(sent(core, 10000 + DAY + HOUR_MS, "next day", ""), "\"ok\":");
    desk_close(core);
}

TEST(who_fills_the_field_that_nobody_sees_is_a_program) {
    desk *core = with_staff();
    CHECK_HAS(sent(core, 5000, "q", ",'trap':'http://x'"), "refused.spam");
    CHECK_HAS(sent(core, 5000, "q", ",'trap':''"), "\"contact_form_id\":1");
    CHECK_HAS(sent(core, 5000, "q2", ",'practitioner_id':9"), "\"field\":\"practitioner_id\"");
    CHECK_HAS(sent(core, 5000, "q2", ",'service':'Implants','phone':'+48601000001'"),
              "\"contact_form_id\":2");
    desk_close(core);
}

TEST(a_preview_tells_what_is_done_there_and_whether_somebody_is_there_now) {
    desk *core = with_staff();
    const char *const preview = "{'op':'contact_form.preview','now':%lld,'in':{'clinic_id':1%s}}";
    CHECK_HAS(askf(core, preview, 5000LL, ""), "\"open_now\":null,\"opens_at\":null");
    askf(core, "{'op':'service.add','now':5," PLATFORM ",'in':{'clinic_id':1,'name':'Implants'}}");
    askf(core, "{'op':'practitioner.add','now':5," PLATFORM
               ",'in':{'clinic_id':1,'name':'Dr A','services':['Veneers']}}");
    askf(core, "{'op':'clinic.set_hours','now':5," ANNA ",'in':{'hours':[{'day':1,'from':'08:00',"
               "'to':'18:00'}]}}");
    /* Monday 5 January 1970, noon and night in Warsaw. */
    CHECK_HAS(askf(core, preview, 4 * DAY + 11 * HOUR_MS, ""),
              "\"services\":[\"Implants\",\"Veneers\"]");
    CHECK_HAS(askf(core, preview, 4 * DAY + 11 * HOUR_MS, ""),
              "\"open_now\":true,\"opens_at\":null");
    CHECK_HAS(askf(core, preview, 4 * DAY + 20 * HOUR_MS, ""), "\"open_now\":false,\"opens_at\":");
    CHECK_HAS(askf(core, preview, 5000LL, ",'practitioner_id':1"),
              "\"practitioner_name\":\"Dr A\"");
    CHECK_HAS(askf(core, preview, 5000LL, ",'practitioner_id':2"), "missing.not_found");
    desk_close(core);
}

/* proves: 54 */
TEST(who_asks_a_doctor_who_is_away_is_told_when_he_is_back) {
    desk *core = with_staff();
    askf(core, "{'op':'practitioner.add','now':5," PLATFORM ",'in':{'clinic_id':1,'name':'Dr A'}}");
    askf(core, "{'op':'absence.add','now':5," ANNA ",'in':{'from':'1970-01-01','to':'1970-01-03',"
               "'practitioner_id':1}}");
    CHECK_HAS(sent(core, 5000, "q1", ",'practitioner_id':1"), "\"back_on\":\"1970-01-04\"");
    CHECK_HAS_NOT(sent(core, 5000, "q2", ""), "\"warning\"");
    askf(core, "{'op':'absence.add','now':5," ANNA ",'in':{'from':'1970-01-01',"
               "'to':'1970-01-12'}}");
    CHECK_HAS(sent(core, 5000, "q3", ""), "\"back_on\":\"1970-01-13\"");
    desk_close(core);
}

TEST(a_list_is_of_one_clinic_and_goes_on_where_it_stopped) {
    desk *core = with_staff();
    const char *const list = "{'op':'contact_form.list','now':9000,%s,'in':{%s}}";
    for (int i = 1; i <= 3; i++) {
        char text[3] = {'q', (char)('0' + i), 0};
        sent(core, 5000 + i, text, "");
    }
    CHECK_HAS(askf(core, list, PLATFORM, ""), "\"field\":\"clinic_id\"");
    CHECK_HAS(askf(core, list, OTHER, "'clinic_id':1"), "missing.not_found");
    CHECK_HAS(askf(core, list, MODERATOR, "'clinic_id':1,'limit':2"), "\"more\":true");
    const char *waiting = askf(core, list, EWA, "'scope':'waiting','limit':1");
    CHECK_HAS(waiting, "\"contact_form_id\":1,");
    waiting = askf(core, list, EWA, "'scope':'waiting','limit':1,'after_id':1");
    CHECK_HAS(waiting, "\"contact_form_id\":2,");
    CHECK_HAS(askf(core, list, EWA, "'scope':'waiting','after_id':9"), "\"field\":\"after_id\"");
    const char *all = askf(core, list, EWA, "'scope':'all','limit':1,'after_id':3");
    CHECK_HAS(all, "\"contact_form_id\":2,");
    CHECK_HAS(askf(core, list, EWA, "'scope':'done'"), "\"contact_forms\":[]");
    as_ewa(core, "answer", 8000, "'contact_form_id':1,'text':'a','last_message_id':1");
    CHECK_HAS(askf(core, list, EWA, "'scope':'done','to_at':6000"), "\"contact_form_id\":1,");
    CHECK_HAS(askf(core, list, EWA, "'scope':'done','after_id':1"), "\"contact_forms\":[]");
    desk_close(core);
}

TEST(a_draft_is_ones_own_until_it_is_emptied) {
    desk *core = with_staff();
    sent(core, 5000, "q", "");
    as_ewa(core, "save_draft", 6000, "'contact_form_id':1,'text':'half'");
    CHECK_HAS(as_ewa(core, "get", 6001, "'contact_form_id':1"), "\"draft\":\"half\"");
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':6001," OLA ",'in':{'contact_form_id':1}}"),
              "\"draft\":null");
    as_ewa(core, "save_draft", 6002, "'contact_form_id':1,'text':''");
    CHECK_HAS(as_ewa(core, "get", 6003, "'contact_form_id':1"), "\"draft\":null");
    as_ewa(core, "save_draft", 6004, "'contact_form_id':1,'text':'again'");
    as_ewa(core, "save_draft", 6005, "'contact_form_id':1");
    CHECK_HAS(as_ewa(core, "get", 6006, "'contact_form_id':1"), "\"draft\":null");
    askf(core, "{'op':'person.erase','now':7000," PLATFORM
               ",'in':{'email':'jan@mail.test','confirmed':true}}");
    CHECK_HAS(as_ewa(core, "save_draft", 7001, "'contact_form_id':1,'text':'late'"),
              "refused.erased");
    desk_close(core);
}

/* proves: 57 */
TEST(a_claim_ends_by_itself_and_one_that_ended_is_begun_anew) {
    desk *core = with_staff();
    const char *const claim = "{'op':'contact_form.claim','now':%d,%s,'in':{'contact_form_id':1}}";
    sent(core, 5000, "q", "");
    CHECK_HAS(askf(core, claim, 6000, EWA), "\"until_at\":306000");
    CHECK_HAS(askf(core, claim, 306000, EWA), "\"until_at\":606000");
    CHECK_HAS(askf(core, claim, 400000, EWA), "\"until_at\":700000");
    CHECK_HAS(askf(core, claim, 699999, OLA), "refused.claimed");
    CHECK_HAS(askf(core, claim, 700000, OLA), "\"until_at\":1000000");
    desk_close(core);
}

TEST(the_platform_reads_with_a_trace_and_its_reading_answers_nothing) {
    desk *core = with_staff();
    sent(core, 5000, "q", "");
    const char *seen = askf(core, "{'op':'contact_form.get','now':6000," MODERATOR
                                  ",'in':{'contact_form_id':1,'limit':1}}");
    CHECK_HAS(seen, "\"state\":\"new\"");
    CHECK_HAS(askf(core, "{'op':'item.why','now':6001," EWA
                         ",'in':{'kind':'contact_form','item_id':1}}"), "\"event\":\"view\"");
    desk_close(core);
}

/* proves: 46 48 */
TEST(a_rejection_that_no_mail_brought_goes_by_sms_as_a_rejection) {
    desk *core = with_staff();
    sent(core, 5000, "q", ",'phone':'+48601000001'");
    as_ewa(core, "reject", 6000, "'contact_form_id':1,'reason':'not_performed',"
                                 "'last_message_id':1");
    const char *taken = askf(core, "{'op':'effect.take','now':6001," HOST
                                   ",'in':{'kinds':['email.send']}}");
    const char *mail = strstr(taken, "\"to\":\"jan@mail.test\"");
    CHECK(mail != NULL);
    for (int id = 1; id <= 5; id++)
        askf(core, "{'op':'effect.settle','now':6002," HOST
                   ",'in':{'effect_id':%d,'status':'failed','error':'no box'}}", id);
    CHECK_HAS(askf(core, "{'op':'effect.take','now':6003," HOST ",'in':{'kinds':['sms.send']}}"),
              "\"to\":\"+48601000001\"");
    CHECK_HAS(as_ewa(core, "get", 6004, "'contact_form_id':1"), "\"bounced\":true");
    desk_close(core);
}

TEST(where_nobody_named_the_platform_notices_go_out_all_the_same) {
    desk *core = desk_open(":memory:");
    askf(core, "{'op':'clinic.add','now':1000," PLATFORM ",'in':{'name':'C','zone':'UTC',"
               "'tier':'basic','locale':'en','phone':'+48220000001','email':'c@clinic.test'}}");
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':"
               "'representative','name':'A','position':'head','email':'1@staff.test'}}");
    askf(core, "{'op':'review.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'author_name':'N',"
               "'author_phone':'+48601234567','locale':'en','rating':1,'text':'w',"
               "'published_at':900}}");
    CHECK_HAS(askf(core, "{'op':'review_chat.open','now':2000," ANNA
                         ",'in':{'review_id':1,'purpose':'solve','text':'m'}}"), "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'review_chat.get','now':2001," ANNA
                         ",'in':{'review_chat_id':1}}"), "\"ok\":");
    sent(core, 3000, "q", "");
    CHECK_HAS(askf(core, "{'op':'contact_form.answer','now':3001," ANNA
                         ",'in':{'contact_form_id':1,'text':'a','last_message_id':2}}"), "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'effect.take','now':3002," HOST ",'in':{}}"), "jan@mail.test");
    desk_close(core);
}

/* Offices: distance where both places are known, the older clinic where it is the same. */
static desk *with_offices(void) {
    static const char *const places[] = {"", ",'lat':52.2,'lon':21.0", ",'lat':52.2,'lon':21.0",
                                         ",'lat':52.3,'lon':21.0", NULL};
    desk *core = with_staff();
    for (int i = 0; places[i]; i++)
        askf(core, "{'op':'clinic.add','now':1000," PLATFORM ",'in':{'name':'Office %d','zone':"
                   "'Europe/Warsaw','tier':'premium','locale':'en','phone':'+4822000010%d',"
                   "'email':'o%d@clinic.test'%s}}", i, i, i, places[i]);
    askf(core, "{'op':'clinic.set','now':1000," PLATFORM
               ",'in':{'clinic_id':1,'lat':52.25,'lon':21.0}}");
    return core;
}

static const char *offers(desk *core, int64_t now) {
    return askf(core, "{'op':'contact_form.offers','now':%" PRId64 "," PATIENT(1)
                      ",'in':{'contact_form_id':1}}", now);
}

/* proves: 38 46 */
TEST(a_rejected_question_may_go_to_the_nearest_first_and_to_places_unknown_last) {
    desk *core = with_offices();
    sent(core, 5000, "q", "");
    as_ewa(core, "reject", 6000, "'contact_form_id':1,'reason':'not_performed',"
                                 "'last_message_id':1");
    const char *there = offers(core, 7000);
    const char *order[] = {"Office 1", "Office 2", "Office 3", "Office 0"};
    for (int i = 0; i < 3; i++) {
        const char *a = strstr(there, order[i]), *b = strstr(there, order[i + 1]);
        if (!a || !b || a >= b) check_failed(__FILE__, __LINE__, order[i], there);
    }
    CHECK_HAS(there, "\"name\":\"Office 0\",\"address\":\"\",\"distance_km\":null");
    /* An office that is closed for holidays, and one whose doctors are all away, are not there. */
    askf(core, "{'op':'absence.add','now':7000," PLATFORM
               ",'in':{'clinic_id':4,'from':'1970-01-01','to':'1970-02-01'}}");
    askf(core, "{'op':'practitioner.add','now':7000," PLATFORM
               ",'in':{'clinic_id':5,'name':'Away'}}");
    askf(core, "{'op':'absence.add','now':7000," PLATFORM ",'in':{'clinic_id':5,"
               "'practitioner_id':1,'from':'1970-01-01','to':'1970-02-01'}}");
    there = offers(core, 7001);
    CHECK_HAS_NOT(there, "Office 1");
    CHECK_HAS_NOT(there, "Office 2");
    CHECK_HAS(there, "Office 3");
    askf(core, "{'op':'practitioner.add','now':7000," PLATFORM
               ",'in':{'clinic_id':5,'name':'There'}}");
    askf(core, "{'op':'practitioner.add','now':7000," PLATFORM
               ",'in':{'clinic_id':5,'name':'There too'}}");
    CHECK_HAS(offers(core, 7002), "Office 2");
    CHECK_HAS(askf(core, "{'op':'contact_form.forward','now':7003," PATIENT(1)
                         ",'in':{'contact_form_id':1,'clinic_id':4}}"), "refused.not_offered");
    CHECK_HAS(askf(core, "{'op':'contact_form.forward','now':7003," PATIENT(1)
                         ",'in':{'contact_form_id':1,'clinic_id':5,'text':''}}"),
              "\"contact_form_id\":2");
    askf(core, "{'op':'person.erase','now':8000," PLATFORM
               ",'in':{'email':'jan@mail.test','confirmed':true}}");
    desk_close(core);
}

TEST(texts_are_listed_for_a_reader_by_their_beginning) {
    desk *core = with_staff();
    const char *const list = "{'op':'text.list','now':5,'in':{%s}}";
    CHECK_HAS(askf(core, list, "'locale':'pl','prefix':'reason.'"), "\"reason.spam\":");
    CHECK_HAS_NOT(askf(core, list, "'prefix':'reason.'"), "\"error.");
    CHECK_HAS(askf(core, list, ""), "\"error.malformed\"");
    desk_close(core);
}

/* proves: 57 */
TEST(a_claim_that_nobody_holds_is_not_taken_over_but_taken) {
    desk *core = with_staff();
    sent(core, 5000, "q", "");
    CHECK_HAS(as_ewa(core, "claim", 6000, "'contact_form_id':1,'take_over':true"),
              "\"until_at\":306000");
    CHECK_HAS(askf(core, "{'op':'contact_form.claim','now':6001," OLA
                         ",'in':{'contact_form_id':1,'take_over':true}}"), "\"until_at\":306001");
    desk_close(core);
}

/* proves: 49 */
TEST(by_policy_a_reaction_brings_the_offer_of_another_office_again) {
    desk *core = with_offices();
    askf(core, "{'op':'policy.set','now':5," PLATFORM ",'in':{'key':'form.rearm','value':2}}");
    sent(core, 5000, "q", "");
    as_ewa(core, "answer", 6000, "'contact_form_id':1,'text':'a','last_message_id':1");
    askf(core, "{'op':'contact_form.reply','now':7000," PATIENT(1)
               ",'in':{'contact_form_id':1,'text':'and now?'}}");
    askf(core, "{'op':'clock.tick','now':%lld," HOST ",'in':{}}", 7000 + 3 * DAY);
    CHECK_HAS(offers(core, 8000 + 3 * DAY), "\"offered\":true");
    CHECK_HAS(offers(core, 8000 + 3 * DAY), "Office 1");
    CHECK_HAS(askf(core, "{'op':'contact_form.accept_offer','now':%lld," PATIENT(1)
                         ",'in':{'contact_form_id':1,'clinic_id':4}}", 9000 + 3 * DAY),
              "\"contact_form_id\":2");
    CHECK_HAS_NOT(offers(core, 9001 + 3 * DAY), "Office 1");
    desk_close(core);
}

/* proves: 49 */
TEST(a_policy_that_wants_no_more_offers_ends_those_that_are_planned) {
    desk *core = with_offices();
    askf(core, "{'op':'policy.set','now':5," PLATFORM ",'in':{'key':'form.rearm','value':2}}");
    askf(core, "{'op':'policy.set','now':5," PLATFORM
               ",'in':{'key':'form.unanswered_clock','value':1}}");
    askf(core, "{'op':'clinic.set','now':5," PLATFORM ",'in':{'clinic_id':1,'tier':'premium'}}");
    sent(core, 5000, "q", "");
    as_ewa(core, "answer", 6000, "'contact_form_id':1,'text':'a','last_message_id':1");
    askf(core, "{'op':'contact_form.reply','now':7000," PATIENT(1)
               ",'in':{'contact_form_id':1,'text':'and now?'}}");
    askf(core, "{'op':'policy.set','now':8000," PLATFORM ",'in':{'key':'form.rearm','value':1}}");
    as_ewa(core, "get", 9000, "'contact_form_id':1");
    /* The reading's own clock is the only one left: a reminder two days later (B16). */
    const char *due = "{'op':'contact_form.get','now':9001," EWA ",'in':{'contact_form_id':1}}";
    CHECK_HAS(askf(core, "%s", due), "\"due_at\":172809000");
    askf(core, "{'op':'clock.tick','now':172809000," HOST ",'in':{}}");
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':172809001," EWA
                         ",'in':{'contact_form_id':1}}"), "\"due_at\":null");
    desk_close(core);
}

TEST(a_question_that_one_has_read_shows_what_its_clocks_have_done_since) {
    desk *core = with_staff();
    sent(core, 5000, "q", "");
    as_ewa(core, "get", 6000, "'contact_form_id':1");
    CHECK_HAS(as_ewa(core, "get", 6000 + 30 * DAY, "'contact_form_id':1"),
              "\"state\":\"read\"");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," EWA
                         ",'in':{'kind':'contact_form','item_id':1}}"),
              "\"role\":\"host\"");
    desk_close(core);
}

TEST(reading_what_is_read_tells_nothing_new) {
    desk *core = with_staff();
    sent(core, 5000, "q", "");
    as_ewa(core, "answer", 6000, "'contact_form_id':1,'text':'a','last_message_id':1");
    const char *const read = "{'op':'contact_form.mark_read','now':7000," PATIENT(1)
                             ",'in':{'contact_form_id':1}}";
    CHECK_HAS(askf(core, "%s", read), "\"read\":1");
    CHECK_HAS(askf(core, "%s", read), "\"read\":0");
    CHECK_HAS(askf(core, "{'op':'sync.pull','now':7001," PATIENT(1) ",'in':{'since':0}}"),
              "\"item_kind\":\"contact_form\"");
    CHECK_HAS(askf(core, "{'op':'sync.pull','now':7001," PATIENT(1) ",'in':{'since':999}}"),
              "\"reset\":true");
    desk_close(core);
}

/* What an absence puts off may end in the next one; more than one's share of a year is not looked
 * at. Nothing that is erased waits for anything. */
TEST(an_erased_question_has_no_future) {
    desk *core = with_staff();
    sent(core, 5000, "q", "");
    askf(core, "{'op':'person.erase','now':6000," PLATFORM
               ",'in':{'email':'jan@mail.test','confirmed':true}}");
    CHECK_HAS_NOT(askf(core, "{'op':'item.next','now':6001," EWA
                             ",'in':{'kind':'contact_form','item_id':1}}"), "clinic_answers");
    desk_close(core);
}

/* A timer that is set while others fire takes its turn: history, which says when everything fell
 * due, is the same whether the clock was ticked each hour or once a month later. */
TEST(one_late_tick_does_what_many_in_time_would_have_done) {
    char one[20000];
    for (int hourly = 0; hourly < 2; hourly++) {
        desk *core = with_offices();
        sent(core, 5000, "q", ",'phone':'+48601000001'");
        for (int64_t hour = 1; hour < 720; hour++) {
            if (hour == 240) sent(core, 5000 + 240LL * HOUR_MS, "q2", "");
            if (!hourly) continue;
            askf(core, "{'op':'clock.tick','now':%" PRId64 "," HOST ",'in':{}}",
                 5000 + hour * HOUR_MS);
        }
        askf(core, "{'op':'clock.tick','now':%lld," HOST ",'in':{}}", 5000 + 30 * DAY);
        const char *why = askf(core, "{'op':'item.why','now':5," EWA
                                     ",'in':{'kind':'contact_form','item_id':1}}");
        size_t size = (size_t)(strstr(why, "\"history_id\"") ? strlen(why) : 0);
        CHECK(size > 500 && size < sizeof one);
        if (!hourly) memcpy(one, why, size + 1);
        else CHECK_HAS(why, "offer");
        /* Rows of other items stand between them, so the numbers of the rows may differ. */
        const char *told = one, *tells = why;
        while (hourly && (told = strstr(told, "\"at\":")) && (tells = strstr(tells, "\"at\":"))) {
            size_t length = strcspn(told, "}");
            if (strncmp(told, tells, length) != 0) check_failed(__FILE__, __LINE__, told, tells);
            told += length, tells += length;
        }
        desk_close(core);
    }
}
