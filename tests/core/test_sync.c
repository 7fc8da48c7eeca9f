/* The replica: another core that was given a principal's rows answers as the first one does; and
 * no row of another clinic, no phone and no foreign chat is ever given out. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdlib.h>

static desk *with_chats(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review.add','now':1000," PLATFORM ",'in':{'clinic_id':2,'author_name':"
               "'CANARY2','author_phone':'+48602222222','locale':'en','rating':3,'text':"
               "'CANARY2 words','published_at':900}}");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':2,'purpose':'thank','text':'OTHERCHAT'}}");
    askf(core, "{'op':'review_chat.open','now':2000," OTHER
               ",'in':{'review_id':3,'purpose':'solve','text':'CANARY2 secret'}}");
    return core;
}

/* Pulls for the actor and applies into a fresh core. */
static desk *replica_of(desk *core, const char *actor) {
    const char *reply = askf(core, "{'op':'sync.pull','now':5,%s,'in':{'since':0}}", actor);
    const char *ok = strstr(reply, "{\"rev\""), *end = strstr(reply, "},\"rev\":");
    size_t size = (size_t)(end - ok) + 1;
    char *request = calloc(1, size + 200);
    strcat(request, "{\"op\":\"sync.apply\",\"now\":5,\"actor\":{\"role\":\"host\"},\"in\":");
    strncat(request, ok, size);
    strcat(request, "}");
    desk *replica = desk_open(":memory:");
    CHECK_HAS(ask(replica, request), "\"rows\":");
    free(request);
    return replica;
}

static void same_answer(desk *a, desk *b, const char *request) {
    char *first = strdup(askf(a, "%s", request));
    const char *second = askf(b, "%s", request);
    char *end = strstr(first, "},\"rev\":");
    if (!end || strncmp(first, second, (size_t)(end - first)) != 0) {
        printf("    first:  %.400s\n", first);
        check_failed(__FILE__, __LINE__, request, second);
    }
    free(first);
}

TEST(a_replica_answers_as_the_server_does) {
    desk *core = with_chats();
    desk *staff = replica_of(core, ANNA), *patient = replica_of(core, PATIENT(1));
    same_answer(core, staff, "{'op':'review.list','now':5," ANNA ",'in':{}}");
    same_answer(core, staff, "{'op':'review_chat.get','now':5," ANNA ",'in':{'review_chat_id':1}}");
    same_answer(core, staff, "{'op':'policy.list','now':5," ANNA ",'in':{}}");
    same_answer(core, staff, "{'op':'review_chat.greeting','now':5," ANNA
                             ",'in':{'review_id':1,'purpose':'solve'}}");
    same_answer(core, patient, "{'op':'review_chat.get','now':5," PATIENT(1)
                               ",'in':{'review_chat_id':1}}");
    same_answer(core, patient, "{'op':'review_chat.mark_solved','now':5," PATIENT(1)
                               ",'in':{'review_chat_id':1}}");
    desk_close(core), desk_close(staff), desk_close(patient);
}

/* The other clinics are not in it, so it cannot say that none of them is left. */
TEST(a_replica_leaves_to_the_server_where_else_a_question_may_go) {
    const char *const get = "{'op':'contact_form.get','now':6000," PATIENT(1)
                            ",'in':{'contact_form_id':1}}";
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'contact_form.send','now':5000,'in':{'clinic_id':1,'name':'Jan','email':"
               "'jan@mail.test','locale':'pl','text':'CANARY'}}");
    askf(core, "{'op':'contact_form.reject','now':5000," ANNA
               ",'in':{'contact_form_id':1,'reason':'not_performed','last_message_id':1}}");
    CHECK_HAS(askf(core, "%s", get), "\"forward\"");
    desk *patient = replica_of(core, PATIENT(1));
    CHECK_HAS(askf(patient, "%s", get), "\"forward\"");
    desk_close(core), desk_close(patient);
}

TEST(a_replica_takes_requests_that_are_undone_when_rows_arrive) {
    desk *core = with_chats(), *patient = replica_of(core, PATIENT(1));
    const char *const post = "{'op':'review_chat.post','now':6,'id':'k'," PATIENT(1)
                             ",'in':{'review_chat_id':1,'text':'offline'}}";
    askf(patient, "{'op':'core.hold','now':5," HOST ",'in':{}}");
    CHECK_HAS(askf(patient, "%s", post), "\"message_id\"");
    CHECK_HAS(askf(patient, "{'op':'review_chat.get','now':6," PATIENT(1)
                            ",'in':{'review_chat_id':1}}"), "offline");
    askf(patient, "{'op':'core.rollback','now':5," HOST ",'in':{}}");
    CHECK_HAS_NOT(askf(patient, "{'op':'review_chat.get','now':6," PATIENT(1)
                                ",'in':{'review_chat_id':1}}"), "offline");
    askf(core, "%s", post);
    CHECK_HAS(askf(core, "{'op':'sync.pull','now':6," PATIENT(1) ",'in':{'since':10}}"), "offline");
    desk_close(core), desk_close(patient);
}

TEST(nobody_is_given_what_is_not_theirs) {
    desk *core = with_chats();
    const char *staff = askf(core, "{'op':'sync.pull','now':5," ANNA ",'in':{'since':0}}");
    CHECK_HAS_NOT(staff, "CANARY2");
    CHECK_HAS_NOT(staff, "Agent 2");
    CHECK_HAS_NOT(staff, "+48601234567");
    const char *patient = askf(core, "{'op':'sync.pull','now':5," PATIENT(1) ",'in':{'since':0}}");
    CHECK_HAS_NOT(patient, "OTHERCHAT");
    CHECK_HAS_NOT(patient, "CANARY2");
    CHECK_HAS_NOT(patient, "+48601234567");
    CHECK_HAS_NOT(patient, "staff.test");
    desk_close(core);
}

TEST(a_moderator_has_no_replica) {
    desk *core = with_chats();
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':null,'role':"
               "'moderator','name':'Mod','email':'mod@portal.test'}}");
    CHECK_HAS(askf(core, "{'op':'sync.pull','now':5,'actor':{'role':'moderator','agent_id':3},"
                         "'in':{'since':0}}"), "denied.not_allowed");
    desk_close(core);
}

/* A page ends before the revision of the first row past it, so that no revision is torn. */
TEST(a_long_history_comes_in_pages_of_whole_revisions) {
    desk *core = desk_with_clinics(":memory:");
    spoil("with n (i) as (select 1 union all select i + 1 from n where i < 6000)"
          " insert into review (clinic_id, author_name, author_phone, locale, rating, text,"
          " published_at, rev) select 1, 'A', '+48601234567', 'en', 1, 'w', 1, 8 + i / 10 from n");
    spoil("update desk_state set rev = 700");
    askf(core, "{'op':'platform.set','now':1000," PLATFORM ",'in':{'name':'Portal','base_url':"
               "'https://desk.test','locale':'en','policy_preset':'recommended'}}");
    spoil("update desk_state set rev = 700");
    const char *page = askf(core, "{'op':'sync.pull','now':5," ANNA ",'in':{'since':0}}");
    CHECK_HAS(page, "\"more\":");
    CHECK_HAS_NOT(page, "\"rev\":609}");
    desk_close(core);
}
