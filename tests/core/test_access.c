/* Who asks: every request says it, and is believed only as far as the rows say so. */
#include "check.h"

#define HOURS ",'in':{}}"

static const char *hours_as(desk *core, const char *actor) {
    return askf(core, "{'op':'clinic.hours','now':5000,'actor':%s" HOURS, actor);
}

TEST(an_actor_is_an_object_of_known_members) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(hours_as(core, "7"), "invalid.wrong_type");
    CHECK_HAS(hours_as(core, "[]"), "\"field\":\"actor\"");
    CHECK_HAS(hours_as(core, "{'role':'king'}"), "\"field\":\"role\"");
    CHECK_HAS(hours_as(core, "{'role':'host','name':'x'}"), "invalid.unknown_field");
    CHECK_HAS(hours_as(core, "{}"), "invalid.required");
    desk_close(core);
}

TEST(who_says_nothing_is_a_visitor) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(askf(core, "{'op':'agent.list','now':5000,'actor':null,'in':{}}"),
              "denied.not_allowed");
    CHECK_HAS(askf(core, "{'op':'agent.list','now':5000,'in':{}}"), "denied.not_allowed");
    CHECK_HAS(askf(core, "{'op':'contact_form.preview','now':5000,'actor':null,'in':"
                         "{'clinic_id':1}}"), "\"ok\":");
    desk_close(core);
}

TEST(staff_ask_under_their_own_name_and_role) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(hours_as(core, "{'role':'representative'}"), "\"field\":\"agent_id\"");
    CHECK_HAS(hours_as(core, "{'role':'representative','agent_id':99}"), "denied.not_allowed");
    CHECK_HAS(hours_as(core, "{'role':'doctor','agent_id':1}"), "denied.not_allowed");
    CHECK_HAS(hours_as(core, "{'role':'representative','agent_id':1}"), "\"ok\":");
    askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,'active':false}}");
    CHECK_HAS(hours_as(core, "{'role':'representative','agent_id':1}"), "denied.not_allowed");
    desk_close(core);
}

/* Who has no language of his own is answered in the clinic's; a request may ask for another. */
TEST(refusals_are_worded_in_the_language_of_who_asks) {
    desk *core = desk_with_clinics(":memory:");
    const char *const wrong = "{'op':'clinic.hours','now':5,%s" ANNA ",'in':{'x':1}}";
    CHECK_HAS(askf(core, wrong, ""), "is not known here");
    askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,'locale':'pl'}}");
    CHECK_HAS_NOT(askf(core, wrong, ""), "is not known here");
    CHECK_HAS(askf(core, wrong, "'locale':'en',"), "is not known here");
    /* The platform's own people have no clinic whose language could be theirs. */
    askf(core, "{'op':'agent.add','now':5," PLATFORM ",'in':{'role':'moderator','name':'M',"
               "'email':'m@portal.test'}}");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5,'actor':{'role':'moderator','agent_id':3},"
                         "'in':{'x':1}}"), "is not known here");
    desk_close(core);
}

static desk *with_a_chat(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    return core;
}

static const char *chat_as(desk *core, int64_t now, const char *actor) {
    return askf(core, "{'op':'review_chat.get','now':%" PRId64 ",'actor':%s,'in':"
                      "{'review_chat_id':1}}", now, actor);
}

TEST(a_patient_comes_by_a_live_link) {
    desk *core = with_a_chat();
    CHECK_HAS(chat_as(core, 3000, "{'role':'patient'}"), "\"field\":\"link_id\"");
    CHECK_HAS(chat_as(core, 3000, "{'role':'patient','link_id':9}"), "denied.not_allowed");
    CHECK_HAS(chat_as(core, 3000, "{'role':'patient','link_id':1}"), "\"ok\":");
    CHECK_HAS(chat_as(core, 2000 + 1209600000, "{'role':'patient','link_id':1}"),
              "refused.expired_link");
    desk_close(core);
}

TEST(a_device_that_is_signed_in_outlives_its_link) {
    desk *core = with_a_chat();
    CHECK_HAS(askf(core, "{'op':'link.open','now':3000," HOST ",'in':{'link_id':1}}"),
              "\"session_id\":1");
    CHECK_HAS(chat_as(core, 2000 + 1209600000, "{'role':'patient','link_id':1,'session_id':1}"),
              "\"ok\":");
    CHECK_HAS(chat_as(core, 2000 + 1209600000, "{'role':'patient','link_id':1,'session_id':2}"),
              "denied.expired_session");
    CHECK_HAS(chat_as(core, 3000 + 2592000000, "{'role':'patient','link_id':1,'session_id':1}"),
              "denied.expired_session");
    desk_close(core);
}

TEST(a_sign_in_link_of_staff_makes_nobody_a_patient) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'session.invite','now':5," HOST ",'in':{'agent_id':1}}");
    CHECK_HAS(chat_as(core, 6, "{'role':'patient','link_id':1}"), "denied.not_allowed");
    desk_close(core);
}

TEST(a_full_session_of_staff_is_no_limit) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'session.invite','now':5," HOST ",'in':{'agent_id':1}}");
    askf(core, "{'op':'link.open','now':6," HOST ",'in':{'link_id':1}}");
    CHECK_HAS(askf(core, "{'op':'clinic.hours','now':7,'actor':{'role':'representative',"
                         "'agent_id':1,'session_id':1},'in':{}}"), "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'clinic.hours','now':7,'actor':{'role':'representative',"
                         "'agent_id':2,'session_id':1},'in':{}}"), "denied.expired_session");
    desk_close(core);
}
