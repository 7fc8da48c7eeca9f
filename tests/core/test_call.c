/* The outermost shell: what is no request, what is too large, and batches that are none. */
#include "check.h"

#include <stdlib.h>

#include "db.h"

#include <sqlite3.h>

#define LIST "{'op':'clinic.list','now':5," HOST ",'in':{}}"
#define NAME(name) "{'op':'platform.set','now':5," PLATFORM ",'in':{'name':'" name "','base_url':" \
                   "'u','locale':'en','policy_preset':'literal'}}"

TEST(now_is_a_whole_number_of_milliseconds_after_1970) {
    static const char *const wrong[] = {"0", "-1", "1.5", "9007199254740992", "'5'", "null", NULL};
    desk *core = desk_with_clinics(":memory:");
    for (int i = 0; wrong[i]; i++) {
        const char *reply = askf(core, "{'op':'clinic.list','now':%s," HOST ",'in':{}}", wrong[i]);
        CHECK_HAS(reply, "\"category\":\"invalid\"");
        CHECK_HAS(reply, "\"field\":\"now\"");
    }
    CHECK_HAS(askf(core, "{'op':'clinic.list'," HOST ",'in':{}}"), "invalid.required");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':9007199254740991," HOST ",'in':{}}"),
              "\"ok\":");
    desk_close(core);
}

/* Also for the clock of the whole call, by which what is due next is looked up. */
TEST(null_is_as_if_it_were_not_there) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(askf(core, "{'op':'platform.set','now':null,'now':5," PLATFORM ",'in':{'name':'P',"
                         "'base_url':'u','locale':'en','policy_preset':'literal'}}"),
              "\"wake_at\":null");
    desk_close(core);
}

TEST(a_request_is_an_object_with_an_operation_that_is_known) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(ask(core, ""), "invalid.malformed");
    CHECK_HAS(ask(core, "[]"), "invalid.malformed");
    CHECK_HAS(askf(core, "{'op':'clinic.close','now':5}"), "invalid.unknown_op");
    CHECK_HAS(askf(core, "{'now':5}"), "\"field\":\"op\"");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," HOST ",'in':[]}"), "\"field\":\"in\"");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," HOST "}"), "\"ok\":");
    desk_close(core);
}

TEST(a_batch_is_a_list_of_at_most_a_thousand_requests_and_nothing_else) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(askf(core, "{'now':5,'batch':{}}"), "{\"error\":{\"category\":\"invalid\",\"code\":"
                                                  "\"invalid.malformed\"");
    CHECK_HAS(askf(core, "{'now':5,'batch':[],'op':'clinic.list'}"), "invalid.malformed");
    CHECK_HAS(askf(core, "{'now':5,'batch':[]}"), "{\"batch\":[],\"rev\":7");
    CHECK_HAS(askf(core, "{'now':5,'batch':[7,[]," LIST "]}"),
              "{\"batch\":[{\"error\":{\"category\":\"invalid\",\"code\":\"invalid.malformed\"");
    char *many = malloc(4000);
    for (int size = 1000; size <= 1001; size++) {
        strcpy(many, "{\"now\":5,\"batch\":[0");
        for (int i = 1; i < size; i++) strcat(many, ",0");
        strcat(many, "]}");
        CHECK((strstr(ask(core, many), "\"batch\"") != NULL) == (size == 1000));
    }
    free(many);
    desk_close(core);
}

TEST(a_transaction_is_held_around_batches_and_not_in_one) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(askf(core, "{'now':5,'batch':[{'op':'core.hold'," HOST ",'in':{}}]}"),
              "refused.held");
    askf(core, "{'op':'core.hold','now':5," HOST ",'in':{}}");
    CHECK_HAS(askf(core, "{'now':5,'batch':[{'op':'session.touch'," HOST ",'in':{'session_id':9}},"
                         "{'op':'platform.set'," PLATFORM ",'in':{'name':'P','base_url':'u',"
                         "'locale':'en','policy_preset':'literal'}}]}"), "\"rev\":8");
    CHECK_HAS(askf(core, "{'op':'core.rollback','now':5," HOST ",'in':{}}"), "\"rev\":7");
    CHECK_HAS(askf(core, "{'op':'platform.get','now':5," HOST ",'in':{}}"), "recommended");
    desk_close(core);
}

#define HELD(op) "{'op':'core." op "','now':5," HOST ",'in':{}}"

/* The disk is full for a moment while something is held, which undoes what is held. */
static desk *with_a_lost_hold(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, HELD("hold"));
    CHECK_HAS(askf(core, NAME("First")), "\"rev\":8");
    spoil("pragma max_page_count = 1");
    CHECK_HAS(askf(core, "{'op':'review_chat.open','now':5," ANNA ",'in':{'review_id':1,"
                         "'purpose':'solve','text':'%03900d'}}", 1), "storage.full");
    spoil("pragma max_page_count = 100000");
    return core;
}

/* Nothing that is meant to be undone may be committed instead. */
TEST(after_a_hold_is_lost_nothing_is_written_until_its_holder_ends_it) {
    static const char *const ends[] = {HELD("rollback"), HELD("commit")};
    for (int i = 0; i < 2; i++) {
        desk *core = with_a_lost_hold();
        CHECK_HAS(askf(core, NAME("Second")), "storage.lost");
        const char *both = askf(core, "{'now':5,'batch':[{'op':'platform.get'," HOST ",'in':{}},"
                                      "{'op':'clock.tick'," HOST ",'in':{}}]}");
        CHECK_HAS(both, "\"name\":\"Portal\"");
        CHECK_HAS(both, "storage.lost");
        CHECK_HAS(askf(core, HELD("hold")), "refused.held");
        CHECK_HAS(askf(core, "%s", ends[i]), i == 0 ? "{\"ok\":{},\"rev\":7," : "storage.lost");
        CHECK_HAS(askf(core, HELD("commit")), "refused.not_held");
        CHECK_HAS(askf(core, "{'op':'platform.get','now':5," HOST ",'in':{}}"), "\"Portal\"");
        CHECK_HAS(askf(core, NAME("Third")), "\"rev\":8");
        desk_close(core);
    }
}

TEST(a_call_of_more_than_eight_megabytes_is_refused_unread) {
    desk *core = desk_with_clinics(":memory:");
    const uint32_t most = 8 * 1024 * 1024;
    char *room = desk_buffer(core, most + 1);
    memset(room, ' ', most + 1);
    CHECK_HAS(desk_call(core, most), "invalid.malformed");
    CHECK_HAS(desk_call(core, most + 1), "invalid.too_large");
    CHECK_HAS(askf(core, LIST), "\"ok\":");
    desk_close(core);
}

TEST(a_desk_that_is_none_can_be_closed) { desk_close(NULL); }

TEST(a_place_where_no_file_can_be_is_a_storage_error) {
    desk *core = desk_open("build/no/such/folder/desk.sqlite3");
    CHECK_HAS(askf(core, LIST), "storage.io");
    CHECK_HAS(askf(core, LIST), "\"wake_at\":1,");
    desk_close(core);
}

/* A host may do something about each of these, and about each something else. */
TEST(what_sqlite_says_is_told_by_what_can_be_done_about_it) {
    static const struct {
        int code;
        enum err err;
    } told[] = {{SQLITE_OK, OK}, {SQLITE_ROW, OK}, {SQLITE_DONE, OK}, {SQLITE_FULL, ERR_FULL},
                {SQLITE_NOMEM, ERR_MEMORY}, {SQLITE_IOERR_NOMEM, ERR_IO},
                {SQLITE_CORRUPT_INDEX, ERR_CORRUPT}, {SQLITE_NOTADB, ERR_CORRUPT},
                {SQLITE_ERROR, ERR_CORRUPT}, {SQLITE_SCHEMA, ERR_CORRUPT},
                {SQLITE_FORMAT, ERR_CORRUPT}, {SQLITE_TOOBIG, ERR_CORRUPT},
                {SQLITE_IOERR_FSYNC, ERR_IO}, {SQLITE_CANTOPEN_ISDIR, ERR_IO},
                {SQLITE_READONLY_DBMOVED, ERR_IO}, {SQLITE_BUSY_SNAPSHOT, ERR_IO},
                {SQLITE_LOCKED, ERR_IO}, {SQLITE_CONSTRAINT_UNIQUE, ERR_BUG},
                {SQLITE_CONSTRAINT_DATATYPE, ERR_CORRUPT},
                {SQLITE_MISUSE, ERR_BUG}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        CHECK(db_error(told[i].code) == told[i].err);
}
