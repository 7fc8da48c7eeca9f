/* A patient's link: one device opens it, others need a code, codes are few, and nothing outlives
 * its end or its revocation (rules 11 and 12). */
#include "check.h"

#include <stdlib.h>

enum { HOUR_MS = 3600000 };

static desk *with_a_link(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    return core;
}

static const char *on_link(desk *core, const char *op, int64_t now, const char *more) {
    return askf(core, "{'op':'link.%s','now':%" PRId64 "," HOST ",'in':{'link_id':1%s}}", op, now,
                more);
}

TEST(a_second_device_needs_the_code_and_the_first_does_not) {
    desk *core = with_a_link();
    CHECK_HAS(on_link(core, "get", 2001, ""), "\"code_id\":null,\"sent_to\":\"+4");
    CHECK_HAS(on_link(core, "open", 2001, ""), "\"session_id\":1");
    CHECK_HAS(on_link(core, "open", 2002, ",'session_id':1"), "\"session_id\":2");
    CHECK_HAS(on_link(core, "open", 2002, ""), "\"code_needed\":true,\"purpose\":\"review_chat\","
                                               "\"code_id\":null");
    CHECK_HAS(on_link(core, "send_code", 2003, ""), "\"expires_at\":602003");
    CHECK_HAS(on_link(core, "open", 2004, ""), "\"code_id\":12");
    CHECK_HAS(on_link(core, "get", 2004, ""), "\"code_id\":12");
    CHECK_HAS(on_link(core, "get", 602003, ""), "\"code_id\":null");
    CHECK_HAS(on_link(core, "enter_code", 2004, ",'code_id':12,'matched':true"),
              "\"session_id\":3");
    CHECK_HAS(on_link(core, "enter_code", 2004, ",'code_id':12,'matched':true"),
              "refused.expired_link");
    desk_close(core);
}

TEST(a_code_is_good_for_five_tries_and_ten_minutes) {
    desk *core = with_a_link();
    on_link(core, "open", 2001, "");
    on_link(core, "send_code", 2003, "");
    CHECK_HAS(on_link(core, "enter_code", 602003, ",'code_id':10,'matched':true"),
              "refused.expired_link");
    CHECK_HAS(on_link(core, "enter_code", 2004, ",'code_id':9,'matched':true"),
              "refused.expired_link");
    for (int left = 4; left >= 0; left--) {
        char expected[30];
        snprintf(expected, sizeof expected, "\"tries_left\":%d", left);
        CHECK_HAS(on_link(core, "enter_code", 2004, ",'code_id':10,'matched':false"), expected);
    }
    CHECK_HAS(on_link(core, "enter_code", 2004, ",'code_id':10,'matched':true"),
              "refused.expired_link");
    desk_close(core);
}

TEST(a_number_gets_three_codes_an_hour_and_ten_a_day) {
    desk *core = with_a_link();
    int sent = 0;
    for (int hour = 0; hour < 4; hour++)
        for (int i = 0; i < 3; i++)
            sent += !!strstr(on_link(core, "send_code", 2000 + hour * HOUR_MS, ""), "\"ok\":");
    CHECK(sent == 10);
    CHECK_HAS(on_link(core, "send_code", 2000 + 5 * HOUR_MS, ""), "busy.too_many");
    CHECK_HAS(on_link(core, "send_code", 2000 + 24 * HOUR_MS, ""), "\"ok\":");
    for (int i = 0; i < 2; i++) on_link(core, "send_code", 2000 + 24 * HOUR_MS, "");
    CHECK_HAS(on_link(core, "send_code", 2000 + 24 * HOUR_MS, ""), "busy.too_many");
    desk_close(core);
}

TEST(a_link_that_is_unknown_revoked_or_over_opens_nothing) {
    desk *core = with_a_link();
    CHECK_HAS(askf(core, "{'op':'link.open','now':5," HOST ",'in':{'link_id':9}}"),
              "refused.expired_link");
    CHECK_HAS(on_link(core, "open", 2000 + 1209600000, ""), "refused.expired_link");
    CHECK_HAS(on_link(core, "get", 1999 + 1209600000, ""), "\"ok\":");
    spoil("update link set revoked_at = 3000");
    CHECK_HAS(on_link(core, "open", 3001, ""), "refused.expired_link");
    desk_close(core);
}

TEST(an_address_on_file_is_shown_so_that_only_its_owner_knows_it) {
    desk *core = with_a_link();
    CHECK_HAS(on_link(core, "get", 2001, ""), "\"sent_to\":\"+4\u2022\u2022\u2022\u2022\u2022"
                                              "\u2022\u2022\u202267\"");
    spoil("update link set recipient = 'a@b'");
    CHECK_HAS(on_link(core, "get", 2001, ""), "\"sent_to\":\"\"");
    desk_close(core);
}

TEST(a_policy_may_let_every_device_in) {
    desk *core = with_a_link();
    askf(core, "{'op':'policy.set','now':5," PLATFORM
               ",'in':{'key':'link.second_device_code','value':0}}");
    CHECK_HAS(on_link(core, "open", 2001, ""), "\"session_id\":1");
    CHECK_HAS(on_link(core, "open", 2001, ""), "\"session_id\":2");
    desk_close(core);
}

/* A colleague's link from a mail about a question, as the host gives it to him (rules 31, 32). */
static int staff_link(desk *core) {
    askf(core, "{'op':'contact_form.send','now':3000," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
               "'email':'n@mail.test','locale':'pl','text':'question'}}");
    const char *taken = askf(core, "{'op':'effect.take','now':3001," HOST
                                   ",'in':{'kinds':['email.send']}}");
    const char *mail = strstr(taken, "\"to\":\"1@staff.test\"");
    const char *link = mail ? strstr(mail, "\"link_id\":") : NULL;
    return link ? atoi(link + 10) : 0;
}

/* proves: 31 32 */
TEST(a_link_of_staff_is_good_in_the_browser_that_opened_it_first) {
    desk *core = desk_with_clinics(":memory:");
    int link = staff_link(core);
    const char *const open = "{'op':'link.open','now':3002,'locale':'pl'," HOST
                             ",'in':{'link_id':%d%s}}";
    CHECK(link > 0);
    CHECK_HAS(askf(core, open, link, ",'browser':'b1'"), "\"session_id\":1");
    CHECK_HAS(askf(core, open, link, ",'browser':'b2'"), "refused.used_link");
    CHECK_HAS(askf(core, open, link, ""), "refused.used_link");
    CHECK_HAS(askf(core, open, link, ",'browser':'b1'"), "\"session_id\":2");
    CHECK_HAS(askf(core, "{'op':'link.send_code','now':3002," HOST ",'in':{'link_id':%d}}", link),
              "denied.not_allowed");
    desk_close(core);
}

TEST(who_is_signed_in_keeps_that_session_and_is_shown_the_way) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'session.invite','now':3000," HOST ",'in':{'agent_id':1}}");
    askf(core, "{'op':'link.open','now':3000," HOST ",'in':{'link_id':1}}");
    int link = staff_link(core);
    const char *shown = askf(core, "{'op':'link.open','now':3002," HOST
                                   ",'in':{'link_id':%d,'session_id':1}}", link);
    CHECK_HAS(shown, "\"session_id\":1");
    CHECK_HAS(shown, "\"item\":{\"kind\":\"contact_form\",\"item_id\":1}");
    askf(core, "{'op':'agent.set','now':3003," PLATFORM ",'in':{'agent_id':1,'active':false}}");
    CHECK_HAS(askf(core, "{'op':'link.open','now':3004," HOST ",'in':{'link_id':%d}}", link),
              "refused.expired_link");
    desk_close(core);
}
