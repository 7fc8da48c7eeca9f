/* A person's export and erasure. Each place that holds something about a person holds a canary of
 * its own; after the erasure none of them is in the file, wherever SQLite may have copied it. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

/* The runner's working folder is the checkout; build/ is never committed. */
#define SCRATCH "build/desk-test-XXXXXX"
#define MANY 3000

static void sql(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = sqlite3_vmprintf(format, args);
    va_end(args);
    spoil(text);
    sqlite3_free(text);
}

/* Words that differ from form to form, so that rows land all over the indexes. */
static int scattered(int i) { return (int)((unsigned)i * 2654435761u % 100000u); }

static void neighbour(int i) {
    sql("insert into contact_form (contact_form_id, clinic_id, state, name, email, phone, locale,"
        " origin, delivered_at, clock_at, waiting_since_at) values (%d, 1, 'read', 'N%d',"
        " 'can%05d@mail.test', '+4850%07d', 'pl', 'direct', %d, 1, 1)", i, i, scattered(i),
        scattered(i), i);
    sql("insert into message (item_kind, item_id, clinic_id, author, text, sent_at) values"
        " ('contact_form', %d, 1, 'patient', 'word%d and word%d %.*c', %d)", i, scattered(i),
        scattered(i + 7), i % 900, 'x', i);
    sql("insert into request (principal, id, digest, reply, at) values ('host:0', 'k%d', 1,"
        " '{\"contact_form_id\":%d,\"text\":\"%.*c\"}', 1)", scattered(i), i, i % 700, 'y');
    sql("insert into link (purpose, item_kind, item_id, recipient, locale, expires_at) values"
        " ('contact_form', 'contact_form', %d, 'can%05d@mail.test', 'pl', 9e12)", i, i);
    sql("insert into effect (kind, item_kind, item_id, recipient, locale, text, resends_max,"
        " due_at, deadline_at, rule, created_at) values ('email.send', 'contact_form', %d,"
        " 'can%05d@mail.test', 'pl', 'Hello n%d', 1, 9e12, 9e12, 48, 1)", i, i, i);
}

/* The person's own form in the middle of everybody else's, with something in every place. */
static void canary_form(int id) {
    sql("insert into contact_form (contact_form_id, clinic_id, state, name, email, phone, locale,"
        " service, origin, delivered_at, clock_at, waiting_since_at) values (%d, 1, 'read',"
        " 'CANARYNAME', 'can%05dcanarymail@mail.test', '+48500050000777', 'pl', 'CANARYSERVICE',"
        " 'direct', 1, 1, 1)", id, scattered(id * 31));
    sql("insert into message (item_kind, item_id, clinic_id, author, text, sent_at)"
        " values ('contact_form', %d, 1, 'patient', 'CANARYTEXT %.*c CANARYEND', 1)",
        id, 3000, 'z');
    sql("insert into message (item_kind, item_id, clinic_id, author, kind, agent_id, text, sent_at)"
        " values ('contact_form', %d, 1, 'clinic', 'phone', 1, 'CANARYNOTE', 1)", id);
    sql("insert into draft values (%d, 1, 'CANARYDRAFT %.*c CANARYDRAFTEND', 1)", id, 3500, 'd');
    sql("insert into link (purpose, item_kind, item_id, recipient, locale, expires_at) values"
        " ('contact_form', 'contact_form', %d, 'canarylink@mail.test', 'pl', 9e12)", id);
    sql("insert into session (link_id, item_kind, item_id, opened_at, seen_at, idle_ms, expires_at)"
        " select max(link_id), 'contact_form', %d, 1, 1, 9e12, 9e12 from link", id);
    sql("insert into effect (kind, item_kind, item_id, message_id, recipient, recipient_name,"
        " locale, subject, text, resends_max, due_at, deadline_at, error, rule, facts, created_at)"
        " select 'email.send', 'contact_form', %d, max(message_id),"
        " 'can50000canarymail@mail.test', 'CANARYTO', 'pl',"
        " 'CANARYSUBJECT', 'CANARYBODY %.*c', 1, 9e12, 9e12, '550 CANARYBOUNCE', 48,"
        " '{\"to\":\"CANARYFACT\"}', 1 from message", id, 2500, 'e');
    sql("insert into schedule values ('contact_form', %d, 'remind', 9000000000000)", id);
    sql("insert into request (principal, id, digest, reply, at) values ('host:0', 'canary%d', 1,"
        " '{\"contact_form\":{\"contact_form_id\":%d,\"name\":\"CANARYNAME\"},\"x\":\"CANARYREPLY"
        " %.*c CANARYREPLYEND\"}', 1)", id, id, 2500, 'r');
}

/* The canaries under which nothing is found any more: any case, as the index folds it. */
static bool file_has(const char *path, const char *word) {
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file), length = strlen(word);
    char *bytes = malloc(size + 1);
    rewind(file);
    size = fread(bytes, 1, size, file);
    fclose(file);
    bool found = false;
    for (size_t i = 0; i + length <= size && !found; i++) {
        size_t k = 0;
        while (k < length && (bytes[i + k] | 0x20) == word[k]) k++;
        found = k == length;
    }
    free(bytes);
    return found;
}

static const char *const canaries[] = {
    "canaryname", "canarymail", "050000777", "canaryservice", "canarytext", "canaryend",
    "canarynote", "canarydraft", "canarydraftend", "canarylink", "canaryto", "canarysubject",
    "canarybody", "canarybounce", "canaryfact", "canaryreply", "canaryreplyend", NULL};

static const char *erase(desk *core) {
    return askf(core, "{'op':'person.erase','now':9000," PLATFORM ",'in':{'phone':"
                      "'+48500050000777','confirmed':true}}");
}

/* Whether the query's one value is what is expected. */
static void holds(const char *query, int expected) {
    char seen[24];
    int64_t found = number(query);
    snprintf(seen, sizeof seen, "%" PRId64, found);
    if (found != expected) check_failed(__FILE__, __LINE__, query, seen);
}

/* Form 50 is the person's, form 1 somebody else's; and a chat whose author is the person. */
static desk *with_one(void) {
    desk *core = desk_with_clinics(":memory:");
    neighbour(1);
    canary_form(50);
    askf(core, "{'op':'review.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'author_name':"
               "'CANARYAUTHOR','author_phone':'+48500050000777','author_email':'CANARY@mail.test',"
               "'locale':'en','rating':2,'text':'public words','published_at':900}}");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':3,'purpose':'solve','text':'CANARYCHAT'}}");
    askf(core, "{'op':'review_chat.post','now':2001,'id':'mine'," ANNA
               ",'in':{'review_chat_id':1,'text':'CANARYCHAT'}}");
    return core;
}

TEST(erasure_must_be_confirmed_and_names_whom) {
    desk *core = with_one();
    const char *reply = askf(core, "{'op':'person.erase','now':9," PLATFORM
                                   ",'in':{'phone':'+48500050000777'}}");
    CHECK_HAS(reply, "refused.not_confirmed");
    CHECK_HAS(reply, "\"field\":\"confirmed\"");
    CHECK_HAS(askf(core, "{'op':'person.erase','now':9," PLATFORM ",'in':{'confirmed':true}}"),
              "invalid.required");
    CHECK_HAS(askf(core, "{'op':'person.erase','now':9," ANNA ",'in':{'confirmed':true}}"),
              "denied.not_allowed");
    CHECK_HAS(askf(core, "{'op':'person.export','now':9," ANNA ",'in':{'email':'a@b.c'}}"),
              "denied.not_allowed");
    holds("select count(*) from contact_form where name = 'CANARYNAME'", 1);
    desk_close(core);
}

TEST(an_export_has_everything_of_the_person_and_nothing_of_others) {
    desk *core = with_one();
    const char *reply = askf(core, "{'op':'person.export','now':9," HOST
                                   ",'in':{'email':'CAN76081CANARYMAIL@mail.test',"
                                   "'phone':'+48500050000777'}}");
    static const char *const parts[] = {
        "CANARYNAME", "canarymail", "+48500050000777", "CANARYSERVICE", "CANARYTEXT", "CANARYNOTE",
        "CANARYDRAFT", "canarylink@mail.test", "CANARYTO", "CANARYSUBJECT", "CANARYBODY",
        "CANARYBOUNCE", "CANARYAUTHOR", "CANARY@mail.test", "public words", "CANARYCHAT",
        "\"event\":\"open\"", "\"opened_at\":1", NULL};
    for (int i = 0; parts[i]; i++)
        if (!strstr(reply, parts[i])) check_failed(__FILE__, __LINE__, parts[i], reply);
    CHECK_HAS_NOT(reply, "word2");
    CHECK_HAS_NOT(reply, "Author\"");
    desk_close(core);
}

TEST(erasure_takes_the_person_and_leaves_figures_neighbours_and_public_words) {
    desk *core = with_one();
    CHECK_HAS(erase(core), "{\"ok\":{\"contact_forms\":1,\"reviews\":1,\"review_chats\":1,"
                           "\"messages\":4,\"notices\":3,\"text\":\"The person's data");
    holds("select erased_at = 9000 and state = 'read' and waiting_since_at = 0 and delivered_at = 1"
          " and name || email || phone || service = '' from contact_form"
          " where contact_form_id = 50", 1);
    holds("select count(*) from contact_form where name = 'N1'", 1);
    holds("select count(*) from message where text <> ''", 1);
    holds("select count(*) from review where author_name || author_phone || author_email = ''"
          " and text = 'public words' and rating = 2", 1);
    holds("select count(*) from review where author_name = 'Author'", 2);
    holds("select count(*) from review_chat where state = 'ended'", 1);
    holds("select count(*) from draft", 0);
    holds("select count(*) from schedule where item_kind <> 'effect'", 0);
    holds("select count(*) from effect where state = 'queued'", 1);
    holds("select count(*) from effect where state = 'cancelled' and text || recipient = ''", 3);
    holds("select count(*) from link where revoked_at = 9000 and recipient = ''", 3);
    holds("select count(*) from session where ended_at = 9000", 1);
    holds("select count(*) from history where facts is not null and item_kind in"
          " ('contact_form', 'review_chat')", 0);
    holds("select count(*) from history where event = 'erase' and item_kind = 'person'", 1);
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"chain\":\"ok\"");
    CHECK_HAS(askf(core, "{'op':'person.export','now':9," HOST
                         ",'in':{'phone':'+48500050000777'}}"),
              "\"contact_forms\":[],\"reviews\":[],\"review_chats\":[],\"notices\":[]");
    desk_close(core);
}

TEST(erasing_again_changes_nothing) {
    desk *core = with_one();
    erase(core);
    sqlite3_int64 rows = sqlite3_total_changes(check_sqlite());
    CHECK_HAS(erase(core), "\"contact_forms\":0,\"reviews\":0,\"review_chats\":0");
    /* Nothing but the count of requests. */
    CHECK(sqlite3_total_changes(check_sqlite()) - rows == 1);
    desk_close(core);
}

TEST(a_request_that_is_repeated_after_the_erasure_is_not_done_twice) {
    desk *core = with_one();
    erase(core);
    CHECK_HAS(askf(core, "{'op':'review_chat.post','now':2001,'id':'mine'," ANNA
                         ",'in':{'review_chat_id':1,'text':'CANARYCHAT'}}"), "{\"ok\":{");
    holds("select count(*) from message where item_kind = 'review_chat'", 2);
    holds("select count(*) from request where instr(reply, 'CANARY')", 0);
    desk_close(core);
}

/* A form as the operations make it: every notice sent, read, answered, asked about again. */
static desk *with_a_story(const char *path) {
    desk *core = desk_with_clinics(path);
    askf(core, "{'op':'contact_form.send','now':100000,'id':'s'," PLATFORM ",'in':{'clinic_id':1,"
               "'name':'CANARYNAME','email':'can50000canarymail@mail.test','phone':"
               "'+48500050000777','locale':'pl','service':'','text':'CANARYTEXT CANARYEND'}}");
    askf(core, "{'op':'contact_form.get','now':100001,'id':'g'," ANNA
               ",'in':{'contact_form_id':1}}");
    askf(core, "{'op':'contact_form.save_draft','now':100002," ANNA
               ",'in':{'contact_form_id':1,'text':'CANARYDRAFT'}}");
    CHECK_HAS(askf(core, "{'op':'contact_form.answer','now':100003,'id':'a'," ANNA
                         ",'in':{'contact_form_id':1,'text':'Dear CANARYNAME',"
                         "'last_message_id':1}}"), "\"ok\"");
    askf(core, "{'op':'effect.take','now':100004,'id':'t'," HOST ",'in':{}}");
    for (int i = 1; i < 9; i++)
        askf(core, "{'op':'effect.settle','now':100005," HOST ",'in':{'effect_id':%d,'status':"
                   "'failed','error':'550 no can50000canarymail@mail.test CANARYBOUNCE'}}", i);
    askf(core, "{'op':'search','now':100006,'id':'f'," ANNA ",'in':{'text':'canary'}}");
    askf(core, "{'op':'contact_form.reply','now':100007,'id':'r'," PATIENT(1)
               ",'in':{'contact_form_id':1,'text':'CANARYTEXT again'}}");
    return core;
}

TEST(a_form_that_went_all_its_way_is_erased_from_the_file) {
    char path[] = SCRATCH, wal[60];
    int file = mkstemp(path);
    desk *core = with_a_story(path);
    snprintf(wal, sizeof wal, "%s-wal", path);
    CHECK(file_has(wal, "canaryname") && file_has(wal, "canarybounce"));
    CHECK_HAS(erase(core), "\"contact_forms\":1,");
    for (int i = 0; canaries[i]; i++)
        CHECK(!file_has(path, canaries[i]) && !file_has(wal, canaries[i]));
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"chain\":\"ok\"");
    desk_close(core);
    close(file);
    unlink(path);
    unlink(wal);
}

/* Nobody is answered or reminded of it any more; the clinic still sees that there was one. */
TEST(an_erased_form_is_shown_and_done_with) {
    desk *core = with_a_story(":memory:");
    erase(core);
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':9001," ANNA
                         ",'in':{'contact_form_id':1}}"), "\"erased\":true");
    CHECK_HAS(askf(core, "{'op':'contact_form.answer','now':9002," ANNA
                         ",'in':{'contact_form_id':1,'text':'x','last_message_id':3}}"),
              "refused.erased");
    CHECK_HAS(askf(core, "{'op':'contact_form.list','now':9003," ANNA ",'in':{'scope':'waiting'}}"),
              "\"contact_forms\":[],\"more\":false,\"counts\":{\"waiting\":0");
    CHECK_HAS(askf(core, "{'op':'contact_form.list','now':9003," ANNA ",'in':{'scope':'all'}}"),
              "\"contact_form_id\":1");
    holds("select due_at from contact_form", 0);
    askf(core, "{'op':'clock.tick','now':9000000000," HOST ",'in':{}}");
    CHECK_HAS(askf(core, "{'op':'effect.take','now':9000000001," HOST ",'in':{}}"),
              "\"effects\":[]");
    holds("select count(*) from schedule", 0);
    desk_close(core);
}

/* What a provider has in hand when the person goes may come back: then there is nobody to send
 * it to, whatever the provider says. */
TEST(a_notice_that_is_being_sent_comes_to_its_end) {
    static const char *const endings[] = {"retry", "unknown", "failed", "sent", NULL};
    for (int i = 0; endings[i]; i++) {
        desk *core = with_one();
        askf(core, "{'op':'effect.take','now':2002," HOST ",'in':{'kinds':['sms.send']}}");
        holds("select count(*) from effect where state = 'taken'", 2);
        erase(core);
        askf(core, "{'op':'effect.settle','now':9001," HOST
                   ",'in':{'effect_id':3,'status':'%s','error':'later'}}", endings[i]);
        askf(core, "{'op':'clock.tick','now':99000000," HOST ",'in':{}}");
        CHECK_HAS(askf(core, "{'op':'effect.take','now':99000001," HOST
                             ",'in':{'kinds':['sms.send']}}"), "\"effects\":[]");
        desk_close(core);
    }
}

/* What a colleague answered stands in the refusal, under the message's number alone. */
TEST(a_refusal_that_was_kept_forgets_the_person_too) {
    desk *core = with_a_story(":memory:");
    CHECK_HAS(askf(core, "{'op':'contact_form.answer','now':100008,'id':'late'," ANNA
                         ",'in':{'contact_form_id':1,'text':'x','last_message_id':1}}"),
              "Dear CANARYNAME");
    holds("select count(*) from request where instr(reply, 'CANARY')", 3);
    erase(core);
    holds("select count(*) from request where instr(reply, 'CANARY')", 0);
    desk_close(core);
}

/* A bounce of the day after names the address again. */
TEST(what_a_provider_says_later_brings_nobody_back) {
    desk *core = with_a_story(":memory:");
    sql("update effect set state = 'taken' where audience = 'patient'");
    erase(core);
    for (int i = 1; i < 9; i++)
        askf(core, "{'op':'effect.settle','now':100008," HOST ",'in':{'effect_id':%d,'status':"
                   "'failed','error':'550 no can50000canarymail@mail.test CANARYBOUNCE'}}", i);
    CHECK_HAS(askf(core, "{'op':'effect.report','now':100009," HOST ",'in':{'channel':'email',"
                         "'provider_id':'unknown','status':'failed','error':"
                         "'550 no can50000canarymail@mail.test CANARYBOUNCE'}}"), "\"ok\"");
    holds("select count(*) from effect where audience = 'patient' and state = 'failed'", 3);
    holds("select count(*) from effect where error like '%canary%'", 0);
    holds("select count(*) from history where facts like '%canary%'", 0);
    holds("select count(*) from parked_report", 1);
    holds("select count(*) from pragma_table_info('parked_report') where name = 'error'", 0);
    holds("select count(*) from contact_form where bounced", 0);
    desk_close(core);
}

TEST(a_person_is_known_by_address_in_any_case) {
    desk *core = with_one();
    sql("update contact_form set email = 'jan.kowalski@mail.test' where contact_form_id = 1");
    CHECK_HAS(askf(core, "{'op':'person.export','now':9," HOST
                         ",'in':{'email':'Jan.Kowalski@mail.TEST'}}"), "\"contact_form_id\":1,");
    CHECK_HAS(askf(core, "{'op':'person.export','now':9," HOST
                         ",'in':{'email':'kowalski@mail.test'}}"), "\"contact_forms\":[]");
    desk_close(core);
}

TEST(what_is_erased_is_in_no_page_of_the_file) {
    char path[] = SCRATCH, wal[60];
    int file = mkstemp(path);
    desk *core = desk_with_clinics(path);
    spoil("begin");
    for (int i = 1; i <= MANY; i++) {
        if (i % 50 == 0) canary_form(i + MANY);
        neighbour(i);
    }
    spoil("commit");
    CHECK_HAS(askf(core, "{'op':'search','now':2000," ANNA ",'in':{'text':'canarytext'}}"),
              "CANARYNAME");
    for (int i = MANY; i > 0; i -= 3) sql("update contact_form set name = name || ' and a longer"
                                         " name than before' where contact_form_id = %d", i);
    spoil("pragma wal_checkpoint(truncate)");
    for (int i = 0; canaries[i]; i++)
        if (!file_has(path, canaries[i])) check_failed(__FILE__, __LINE__, canaries[i], "planted");
    CHECK_HAS(erase(core), "\"contact_forms\":60,");
    snprintf(wal, sizeof wal, "%s-wal", path);
    for (int i = 0; canaries[i]; i++) {
        if (file_has(path, canaries[i])) check_failed(__FILE__, __LINE__, canaries[i], "file");
        if (file_has(wal, canaries[i])) check_failed(__FILE__, __LINE__, canaries[i], "log");
    }
    CHECK_HAS(askf(core, "{'op':'search','now':2000," ANNA ",'in':{'text':'canarytext'}}"),
              "\"hits\":[]");
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"pages\":\"ok\"");
    desk_close(core);
    close(file);
    unlink(path);
    unlink(wal);
}
