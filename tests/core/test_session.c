/* Sign-in of staff, and what becomes of sessions: links to the mailbox, idle and absolute ends,
 * signing out, people who left. */
#include "check.h"

#define SESSION(id) "'actor':{'role':'representative','agent_id':1,'session_id':" #id "}"

static desk *signed_in(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'session.invite','now':1000," HOST ",'in':{'agent_id':1}}");
    askf(core, "{'op':'link.open','now':1000," HOST ",'in':{'link_id':1}}");
    return core;
}

static const char *session_at(desk *core, int64_t now) {
    return askf(core, "{'op':'session.get','now':%" PRId64 "," HOST ",'in':{'session_id':1}}", now);
}

TEST(an_invitation_is_good_for_as_long_as_was_asked) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(askf(core, "{'op':'session.invite','now':1000," HOST ",'in':{'agent_id':1}}"),
              "\"link_id\":1,\"path\":\"/sign-in\",\"expires_at\":601000");
    CHECK_HAS(askf(core, "{'op':'session.invite','now':1000," HOST
                         ",'in':{'agent_id':1,'ttl_ms':60000}}"), "\"expires_at\":61000");
    CHECK_HAS(askf(core, "{'op':'link.open','now':61000," HOST ",'in':{'link_id':2}}"),
              "refused.expired_link");
    CHECK_HAS(askf(core, "{'op':'link.open','now':60999," HOST ",'in':{'link_id':2}}"),
              "\"session_id\":1");
    CHECK_HAS(askf(core, "{'op':'session.invite','now':1000," HOST ",'in':{'agent_id':9}}"),
              "missing.not_found");
    desk_close(core);
}

TEST(a_sign_in_link_works_once) {
    desk *core = signed_in();
    CHECK_HAS(askf(core, "{'op':'link.open','now':1001," HOST ",'in':{'link_id':1}}"),
              "refused.used_link");
    desk_close(core);
}

TEST(a_session_ends_half_an_hour_after_the_last_sign_of_life) {
    desk *core = signed_in();
    CHECK_HAS(session_at(core, 1800999), "\"session_id\":1");
    CHECK_HAS(session_at(core, 1801000), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'session.touch','now':1800999," HOST ",'in':{'session_id':1}}"),
              "\"seen_at\":1800999");
    CHECK_HAS(session_at(core, 1801000), "\"session_id\":1");
    CHECK_HAS(askf(core, "{'op':'session.touch','now':9000000," HOST ",'in':{'session_id':1}}"),
              "missing.not_found");
    desk_close(core);
}

/* Proves V7.1.1: cabinet 30 minutes and 12 hours, moderators 15 minutes and 8 hours. */
TEST(a_session_ends_though_it_is_used_and_a_moderators_earlier) {
    desk *core = signed_in();
    for (int64_t at = 1000; at < 43201000; at += 1500000)
        askf(core, "{'op':'session.touch','now':%" PRId64 "," HOST ",'in':{'session_id':1}}", at);
    CHECK_HAS(session_at(core, 43200999), "\"session_id\":1");
    CHECK_HAS(session_at(core, 43201000), "missing.not_found");
    askf(core, "{'op':'agent.add','now':5," PLATFORM ",'in':{'role':'moderator','name':'M',"
               "'email':'m@portal.test'}}");
    askf(core, "{'op':'session.invite','now':1000," HOST ",'in':{'agent_id':3}}");
    CHECK_HAS(askf(core, "{'op':'link.open','now':1000," HOST ",'in':{'link_id':2}}"),
              "\"expires_at\":901000");
    desk_close(core);
}

TEST(one_sees_and_ends_ones_own_sessions_only) {
    desk *core = signed_in();
    askf(core, "{'op':'session.invite','now':1000," HOST ",'in':{'agent_id':1}}");
    askf(core, "{'op':'link.open','now':1000," HOST ",'in':{'link_id':2}}");
    askf(core, "{'op':'session.invite','now':1000," HOST ",'in':{'agent_id':2}}");
    askf(core, "{'op':'link.open','now':1000," HOST ",'in':{'link_id':3}}");
    const char *own = askf(core, "{'op':'session.list','now':2000," SESSION(1) ",'in':{}}");
    CHECK_HAS(own, "\"session_id\":2");
    CHECK_HAS_NOT(own, "\"session_id\":3");
    CHECK_HAS(own, "\"session_id\":1,\"opened_at\":1000,\"seen_at\":1000,\"expires_at\":1801000,"
                   "\"current\":true");
    CHECK_HAS(askf(core, "{'op':'session.end','now':2000," SESSION(1) ",'in':{'session_id':3}}"),
              "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'session.end','now':2000," SESSION(1) ",'in':{'session_id':2}}"),
              "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'session.end','now':2000," HOST ",'in':{'session_id':3}}"),
              "\"ok\":");
    CHECK_HAS_NOT(askf(core, "{'op':'session.list','now':2000," ANNA ",'in':{}}"),
                  "\"session_id\":2");
    CHECK_HAS(askf(core, "{'op':'session.list','now':2000," OTHER ",'in':{}}"), "\"sessions\":[]");
    desk_close(core);
}

TEST(who_left_is_signed_out_at_once_and_who_comes_back_signs_in_anew) {
    desk *core = signed_in();
    askf(core, "{'op':'agent.set','now':1500," PLATFORM ",'in':{'agent_id':1,'active':false}}");
    CHECK_HAS(session_at(core, 1501), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'session.invite','now':1502," HOST ",'in':{'agent_id':1}}"),
              "missing.not_found");
    askf(core, "{'op':'agent.set','now':1503," PLATFORM ",'in':{'agent_id':1,'active':true}}");
    CHECK_HAS(session_at(core, 1504), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'session.invite','now':1505," HOST ",'in':{'agent_id':1}}"),
              "\"link_id\":2");
    desk_close(core);
}

static const char *ask_sign_in(desk *core, const char *email) {
    return askf(core, "{'op':'session.request','now':2000," HOST
                      ",'in':{'email':'%s','browser':'b1'}}", email);
}

/* The reply must not tell whether there is such a person (V6.3.8). */
TEST(nobody_learns_from_the_answer_who_works_here) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(ask_sign_in(core, "nobody@staff.test"),
              "{\"ok\":{\"code_id\":8,\"expires_at\":602000},\"rev\":8");
    CHECK_HAS(ask_sign_in(core, "1@staff.test"),
              "{\"ok\":{\"code_id\":9,\"expires_at\":602000},\"rev\":9");
    CHECK_HAS(askf(core, "{'op':'effect.take','now':2000," HOST ",'in':{}}"), "1@staff.test");
    desk_close(core);
}

TEST(a_mailbox_gets_at_most_five_sign_in_links_that_are_still_good) {
    desk *core = desk_with_clinics(":memory:");
    for (int i = 0; i < 7; i++) ask_sign_in(core, "1@staff.test");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':2000," HOST ",'in':{}}"), "\"pending\":5");
    CHECK_HAS(askf(core, "{'op':'session.request','now':602000," HOST
                         ",'in':{'email':'1@staff.test','browser':'b1'}}"), "\"pending\":");
    CHECK_HAS(askf(core, "{'op':'link.get','now':602001," HOST ",'in':{'link_id':6}}"), "\"ok\":");
    desk_close(core);
}

/* The link works in the browser that asked; another one needs the code shown there (A07). */
TEST(a_sign_in_link_is_bound_to_the_browser_that_asked) {
    desk *core = desk_with_clinics(":memory:");
    ask_sign_in(core, "1@staff.test");
    CHECK_HAS(askf(core, "{'op':'link.get','now':2001," HOST ",'in':{'link_id':1}}"),
              "\"purpose\":\"sign_in\",\"code_id\":8,\"sent_to\":null");
    CHECK_HAS(askf(core, "{'op':'link.open','now':2001," HOST
                         ",'in':{'link_id':1,'browser':'b2'}}"), "\"code_needed\":true");
    CHECK_HAS(askf(core, "{'op':'link.open','now':2001," HOST ",'in':{'link_id':1}}"),
              "\"code_id\":8,\"sent_to\":null");
    CHECK_HAS(askf(core, "{'op':'link.send_code','now':2001," HOST ",'in':{'link_id':1}}"),
              "denied.not_allowed");
    CHECK_HAS(askf(core, "{'op':'link.enter_code','now':2001," HOST
                         ",'in':{'link_id':1,'code_id':8,'matched':false}}"), "\"tries_left\":4");
    CHECK_HAS(askf(core, "{'op':'link.enter_code','now':2001," HOST
                         ",'in':{'link_id':1,'code_id':8,'matched':true}}"), "\"session_id\":1");
    ask_sign_in(core, "2@staff.test");
    CHECK_HAS(askf(core, "{'op':'link.open','now':2001," HOST
                         ",'in':{'link_id':2,'browser':'b1'}}"), "\"session_id\":2");
    desk_close(core);
}
