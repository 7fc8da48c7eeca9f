/* The private chat at its edges: the automatic text, who may write, pages, who is shown what. */
#include "check.h"

static const char *open_chat(desk *core, const char *actor, const char *more) {
    return askf(core, "{'op':'review_chat.open','now':2000,%s,'in':{%s}}", actor, more);
}

/* proves: 10 */
TEST(a_chat_that_is_opened_without_words_begins_with_the_automatic_text) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(open_chat(core, ANNA, "'review_id':1,'purpose':'solve','text':''"),
              "\"message_id\":1");
    CHECK_HAS(open_chat(core, ANNA, "'review_id':2,'purpose':'thank'"), "\"message_id\":2");
    CHECK_HAS(askf(core, "{'op':'review_chat.get','now':5," ANNA ",'in':{'review_chat_id':1}}"),
              "Agent 1");
    desk_close(core);
}

/* proves: 8 */
TEST(the_annulment_of_a_good_rating_is_confirmed_unless_the_platform_does_not_ask) {
    desk *core = desk_with_clinics(":memory:");
    const char *const greeting = "{'op':'review_chat.greeting','now':5," ANNA
                                 ",'in':{'review_id':%d,'purpose':'%s'}}";
    CHECK_HAS(askf(core, greeting, 2, "solve"), "\"confirm_required\":true,\"propose_reply\":true");
    CHECK_HAS(askf(core, greeting, 2, "thank"), "\"warning\":null,\"confirm_required\":false");
    CHECK_HAS(askf(core, greeting, 1, "solve"),
              "\"confirm_required\":false,\"propose_reply\":false");
    askf(core, "{'op':'policy.set','now':5," PLATFORM
               ",'in':{'key':'review_chat.confirm_solve_on_positive','value':0}}");
    CHECK_HAS(askf(core, greeting, 2, "solve"), "\"confirm_required\":false");
    CHECK_HAS(open_chat(core, ANNA, "'review_id':2,'purpose':'solve','text':'x'"), "\"ok\":");
    desk_close(core);
}

/* proves: 9 */
TEST(who_represents_nobody_writes_nothing) {
    desk *core = desk_with_clinics(":memory:");
    open_chat(core, ANNA, "'review_id':1,'purpose':'solve','text':'m1'");
    askf(core, "{'op':'agent.add','now':5," PLATFORM ",'in':{'clinic_id':1,'role':"
               "'representative','name':'New','email':'new@staff.test'}}");
    const char *const post = "{'op':'review_chat.post','now':2001,'actor':{'role':"
                             "'representative','agent_id':3},'in':{'review_chat_id':1,"
                             "'text':'x'}}";
    CHECK_HAS(askf(core, "%s", post), "refused.no_representative");
    askf(core, "{'op':'representative.set','now':5,'actor':{'role':'representative',"
               "'agent_id':3},'in':{'name':'New','position':'head','email':'n@staff.test'}}");
    CHECK_HAS(askf(core, "%s", post), "\"message_id\":2");
    desk_close(core);
}

TEST(a_page_of_chats_and_of_messages_says_whether_there_are_more) {
    desk *core = desk_with_clinics(":memory:");
    const char *const list = "{'op':'review_chat.list','now':5,%s,'in':{%s}}";
    open_chat(core, ANNA, "'review_id':1,'purpose':'solve','text':'m1'");
    open_chat(core, ANNA, "'review_id':2,'purpose':'thank','text':'m2'");
    CHECK_HAS(askf(core, list, ANNA, "'limit':1"), "\"more\":true");
    CHECK_HAS(askf(core, list, ANNA, ""), "\"more\":false");
    CHECK_HAS(askf(core, list, OTHER, ""), "\"review_chats\":[]");
    CHECK_HAS(askf(core, list, OTHER, "'clinic_id':1"), "missing.not_found");
    CHECK_HAS(askf(core, list, PLATFORM, "'clinic_id':1,'before_at':2000"), "\"review_chats\":[]");
    askf(core, "{'op':'review_chat.post','now':2001," ANNA
               ",'in':{'review_chat_id':1,'text':'m3'}}");
    const char *const get = "{'op':'review_chat.get','now':5," ANNA
                            ",'in':{'review_chat_id':1%s}}";
    CHECK_HAS(askf(core, get, ",'limit':1"), "\"more\":true");
    const char *earlier = askf(core, get, ",'limit':1,'before_id':3");
    CHECK_HAS(earlier, "\"text\":\"m1\"");
    CHECK_HAS(earlier, "\"more\":false");
    desk_close(core);
}

TEST(reading_tells_the_other_side_once) {
    desk *core = desk_with_clinics(":memory:");
    const char *const read = "{'op':'review_chat.mark_read','now':2001,%s,'in':"
                             "{'review_chat_id':1}}";
    open_chat(core, ANNA, "'review_id':1,'purpose':'solve','text':'m1'");
    CHECK_HAS(askf(core, read, ANNA), "\"read\":0");
    CHECK_HAS(askf(core, read, PATIENT(1)), "\"read\":1");
    CHECK_HAS(askf(core, read, PATIENT(1)), "\"read\":0");
    CHECK_HAS(askf(core, read, OTHER), "missing.not_found");
    desk_close(core);
}

/* proves: 13 */
TEST(a_view_of_the_platform_is_in_the_history) {
    desk *core = desk_with_clinics(":memory:");
    open_chat(core, ANNA, "'review_id':1,'purpose':'solve','text':'m1'");
    askf(core, "{'op':'review_chat.get','now':5," PLATFORM ",'in':{'review_chat_id':1}}");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," ANNA
                         ",'in':{'kind':'review_chat','item_id':1}}"), "\"event\":\"view\"");
    desk_close(core);
}

/* What comes next says how many messages are left before the notices stop (rule 18). */
TEST(what_comes_next_tells_when_notices_stop_and_what_solving_does) {
    desk *core = desk_with_clinics(":memory:");
    const char *const next = "{'op':'item.next','now':2500,%s,'in':{'kind':'review_chat',"
                             "'item_id':1}}";
    open_chat(core, ANNA, "'review_id':1,'purpose':'solve','text':'m1'");
    CHECK_HAS(askf(core, next, ANNA), "\"left\":1");
    CHECK_HAS(askf(core, next, ANNA), "\"event\":\"mark_solved\"");
    askf(core, "{'op':'policy.set','now':5," PLATFORM ",'in':{'key':'mute.after','value':1}}");
    CHECK_HAS(askf(core, next, ANNA), "\"left\":0");
    askf(core, "{'op':'review_chat.mark_solved','now':2600," PATIENT(1)
               ",'in':{'review_chat_id':1,'confirmed':true}}");
    CHECK_HAS_NOT(askf(core, next, ANNA), "\"event\":\"mark_solved\"");
    CHECK_HAS(askf(core, next, ANNA), "\"event\":\"link_end\"");
    spoil("update link set expires_at = 2400");
    CHECK_HAS_NOT(askf(core, next, ANNA), "\"event\":\"link_end\"");
    spoil("update link set revoked_at = 2300");
    CHECK_HAS_NOT(askf(core, next, ANNA), "\"event\":\"link_end\"");
    CHECK_HAS(askf(core, "{'op':'item.next','now':5," ANNA
                         ",'in':{'kind':'review_chat','item_id':9}}"), "missing.not_found");
    desk_close(core);
}

/* A confirmation that nobody asked for does no harm: thanks annul nothing. */
TEST(a_confirmed_thank_you_is_a_thank_you) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(open_chat(core, ANNA, "'review_id':2,'purpose':'thank','confirmed':true"),
              "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'review.trail','now':5," ANNA ",'in':{'review_id':2}}"),
              "\\\"warning\\\":\\\"\\\"");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," ANNA
                         ",'in':{'kind':'message','item_id':99}}"), "missing.not_found");
    desk_close(core);
}

/* Thanks promise nothing about the rating, so solving is not in the outlook. */
TEST(the_outlook_of_a_thank_you_has_no_annulment) {
    desk *core = desk_with_clinics(":memory:");
    open_chat(core, ANNA, "'review_id':2,'purpose':'thank','text':'m'");
    CHECK_HAS_NOT(askf(core, "{'op':'item.next','now':2500," ANNA ",'in':{'kind':'review_chat',"
                             "'item_id':1}}"), "mark_solved");
    desk_close(core);
}
