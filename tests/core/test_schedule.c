/* Timers: in due order, each at its own time, once, whatever the clock did. The timers are the
 * deadlines of SMS that nobody takes. */
#include "check.h"

#include <sqlite3.h>

static desk *with_two_sms(void) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':9000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'late'}}");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':2,'purpose':'thank','text':'early'}}");
    return core;
}

TEST(timers_fire_in_due_order_each_at_its_own_time) {
    desk *core = with_two_sms();
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':86401999," HOST ",'in':{}}"), "\"fired\":0");
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':99000000," HOST ",'in':{}}"), "\"fired\":2");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," ANNA ",'in':{'kind':'effect','item_id':2}}"),
              "\"at\":86402000,");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," ANNA ",'in':{'kind':'effect','item_id':1}}"),
              "\"at\":86409000,");
    desk_close(core);
}

TEST(timers_fire_once_even_when_the_clock_goes_back) {
    desk *core = with_two_sms();
    askf(core, "{'op':'clock.tick','now':99000000," HOST ",'in':{}}");
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':1000," HOST ",'in':{}}"), "\"fired\":0");
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':99000000," HOST ",'in':{}}"), "\"fired\":0");
    desk_close(core);
}

TEST(a_limited_tick_leaves_the_rest_due) {
    desk *core = with_two_sms();
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':99000000," HOST ",'in':{'limit':1}}"),
              "\"fired\":1},\"rev\":10,\"wake_at\":86409000");
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':99000000," HOST ",'in':{'limit':1}}"),
              "\"fired\":1},\"rev\":11,\"wake_at\":null");
    desk_close(core);
}

TEST(what_is_past_its_deadline_is_not_given_out_whether_or_not_the_clock_ticked) {
    desk *core = with_two_sms();
    /* The first is worth nothing at this very instant, the second a millisecond longer. */
    CHECK_HAS(askf(core, "{'op':'effect.take','now':86402000," HOST ",'in':{'limit':1}}"),
              "\"effects\":[{\"effect_id\":1,");
    CHECK_HAS(askf(core, "{'op':'effect.take','now':86409000," HOST ",'in':{}}"),
              "\"effects\":[]},\"rev\":11,\"wake_at\":86402000,\"pending\":0");
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':86409000," HOST ",'in':{}}"), "\"fired\":");
    CHECK_HAS(askf(core, "{'op':'item.why','now':5," ANNA ",'in':{'kind':'effect','item_id':2}}"),
              "\"error\":\"deadline\"");
    desk_close(core);
}

TEST(wake_at_is_the_next_timer_or_retry) {
    desk *core = with_two_sms();
    CHECK_HAS(askf(core, "{'op':'effect.take','now':10000," HOST ",'in':{'lease_ms':5000}}"),
              "\"wake_at\":15000,\"pending\":0");
    CHECK_HAS(askf(core, "{'op':'effect.settle','now':10000," HOST
                         ",'in':{'effect_id':1,'status':'retry','retry_after_ms':3000}}"),
              "\"wake_at\":13000,\"pending\":0");
    CHECK_HAS(askf(core, "{'op':'clock.tick','now':13000," HOST ",'in':{}}"), "\"pending\":1");
    desk_close(core);
}

/* The host's clock was a moment ahead: what it was told then is not true any more. */
TEST(after_the_clock_went_back_what_is_not_due_yet_wakes_the_host) {
    desk *core = with_two_sms();
    CHECK_HAS(askf(core, "{'op':'core.hash','now':9500," HOST ",'in':{}}"),
              "\"wake_at\":86402000,\"pending\":2");
    CHECK_HAS(askf(core, "{'op':'core.hash','now':8500," HOST ",'in':{}}"),
              "\"wake_at\":9000,\"pending\":1");
    CHECK_HAS(askf(core, "{'op':'core.hash','now':9500," HOST ",'in':{}}"), "\"pending\":2");
    desk_close(core);
}

TEST(a_timer_whose_words_no_machine_knows_is_a_spoilt_file) {
    static const char *const words[] = {"'nobody', 1, 'deadline'", "'effect', 1, 'nothing'"};
    for (int i = 0; i < 2; i++) {
        desk *core = with_two_sms();
        char *sql = sqlite3_mprintf("insert into schedule (item_kind, item_id, event, due_at)"
                                    " values (%s, 5000)", words[i]);
        sqlite3_exec(check_sqlite(), sql, NULL, NULL, NULL);
        sqlite3_free(sql);
        CHECK_HAS(askf(core, "{'op':'clock.tick','now':9000," HOST ",'in':{}}"),
                  "storage.corrupt");
        desk_close(core);
    }
}
