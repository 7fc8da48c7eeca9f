/* Search: what is found and what is not, for whom, in which words; that nothing of a query is
 * syntax; and that what was forgotten is in no page any more. Threads are written by SQL, because
 * here only their words matter. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>

#define ASSISTANT "'actor':{'role':'assistant','agent_id':3}"

static void sql(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = sqlite3_vmprintf(format, args);
    va_end(args);
    spoil(text);
    sqlite3_free(text);
}

/* A form whose patient is `name`, with its question. */
static void form(int id, int clinic_id, const char *state, const char *name, const char *text) {
    sql("insert into contact_form (contact_form_id, clinic_id, state, name, email, phone, locale,"
        " origin, delivered_at, clock_at, waiting_since_at, rev) values (%d, %d, '%q', '%q',"
        " 'p%d@mail.test', '+4860100%04d', 'pl', 'direct', 1, 1, 1, 1)",
        id, clinic_id, state, name, id, id);
    sql("insert into message (item_kind, item_id, clinic_id, author, text, sent_at, rev)"
        " values ('contact_form', %d, %d, 'patient', '%q', %d, 1)", id, clinic_id, text, 1000 + id);
}

static void answer(int id, int clinic_id, const char *kind, const char *text) {
    sql("insert into message (item_kind, item_id, clinic_id, author, kind, text, sent_at)"
        " values ('contact_form', %d, %d, 'clinic', '%q', '%q', 2000)", id, clinic_id, kind, text);
}

static desk *with_forms(const char *path) {
    desk *core = desk_with_clinics(path);
    askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'role':'assistant',"
               "'name':'Ewa','email':'ewa@staff.test'}}");
    form(1, 1, "read", "Łukasz Żółć", "Boli mnie ząb, proszę o termin");
    form(2, 1, "read", "Семён Ёлкин", "Здравствуйте, ещё болит зуб мудрости");
    form(3, 1, "read", "Zoë O'Brien", "My tooth aches NOT near the jaw");
    form(4, 2, "read", "Anna Canary", "Boli mnie ząb");
    return core;
}

static const char *found(desk *core, const char *actor, const char *text) {
    return askf(core, "{'op':'search','now':5000,%s,'in':{'text':'%s'}}", actor, text);
}

/* The hits' forms, newest first, as "3 1 ". */
static const char *forms_found(desk *core, const char *actor, const char *text) {
    static char ids[4000];
    const char *reply = found(core, actor, text);
    ids[0] = 0;
    if (!strstr(reply, "\"hits\":")) return reply;
    for (const char *at = reply; (at = strstr(at, "\"item_id\":")); at += 10) {
        size_t used = strlen(ids);
        snprintf(ids + used, sizeof ids - used, "%d ", atoi(at + 10));
    }
    return ids;
}

static void finds(desk *core, const char *text, const char *ids) {
    const char *seen = forms_found(core, ANNA, text);
    if (strcmp(seen, ids) != 0) check_failed(__FILE__, __LINE__, text, seen);
}

TEST(search_folds_case_accents_and_the_letters_of_three_languages) {
    desk *core = with_forms(":memory:");
    finds(core, "ząb", "1 ");
    finds(core, "ZAB", "1 ");
    finds(core, "lukasz zolc", "1 ");
    finds(core, "ŁUKASZ", "1 ");
    finds(core, "елкин", "2 ");
    finds(core, "СЕМЕН ещё", "2 ");
    finds(core, "еще", "2 ");
    finds(core, "zoe", "3 ");
    finds(core, "obrien", "");
    finds(core, "o brien", "3 ");
    desk_close(core);
}

TEST(search_takes_the_beginnings_of_all_words) {
    desk *core = with_forms(":memory:");
    finds(core, "bol", "1 ");
    finds(core, "бол му", "2 ");
    finds(core, "бол канал", "");
    finds(core, "oothache", "");
    finds(core, "z", "3 1 ");
    desk_close(core);
}

TEST(search_knows_people_by_name_address_and_any_part_of_the_number) {
    desk *core = with_forms(":memory:");
    finds(core, "p2@mail.test", "2 ");
    finds(core, "+48 601-000-003", "3 ");
    finds(core, "601000003", "3 ");
    finds(core, "0048601000003", "3 ");
    finds(core, "0003", "3 ");
    sql("update contact_form set phone = '+79991234567' where contact_form_id = 1");
    sql("update search_state set message_id = 0");
    finds(core, "89991234567", "1 ");
    finds(core, "8 (999) 123-45-67", "1 ");
    finds(core, "999 123", "1 ");
    desk_close(core);
}

/* A query is words, whatever FTS5 would read in it. */
TEST(nothing_in_a_query_is_syntax) {
    desk *core = with_forms(":memory:");
    finds(core, "NOT near", "3 ");
    finds(core, "tooth NOT jaw", "3 ");
    finds(core, "tooth OR zab", "");
    finds(core, "tooth AND jaw", "");
    finds(core, "NEAR(tooth jaw)", "3 ");
    finds(core, "words:tooth", "");
    finds(core, "{words}: tooth", "");
    finds(core, "^tooth", "3 ");
    finds(core, "too*th", "3 ");
    finds(core, "tooth*", "3 ");
    finds(core, "tooth + jaw", "3 ");
    finds(core, "-tooth", "3 ");
    CHECK_HAS(found(core, ANNA, "tooth\\\""), "\"item_id\":3");
    CHECK_HAS(found(core, ANNA, "\\\"tooth jaw"), "\"item_id\":3");
    CHECK_HAS(found(core, ANNA, "tooth\\u0000"), "\"error\"");
    finds(core, "2x0xboli", "");
    finds(core, "1x0xboli", "");
    desk_close(core);
}

TEST(an_empty_query_is_refused_by_its_field) {
    desk *core = with_forms(":memory:");
    static const char *const empty[] = {"", "   ", "!?*", "\\\"", "\xCC\x81", NULL};
    for (int i = 0; empty[i]; i++) {
        CHECK_HAS(found(core, ANNA, empty[i]), "invalid.required");
        CHECK_HAS(found(core, ANNA, empty[i]), "\"field\":\"text\"");
    }
    CHECK_HAS(found(core, PLATFORM, "zab"), "\"field\":\"clinic_id\"");
    desk_close(core);
}

TEST(a_clinic_finds_its_own_only) {
    desk *core = with_forms(":memory:");
    finds(core, "canary", "");
    CHECK_HAS(found(core, OTHER, "boli"), "\"item_id\":4");
    CHECK_HAS_NOT(found(core, OTHER, "boli"), "\"item_id\":1,");
    CHECK_HAS(found(core, ASSISTANT, "boli"), "\"item_id\":1,");
    CHECK_HAS(askf(core, "{'op':'search','now':5," ANNA ",'in':{'text':'boli','clinic_id':2}}"),
              "missing.not_found");
    CHECK_HAS(askf(core, "{'op':'search','now':5," PLATFORM ",'in':{'text':'b','clinic_id':2}}"),
              "Anna Canary");
    CHECK_HAS(found(core, HOST, "boli"), "denied.not_allowed");
    desk_close(core);
}

TEST(a_note_about_a_call_is_found_by_the_clinic_only) {
    desk *core = with_forms(":memory:");
    answer(1, 1, "phone", "Oddzwonione, umówione na wtorek");
    CHECK_HAS(found(core, ASSISTANT, "umowione"), "\"message_id\":5");
    CHECK_HAS(askf(core, "{'op':'search','now':5," PLATFORM
                         ",'in':{'text':'umowione','clinic_id':1}}"), "\"hits\":[]");
    desk_close(core);
}

/* Reading is what marks a form read (rule 34); a hit shows that it is there, not its words. */
TEST(a_hit_in_an_unread_form_shows_none_of_its_words) {
    desk *core = with_forms(":memory:");
    form(5, 1, "new", "Jan", "tajemnica o zębie");
    CHECK_HAS(found(core, ANNA, "tajemnica"), "\"state\":\"new\",\"snippet\":null");
    CHECK_HAS_NOT(found(core, ANNA, "tajemnica"), "tajemnica");
    desk_close(core);
}

TEST(a_snippet_is_cut_between_words_around_the_hit) {
    desk *core = with_forms(":memory:");
    answer(1, 1, "text",
           "Старое слово раз, старое слово два, старое слово три, старое слово четыре и вот "
           "НАХОДКА среди них, а дальше ещё одно слово, и ещё одно слово, и ещё одно слово, и ещё "
           "одно слово, чтобы конец не поместился");
    const char *reply = found(core, ANNA, "находка");
    CHECK_HAS(reply, "\"snippet\":\"…слово три, старое слово четыре и вот \\u0002НАХОДКА\\u0003"
                     " среди них, а дальше ещё одно слово, и ещё одно слово, и ещё одно слово,…\"");
    CHECK_HAS(found(core, ANNA, "сред вот"), "и \\u0002вот\\u0003 НАХОДКА \\u0002среди\\u0003 них");
    answer(2, 1, "text", "a fake \x02mark\x03 of ours");
    CHECK_HAS(found(core, ANNA, "fake"), "\"a \\u0002fake\\u0003 mark of ours\"");
    CHECK_HAS(found(core, ANNA, "старое"), "\"snippet\":\"\\u0002Старое\\u0003 слово раз,");
    CHECK_HAS(found(core, ANNA, "поместился"), "чтобы конец не \\u0002поместился\\u0003\"");
    CHECK_HAS(found(core, ANNA, "елкин"), "\"snippet\":\"Здравствуйте, ещё болит зуб мудрости\"");
    desk_close(core);
}

/* Emoji, combining accents and one word of 4000 characters: cuts stay between characters. */
TEST(a_snippet_of_any_text_is_valid_text) {
    desk *core = with_forms(":memory:");
    char text[16001];
    for (int i = 0; i < 4000; i++) memcpy(text + 4 * i, i % 7 ? "😀" : "𐐷", 4);
    text[16000] = 0;
    form(5, 1, "read", "Jan", text);
    finds(core, "jan", "5 ");
    memset(text, 'a', 4000);
    text[4000] = 0;
    form(6, 1, "read", "Piotr", text);
    text[100] = 0;
    finds(core, text, "6 ");
    form(7, 1, "read", "Ivan", "мои\xCC\x86 зуб");
    finds(core, "мой", "7 ");
    finds(core, "мои", "7 ");
    desk_close(core);
}

TEST(a_chat_is_found_by_its_author_and_its_review) {
    desk *core = with_forms(":memory:");
    askf(core, "{'op':'review.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'author_name':"
               "'Bogdan','author_phone':'+48609999999','locale':'en','rating':1,'text':"
               "'Nigdy więcej','published_at':900}}");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':3,'purpose':'solve','text':'Sorry to hear'}}");
    CHECK_HAS(found(core, ANNA, "bogdan sorry"), "\"kind\":\"review_chat\",\"item_id\":1,");
    CHECK_HAS(found(core, ANNA, "wiecej"), "\"name\":\"Bogdan\"");
    CHECK_HAS(found(core, ANNA, "609999999"), "\"hits\":[]");
    desk_close(core);
}

/* Over four parts of the index, two of them without a hit. */
TEST(pages_follow_each_other_without_gaps) {
    desk *core = with_forms(":memory:");
    for (int i = 10; i < 150; i++) {
        form(i, 1, "read", "Page", "common word");
        if (i == 60) sql("update message set message_id = 131071 where item_id = 60");
        if (i == 100) sql("update message set message_id = 500000 where item_id = 100");
    }
    int before_id = 0, hits = 0, last = 1 << 30;
    bool more = true, falling = true;
    for (int pages = 0; more && pages < 10; pages++) {
        char from[40] = "";
        if (before_id) snprintf(from, sizeof from, ",'before_id':%d", before_id);
        const char *reply = askf(core, "{'op':'search','now':5," ANNA
                                       ",'in':{'text':'common','limit':33%s}}", from);
        for (const char *at = reply; (at = strstr(at, "\"message_id\":")); at += 13) {
            before_id = atoi(at + 13);
            falling = falling && before_id < last;
            last = before_id;
            hits++;
        }
        more = strstr(reply, "\"more\":true") != NULL;
    }
    CHECK(hits == 140 && falling && !more);
    desk_close(core);
}

/* The first number after a restore is the clock's: millions of parts lie empty before it. */
TEST(search_finds_what_was_before_a_restore_and_after) {
    desk *core = with_forms(":memory:");
    askf(core, "{'op':'core.restored','now':1772438910000," HOST ",'in':{}}");
    CHECK_HAS(askf(core, "{'op':'contact_form.send','now':1772438911000,'actor':{'role':'visitor'},"
                         "'in':{'clinic_id':1,'name':'Ida','email':'ida@mail.test','locale':'pl',"
                         "'text':'Boli mnie kolano'}}"), "\"contact_form_id\":1772438910001");
    const char *hits = found(core, ANNA, "mnie");
    CHECK_HAS(hits, "\"item_id\":1772438910001");
    CHECK_HAS(hits, "\"item_id\":1,");
    desk_close(core);
}

TEST(a_search_writes_only_when_there_is_something_new) {
    desk *core = with_forms(":memory:");
    CHECK_HAS(found(core, ANNA, "boli"), "\"rev\":9,");
    CHECK_HAS(found(core, ANNA, "zab"), "\"rev\":9,");
    answer(1, 1, "text", "Zapraszamy");
    CHECK_HAS(found(core, ANNA, "zapraszamy"), "\"rev\":10,");
    answer(2, 1, "text", "Zapraszamy");
    askf(core, "{'op':'clock.tick','now':6000," HOST ",'in':{}}");
    CHECK_HAS(found(core, ANNA, "zapraszamy"), "\"rev\":11,");
    desk_close(core);
}

/* The index is made from the state and is no part of it: where it stands changes no hash. */
TEST(searching_leaves_the_state_as_it_was) {
    desk *core = with_forms(":memory:");
    char *before = strdup(askf(core, "{'op':'core.hash','now':5," HOST ",'in':{}}"));
    found(core, ANNA, "boli");
    const char *after = askf(core, "{'op':'core.hash','now':5," HOST ",'in':{}}");
    CHECK(strncmp(before, after, strlen("{\"ok\":{\"hash\":\"") + 64) == 0);
    free(before);
    desk_close(core);
}

/* Takes what the clinic may see over into another core, as a page does. */
static void pull_into(desk *replica, desk *core) {
    const char *reply = askf(core, "{'op':'sync.pull','now':5," ANNA ",'in':{'since':0}}");
    const char *ok = strstr(reply, "{\"rev\""), *end = strstr(reply, "},\"rev\":");
    size_t size = (size_t)(end - ok) + 1;
    char *request = calloc(1, size + 200);
    strcat(request, "{\"op\":\"sync.apply\",\"now\":5,\"actor\":{\"role\":\"host\"},\"in\":");
    strncat(request, ok, size);
    strcat(request, "}");
    CHECK_HAS(ask(replica, request), "\"rows\":");
    free(request);
}

/* A replica gets rows in any order and gets them again when they change: it indexes anew. */
TEST(a_replica_finds_what_it_was_given) {
    desk *core = with_forms(":memory:"), *replica = desk_open(":memory:");
    pull_into(replica, core);
    CHECK_HAS(found(replica, ANNA, "zab"), "\"item_id\":1,");
    CHECK_HAS_NOT(found(replica, ANNA, "zab"), "\"item_id\":4,");
    askf(core, "{'op':'person.erase','now':9," PLATFORM
               ",'in':{'email':'p1@mail.test','confirmed':true}}");
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':1,'purpose':'solve','text':'a late word'}}");
    pull_into(replica, core);
    CHECK_HAS(found(replica, ANNA, "zab"), "\"hits\":[]");
    CHECK_HAS(found(replica, ANNA, "late"), "\"kind\":\"review_chat\"");
    desk_close(core);
    desk_close(replica);
}

TEST(the_clock_catches_up_with_a_part_and_the_next_tick_with_the_rest) {
    desk *core = with_forms(":memory:");
    for (int i = 10; i < 710; i++) form(i, 1, "read", "Page", "common word");
    askf(core, "{'op':'clock.tick','now':6000," HOST ",'in':{}}");
    sql("create temp table seen as select message_id from search_state");
    askf(core, "{'op':'clock.tick','now':6000," HOST ",'in':{}}");
    sql("insert into seen select message_id from search_state");
    sql("create temp table right (ok check (ok))");
    sql("insert into right select group_concat(message_id) = '500,704' from seen");
    desk_close(core);
}

/* Forms come in many parts, so that the index has many segments and merges some; every third goes
 * in an order of its own. Of those no word stays, not even where a page of the index began with it,
 * of the others all. */
TEST(what_is_forgotten_leaves_no_word_in_the_index) {
    desk *core = with_forms(":memory:");
    char text[80];
    for (int i = 10; i < 1210; i++) {
        snprintf(text, sizeof text, "both %s%dq", i % 3 ? "stays" : "narium", i);
        form(i, 1, "read", i % 3 ? "Staying" : "Leaving", text);
        if (i % 11 == 0) found(core, ANNA, "both");
    }
    CHECK(number("select count(*) from search_data where instr(block, 'narium')") > 0);
    for (int k = 0; k < 400; k++) {
        int i = 12 + 3 * (k * 149 % 400);
        CHECK_HAS(askf(core, "{'op':'person.erase','now':9," PLATFORM ",'in':{'email':"
                             "'p%d@mail.test','confirmed':true}}", i), "\"contact_forms\":1");
    }
    CHECK(number("select count(*) from search_data where instr(block, 'narium')") == 0);
    CHECK(number("select count(*) from search_data where instr(block, 'leaving')") == 0);
    CHECK(number("select count(*) from search_idx where instr(term, 'nar')") == 0);
    CHECK_HAS(found(core, ANNA, "leaving"), "\"hits\":[]");
    CHECK(number("select count(*) from search where search match '\"1x0xstaying\"'") == 800);
    CHECK(number("select count(*) from search where search match '\"1x0xboth\"'") == 800);
    for (int i = 10; i < 1210; i += 7) {
        snprintf(text, sizeof text, "stays%dq", i);
        bool hit = strstr(found(core, ANNA, text), "\"item_id\"") != NULL;
        CHECK(hit == (i % 3 != 0));
    }
    spoil("insert into search (search, rank) values ('integrity-check', 0)");
    desk_close(core);
}

/* People type a number as they would dial it: with 8 in front in Russia, or with 00, in one word or
 * in several; a number that only begins so is left as it is. */
TEST(a_number_is_found_as_it_is_dialled) {
    desk *core = with_forms(":memory:");
    sql("update contact_form set phone = '+79161234567' where contact_form_id = 1");
    sql("update contact_form set phone = '+48601234567' where contact_form_id = 2");
    sql("update search_state set message_id = 0");
    CHECK(strcmp(forms_found(core, ANNA, "89161234567"), "1 ") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "79161234567"), "1 ") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "0048601234567"), "2 ") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "8 916 1234567 4567"), "1 ") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "7 916 1234567 4567"), "1 ") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "8 x 1234567 4567"), "") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "1234567890"), "") == 0);
    CHECK(strcmp(forms_found(core, ANNA, "99161234567"), "") == 0);
    desk_close(core);
}

TEST(a_snippet_is_cut_at_line_breaks_too_and_inside_a_word_that_has_none) {
    desk *core = with_forms(":memory:");
    char words[600];
    memset(words, 'x', sizeof words);
    memcpy(words + 250, " hit ", 5);
    words[599] = 0;
    form(5, 1, "read", "N", words);
    CHECK_HAS(found(core, ANNA, "hit"), "\xE2\x80\xA6");
    memset(words, 'y', sizeof words);
    memcpy(words + 230, "\nline\nfound\nafter\n", 18);
    words[599] = 0;
    form(6, 1, "read", "N", words);
    CHECK_HAS(found(core, ANNA, "found"),
              "\xE2\x80\xA6line\\n\\u0002found\\u0003\\nafter\xE2\x80\xA6");
    desk_close(core);
}
