/* What goes out: retries wait longer and longer and never past the deadline, reports move a message
 * forward only, and a failure that is not final may still be followed by a delivery. */
#include "check.h"

#include <stdlib.h>

static const char *settle(desk *core, int64_t now, const char *how) {
    return askf(core, "{'op':'effect.settle','now':%" PRId64 "," HOST ",'in':{'effect_id':1,%s}}",
                now, how);
}

static const char *report(desk *core, int64_t now, const char *how) {
    return askf(core, "{'op':'effect.report','now':%" PRId64 "," HOST
                      ",'in':{'channel':'sms','provider_id':'p',%s}}", now, how);
}

static const char *take(desk *core, int64_t now, const char *in) {
    return askf(core, "{'op':'effect.take','now':%" PRId64 "," HOST ",'in':{%s}}", now, in);
}

static desk *with_sms(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    return core;
}

static desk *with_sms_sent(void) {
    desk *core = with_sms();
    take(core, 2000, "");
    settle(core, 2000, "'status':'sent','provider_id':'p'");
    return core;
}

static const char *why(desk *core) {
    return askf(core, "{'op':'item.why','now':5," ANNA ",'in':{'kind':'effect','item_id':1}}");
}

static int64_t wake_at(const char *reply) {
    const char *at = strstr(reply, "\"wake_at\":");
    return at ? atoll(at + 10) : 0;
}

TEST(a_retry_waits_a_quarter_of_an_hour_at_most_unless_the_provider_asks_for_more) {
    desk *core = with_sms();
    int64_t now = 2000, longest = 0;
    for (int i = 0; i < 14; i++) {
        take(core, now, "");
        int64_t due = wake_at(settle(core, now, "'status':'retry','error':'busy'"));
        if (due - now > longest) longest = due - now;
        CHECK(due - now >= 1000 && due - now <= 901000);
        now = due;
    }
    CHECK(longest > 300000);
    take(core, now, "");
    CHECK(wake_at(settle(core, now, "'status':'retry','retry_after_ms':3600000")) == now + 3600000);
    desk_close(core);
}

TEST(nothing_is_tried_again_past_its_deadline) {
    desk *core = with_sms();
    take(core, 2000, "");
    CHECK_HAS(settle(core, 86401500, "'status':'retry'"), "\"state\":\"failed\"");
    CHECK_HAS(why(core), "\"error\":\"deadline\"");
    desk_close(core);
}

TEST(only_what_a_lane_can_send_is_taken_and_only_as_much_as_it_asks_for) {
    desk *core = with_sms();
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':2,'purpose':'thank','text':'m1'}}");
    CHECK_HAS(take(core, 2000, "'kinds':['email.send']"), "\"effects\":[]");
    CHECK_HAS(take(core, 2000, "'kinds':['email.send','sms.send'],'limit':1"), "\"pending\":1");
    CHECK_HAS(take(core, 2000, "'lease_ms':1000"), "\"lease_until\":3000");
    desk_close(core);
}

TEST(what_is_delivered_at_once_was_sent_too) {
    desk *core = with_sms();
    take(core, 2000, "");
    CHECK_HAS(settle(core, 2000, "'status':'delivered','provider_ids':['p','q']"),
              "\"state\":\"delivered\"");
    CHECK_HAS(why(core), "\"to\":\"sent\"");
    CHECK_HAS(report(core, 2001, "'status':'failed'"), "\"ok\":");
    CHECK_HAS(settle(core, 2002, "'status':'failed'"), "\"state\":\"delivered\"");
    CHECK_HAS(settle(core, 2002, "'status':'sent'"), "\"state\":\"delivered\"");
    CHECK_HAS(askf(core, "{'op':'effect.settle','now':5," HOST
                         ",'in':{'effect_id':9,'status':'sent'}}"), "missing.not_found");
    desk_close(core);
}

TEST(a_report_that_it_was_sent_is_no_news) {
    desk *core = with_sms_sent();
    CHECK_HAS(report(core, 2001, "'status':'sent'"), "\"ok\":{},\"rev\":11");
    CHECK_HAS(settle(core, 2002, "'status':'sent'"), "\"state\":\"sent\"");
    desk_close(core);
}

/* Both parts of a long message must arrive; it is read when both are. */
TEST(a_message_of_two_parts_arrives_with_its_last_part) {
    desk *core = with_sms();
    take(core, 2000, "");
    settle(core, 2000, "'status':'sent','provider_ids':['p','q']");
    report(core, 2001, "'status':'delivered'");
    CHECK_HAS_NOT(why(core), "\"to\":\"delivered\"");
    askf(core, "{'op':'effect.report','now':2002," HOST
               ",'in':{'channel':'sms','provider_id':'q','status':'read'}}");
    CHECK_HAS(why(core), "\"to\":\"delivered\"");
    CHECK_HAS_NOT(why(core), "\"to\":\"read\"");
    report(core, 2003, "'status':'read'");
    CHECK_HAS(why(core), "\"to\":\"read\"");
    desk_close(core);
}

TEST(a_failure_for_now_may_still_be_followed_by_the_delivery) {
    desk *core = with_sms_sent();
    report(core, 2001, "'status':'failed','final':false,'error':'later'");
    CHECK_HAS(why(core), "\"error\":\"later\"");
    report(core, 2002, "'status':'delivered'");
    CHECK_HAS(why(core), "\"from\":\"failed\",\"to\":\"delivered\"");
    desk_close(core);
}

TEST(a_failure_for_good_stays_one) {
    desk *core = with_sms_sent();
    report(core, 2001, "'status':'failed','final':true");
    report(core, 2002, "'status':'delivered'");
    CHECK_HAS_NOT(why(core), "\"to\":\"delivered\"");
    desk_close(core);
}

TEST(a_report_that_comes_before_the_answer_waits_for_it) {
    desk *core = with_sms();
    take(core, 2000, "");
    CHECK_HAS(report(core, 2001, "'status':'delivered'"), "\"ok\":");
    CHECK_HAS(settle(core, 2002, "'status':'unknown','provider_id':'p'"), "\"ok\":");
    CHECK_HAS(why(core), "\"to\":\"delivered\"");
    desk_close(core);
}

static desk *with_a_form_mail(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'contact_form.send','now':3000," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
               "'email':'n@mail.test','phone':'+48601000000','locale':'pl','text':'question'}}");
    return core;
}

/* Rule 31: a mail to staff that bounces is a call to make, until another one arrives there. */
TEST(a_bounced_mail_to_staff_is_a_task_until_the_next_one_arrives) {
    desk *core = with_a_form_mail();
    const char *const tasks = "{'op':'task.list','now':3002," HOST ",'in':{}}";
    take(core, 3001, "");
    settle(core, 3001, "'status':'failed','error':'no such box'");
    CHECK_HAS(askf(core, "%s", tasks), "no such box");
    askf(core, "{'op':'effect.settle','now':3001," HOST
               ",'in':{'effect_id':2,'status':'delivered','provider_id':'e2'}}");
    const char *left = askf(core, "%s", tasks);
    CHECK_HAS(left, "no such box");
    askf(core, "{'op':'contact_form.send','now':4000," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
               "'email':'o@mail.test','phone':'+48601000001','locale':'pl','text':'other'}}");
    const char *taken = take(core, 4000, "");
    const char *mail = strstr(taken, "\"kind\":\"email.send\",\"to\":\"1@");
    CHECK(mail != NULL);
    for (int id = 3; id <= 6; id++)
        askf(core, "{'op':'effect.settle','now':4001," HOST
                   ",'in':{'effect_id':%d,'status':'delivered'}}", id);
    CHECK_HAS(askf(core, "%s", tasks), "\"tasks\":[]");
    desk_close(core);
}

/* Nobody knows whether it went out, and it is too late to ask twice. */
TEST(an_unknown_outcome_past_the_deadline_is_not_tried_again) {
    desk *core = with_sms();
    take(core, 2000, "'lease_ms':3600000");
    CHECK_HAS(settle(core, 86402000, "'status':'unknown'"), "\"state\":\"unknown\"");
    desk_close(core);
}

/* proves: 61 */
TEST(a_device_is_forgotten_when_it_is_gone_and_only_then) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'push.subscribe','now':5," ANNA ",'in':{'endpoint':'https://push.test/1',"
               "'p256dh':'k','auth':'a'}}");
    const char *const devices = "{'op':'notice.get','now':5," ANNA ",'in':{}}";
    static const char *const errors[] = {"busy", "gone"};
    for (int i = 0; i < 2; i++) {
        askf(core, "{'op':'contact_form.send','now':%d," PLATFORM ",'in':{'clinic_id':1,'name':"
                   "'N','email':'n%d@mail.test','locale':'pl','text':'question'}}", 3000 + i, i);
        const char *next = askf(core, "{'op':'item.next','now':3010," ANNA
                                      ",'in':{'kind':'contact_form','item_id':%d}}", i + 1);
        CHECK_HAS(next, "push");
        const char *taken = take(core, 3010, "'kinds':['push.send']");
        const char *id = strstr(taken, "\"effect_id\":");
        askf(core, "{'op':'effect.settle','now':3011," HOST ",'in':{'effect_id':%d,'status':"
                   "'failed','error':'%s'}}", id ? atoi(id + 12) : 0, errors[i]);
        if (i == 0) CHECK_HAS(askf(core, "%s", devices), "\"subscription_id\":1");
        else CHECK_HAS(askf(core, "%s", devices), "\"push\":[]");
    }
    desk_close(core);
}

TEST(a_notice_under_way_is_not_tried_again_once_its_message_is_read) {
    desk *core = with_sms();
    take(core, 2000, "");
    askf(core, "{'op':'review_chat.mark_read','now':2001," PATIENT(1)
               ",'in':{'review_chat_id':1}}");
    settle(core, 2002, "'status':'retry'");
    CHECK_HAS(why(core), "\"to\":\"failed\"");
    CHECK_HAS(take(core, 200000, ""), "\"effects\":[]");
    desk_close(core);
}

TEST(what_waits_again_after_its_deadline_passed_under_a_lease_has_a_deadline_again) {
    desk *core = with_sms();
    const char *const tick = "{'op':'clock.tick','now':%" PRId64 "," HOST ",'in':{}}";
    take(core, 86401000, "'lease_ms':3600000");
    askf(core, tick, INT64_C(86403000));
    CHECK_HAS(settle(core, 86390000, "'status':'retry'"), "\"state\":\"queued\"");
    askf(core, tick, INT64_C(86402000));
    CHECK_HAS(why(core), "\"to\":\"failed\"");
    desk_close(core);
}
