/* How staff hear of questions, on which devices, and the list of whom to call (rules 31, 61). */
#include "check.h"

static const char *subscribe(desk *core, const char *actor, const char *endpoint) {
    return askf(core, "{'op':'push.subscribe','now':5,%s,'in':{'endpoint':'%s','p256dh':'k',"
                      "'auth':'a','label':'Phone'}}", actor, endpoint);
}

TEST(a_device_belongs_to_who_asked_last) {
    desk *core = desk_with_clinics(":memory:");
    const char *const get = "{'op':'notice.get','now':5,%s,'in':{}}";
    CHECK_HAS(subscribe(core, ANNA, "http://push.test/1"), "Allowed: https://….");
    CHECK_HAS(subscribe(core, ANNA, "https://push.test/1"), "\"subscription_id\":1");
    CHECK_HAS(askf(core, get, ANNA), "\"subscription_id\":1,\"label\":\"Phone\"");
    CHECK_HAS(subscribe(core, OTHER, "https://push.test/1"), "\"subscription_id\":1");
    CHECK_HAS(askf(core, get, ANNA), "\"push\":[]");
    CHECK_HAS(askf(core, get, OTHER), "\"subscription_id\":1");
    desk_close(core);
}

TEST(a_device_is_let_go_by_its_address_or_by_its_number_and_only_by_its_owner) {
    desk *core = desk_with_clinics(":memory:");
    const char *const drop = "{'op':'push.unsubscribe','now':5,%s,'in':{%s}}";
    subscribe(core, ANNA, "https://push.test/1");
    subscribe(core, ANNA, "https://push.test/2");
    CHECK_HAS(askf(core, drop, ANNA, ""), "invalid.required");
    CHECK_HAS(askf(core, drop, ANNA, "'subscription_id':1,'endpoint':'https://push.test/1'"),
              "invalid.required");
    askf(core, drop, OTHER, "'subscription_id':1");
    askf(core, drop, ANNA, "'endpoint':'https://push.test/2'");
    const char *left = askf(core, "{'op':'notice.get','now':5," ANNA ",'in':{}}");
    CHECK_HAS(left, "\"subscription_id\":1");
    CHECK_HAS_NOT(left, "\"subscription_id\":2");
    askf(core, drop, ANNA, "'subscription_id':1");
    CHECK_HAS(askf(core, "{'op':'notice.get','now':5," ANNA ",'in':{}}"), "\"push\":[]");
    desk_close(core);
}

TEST(ones_own_mails_are_turned_off_and_on) {
    desk *core = desk_with_clinics(":memory:");
    for (int on = 0; on <= 1; on++) {
        const char *word = on ? "true" : "false";
        askf(core, "{'op':'notice.set','now':5," ANNA ",'in':{'contact_form_email':%s}}", word);
        const char *seen = askf(core, "{'op':'notice.get','now':5," ANNA ",'in':{}}");
        CHECK_HAS(seen, on ? "\"contact_form_email\":true" : "\"contact_form_email\":false");
    }
    desk_close(core);
}

TEST(a_task_is_done_once) {
    desk *core = desk_with_clinics(":memory:");
    const char *const close = "{'op':'task.close','now':5," HOST ",'in':{'task_id':1}}";
    CHECK_HAS(askf(core, "%s", close), "missing.not_found");
    spoil("insert into task (kind, clinic_id, agent_id, address, error, opened_at)"
          " values ('bounced_address', 1, 1, '1@staff.test', 'no such box', 3)");
    CHECK_HAS(askf(core, "{'op':'task.list','now':5," HOST ",'in':{}}"), "\"task_id\":1");
    CHECK_HAS(askf(core, "%s", close), "\"ok\":");
    CHECK_HAS(askf(core, "%s", close), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'task.list','now':5," HOST ",'in':{}}"), "\"tasks\":[]");
    desk_close(core);
}
