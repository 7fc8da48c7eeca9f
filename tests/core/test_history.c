/* The chain: whatever is changed behind the core's back shows. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

/* The runner's working folder is the checkout; build/ is never committed. */
#define SCRATCH "build/desk-test-XXXXXX"

static desk *told(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    askf(core, "{'op':'review_chat.post','now':2001," PATIENT(1)
               ",'in':{'review_chat_id':1,'text':'p1'}}");
    askf(core, "{'op':'review_chat.mark_solved','now':2002," PATIENT(1)
               ",'in':{'review_chat_id':1,'confirmed':true}}");
    return core;
}

static const char *verified(desk *core) {
    return askf(core, "{'op':'core.verify','now':5," HOST ",'in':{}}");
}

TEST(history_that_nobody_touched_is_whole) {
    desk *core = told();
    CHECK_HAS(verified(core), "\"chain\":\"ok\"");
    desk_close(core);
}

static void breaks_chain(const char *sql) {
    desk *core = told();
    spoil(sql);
    if (!strstr(verified(core), "\"chain\":\"broken\"")) check_failed(__FILE__, __LINE__, sql, "");
    desk_close(core);
}

TEST(history_shows_every_alteration) {
    breaks_chain("update history set facts = '{}' where history_id = 1");
    breaks_chain("update history set at = at + 1 where history_id = 2");
    breaks_chain("update history set role = 'moderator' where history_id = 3");
    breaks_chain("update history set to_state = 'ended' where history_id = 2");
    breaks_chain("update history set because = 'x' where history_id = 2");
    breaks_chain("update history set hash = x'00' where history_id = 2");
    breaks_chain("update history set facts_hash = x'00' where history_id = 2");
    breaks_chain("delete from history where history_id = 2");
    breaks_chain("delete from history where history_id = (select max(history_id) from history)");
    breaks_chain("update history set history_id = history_id + 10 where history_id = 4");
}

TEST(history_survives_the_erasure_of_facts) {
    desk *core = told();
    spoil("update history set facts = null where history_id = 2");
    CHECK_HAS(verified(core), "\"chain\":\"ok\"");
    desk_close(core);
}

TEST(history_shows_a_row_whose_facts_are_erased) {
    desk *core = told();
    spoil("update history set facts = null where item_kind = 'review_chat'");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," ANNA
                         ",'in':{'kind':'review_chat','item_id':1}}"), "\"facts\":null");
    desk_close(core);
}

/* Nothing can be appended to a chain whose end is no hash. */
TEST(a_chain_without_an_end_is_a_spoilt_file) {
    char path[] = SCRATCH, wal[60];
    int file = mkstemp(path);
    desk *core = desk_with_clinics(path);
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    spoil("update history set hash = x'00'");
    desk_close(core);
    core = desk_open(path);
    CHECK_HAS(verified(core), "storage.corrupt");
    desk_close(core);
    close(file);
    unlink(path);
    snprintf(wal, sizeof wal, "%s-wal", path);
    unlink(wal);
}
