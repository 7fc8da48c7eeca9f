/* After a restore from an older backup: no number that was given out in the lost hours is given out
 * again, and a replica from those hours begins anew. */
#include "check.h"

#include <sqlite3.h>

#define RESTORED "{'op':'core.restored','now':1772438400000," HOST ",'in':{}}"

static desk *with_chat(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':1772438400000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    return core;
}

static void one_more(desk *core) {
    CHECK_HAS(askf(core, "{'op':'review_chat.post','now':1772438400001," ANNA
                         ",'in':{'review_chat_id':1,'text':'m2'}}"), "\"notified\":true");
    CHECK_HAS(askf(core, "{'op':'link.open','now':1772438400002," HOST
                         ",'in':{'link_id':%lld}}", (long long)number("select max(link_id) from"
                                                                      " link")), "session_id");
}

TEST(what_was_given_out_before_a_restore_is_not_given_out_again) {
    desk *core = with_chat();
    int64_t rev = number("select rev from desk_state");
    CHECK_HAS(askf(core, RESTORED), "{\"from\":1772438400000}");
    one_more(core);
    CHECK(number("select min(link_id) from link where link_id > 1 and purpose <> ''") ==
          1772438400001);
    CHECK(number("select min(effect_id) from effect where effect_id > 1 and recipient <> ''") ==
          1772438400001);
    CHECK(number("select min(session_id) from session where idle_ms > 0") == 1772438400001);
    /* Codes are numbered by revisions. */
    CHECK(number("select rev from desk_state") == 1772438400002 && rev < 100);
    /* What went out before the backup still opens; what may have gone out after it does not. */
    CHECK_HAS(askf(core, "{'op':'link.open','now':1772438400003," HOST ",'in':{'link_id':2}}"),
              "refused.expired_link");
    CHECK_HAS(askf(core, "{'op':'link.get','now':1772438400003," HOST ",'in':{'link_id':1}}"),
              "\"purpose\":\"review_chat\"");
    CHECK_HAS(askf(core, "{'op':'effect.take','now':1772438400004," HOST ",'in':{}}"),
              "\"effect_id\":1772438400001,");
    CHECK_HAS(askf(core, "{'op':'core.verify','now':1," HOST ",'in':{}}"), "\"chain\":\"ok\"");
    desk_close(core);
}

/* A page that was open in the lost hours writes to what it knew by its number. */
TEST(what_was_made_before_a_restore_is_missing_after_it_although_newer_items_exist) {
    desk *core = with_chat();
    askf(core, RESTORED);
    askf(core, "{'op':'review_chat.open','now':1772438400001," ANNA
               ",'in':{'review_id':2,'purpose':'thank','text':'m1'}}");
    askf(core, "{'op':'contact_form.send','now':1772438400002,'actor':{'role':'visitor'},"
               "'in':{'clinic_id':1,'name':'Jan','email':'jan@mail.test','locale':'pl',"
               "'text':'Boli?'}}");
    CHECK(number("select max(review_chat_id) from review_chat") == 1772438400001);
    CHECK(number("select max(contact_form_id) from contact_form") == 1772438400001);
    CHECK(number("select count(*) from message where message_id > 1772438400000") == 2);
    CHECK(number("select count(*) from sqlite_sequence where seq < 1772438400000") == 0);
    CHECK_HAS(askf(core, "{'op':'review_chat.post','now':1772438400003," ANNA
                         ",'in':{'review_chat_id':2,'text':'m2'}}"), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'contact_form.get','now':1772438400004," ANNA
                         ",'in':{'contact_form_id':1}}"), "missing.not_found");
    desk_close(core);
}

TEST(a_second_restore_is_beyond_the_first_even_within_the_same_millisecond) {
    desk *core = with_chat();
    askf(core, RESTORED);
    one_more(core);
    int64_t link_id = number("select max(link_id) from link"), rev;
    rev = number("select rev from desk_state");
    CHECK_HAS(askf(core, RESTORED), "\"ok\"");
    CHECK(number("select max(link_id) from link") > link_id);
    CHECK(number("select rev from desk_state") > rev);
    CHECK_HAS(askf(core, "{'op':'core.restored','now':5," PLATFORM ",'in':{}}"), "denied");
    desk_close(core);
}

TEST(a_replica_from_the_lost_hours_begins_anew) {
    desk *core = with_chat();
    int64_t rev = number("select rev from desk_state");
    askf(core, RESTORED);
    one_more(core);
    const char *const pull = "{'op':'sync.pull','now':1772438400009," ANNA ",'in':{'since':%lld}}";
    const struct {
        int64_t since;
        const char *reset;
    } asked[] = {{rev, "false"}, {rev + 1, "true"}, {1772438399999, "true"},
                 {1772438400000, "false"}, {1772438400001, "false"}, {1772438400009, "true"}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "\"reset\":%s", asked[i].reset);
        const char *reply = askf(core, pull, (long long)asked[i].since);
        if (!strstr(reply, wanted)) check_failed(__FILE__, __LINE__, wanted, reply);
    }
    desk_close(core);
}

/* Where a table's next number comes from: those that sqlite_sequence counts need no word here. */
static const struct {
    const char *table, *newest; /* NULL: its numbers do not leave the core, or there is one row */
} numbered[] = {
    {"platform", NULL}, {"desk_state", NULL}, {"parked_report", NULL}, {"request", NULL},
    /* The chain has no gaps; who has a row that is lost has its hash as well. */
    {"history", NULL},
    {"link", "select max(link_id) from link"},
    {"session", "select max(session_id) from session"},
    {"effect", "select max(effect_id) from effect"},
    /* Both look at the leap when a row is made. */
    {"message", "select lost_to_rev from desk_state"},
    {"contact_form", "select lost_to_rev from desk_state"},
};

static void leaps(const char *table) {
    char sql[100];
    snprintf(sql, sizeof sql, "select seq from sqlite_sequence where name = '%s'", table);
    int64_t next = number(sql);
    for (size_t i = 0; next == -1 && i < sizeof numbered / sizeof *numbered; i++) {
        if (strcmp(numbered[i].table, table) != 0) continue;
        next = numbered[i].newest ? number(numbered[i].newest) : INT64_MAX;
    }
    if (next < 1772438400000) check_failed(__FILE__, __LINE__, "a number beyond the leap", table);
}

/* A new table is found here, and must say where its numbers go on. */
TEST(every_number_that_goes_out_leaps_at_a_restore) {
    sqlite3_stmt *row = NULL;
    int tables = 0;
    desk *core = with_chat();
    askf(core, RESTORED);
    sqlite3_prepare_v2(check_sqlite(),
                       "select t.name from sqlite_schema t, pragma_table_info(t.name) c"
                       " where t.type = 'table' and t.name not like 'search%' and c.pk = 1"
                       " and lower(c.type) = 'integer' and not exists (select 1 from"
                       " pragma_table_info(t.name) d where d.pk = 2)", -1, &row, NULL);
    for (; sqlite3_step(row) == SQLITE_ROW; tables++)
        leaps((const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    CHECK(tables > 15);
    desk_close(core);
}

TEST(devices_and_tasks_of_the_lost_hours_are_nobody_elses_after_a_restore) {
    desk *core = with_chat();
    const char *const device = "{'op':'push.subscribe','now':1772438400009," ANNA ",'in':{"
                               "'endpoint':'https://push.test/%d','p256dh':'k','auth':'a'}}";
    askf(core, device, 1);
    askf(core, RESTORED);
    CHECK_HAS(askf(core, device, 2), "\"subscription_id\":1772438400001");
    /* Also where the newest was removed. */
    askf(core, "{'op':'push.unsubscribe','now':1772438400009," ANNA
               ",'in':{'subscription_id':1772438400001}}");
    CHECK_HAS(askf(core, device, 3), "\"subscription_id\":1772438400002");
    spoil("insert into task (kind, clinic_id, address, error, opened_at)"
          " values ('bounced_address', 1, 'a@clinic.test', '', 1)");
    CHECK_HAS(askf(core, "{'op':'task.close','now':1772438400010,'actor':{'role':'integration'},"
                         "'in':{'task_id':1}}"), "missing.not_found");
    CHECK(number("select max(task_id) from task") == 1772438400001);
    desk_close(core);
}
