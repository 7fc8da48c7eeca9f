/* Reviews and ratings at their edges: whose doctor, one subject, a page, the trail that breaks. */
#include "check.h"

static const char *review_add(desk *core, const char *more) {
    return askf(core, "{'op':'review.add','now':1000," PLATFORM ",'in':{'author_name':'A',"
                      "'author_phone':'+48601234567','locale':'en','rating':4,'text':'words',"
                      "'published_at':900,%s}}", more);
}

TEST(a_review_of_a_doctor_is_of_one_who_works_there) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'practitioner.add','now':5," PLATFORM ",'in':{'clinic_id':2,'name':'Dr'}}");
    CHECK_HAS(review_add(core, "'clinic_id':1,'practitioner_id':1"),
              "\"field\":\"practitioner_id\"");
    CHECK_HAS(review_add(core, "'clinic_id':2,'practitioner_id':7"),
              "\"field\":\"practitioner_id\"");
    CHECK_HAS(review_add(core, "'clinic_id':7"), "\"field\":\"clinic_id\"");
    CHECK_HAS(review_add(core, "'clinic_id':2,'practitioner_id':1,'author_email':'a@b.test'"),
              "\"review_id\":3");
    CHECK_HAS(review_add(core, "'clinic_id':2,'author_email':''"), "\"review_id\":4");
    CHECK_HAS(askf(core, "{'op':'rating.get','now':5,'in':{'practitioner_id':1}}"),
              "\"mean\":4,\"count\":1,\"distribution\":[0,0,0,1,0]");
    desk_close(core);
}

TEST(a_rating_is_of_a_clinic_or_of_a_doctor) {
    desk *core = desk_with_clinics(":memory:");
    const char *const get = "{'op':'rating.get','now':5,'in':{%s}}";
    CHECK_HAS(askf(core, get, ""), "invalid.required");
    CHECK_HAS(askf(core, get, "'clinic_id':1,'practitioner_id':1"), "invalid.required");
    CHECK_HAS(askf(core, get, "'clinic_id':1"), "\"mean\":3,\"count\":2");
    CHECK_HAS(askf(core, get, "'clinic_id':2"), "\"mean\":null,\"count\":0");
    CHECK_HAS(askf(core, get, "'clinic_id':9"), "missing.not_found");
    CHECK_HAS(askf(core, get, "'practitioner_id':9"), "missing.not_found");
    desk_close(core);
}

TEST(a_page_of_reviews_says_whether_there_are_more) {
    desk *core = desk_with_clinics(":memory:");
    const char *const list = "{'op':'review.list','now':5," ANNA ",'in':{%s}}";
    CHECK_HAS(askf(core, list, "'limit':1"), "\"more\":true");
    CHECK_HAS(askf(core, list, "'limit':2"), "\"more\":false");
    const char *page = askf(core, list, "'limit':1,'before_id':2");
    CHECK_HAS(page, "\"review_id\":1,");
    CHECK_HAS(page, "\"more\":false");
    CHECK_HAS(askf(core, list, "'state':'annulled'"), "\"reviews\":[]");
    CHECK_HAS(askf(core, list, "'clinic_id':2"), "missing.not_found");
    desk_close(core);
}

TEST(the_trail_of_a_review_shows_that_somebody_altered_it) {
    desk *core = desk_with_clinics(":memory:");
    const char *const trail = "{'op':'review.trail','now':5,%s,'in':{'review_id':1}}";
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    CHECK_HAS(askf(core, trail, ANNA), "\"chain\":\"ok\"");
    CHECK_HAS(askf(core, trail, OTHER), "missing.not_found");
    static const char *const alterations[] = {
        "update history set at = at + 1 where item_kind = 'review_chat'",
        "update history set at = at - 1, facts_hash = x'00' where item_kind = 'review_chat'",
        "update history set hash = x'00' where item_kind = 'review'", NULL};
    for (int i = 0; alterations[i]; i++) {
        spoil(alterations[i]);
        CHECK_HAS(askf(core, trail, ANNA), "\"chain\":\"broken\"");
    }
    CHECK_HAS(askf(core, "{'op':'core.verify','now':5," HOST ",'in':{}}"), "\"chain\":\"broken\"");
    desk_close(core);
}

TEST(a_patient_sees_the_review_of_the_own_chat_only) {
    desk *core = desk_with_clinics(":memory:");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    CHECK_HAS(askf(core, "{'op':'review.get','now':2001," PATIENT(1) ",'in':{'review_id':1}}"),
              "\"review_id\":1");
    CHECK_HAS(askf(core, "{'op':'review.get','now':2001," PATIENT(1) ",'in':{'review_id':2}}"),
              "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'review.get','now':2001," OTHER ",'in':{'review_id':1}}"),
              "missing.not_found");
    desk_close(core);
}

TEST(a_reply_is_public_and_the_own_clinics) {
    desk *core = desk_with_clinics(":memory:");
    const char *const reply = "{'op':'review.reply','now':7,%s,'in':{'review_id':%d,'text':'r'}}";
    CHECK_HAS(askf(core, reply, OTHER, 1), "missing.not_found");
    CHECK_HAS(askf(core, reply, ANNA, 9), "missing.not_found");
    CHECK_HAS(askf(core, reply, ANNA, 1), "\"replied_at\":7");
    CHECK_HAS(askf(core, "{'op':'review.get','now':8,'in':{'review_id':1}}"), "\"reply\":\"r\"");
    desk_close(core);
}
