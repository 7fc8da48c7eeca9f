/* The replica: another core that was given a principal's rows answers as the first one does; and
 * no row of another clinic, no phone and no foreign chat is ever given out. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

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

/* Pulls for the actor what was written after `since`, and applies it; the revision reached. */
static long long pull(desk *core, desk *replica, const char *actor, long long now,
                      long long since) {
    const char *reply = askf(core, "{'op':'sync.pull','now':%lld,%s,'in':{'since':%lld}}", now,
                             actor, since);
    const char *ok = strstr(reply, "{\"rev\""), *end = strstr(reply, "},\"rev\":");
    size_t size = (size_t)(end - ok) + 1;
    long long rev = atoll(ok + strlen("{\"rev\":"));
    char *request = calloc(1, size + 200);
    strcat(request, "{\"op\":\"sync.apply\",\"now\":5,\"actor\":{\"role\":\"host\"},\"in\":");
    strncat(request, ok, size);
    strcat(request, "}");
    CHECK_HAS(ask(replica, request), "\"rows\":");
    free(request);
    return rev;
}

static desk *replica_of(desk *core, const char *actor) {
    desk *replica = desk_open(":memory:");
    pull(core, replica, actor, 5, 0);
    return replica;
}

/* Up to what each desk says of itself. */
static void check_same(const char *first, const char *second, const char *request) {
    const char *end = strstr(first, "},\"rev\":");
    if (end && strncmp(first, second, (size_t)(end - first)) == 0) return;
    printf("    first:  %.400s\n", first);
    check_failed(__FILE__, __LINE__, request, second);
}

static void same_answer(desk *a, desk *b, const char *request) {
    char *first = strdup(askf(a, "%s", request));
    check_same(first, askf(b, "%s", request), request);
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

/* What a row refers to may have been changed long after it, past the page's end. */
TEST(each_page_holds_what_its_rows_refer_to) {
    char path[] = "build/desk-test-XXXXXX", wal[60];
    close(mkstemp(path));
    desk *core = desk_with_clinics(path);
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    spoil("with n (i) as (select 1 union all select i + 1 from n where i < 6000)"
          " insert into message (item_kind, item_id, clinic_id, author, agent_id, text, sent_at,"
          " rev) select 'review_chat', 1, 1, 'clinic', 1, 'w', 1, 20 + i from n");
    spoil("update desk_state set rev = 7000");
    desk_close(core);
    core = desk_open(path);
    askf(core, "{'op':'review.reply','now':3000," ANNA ",'in':{'review_id':1,'text':'Sorry'}}");
    askf(core, "{'op':'agent.set','now':3000," PLATFORM ",'in':{'agent_id':1,'name':'Anna'}}");
    askf(core, "{'op':'clinic.set','now':3000," PLATFORM ",'in':{'clinic_id':1,'name':'New'}}");
    desk *replica = desk_open(":memory:");
    long long rev = pull(core, replica, ANNA, 3001, 0);
    CHECK(rev < 7000 && pull(core, replica, ANNA, 3001, rev) == 7003);
    same_answer(core, replica, "{'op':'review_chat.get','now':3001," ANNA
                               ",'in':{'review_chat_id':1,'limit':200}}");
    same_answer(core, replica, "{'op':'review.list','now':3001," ANNA ",'in':{}}");
    desk_close(core), desk_close(replica);
    snprintf(wal, sizeof wal, "%s-wal", path);
    unlink(path), unlink(wal);
}

/* A draft that was never sent, beside a question that was settled too long ago to be copied. */
TEST(a_draft_comes_with_its_question_or_not_at_all) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'contact_form.send','now':5000,'in':{'clinic_id':1,'name':'Jan','email':"
               "'jan@mail.test','locale':'pl','text':'Boli?'}}");
    askf(core, "{'op':'contact_form.answer','now':6000," ANNA ",'in':{'contact_form_id':1,'text':"
               "'Nie','last_message_id':1}}");
    askf(core, "{'op':'contact_form.save_draft','now':6001," ANNA
               ",'in':{'contact_form_id':1,'text':'DRAFT'}}");
    for (int days = 1; days <= 100; days += 99) {
        desk *replica = desk_open(":memory:");
        pull(core, replica, ANNA, days * 86400000LL, 0);
        const char *reply = askf(replica, "{'op':'contact_form.get','now':8640000000," ANNA
                                          ",'in':{'contact_form_id':1}}");
        CHECK_HAS(reply, days == 1 ? "DRAFT" : "missing.not_found");
        desk_close(replica);
    }
    desk_close(core);
}

#define EWA "'actor':{'role':'assistant','agent_id':3}"
#define HELD(op) "{'op':'core." op "','now':5," HOST ",'in':{}}"
#define FORM(more) "'contact_form_id':1" more

/* What a page may ask its own core about question 1. Not asked here, because only the server knows
 * it: other clinics (where it went, where else it may go), the outbox and the timers. */
static const struct {
    const char *op, *who, *in;
} asks[] = {
    {"contact_form.get", EWA, FORM("")},
    {"contact_form.get", ANNA, FORM("")},
    {"contact_form.list", EWA, "'scope':'waiting'"},
    {"contact_form.list", EWA, "'scope':'all'"},
    {"contact_form.save_draft", EWA, FORM(",'text':'Later'")},
    {"contact_form.claim", EWA, FORM("")},
    {"contact_form.answer", EWA, FORM(",'text':'Yes','last_message_id':2")},
    {"contact_form.answer_by_phone", EWA, FORM(",'last_message_id':9")},
    {"contact_form.reject", EWA, FORM(",'reason':'spam','last_message_id':9")},
    {"contact_form.get", PATIENT(3), FORM("")},
    {"contact_form.mark_read", PATIENT(3), FORM("")},
    {"contact_form.reply", PATIENT(3), FORM(",'text':'More'")},
};

/* Not through check.h: what is undone again is of no use to tests/core/faults. */
static char *told(desk *self, const char *request) {
    static const char *const around[] = {"hold", NULL, "rollback"};
    char text[400], *answer = NULL;
    for (int i = 0; i < 3; i++) {
        int size = around[i] ? snprintf(text, sizeof text, HELD("%s"), around[i])
                             : snprintf(text, sizeof text, "%s", request);
        for (char *c = text; *c; c++)
            if (*c == '\'') *c = '"';
        memcpy(desk_buffer(self, (uint32_t)size), text, (size_t)size);
        const char *reply = desk_call(self, (uint32_t)size);
        if (!around[i]) answer = strdup(reply);
    }
    return answer;
}

/* Each asked of the server and of a replica. */
static void looked_at(desk *core, const char *by, long long now) {
    char request[300];
    desk *replica = replica_of(core, by);
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        if (!strstr(asks[i].who, "patient") != !strstr(by, "patient")) continue;
        snprintf(request, sizeof request, "{'op':'%s','now':%lld,%s,'in':{%s}}", asks[i].op, now,
                 asks[i].who, asks[i].in);
        char *first = told(core, request), *second = told(replica, request);
        check_same(first, second, request);
        free(first), free(second);
    }
    desk_close(replica);
}

/* Question 1 to clinic 1, while two more could take it; link 3 is its patient's. */
static desk *with_question(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':'assistant',"
               "'name':'Ewa','email':'ewa@staff.test'}}");
    for (int i = 2; i <= 3; i++)
        askf(core, "{'op':'clinic.add','now':1000," PLATFORM ",'in':{'name':'More %d','zone':"
                   "'Europe/Warsaw','tier':'premium','locale':'en'}}", i);
    askf(core, "{'op':'contact_form.send','now':5000,'in':{'clinic_id':1,'name':'Jan','email':"
               "'jan@mail.test','phone':'+48602222222','locale':'pl','text':'Boli?'}}");
    CHECK_HAS(askf(core, "{'op':'link.get','now':5000," HOST ",'in':{'link_id':3}}"),
              "\"purpose\":\"contact_form\"");
    return core;
}

/* Buttons and reasons are drawn from these answers, in pages that have no line too. */
TEST(a_replica_answers_about_a_question_in_each_state_as_the_server_does) {
    static const struct {
        long long now;
        const char *op, *who, *in;
    } steps[] = {
        {6000, "contact_form.get", EWA, FORM("")},
        {7000, "contact_form.get", ANNA, FORM("")},
        {8000, "contact_form.claim", ANNA, FORM("")},
        {9000, "contact_form.save_draft", EWA, FORM(",'text':'Maybe'")},
        {10000, "contact_form.answer", ANNA, FORM(",'text':'Yes','last_message_id':1")},
        {11000, "contact_form.mark_read", PATIENT(3), FORM("")},
        {12000, "contact_form.reply", PATIENT(3), FORM(",'text':'Thanks'")},
        {13000, "contact_form.answer_by_phone", EWA, FORM(",'last_message_id':3")},
        {14000, "contact_form.reply", PATIENT(3), FORM(",'text':'Again'")},
        {15000, "contact_form.reject", EWA, FORM(",'reason':'spam','last_message_id':5")},
        {16000, "contact_form.reply", PATIENT(3), FORM(",'text':'Please'")},
        {17000, "contact_form.reject", EWA, FORM(",'reason':'not_performed'")},
        {18000, "person.erase", PLATFORM, "'email':'jan@mail.test','confirmed':true"},
    };
    desk *core = with_question();
    looked_at(core, EWA, 5001), looked_at(core, PATIENT(3), 5001);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        CHECK_HAS(askf(core, "{'op':'%s','now':%lld,%s,'in':{%s}}", steps[i].op, steps[i].now,
                       steps[i].who, steps[i].in), "\"ok\"");
        looked_at(core, EWA, steps[i].now + 1);
        /* Who is erased has no page any more. */
        if (strcmp(steps[i].op, "person.erase") != 0)
            looked_at(core, PATIENT(3), steps[i].now + 1);
    }
    desk_close(core);
}

/* Nobody answered: other offices were offered, and the clinic was reminded. */
TEST(a_replica_answers_about_a_question_that_was_offered_elsewhere_as_the_server_does) {
    desk *core = with_question();
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':600000000," HOST ",'in':{}}"), "\"fired\":");
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':600000000," PATIENT(3) ",'in':{"
                         FORM("") "}}"), "\"accept_offer\"");
    looked_at(core, EWA, 600000001), looked_at(core, PATIENT(3), 600000001);
    desk_close(core);
}

/* Who is answering is for colleagues. */
TEST(a_patient_is_not_told_which_of_the_staff_is_at_it) {
    desk *core = with_question();
    CHECK_HAS(askf(core, "{'op':'contact_form.claim','now':6000," EWA ",'in':{" FORM("") "}}"),
              "until_at");
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':6001," ANNA ",'in':{" FORM("") "}}"),
              "\"agent_name\":\"Ewa\"");
    CHECK_HAS_NOT(askf(core, "{'op':'contact_form.get','now':6001," PATIENT(3) ",'in':{" FORM("")
                             "}}"), "Ewa");
    desk_close(core);
}
