/* Clinics, doctors and people: unique where they must be, in the place where they work. */
#include "check.h"

static const char *clinic_add(desk *core, const char *more) {
    return askf(core, "{'op':'clinic.add','now':5," PLATFORM ",'in':{'name':'C','zone':"
                      "'Europe/Warsaw','tier':'basic','locale':'en','phone':'+48220000009',"
                      "'email':'c@clinic.test'%s}}", more);
}

static const char *agent_add(desk *core, const char *role, const char *email, const char *more) {
    return askf(core, "{'op':'agent.add','now':5," PLATFORM ",'in':{'role':'%s','name':'N',"
                      "'email':'%s'%s}}", role, email, more);
}

TEST(the_platforms_own_id_of_a_clinic_is_unique) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(clinic_add(core, ",'external_id':'x1'"), "\"clinic_id\":3");
    CHECK_HAS(clinic_add(core, ",'external_id':'x1'"), "\"code\":\"refused.exists\",\"field\":"
                                                       "\"external_id\"");
    CHECK_HAS(clinic_add(core, ",'external_id':'x2'"), "\"clinic_id\":4");
    CHECK_HAS(clinic_add(core, ",'zone':'Europe/Nowhere'"), "invalid.duplicate_field");
    desk_close(core);
}

TEST(a_service_is_named_once_in_a_clinic_and_again_in_another) {
    desk *core = desk_with_clinics(":memory:");
    const char *const add = "{'op':'service.add','now':5," PLATFORM
                            ",'in':{'clinic_id':%d,'name':'Implants'}}";
    CHECK_HAS(askf(core, add, 1), "\"service_id\":1");
    CHECK_HAS(askf(core, add, 1), "refused.exists");
    CHECK_HAS(askf(core, add, 2), "\"service_id\":2");
    CHECK_HAS(askf(core, add, 9), "missing.not_found");
    desk_close(core);
}

TEST(people_of_clinics_have_one_and_people_of_the_platform_have_none) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(agent_add(core, "moderator", "m@x.test", ",'clinic_id':1"),
              "\"field\":\"clinic_id\"");
    CHECK_HAS(agent_add(core, "doctor", "d@x.test", ""), "\"field\":\"clinic_id\"");
    CHECK_HAS(agent_add(core, "manager", "m@x.test", ""), "\"agent_id\":3");
    CHECK_HAS(agent_add(core, "doctor", "d@x.test", ",'clinic_id':9"), "missing.not_found");
    CHECK_HAS(agent_add(core, "doctor", "d@x.test", ",'clinic_id':1"), "\"agent_id\":4");
    desk_close(core);
}

TEST(an_address_signs_one_person_in) {
    desk *core = desk_with_clinics(":memory:");
    const char *const set = "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':%d%s}}";
    CHECK_HAS(agent_add(core, "doctor", "1@staff.test", ",'clinic_id':2"), "refused.exists");
    CHECK_HAS(askf(core, set, 2, ",'email':'1@staff.test'"), "refused.exists");
    CHECK_HAS(askf(core, set, 1, ",'email':'1@staff.test'"), "\"ok\":");
    CHECK_HAS(askf(core, set, 1, ",'active':false"), "\"ok\":");
    CHECK_HAS(askf(core, set, 2, ",'email':'1@staff.test'"), "\"ok\":");
    CHECK_HAS(askf(core, set, 1, ",'active':true"), "refused.exists");
    CHECK_HAS(askf(core, set, 1, ",'active':true,'email':'new@staff.test'"), "\"ok\":");
    CHECK_HAS(askf(core, set, 9, ""), "missing.not_found");
    desk_close(core);
}

TEST(a_doctor_works_where_he_sees_patients) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'practitioner.add','now':5," PLATFORM
               ",'in':{'clinic_id':1,'name':'Dr','tier':'premium','services':['a','b']}}");
    CHECK_HAS(agent_add(core, "doctor", "d@x.test", ",'clinic_id':2,'practitioner_id':1"),
              "\"field\":\"practitioner_id\"");
    CHECK_HAS(agent_add(core, "doctor", "d@x.test", ",'clinic_id':1,'practitioner_id':1"),
              "\"agent_id\":3");
    CHECK_HAS(askf(core, "{'op':'agent.set','now':5," PLATFORM
                         ",'in':{'agent_id':2,'practitioner_id':1}}"), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'practitioner.list','now':5," ANNA ",'in':{}}"),
              "\"tier\":\"premium\",\"services\":[\"a\",\"b\"]");
    CHECK_HAS(askf(core, "{'op':'practitioner.list','now':5," OTHER ",'in':{'clinic_id':1}}"),
              "missing.not_found");
    desk_close(core);
}

TEST(a_clinic_may_change_everything_but_not_move_to_no_zone) {
    desk *core = desk_with_clinics(":memory:");
    const char *const set = "{'op':'clinic.set','now':5," PLATFORM ",'in':{'clinic_id':%d%s}}";
    CHECK_HAS(askf(core, set, 1, ",'zone':'Europe/Atlantis'"), "\"field\":\"zone\"");
    CHECK_HAS(askf(core, set, 1, ",'zone':'Asia/Tokyo','email':'new@clinic.test'"), "\"ok\":");
    CHECK_HAS(askf(core, set, 1, ",'name':'Renamed'"), "\"ok\":");
    CHECK_HAS(askf(core, set, 9, ""), "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," ANNA ",'in':{'clinic_id':1}}"),
              "\"name\":\"Renamed\",\"zone\":\"Asia/Tokyo\"");
    desk_close(core);
}

TEST(a_desk_without_a_platform_says_so) {
    desk *core = desk_open(":memory:");
    CHECK_HAS(askf(core, "{'op':'platform.get','now':5," HOST ",'in':{}}"), "missing.not_found");
    desk_close(core);
}
