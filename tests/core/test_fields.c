/* Formats of fields, and the digest that tells two requests apart. */
#include "check.h"

#include "fields.h"

struct sample {
    const char *text;
    int64_t number;
    bool flag;
};
static const struct field sample_fields[] = {
    FIELD(struct sample, text, .doc = "a text"),
    FIELD(struct sample, number, .doc = "a number"),
    FIELD(struct sample, flag, .doc = "a flag"),
};

TEST(fields_know_a_phone_number) {
    CHECK(phone_valid("+48601234567"));
    CHECK(phone_valid("+7916123"));
    CHECK(!phone_valid("+791612"));
    CHECK(!phone_valid("+1234567890123456"));
    CHECK(!phone_valid("48601234567"));
    CHECK(!phone_valid("+08601234567"));
    CHECK(!phone_valid("+4860 1234567"));
    CHECK(!phone_valid("+48601234567 ext. 2"));
    CHECK(!phone_valid(""));
}

TEST(fields_know_an_address) {
    CHECK(email_valid("a@b.c"));
    CHECK(!email_valid("a@b"));
    CHECK(!email_valid("@b.c"));
    CHECK(!email_valid("a@"));
    CHECK(!email_valid("a@b@c.d"));
    CHECK(!email_valid("a b@c.d"));
    CHECK(!email_valid("a\r\nBcc:x@c.d"));
    CHECK(!email_valid("<a@c.d>"));
    CHECK(!email_valid("a\x7F@c.d"));
}

TEST(fields_measure_texts_in_characters) {
    CHECK(text_length("abc") == 3);
    CHECK(text_length("\xd0\xb6\xc5\xbc\xf0\x9f\x98\x80") == 3);
}

TEST(fields_digest_tells_inputs_apart) {
    struct sample one = {"a", 1, false}, same = {"a", 1, false}, other = {"a", 2, false};
    struct sample flagged = {"a", 1, true}, word = {"b", 1, false};
    int64_t digest = fields_digest("op", sample_fields, 3, &one);
    CHECK(digest == fields_digest("op", sample_fields, 3, &same));
    CHECK(digest != fields_digest("op", sample_fields, 3, &other));
    CHECK(digest != fields_digest("op", sample_fields, 3, &flagged));
    CHECK(digest != fields_digest("op", sample_fields, 3, &word));
    CHECK(digest != fields_digest("po", sample_fields, 3, &one));
}

/* What a request is told about a text of a review. */
static const char *review_with(desk *core, const char *text) {
    return askf(core, "{'op':'review.add','now':5," PLATFORM ",'in':{'clinic_id':1,'author_name':"
                      "'A','author_phone':'+48601234567','locale':'en','rating':1,'text':'%s',"
                      "'published_at':900}}", text);
}

TEST(a_text_may_break_lines_but_holds_no_other_control_character) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(review_with(core, "one\\ntwo\\ttabbed\\r"), "\"ok\":");
    CHECK_HAS(review_with(core, "a\\u0007bell"), "Allowed: U+0009");
    CHECK_HAS(review_with(core, "a\\u007fdelete"), "invalid.bad_value");
    desk_close(core);
}

TEST(a_member_of_the_wrong_kind_is_refused_by_its_name) {
    static const char *const wrong[][2] = {
        {"'lat':'north'", "\"field\":\"lat\""},     {"'lat':-90.5", "\"field\":\"lat\""},
        {"'lat':90.5", "\"field\":\"lat\""},        {"'lon':181", "\"field\":\"lon\""},
        {"'name':7", "\"field\":\"name\""},         {"'clinic_id':1.5", "\"field\":\"clinic_id\""},
        {"'clinic_id':'1'", "\"field\":\"clinic_id\""}, {NULL, NULL}};
    desk *core = desk_with_clinics(":memory:");
    for (int i = 0; wrong[i][0]; i++) {
        const char *reply = askf(core, "{'op':'clinic.set','now':5," PLATFORM ",'in':{%s}}",
                                 wrong[i][0]);
        CHECK_HAS(reply, "\"category\":\"invalid\"");
        CHECK_HAS(reply, wrong[i][1]);
    }
    CHECK_HAS(askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,'active':1}}"),
              "\"field\":\"active\"");
    CHECK_HAS(askf(core, "{'op':'clinic.set','now':5," PLATFORM ",'in':{'clinic_id':1,"
                         "'lat':-90,'lon':180}}"), "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'clinic.list','now':5," ANNA ",'in':{}}"),
              "\"lat\":-90.0,\"lon\":180.0");
    desk_close(core);
}

TEST(a_list_of_names_is_a_list_and_its_names_are_names) {
    desk *core = desk_with_clinics(":memory:");
    char name[300];
    const char *const add = "{'op':'practitioner.add','now':5," PLATFORM
                            ",'in':{'clinic_id':1,'name':'D','services':%s}}";
    CHECK_HAS(askf(core, add, "'all'"), "invalid.wrong_type");
    CHECK_HAS(askf(core, add, "{'a':'b'}"), "invalid.wrong_type");
    CHECK_HAS(askf(core, add, "['a',1]"), "invalid.wrong_type");
    memset(name, 'x', sizeof name);
    memcpy(name, "['", 2);
    for (int size = 200; size <= 201; size++) {
        memset(name + 2, 'x', 200);
        strcpy(name + 2 + size, "']");
        name[2 + size - 1] = 'x';
        CHECK_HAS(askf(core, add, name), size == 200 ? "\"ok\":" : "invalid.too_long");
    }
    char many[1000] = "['a'";
    for (int i = 1; i < 101; i++) strcat(many, ",'a'");
    strcat(many, "]");
    CHECK_HAS(askf(core, add, many), "invalid.too_long");
    desk_close(core);
}

TEST(an_optional_member_may_be_empty_whatever_its_format) {
    desk *core = desk_with_clinics(":memory:");
    CHECK_HAS(askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,'phone':'',"
                         "'locale':''}}"), "\"ok\":");
    CHECK_HAS(askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,"
                         "'phone':'12'}}"), "invalid.bad_phone");
    CHECK_HAS(askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,"
                         "'email':'12'}}"), "invalid.bad_email");
    CHECK_HAS(askf(core, "{'op':'agent.set','now':5," PLATFORM ",'in':{'agent_id':1,"
                         "'locale':'de'}}"), "ru, pl, en");
    desk_close(core);
}
