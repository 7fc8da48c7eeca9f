/* forms.c: makes the file that the bench of contact forms asks: years of questions and answers.
 *   desk_bench_forms DATABASE FORMS CLINICS
 * Rows are written by SQL, as the operations would have left them, because a million of those take
 * an hour; messages are then indexed by the core itself. What is random comes from a fixed seed.
 * Left out: the history and the outbox, which no read of the inbox touches. */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"

enum { BIG_CLINIC = 20000, WORDS = 6000, NAMES = 500, TEXT_BYTES = 4000, WORD_BYTES = 40 };
static const int64_t begun_at = 1640995200000, years_ms = 4 * 31557600000; /* 2022 to 2025 */
static const int64_t minute_ms = 60000, hour_ms = 3600000;

static sqlite3 *db;
static uint64_t seed = 88172645463325252u;

static void give_up(const char *what, const char *why) {
    fprintf(stderr, "desk_bench_forms: %s: %s\n", what, why);
    exit(1);
}

static uint32_t draw(uint32_t below) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (uint32_t)((seed >> 16) % below);
}

/* The first ones often and the last ones hardly ever, as words and names are used. */
static uint32_t draw_low(uint32_t below) {
    uint64_t u = draw(65536);
    return (uint32_t)(u * u / 65536 * u / 65536 * below / 65536);
}

static void run(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) give_up(sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepared(const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        give_up(sql, sqlite3_errmsg(db));
    return statement;
}

static void step(sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) give_up("insert", sqlite3_errmsg(db));
    sqlite3_reset(statement);
}

/* Numbers first, then texts; a number below 0 is stored as NULL. */
static void put(sqlite3_stmt *statement, const int64_t *numbers, int numbers_n,
                const char *const *texts, int texts_n) {
    for (int i = 0; i < numbers_n; i++) {
        if (numbers[i] < 0) sqlite3_bind_null(statement, i + 1);
        else sqlite3_bind_int64(statement, i + 1, numbers[i]);
    }
    for (int i = 0; i < texts_n; i++)
        sqlite3_bind_text(statement, numbers_n + i + 1, texts[i], -1, SQLITE_STATIC);
    step(statement);
}

static char polish[WORDS][WORD_BYTES], russian[WORDS][WORD_BYTES];
static char polish_names[NAMES][WORD_BYTES], russian_names[NAMES][WORD_BYTES];

static void invent(char *word, bool is_polish, uint32_t syllables) {
    static const char *const latin[] = {"ka", "po", "bie", "ro", "ła", "dzi", "ma", "ści", "wo",
                                        "ne", "żo", "sta", "prze", "li", "cze", "du", "gó", "ty"};
    static const char *const cyrillic[] = {"ко", "по", "бе", "ро", "ла", "де", "ма", "сти", "во",
                                           "не", "жё", "ста", "пре", "ли", "че", "ду", "го", "ты"};
    word[0] = 0;
    for (uint32_t i = 0; i < syllables; i++)
        strncat(word, (is_polish ? latin : cyrillic)[draw(18)], WORD_BYTES - strlen(word) - 1);
}

static void make_words(void) {
    static const char *const often[][2] = {
        {"dzień", "здравствуйте"}, {"dobry", "добрый"}, {"proszę", "подскажите"}, {"o", "по"},
        {"termin", "запись"}, {"ból", "боль"}, {"zęba", "зуб"}, {"wizyta", "приём"},
        {"czy", "можно"}, {"jest", "если"}, {"możliwość", "возможность"}, {"cena", "цена"}};
    for (int i = 0; i < WORDS; i++) {
        invent(polish[i], true, 2 + draw(4));
        invent(russian[i], false, 2 + draw(4));
    }
    for (int i = 0; i < 12; i++) {
        snprintf(polish[i], WORD_BYTES, "%s", often[i][0]);
        snprintf(russian[i], WORD_BYTES, "%s", often[i][1]);
    }
    for (int i = 0; i < NAMES; i++) {
        invent(polish_names[i], true, 2 + draw(3));
        invent(russian_names[i], false, 2 + draw(3));
    }
}

/* A text of that many words, which begins as letters do. */
static void write_text(char *text, bool is_polish, uint32_t count) {
    size_t size = (size_t)snprintf(text, TEXT_BYTES, "%s %s,", is_polish ? polish[0] : russian[0],
                                   is_polish ? polish[1] : russian[1]);
    for (uint32_t i = 0; i < count && size < TEXT_BYTES - 100; i++) {
        uint32_t word = draw_low(WORDS);
        size += (size_t)snprintf(text + size, TEXT_BYTES - size, " %s%s",
                                 is_polish ? polish[word] : russian[word], i % 9 == 8 ? "." : "");
    }
}

static void make_clinics(int clinics) {
    char sql[700];
    run("insert into platform values (1, 'Zdrowie', 'https://example.org', 'pl', 'recommended',"
        " 1)");
    for (int id = 1; id <= clinics; id++) {
        const char *locale = id % 2 ? "pl" : "ru";
        snprintf(sql, sizeof sql,
                 "insert into clinic (clinic_id, name, zone, tier, locale, lat, lon, added_at, rev)"
                 " values (%d, 'Clinic %d', 'Europe/Warsaw', '%s', '%s', %d.5, 21.%d, 1, 1);"
                 "insert into agent (agent_id, clinic_id, role, name, position, email, rev) values"
                 " (%d, %d, 'representative', 'Anna %d', 'head', 'a%d@example.org', 1);"
                 "insert into practitioner (practitioner_id, clinic_id, name, rev) values"
                 " (%d, %d, 'Doctor A%d', 1), (%d, %d, 'Doctor B%d', 1)",
                 id, id, id % 3 ? "premium" : "basic", locale, 49 + id % 5, id % 100, id, id, id,
                 id, 2 * id - 1, id, id, 2 * id, id, id);
        run(sql);
    }
}

static sqlite3_stmt *add_form, *add_message, *add_activity;

static void prepare(void) {
    add_form = prepared(
        "insert into contact_form (contact_form_id, clinic_id, practitioner_id, delivered_at,"
        " read_at, clock_at, waiting_since_at, answered_at, answer_ms, answered_agent_id,"
        " message_count, last_at, last_message_id, last_clinic_id, rev, state, name, email, phone,"
        " locale, service, origin, last_author, reason) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
        " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)");
    add_message = prepared(
        "insert into message (message_id, item_id, clinic_id, agent_id, sent_at, rev, item_kind,"
        " author, kind, agent_name, text, delivery) values (?1, ?2, ?3, ?4, ?5, ?6,"
        " 'contact_form', ?7, ?8, ?9, ?10, ?11)");
    add_activity = prepared(
        "insert into activity (clinic_id, agent_id, at, contact_form_id, answer_ms, act)"
        " values (?1, ?2, ?3, ?4, ?5, ?6)");
}

struct form {
    int64_t id, clinic_id, at, read_at, answered_at, last_message_id, last_clinic_id, last_at;
    int64_t messages;
    const char *state, *last_author;
    bool is_polish;
};
static int64_t message_id;

static void message(struct form *form, const char *author, const char *kind, int64_t at,
                    uint32_t words) {
    char text[TEXT_BYTES];
    bool clinic = strcmp(author, "clinic") == 0;
    write_text(text, form->is_polish, words);
    put(add_message, (int64_t[]){++message_id, form->id, form->clinic_id,
                                 clinic ? form->clinic_id : -1, at, form->id}, 6,
        (const char *[]){author, kind, clinic ? "Anna" : "", text, clinic ? "read" : "silent"}, 5);
    form->messages++;
    form->last_message_id = message_id;
    form->last_author = author;
    form->last_at = at;
    if (clinic) form->last_clinic_id = message_id;
}

/* How it ended: nearly all are answered; of the newest hundredth a third still waits. */
static const char *outcome(bool newest) {
    uint32_t part = draw(1000);
    if (part < (newest ? 200 : 3)) return "new";
    if (part < (newest ? 330 : 5)) return "read";
    if (part < 920) return "answered";
    return part < 960 ? "answered_by_phone" : "rejected";
}

static void converse(struct form *form) {
    message(form, "patient", "text", form->at, 8 + draw(50));
    if (strcmp(form->state, "new") == 0) return;
    form->read_at = form->at + (int64_t)draw_low(2880) * minute_ms;
    if (strcmp(form->state, "read") == 0) return;
    form->answered_at = form->read_at + (int64_t)draw_low(96) * hour_ms + minute_ms;
    const char *kind = form->state[0] == 'r'                            ? "rejection"
                       : strcmp(form->state, "answered_by_phone") == 0 ? "phone"
                                                                        : "text";
    message(form, "clinic", kind, form->answered_at, 5 + draw(40));
    if (kind[0] != 't' || draw(4) > 0) return;
    message(form, "patient", "text", form->answered_at + hour_ms, 5 + draw(20));
    message(form, "clinic", "text", form->answered_at + 5 * hour_ms, 5 + draw(20));
}

static void acts(const struct form *form) {
    if (form->read_at)
        put(add_activity, (int64_t[]){form->clinic_id, form->clinic_id, form->read_at, form->id,
                                      -1}, 5, (const char *[]){"read"}, 1);
    if (form->answered_at)
        put(add_activity, (int64_t[]){form->clinic_id, form->clinic_id, form->answered_at,
                                      form->id, form->answered_at - form->at}, 5,
            (const char *[]){form->state}, 1);
}

static void make_form(int64_t id, int64_t forms, int64_t clinic_id) {
    char name[2 * WORD_BYTES], email[60], phone[20];
    bool is_polish = clinic_id % 2;
    struct form form = {.id = id, .clinic_id = clinic_id, .is_polish = is_polish,
                        .at = begun_at + years_ms / forms * id,
                        .state = outcome(id > forms - forms / 100)};
    converse(&form);
    acts(&form);
    snprintf(name, sizeof name, "%s %s", (is_polish ? polish_names : russian_names)[draw_low(60)],
             (is_polish ? polish_names : russian_names)[draw(NAMES)]);
    snprintf(email, sizeof email, "p%u.%u@example.org", draw(900000), draw(50));
    snprintf(phone, sizeof phone, "+48%09u", draw(1000000000));
    bool waits = !form.answered_at, doctor = draw(3) > 0;
    put(add_form,
        (int64_t[]){id, clinic_id, doctor ? 2 * clinic_id - draw(2) : -1, form.at, form.read_at,
                    form.read_at ? form.read_at : form.at, waits ? form.at : 0, form.answered_at,
                    waits ? -1 : form.answered_at - form.at, waits ? -1 : clinic_id, form.messages,
                    form.last_at, form.last_message_id, form.last_clinic_id, id}, 15,
        (const char *[]){form.state, name, email, draw(5) ? phone : "", is_polish ? "pl" : "ru",
                         (is_polish ? polish : russian)[12 + draw(20)], "direct", form.last_author,
                         form.state[1] == 'e' && form.state[2] == 'j' ? "not_performed" : ""}, 9);
}

/* One clinic has its 20,000 at any time of the years; the others share the rest unevenly. */
static void make_forms(int64_t forms, int clinics) {
    for (int64_t id = 1; id <= forms; id++) {
        bool big = draw((uint32_t)forms) < BIG_CLINIC;
        uint32_t one = draw((uint32_t)clinics - 1), other = draw((uint32_t)clinics - 1);
        make_form(id, forms, big ? 1 : 2 + (one < other ? one : other));
    }
}

static void fill(const char *path, int64_t forms, int clinics) {
    char sql[100];
    if (sqlite3_open(path, &db) != SQLITE_OK) give_up(path, "cannot be opened");
    run("pragma locking_mode=exclusive; pragma journal_mode=delete; pragma journal_mode=off;"
        "pragma synchronous=off; pragma foreign_keys=off; pragma cache_size=-1500000; begin");
    make_words();
    make_clinics(clinics);
    prepare();
    make_forms(forms, clinics);
    snprintf(sql, sizeof sql, "update desk_state set rev = %lld", (long long)forms);
    run(sql);
    sqlite3_finalize(add_form);
    sqlite3_finalize(add_message);
    sqlite3_finalize(add_activity);
    run("commit");
    sqlite3_close(db);
}

/* A search catches up with a part; asked until there is nothing left, all is indexed. */
static void index_all(const char *path) {
    static const char request[] =
        "{\"op\":\"search\",\"now\":1767225600000,\"actor\":{\"role\":\"representative\","
        "\"agent_id\":1},\"in\":{\"text\":\"a\",\"limit\":1}}";
    desk *core = desk_open(path);
    char *newest = NULL;
    for (bool more = true; more;) {
        memcpy(desk_buffer(core, sizeof request), request, sizeof request - 1);
        const char *reply = desk_call(core, sizeof request - 1);
        const char *rev = strstr(reply, "\"rev\":");
        if (!rev || strstr(reply, "\"error\":{")) give_up("search", reply);
        more = !newest || strcmp(newest, rev) != 0;
        free(newest);
        newest = strdup(rev);
    }
    free(newest);
    desk_close(core);
}

int main(int count, char **arguments) {
    if (count != 4) {
        fputs("usage: desk_bench_forms DATABASE FORMS CLINICS\n", stderr);
        return 2;
    }
    desk_close(desk_open(arguments[1]));
    fill(arguments[1], atoll(arguments[2]), atoi(arguments[3]));
    index_all(arguments[1]);
    return 0;
}
