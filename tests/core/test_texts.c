/* Sentences: placeholders, plurals as three languages count, what stands for a missing one. */
#include "check.h"

#include "texts.h"

static struct tx reader(struct arena *arena, struct texts *texts, const char *locale) {
    return (struct tx){.arena = arena, .texts = texts, .locale = locale};
}

static void counts(const char *locale, const int64_t numbers[], const char *wanted) {
    struct arena arena = {0};
    struct texts *texts = texts_open();
    struct tx tx = reader(&arena, texts, locale);
    for (int i = 0; numbers[i] >= 0; i++) {
        char number[21];
        snprintf(number, sizeof number, "%" PRId64, numbers[i]);
        const char *said = text_count(&tx, locale, "days", numbers[i]);
        struct text_var vars[] = {{"n", number}, {NULL, NULL}};
        if (strcmp(said, text_format(&tx, locale, wanted, vars)) != 0)
            check_failed(__FILE__, __LINE__, wanted, said);
    }
    texts_close(texts);
    arena_free(&arena);
}

/* The classes of CLDR: one, few, many. */
TEST(russian_counts_by_the_last_digit_but_not_from_eleven_to_fourteen) {
    counts("ru", (int64_t[]){1, 21, 101, 121, -1}, "days.one");
    counts("ru", (int64_t[]){2, 4, 22, 104, -1}, "days.few");
    counts("ru", (int64_t[]){0, 5, 10, 11, 12, 14, 15, 20, 111, 112, 114, 115, -1}, "days.many");
}

TEST(polish_has_one_only_for_one) {
    counts("pl", (int64_t[]){1, -1}, "days.one");
    counts("pl", (int64_t[]){2, 4, 22, 104, -1}, "days.few");
    counts("pl", (int64_t[]){0, 5, 11, 12, 14, 21, 101, 112, -1}, "days.many");
}

TEST(english_has_one_and_many) {
    counts("en", (int64_t[]){1, -1}, "days.one");
    counts("en", (int64_t[]){0, 2, 4, 11, 21, 22, -1}, "days.many");
}

TEST(what_no_catalogue_knows_stands_as_it_is) {
    struct arena arena = {0};
    struct texts *texts = texts_open();
    struct tx tx = reader(&arena, texts, "en");
    struct text_var vars[] = {{"a", "1"}, {NULL, NULL}};
    CHECK(strcmp(text_format(&tx, "en", "no {such} {a} sentence", vars),
                 "no {such} 1 sentence") == 0);
    CHECK(strcmp(text_format(&tx, "en", "left {a} open {a", vars), "left 1 open {a") == 0);
    CHECK(strcmp(text_format(&tx, "de", "none {a}", NULL), "none {a}") == 0);
    CHECK(strcmp(text_plain(&tx, "de", "error.malformed"),
                 text_plain(&tx, "en", "error.malformed")) == 0);
    texts_close(texts);
    texts_close(NULL);
    arena_free(&arena);
}

/* Facts fill a sentence by their names: texts and numbers, the first sixteen of them. */
TEST(facts_fill_the_sentence_of_their_row) {
    static const char *const facts[] = {
        "{\"notices\":3}", "{\"note\":null,\"notices\":3}",
        "{\"notices\":3,\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,"
        "\"i\":1,\"j\":1,\"k\":\"1\",\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1}", NULL};
    desk *core = desk_with_clinics(":memory:");
    const char *const why = "{'op':'item.why','now':5," ANNA
                            ",'in':{'kind':'review_chat','item_id':1}}";
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'m1'}}");
    for (int i = 0; facts[i]; i++) {
        char sql[600];
        snprintf(sql, sizeof sql, "update history set because = 'chat_answered', facts = '%s'"
                                  " where item_kind = 'review_chat'", facts[i]);
        spoil(sql);
        CHECK_HAS(askf(core, "%s", why), "e-mails to the clinic: 3.");
    }
    spoil("update history set facts = '{}' where item_kind = 'review_chat'");
    CHECK_HAS(askf(core, "%s", why), "e-mails to the clinic: {notices}.");
    desk_close(core);
}
