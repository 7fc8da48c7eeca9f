/* The envelope around requests: atomic each, one commit for all, idempotent, held open, refused
 * with a reason. Facts are read from replies and from core.hash. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

/* The runner's working folder is the checkout; build/ is never committed. */
#define SCRATCH "build/desk-test-XXXXXX"

static void hash_of(desk *core, char ret_hash[65]) {
    const char *reply = askf(core, "{'op':'core.hash','now':5," HOST ",'in':{}}");
    const char *at = strstr(reply, "hash\":\"");
    memset(ret_hash, 0, 65);
    if (at) memcpy(ret_hash, at + 7, 64);
}

TEST(a_failing_request_of_a_batch_undoes_only_itself) {
    desk *core = desk_with_clinics(":memory:");
    const char *reply = askf(core,
        "{'now':2000,'batch':["
        "{'op':'review_chat.open'," ANNA ",'in':{'review_id':1,'purpose':'solve','text':'m1'}},"
        "{'op':'review_chat.post'," ANNA ",'in':{'review_chat_id':9,'text':'x'}},"
        "{'op':'review_chat.post'," ANNA ",'in':{'review_chat_id':1,'text':'m2'}}]}");
    CHECK_HAS(reply, "\"batch\":[{\"ok\":{\"review_chat_id\":1,\"message_id\":1}},"
                     "{\"error\":{\"category\":\"missing\"");
    CHECK_HAS(reply, "{\"ok\":{\"message_id\":2");
    CHECK_HAS(reply, "\"rev\":9,");
    desk_close(core);
}

/* A trigger makes the third request fail only after it has written its chat and its message. Its
 * neighbours must stay as if it had never been asked. */
TEST(a_request_that_fails_half_way_leaves_its_neighbours_alone) {
    desk *core = desk_with_clinics(":memory:");
    char before[65], after[65];
    const char *const batch =
        "{'now':2000,'batch':["
        "{'op':'review_chat.open','id':'1'," ANNA
        ",'in':{'review_id':1,'purpose':'solve','text':'m1'}},"
        "{'op':'review_chat.post','id':'2'," ANNA ",'in':{'review_chat_id':1,'text':'m2'}},"
        "%s"
        "{'op':'review_chat.post','id':'4'," PATIENT(1) ",'in':{'review_chat_id':1,'text':'p'}}]}";
    const char *const broken =
        "{'op':'review_chat.open','id':'3'," ANNA
        ",'in':{'review_id':2,'purpose':'thank','text':'x'}},";
    askf(core, batch, "");
    hash_of(core, before);
    desk_close(core);
    core = desk_with_clinics(":memory:");
    spoil("create trigger half_way before insert on link when new.item_id = 2"
          " begin select raise(abort, 'half way'); end");
    const char *reply = askf(core, batch, broken);
    CHECK_HAS(reply, "\"category\":\"bug\"");
    CHECK_HAS(reply, "\"message_id\":3");
    CHECK_HAS(reply, "\"rev\":10,");
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"chain\":\"ok\"");
    spoil("drop trigger half_way");
    hash_of(core, after);
    if (strcmp(before, after) != 0) check_failed(__FILE__, __LINE__, before, after);
    desk_close(core);
}

TEST(a_repeated_id_answers_as_before_and_changes_nothing) {
    desk *core = desk_with_clinics(":memory:");
    char before[65], after[65];
    const char *const request =
        "{'op':'review_chat.open','now':2000,'id':'k'," ANNA
        ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}";
    CHECK_HAS(askf(core, "%s", request), "\"message_id\":1}");
    hash_of(core, before);
    CHECK_HAS(askf(core, "%s", request), "\"message_id\":1}");
    hash_of(core, after);
    CHECK(strcmp(before, after) == 0);
    CHECK_HAS(askf(core, "{'op':'review_chat.open','now':2000,'id':'k'," ANNA
                         ",'in':{'review_id':2,'purpose':'thank','text':'m1'}}"),
              "refused.duplicate_command");
    desk_close(core);
}

TEST(an_id_belongs_to_who_used_it) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'representative.set','now':1,'id':'k'," ANNA
               ",'in':{'name':'A','position':'p','email':'a@b.c'}}");
    CHECK_HAS(askf(core, "{'op':'representative.set','now':1,'id':'k'," OTHER
                         ",'in':{'name':'B','position':'p','email':'b@b.c'}}"),
              "\"complete\":true");
    desk_close(core);
}

TEST(a_reply_is_kept_seven_days) {
    desk *core = desk_with_clinics(":memory:");
    const char *const open = "{'op':'review_chat.open','now':%d,'id':'k'," ANNA
                             ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}";
    askf(core, open, 2000);
    askf(core, "{'op':'clock.tick','now':%d," HOST ",'in':{}}", 2000 + 604800000);
    CHECK_HAS(askf(core, open, 3000), "\"message_id\":1}");
    askf(core, "{'op':'clock.tick','now':%d," HOST ",'in':{}}", 2001 + 604800000);
    CHECK_HAS(askf(core, open, 3000), "refused.exists");
    desk_close(core);
}

TEST(what_is_held_can_be_undone_or_kept) {
    desk *core = desk_with_clinics(":memory:");
    char before[65], held[65], after[65];
    const char *const open = "{'op':'review_chat.open','now':2000," ANNA
                             ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}";
    hash_of(core, before);
    CHECK_HAS(askf(core, "{'op':'core.hold','now':1," HOST ",'in':{}}"), "\"ok\"");
    CHECK_HAS(askf(core, "{'op':'core.hold','now':1," HOST ",'in':{}}"), "refused.held");
    CHECK_HAS(askf(core, "%s", open), "\"rev\":8");
    hash_of(core, held);
    CHECK_HAS(askf(core, "{'op':'core.rollback','now':1," HOST ",'in':{}}"), "\"rev\":7");
    hash_of(core, after);
    CHECK(strcmp(before, after) == 0 && strcmp(before, held) != 0);
    CHECK_HAS(askf(core, "{'op':'core.commit','now':1," HOST ",'in':{}}"), "refused.not_held");
    askf(core, "{'op':'core.hold','now':1," HOST ",'in':{}}");
    askf(core, "%s", open);
    askf(core, "{'op':'core.commit','now':1," HOST ",'in':{}}");
    hash_of(core, after);
    CHECK(strcmp(held, after) == 0);
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"chain\":\"ok\"");
    desk_close(core);
}

TEST(what_was_acknowledged_is_there_after_reopening) {
    char path[] = SCRATCH, wal[40], before[65], after[65];
    int file = mkstemp(path);
    desk *core = desk_with_clinics(path);
    hash_of(core, before);
    desk_close(core);
    core = desk_open(path);
    hash_of(core, after);
    CHECK(strcmp(before, after) == 0);
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," HOST ",'in':{}}"), "\"rev\":7");
    desk_close(core);
    close(file);
    unlink(path);
    snprintf(wal, sizeof wal, "%s-wal", path);
    unlink(wal);
}

TEST(a_file_that_is_no_desk_answers_storage_errors) {
    char path[] = SCRATCH;
    static const char noise[] = "this is a letter and not a database, however long one looks at it";
    int file = mkstemp(path);
    CHECK(write(file, noise, sizeof noise) == (ssize_t)sizeof noise);
    close(file);
    desk *core = desk_open(path);
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," HOST ",'in':{}}"), "storage.corrupt");
    desk_close(core);
    unlink(path);
}

TEST(a_spoilt_version_or_schema_is_no_bug_of_ours) {
    static const char *const spoils[] = {"pragma user_version = -7", "pragma user_version = 0",
                                         "drop table policy"};
    for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++) {
        char path[] = SCRATCH;
        int file = mkstemp(path);
        desk_close(desk_with_clinics(path));
        desk *core = desk_open(path);
        spoil(spoils[i]);
        desk_close(core);
        core = desk_open(path);
        CHECK_HAS(askf(core, "{'op':'policy.list','now':5," HOST ",'in':{}}"), "storage.corrupt");
        desk_close(core);
        close(file);
        unlink(path);
    }
}

#define UNCHECKED "pragma writable_schema = on; update sqlite_schema set sql = "
#define AGAIN " where name = 'clinic'; pragma writable_schema = reset; "

/* Statements are constants: one that fails as if it were wrong has met what the core never wrote.
 * Each is asked once before, so that it fails while it runs. */
TEST(what_the_core_never_wrote_is_a_spoilt_file) {
    static const struct {
        const char *request, *sql;
    } spoilt[] = {
        {"{'op':'contact_form.preview','now':5,'actor':{'role':'visitor'},'in':{'clinic_id':1}}",
         "update practitioner set services = '['"},
        {"{'op':'contact_form.preview','now':5,'actor':{'role':'visitor'},'in':{'clinic_id':1}}",
         "alter table service rename to services"},
        {"{'op':'clinic.set','now':5," PLATFORM ",'in':{'clinic_id':1,'phone':'+48220000009'}}",
         UNCHECKED "replace(sql, ') strict', ')')" AGAIN
         "update clinic set added_at = 'noon'; " UNCHECKED "sql || ' strict'" AGAIN},
        {"{'op':'clinic.list','now':5," HOST ",'in':{}}",
         "update clinic set name = 'Anna ' || cast(x'ff' as text)"},
        {"{'op':'practitioner.list','now':5," HOST ",'in':{'clinic_id':1}}",
         "update practitioner set services = '['"},
    };
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
        desk *core = desk_with_clinics(":memory:");
        askf(core, "{'op':'practitioner.add','now':5," PLATFORM ",'in':{'clinic_id':1,'name':'A',"
                   "'services':['filling']}}");
        CHECK_HAS(askf(core, "%s", spoilt[i].request), "\"ok\"");
        spoil(spoilt[i].sql);
        CHECK_HAS(askf(core, "%s", spoilt[i].request), "storage.corrupt");
        desk_close(core);
    }
}

TEST(a_refusal_repeats_nothing_that_is_spoilt) {
    desk *core = desk_with_clinics(":memory:");
    static const char claim[] = "{'op':'contact_form.claim','now':7,'actor':{'role':'%s',"
                                "'agent_id':%d},'in':{'contact_form_id':1}}";
    askf(core, "{'op':'agent.add','now':5," PLATFORM ",'in':{'clinic_id':1,'role':'assistant',"
               "'name':'Ewa','email':'ewa@staff.test'}}");
    askf(core, "{'op':'contact_form.send','now':6,'actor':{'role':'visitor'},'in':{'clinic_id':1,"
               "'name':'Ida','email':'ida@mail.test','locale':'en','text':'Hello'}}");
    CHECK_HAS(askf(core, claim, "representative", 1), "\"ok\"");
    CHECK_HAS(askf(core, claim, "assistant", 3), "refused.claimed");
    spoil("update agent set name = 'Anna ' || cast(x'ff' as text) where agent_id = 1");
    const char *reply = askf(core, claim, "assistant", 3);
    CHECK_HAS(reply, "storage.corrupt");
    CHECK(strstr(reply, "Anna") == NULL);
    desk_close(core);
}

/* The number of the schema's format, which the pragmas of opening read first. */
TEST(a_format_that_nobody_knows_is_a_spoilt_file) {
    enum { FORMAT_AT = 47 };
    char path[] = SCRATCH;
    int file = mkstemp(path);
    desk_close(desk_with_clinics(path));
    CHECK(pwrite(file, "\t", 1, FORMAT_AT) == 1);
    desk *core = desk_open(path);
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," HOST ",'in':{}}"), "storage.corrupt");
    desk_close(core);
    close(file);
    unlink(path);
}

TEST(looking_ahead_leaves_no_transaction_open) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA ",'in':{'review_id':1,'purpose':"
               "'solve','text':'Hello','confirmed':true}}");
    CHECK_HAS(askf(core, "{'op':'item.next','now':3000," ANNA ",'in':{'kind':'review_chat',"
                         "'item_id':1}}"), "\"next\":[");
    CHECK(sqlite3_get_autocommit(check_sqlite()));
    desk_close(core);
}

TEST(a_newer_file_is_refused) {
    char path[] = SCRATCH;
    int file = mkstemp(path);
    desk_close(desk_with_clinics(path));
    desk *core = desk_open(path);
    spoil("pragma user_version = 99");
    desk_close(core);
    core = desk_open(path);
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," HOST ",'in':{}}"), "storage.newer_schema");
    desk_close(core);
    close(file);
    unlink(path);
}

TEST(a_text_of_a_megabyte_is_refused_by_its_field) {
    desk *core = desk_with_clinics(":memory:");
    static const char head[] = "{\"op\":\"review_chat.open\",\"now\":5,\"actor\":{\"role\":"
                               "\"representative\",\"agent_id\":1},\"in\":{\"review_id\":1,"
                               "\"purpose\":\"solve\",\"text\":\"";
    size_t size = 1 << 20;
    char *request = malloc(size + sizeof head + 4);
    memcpy(request, head, sizeof head - 1);
    memset(request + sizeof head - 1, 'x', size);
    memcpy(request + sizeof head - 1 + size, "\"}}", 4);
    const char *reply = ask(core, request);
    CHECK_HAS(reply, "invalid.too_long");
    CHECK_HAS(reply, "\"field\":\"text\"");
    CHECK_HAS(reply, "4000");
    free(request);
    desk_close(core);
}

TEST(describe_lists_every_op_and_is_valid) {
    const char *text = desk_describe();
    CHECK(text == desk_describe());
    CHECK_HAS(text, "\"name\":\"review_chat.post\"");
    CHECK_HAS(text, "\"code\":\"refused.closed\"");
    CHECK_HAS(text, "\"kind\":\"review_chat\"");
}
