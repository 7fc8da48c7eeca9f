/* clinic_day_host.c: the host and the providers of the day: turns the story into requests, asks
 * them, has effects sent, and looks at what is stored. Every request has an idempotency key, its
 * place in the day. Judges nothing by itself. Next: clinic_day_kills.c. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clinic_day.h"
#include "disk.h"
#include "memory.h"

enum { TEXT_BYTES = 16384, DAY_NONE = 20513 }; /* Sunday 2026-03-01, since 1970 */

struct request requests[REQUESTS_MAX];
int requests_n;
struct host host;

static int remember(sqlite3 *sqlite, const char **error, const struct sqlite3_api_routines *api) {
    (void)error, (void)api;
    host.sqlite = sqlite;
    return SQLITE_OK;
}

void host_open(void) {
    static bool watched;
    if (!watched) sqlite3_auto_extension((void (*)(void))remember);
    watched = true;
    host.core = desk_open("desk");
}

void host_close(void) {
    desk_close(host.core);
    host.core = NULL;
}

static const char *say(const char *text) {
    size_t size = strlen(text);
    if (!host.core) return NULL;
    char *buffer = desk_buffer(host.core, (uint32_t)size);
    if (!buffer) return NULL;
    memcpy(buffer, text, size);
    return desk_call(host.core, (uint32_t)size);
}

static void quotes(char *text) {
    for (; *text; text++)
        if (*text == '\'') *text = '"';
}

const char *host_say(const char *format, ...) {
    static char text[TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    quotes(text);
    return say(text);
}

bool reply_failed(const char *reply) {
    return !reply || strstr(reply, "\"category\":\"storage\"");
}

/* Where the answer itself ends and the desk's own news begin. */
static size_t answer_size(const char *reply) {
    const char *end = reply, *next;
    while ((next = strstr(end + 1, ",\"rev\":"))) end = next;
    return (size_t)(end - reply);
}

bool reply_same_answer(const char *a, const char *b) {
    size_t size = answer_size(a);
    return size == answer_size(b) && memcmp(a, b, size) == 0;
}

bool reply_as_before(int at, const char *reply) {
    const struct request *request = &requests[at];
    if (!reply) return false;
    if (request->first != request->last) return reply_same_answer(reply, request->reply);
    return strcmp(reply, request->reply) == 0;
}

/* Sends what the host was given; with settle_first only notes it. */
static void take(const char *reply) {
    int64_t effect_id, attempt;
    while ((reply = strstr(reply, "\"effect_id\":"))) {
        const char *tried = strstr(reply, "\"attempt\":");
        if (sscanf(reply, "\"effect_id\":%" SCNd64, &effect_id) != 1 || !tried ||
            sscanf(tried, "\"attempt\":%" SCNd64, &attempt) != 1 || effect_id >= EFFECTS_MAX)
            abort();
        host.attempt[effect_id] = attempt;
        if (!host.settle_first) host.calls[effect_id]++;
        reply++;
    }
}

static void settled(int64_t effect_id) {
    if (host.settle_first) host.calls[effect_id]++;
    host.attempt[effect_id] = 0;
}

const char *host_ask(int at) {
    const struct request *request = &requests[at];
    if (!request->text) {
        host_close();
        host_open();
        return host_say("{'op':'platform.get','now':1,'actor':{'role':'host'},'in':{}}");
    }
    const char *reply = say(request->text);
    if (reply_failed(reply)) return reply;
    if (request->takes) take(reply);
    if (request->settles) settled(request->settles);
    return reply;
}

void state_hash(char ret_hash[HASH_BYTES]) {
    const char *reply = host_say("{'op':'core.hash','now':1,'actor':{'role':'host'},'in':{}}");
    const char *hash = reply ? strstr(reply, "\"hash\":\"") : NULL;
    ret_hash[0] = 0;
    if (!hash) return;
    memcpy(ret_hash, hash + strlen("\"hash\":\""), HASH_BYTES - 1);
    ret_hash[HASH_BYTES - 1] = 0;
}

const char *state_wrong(void) {
    const char *reply = host_say("{'op':'core.verify','now':1,'actor':{'role':'host'},'in':{}}");
    if (!reply) return "nothing answers";
    if (!strstr(reply, "\"chain\":\"ok\"")) return "the history's chain is broken";
    if (!strstr(reply, "\"pages\":\"ok\"")) return "integrity_check is not ok";
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(host.sqlite, "pragma foreign_key_check", -1, &row, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(row);
    sqlite3_finalize(row);
    return code == SQLITE_DONE ? NULL : "foreign_key_check is not clean";
}

static bool holds(const char *bytes, size_t size, const char *word) {
    size_t length = strlen(word);
    const char *at = bytes, *end = bytes + size;
    while (at && (size_t)(end - at) >= length) {
        if (memcmp(at, word, length) == 0) return true;
        at = memchr(at + 1, word[0], (size_t)(end - at) - 1);
    }
    return false;
}

static bool disk_holds(const char *name, const char *word) {
    void *bytes;
    size_t size = disk_copy(name, &bytes);
    bool found = bytes && holds(bytes, size, word);
    free(bytes);
    return found;
}

const char *erased_wrong(int next) {
    int at = 0;
    while (at < next && !(requests[at].text && strstr(requests[at].text, "person.erase") &&
                          strstr(requests[at].text, "\"confirmed\":true"))) at++;
    if (at >= next) return NULL;
    for (int i = 0; erased_words[i]; i++)
        if (disk_holds("desk", erased_words[i]) || disk_holds("desk-wal", erased_words[i]))
            return "somebody who was erased is still on the disk";
    return NULL;
}

static int64_t number(const char *sql, int64_t id) {
    sqlite3_stmt *row = NULL;
    int64_t found = -1;
    if (sqlite3_prepare_v2(host.sqlite, sql, -1, &row, NULL) == SQLITE_OK) {
        sqlite3_bind_int64(row, 1, id);
        if (sqlite3_step(row) == SQLITE_ROW) found = sqlite3_column_int64(row, 0);
    }
    sqlite3_finalize(row);
    return found;
}

static const char *answer_of(int64_t effect_id, int64_t attempt) {
    for (const struct provider_answer *answer = provider_answers; answer->status; answer++)
        if (answer->effect_id == effect_id && answer->attempt == attempt) return answer->status;
    return "sent";
}

/* Calls that the story itself makes necessary beyond the first. */
static int64_t calls_told(int64_t effect_id) {
    int64_t calls = 0;
    for (const struct provider_answer *answer = provider_answers; answer->status; answer++)
        calls += answer->effect_id == effect_id && strcmp(answer->status, "failed") != 0;
    return calls;
}

const char *effects_wrong(int64_t deaths) {
    int64_t last = number("select max(effect_id) from effect where ?1 = 0", 0);
    for (int64_t id = 1; id <= last && id < EFFECTS_MAX; id++) {
        int64_t attempts = number("select attempt from effect where effect_id = ?1", id);
        int64_t calls = host.calls[id];
        if (calls > attempts) return "an effect was sent more often than it was taken";
        if (calls < attempts - deaths) return "an effect was taken and never sent";
        if (calls > 1 + calls_told(id) + deaths) return "an effect was sent once too often";
        if (calls == 0 && number("select state in ('sent', 'delivered', 'read') from effect"
                                 " where effect_id = ?1", id) == 1)
            return "an effect counts as sent and was never sent";
        if (deaths && number("select state in ('queued', 'taken') from effect"
                             " where effect_id = ?1", id) == 1)
            return "an effect never came to an end";
    }
    return NULL;
}

static void settle_text(char *text, size_t room, int64_t effect_id, const char *status) {
    int size = snprintf(text, room, "'effect_id':%" PRId64 ",", effect_id);
    text += size;
    room -= (size_t)size;
    if (strcmp(status, "sent") == 0)
        snprintf(text, room, "'status':'sent','provider_id':'p%" PRId64 "'", effect_id);
    else if (strcmp(status, "lost") == 0)
        snprintf(text, room, "'status':'unknown','provider_id':'p%" PRId64 "'", effect_id);
    else
        snprintf(text, room, "'status':'%s','error':'the provider says %s'", status, status);
}

void host_pump(int64_t now, const char *key) {
    const char *reply = host_say("{'op':'effect.take','now':%" PRId64 ",'id':'%s','actor':"
                                 "{'role':'host'},'in':{}}", now, key);
    if (reply_failed(reply)) return;
    take(reply);
    for (int64_t id = 1; id < EFFECTS_MAX; id++) {
        char in[200];
        if (host.attempt[id] == 0) continue;
        settle_text(in, sizeof in, id, answer_of(id, host.attempt[id]));
        host_say("{'op':'effect.settle','now':%" PRId64 ",'id':'%s-%" PRId64 "','actor':"
                 "{'role':'host'},'in':{%s}}", now, key, id, in);
        settled(id);
    }
}

/* The story becomes requests. */
static int64_t instant(const char *when) {
    int day, hour, minute, second;
    if (sscanf(when, "%d %d:%d:%d", &day, &hour, &minute, &second) != 4) abort();
    return ((((int64_t)DAY_NONE + day) * 24 + hour) * 60 + minute) * 60000 + second * 1000;
}

static char *copied(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(memory_of_world(NULL, size), text, size);
}

static struct request *request_add(int line, int64_t now, char *text) {
    if (requests_n == REQUESTS_MAX) abort();
    struct request *request = &requests[requests_n];
    if (text) quotes(text);
    *request = (struct request){.text = text ? copied(text) : NULL, .now = now, .line = line,
                                .first = requests_n, .last = requests_n};
    requests_n++;
    return request;
}

static char built[TEXT_BYTES];
static size_t built_size;

static void build_more(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void build_more(const char *format, ...) {
    va_list args;
    va_start(args, format);
    int size = vsnprintf(built + built_size, sizeof built - built_size, format, args);
    va_end(args);
    built_size += (size_t)size;
    if (size < 0 || built_size >= sizeof built) abort();
}

/* The line and all that share its commit; returns the next line. */
static int line_add(int at, int64_t now) {
    int next = at + 1;
    while (story[next].when && strcmp(story[next].when, "+") == 0) next++;
    bool batch = next > at + 1;
    built_size = 0;
    build_more(batch ? "{'now':%" PRId64 ",'batch':[" : "{'now':%" PRId64 ",", now);
    for (int i = at; i < next; i++)
        build_more("%s'op':'%s','id':'day-%d-%d','actor':{%s},'in':{%s}}",
                   !batch ? "" : i > at ? ",{" : "{", story[i].op, requests_n, i - at, story[i].who,
                   story[i].in);
    build_more("%s", batch ? "]}" : "");
    request_add(at, now, built);
    return next;
}

static const char *told(const struct request *request, bool tells) {
    if (tells) printf("\n%s\n", request->text ? request->text : "restart");
    const char *reply = host_ask((int)(request - requests));
    if (tells) printf("    %s\n", reply ? reply : "nothing");
    return reply;
}

/* Asks the newest request for the record. */
static void record(bool tells, bool *held) {
    struct request *request = &requests[requests_n - 1];
    bool hold = request->text && strstr(request->text, "core.hold");
    bool release = request->text && strstr(request->text, "core.") && *held && !hold;
    if (*held) request->first = requests[requests_n - 2].first;
    request->reply = copied(told(request, tells));
    *held = (*held || hold) && !release;
    if (!*held) state_hash(request->hash);
    for (int i = request->first; i <= requests_n - 1; i++) requests[i].last = requests_n - 1;
}

static void pump_add(int line, int64_t now, bool tells, bool *held) {
    char text[TEXT_BYTES], in[200];
    snprintf(text, sizeof text, "{'now':%" PRId64 ",'op':'effect.take','id':'day-%d','actor':"
             "{'role':'host'},'in':{}}", now, requests_n);
    request_add(line, now, text)->takes = true;
    record(tells, held);
    for (int64_t id = 1; id < EFFECTS_MAX; id++) {
        if (host.attempt[id] == 0) continue;
        settle_text(in, sizeof in, id, answer_of(id, host.attempt[id]));
        snprintf(text, sizeof text, "{'now':%" PRId64 ",'op':'effect.settle','id':'day-%d',"
                 "'actor':{'role':'host'},'in':{%s}}", now, requests_n, in);
        request_add(line, now, text)->settles = id;
        record(tells, held);
    }
}

static int64_t rev_of(const char *reply) {
    return strtoll(reply + answer_size(reply) + strlen(",\"rev\":"), NULL, 10);
}

/* What was written, and refused in no part, is answered from memory for a week; not what belonged
 * to somebody who was erased since. */
static void note_kept(void) {
    for (int at = 1; at < requests_n; at++) {
        struct request *request = &requests[at];
        bool written = rev_of(request->reply) > rev_of(requests[at - 1].reply);
        if (!written || request->first != request->last || strstr(request->reply, "\"error\":"))
            continue;
        const char *reply = say(request->text);
        request->kept = reply && reply_same_answer(reply, request->reply);
    }
}

void day_record(bool tells) {
    bool held = false;
    int64_t now = 0;
    disk_format();
    memset(host.calls, 0, sizeof host.calls);
    request_add(-1, 0, NULL);
    record(tells, &held);
    for (int at = 0; story[at].when;) {
        const struct line *line = &story[at];
        bool again = strcmp(line->when, "=") == 0;
        if (!again) now = instant(line->when);
        if (again) {
            request_add(at, now, requests[requests_n - 1].text)->again = true;
        } else if (strcmp(line->op, RESTART) == 0) {
            request_add(at, now, NULL);
        } else if (strcmp(line->op, PUMP) == 0) {
            pump_add(at++, now, tells, &held);
            continue;
        } else {
            at = line_add(at, now) - 1;
        }
        record(tells, &held);
        at++;
    }
    note_kept();
}
