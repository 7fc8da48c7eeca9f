/* Policies: within their bounds, for the platform or for one clinic, and back to the default. */
#include "check.h"

static const char *set(desk *core, const char *in) {
    return askf(core, "{'op':'policy.set','now':5," PLATFORM ",'in':{%s}}", in);
}

static const char *listed(desk *core, const char *in) {
    return askf(core, "{'op':'policy.list','now':5," PLATFORM ",'in':{%s}}", in);
}

TEST(a_policy_stays_within_its_bounds) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(set(core, "'key':'mute.after','value':0"),
              "The value of \\\"value\\\" is out of range (1 - 100).");
    CHECK_HAS(set(core, "'key':'mute.after','value':1"), "\"value\":1");
    CHECK_HAS(set(core, "'key':'mute.after','value':100"), "\"value\":100");
    CHECK_HAS(set(core, "'key':'mute.after','value':101"), "invalid.out_of_range");
    CHECK_HAS(set(core, "'key':'mute.never','value':1"), "\"field\":\"key\"");
    desk_close(core);
}

TEST(a_clinics_own_policy_wins_until_it_is_cleared) {
    desk *core = desk_with_clinics(":memory:");
    set(core, "'key':'mute.after','value':7");
    CHECK_HAS(set(core, "'key':'mute.after','clinic_id':1,'value':9"), "\"value\":9");
    CHECK_HAS(set(core, "'key':'mute.after','clinic_id':8,'value':9"), "\"field\":\"clinic_id\"");
    CHECK_HAS(listed(core, "'clinic_id':1"), "\"key\":\"mute.after\",\"value\":9,\"changed\":true");
    CHECK_HAS(listed(core, "'clinic_id':2"),
              "\"key\":\"mute.after\",\"value\":7,\"changed\":false");
    CHECK_HAS(set(core, "'key':'mute.after','clinic_id':1"), "\"value\":7");
    CHECK_HAS(set(core, "'key':'mute.after'"), "\"value\":2");
    desk_close(core);
}

TEST(a_preset_is_what_holds_where_nobody_decided) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(listed(core, ""), "\"preset\":\"recommended\"");
    CHECK_HAS(listed(core, ""), "\"key\":\"form.offer_radius_km\",\"value\":50");
    askf(core, "{'op':'platform.set','now':1000," PLATFORM ",'in':{'name':'Portal','base_url':"
               "'https://desk.test','locale':'en','policy_preset':'literal'}}");
    CHECK_HAS(listed(core, ""), "\"preset\":\"literal\"");
    CHECK_HAS(listed(core, ""), "\"key\":\"form.offer_radius_km\",\"value\":0");
    CHECK_HAS(listed(core, ""), "\"editable\":true");
    CHECK_HAS(askf(core, "{'op':'policy.list','now':5," ANNA ",'in':{}}"), "\"editable\":false");
    CHECK_HAS(askf(core, "{'op':'policy.list','now':5," ANNA ",'in':{'clinic_id':2}}"),
              "missing.not_found");
    desk_close(core);
}
