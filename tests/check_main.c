/* check_main.c: runs every TEST and counts. */
#include "check.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>

static struct check *first;
static int failures;
static sqlite3 *latest;
static const struct check *running;

void check_add(struct check *check) {
    check->next = first;
    first = check;
}

void check_failed(const char *file, int line, const char *what, const char *seen) {
    failures++;
    printf("  %s:%d: %s%s%.600s\n", file, line, what, *seen ? "\n    seen: " : "", seen);
}

/* With DESK_REQUESTS, a folder, what each desk of each test is asked is kept there, one request a
 * line: tests/core/faults asks it again while things fail. */
static void record(const desk *self, const char *request) {
    static const desk *last;
    static const struct check *test;
    static FILE *file;
    static int files;
    const char *folder = getenv("DESK_REQUESTS");
    if (!folder || strchr(request, '\n')) return;
    if (self != last || test != running) {
        char path[4096];
        if (file) fclose(file);
        snprintf(path, sizeof path, "%s/%03d_%s.jsonl", folder, files++, running->name);
        file = fopen(path, "a");
        last = self, test = running;
    }
    if (file) fprintf(file, "%s\n", request);
}

const char *ask(desk *self, const char *request) {
    record(self, request);
    uint32_t size = (uint32_t)strlen(request);
    char *buffer = desk_buffer(self, size + 1);
    memcpy(buffer, request, size);
    return desk_call(self, size);
}

const char *askf(desk *self, const char *format, ...) {
    static char request[1 << 16];
    va_list args;
    va_start(args, format);
    vsnprintf(request, sizeof request, format, args);
    va_end(args);
    for (char *c = request; *c; c++)
        if (*c == '\'') *c = '"';
    return ask(self, request);
}

static int remember(sqlite3 *sqlite, const char **error, const struct sqlite3_api_routines *api) {
    (void)error, (void)api;
    latest = sqlite;
    return SQLITE_OK;
}

sqlite3 *check_sqlite(void) { return latest; }

void spoil(const char *sql) {
    char *error = NULL;
    if (sqlite3_exec(latest, sql, NULL, NULL, &error) != SQLITE_OK)
        check_failed(__FILE__, __LINE__, sql, error ? error : "");
    sqlite3_free(error);
}

int64_t number(const char *sql) {
    sqlite3_stmt *row = NULL;
    sqlite3_prepare_v2(latest, sql, -1, &row, NULL);
    int64_t found = sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : -1;
    sqlite3_finalize(row);
    return found;
}

desk *desk_with_clinics(const char *path) {
    desk *core = desk_open(path);
    askf(core, "{'op':'platform.set','now':1000," PLATFORM ",'in':{'name':'Portal','base_url':"
               "'https://desk.test','locale':'en','policy_preset':'recommended'}}");
    for (int i = 1; i <= 2; i++) {
        askf(core, "{'op':'clinic.add','now':1000," PLATFORM ",'in':{'name':'Clinic %d','zone':"
                   "'Europe/Warsaw','tier':'basic','locale':'en','phone':'+4822000000%d',"
                   "'email':'%d@clinic.test'}}", i, i, i);
        askf(core, "{'op':'agent.add','now':1000," PLATFORM ",'in':{'clinic_id':%d,'role':"
                   "'representative','name':'Agent %d','position':'head','email':"
                   "'%d@staff.test'}}", i, i, i);
    }
    for (int rating = 1; rating <= 5; rating += 4)
        askf(core, "{'op':'review.add','now':1000," PLATFORM ",'in':{'clinic_id':1,'author_name':"
                   "'Author','author_phone':'+48601234567','locale':'en','rating':%d,'text':"
                   "'words','published_at':900}}", rating);
    return core;
}

int main(void) {
    int tests = 0, broken = 0;
    sqlite3_auto_extension((void (*)(void))remember);
    for (struct check *check = first; check; check = check->next) {
        int before = failures;
        running = check;
        check->run();
        tests++;
        broken += failures > before;
        if (failures > before) printf("not ok - %s\n", check->name);
    }
    printf("%d passed, %d failed\n", tests - broken, broken);
    return broken ? EXIT_FAILURE : EXIT_SUCCESS;
}
