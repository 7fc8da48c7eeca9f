/* door.c: how requests reach the core and answers come back: a network that loses, repeats and
 * delays, a host that puts several into one commit, and people who try again. What the machine
 * itself suffers is in crash.c. */
#include "door.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acks.h"
#include "crash.h"
#include "look.h"

enum { WAITING_MAX = 64, TRIES_MAX = 60, REQUEST_BYTES = 64 * 1024 };

struct door {
    struct crash crash;
    struct asked *waiting[WAITING_MAX]; /* arrived, not served */
    int waiting_n;
    bool serving;
    struct asked **all; /* every request that is still under way, to be asked about after a crash */
    int64_t all_n, all_room, number;
    struct acks acks;
    int64_t wake_at, pending;
    char request[REQUEST_BYTES];
    cJSON *reply;
};

static happening arrive, serve, send_again;

bool door_ticked(const struct sim *sim) {
    static const char tick[] = "{\"op\":\"clock.tick\"";
    return strncmp(sim->door->request, tick, sizeof tick - 1) == 0;
}

int64_t door_wake_at(const struct sim *sim) { return sim->door->wake_at; }
int64_t door_pending(const struct sim *sim) { return sim->door->pending; }
int64_t door_started_at(const struct sim *sim) { return sim->door->crash.started_at; }
int64_t door_latest_at(const struct sim *sim) { return sim->door->crash.latest_at; }
int64_t door_lost_to(const struct sim *sim) { return sim->door->crash.lost_to; }
int64_t door_epoch(const struct sim *sim) { return sim->door->crash.epoch; }
bool door_asleep(const struct sim *sim) { return sim->door->crash.asleep_until > sim->now; }
int64_t door_awake_since(const struct sim *sim) { return sim->door->crash.asleep_until; }

int64_t door_asleep_ms(const struct sim *sim) {
    int64_t left = sim->door->crash.asleep_until - sim->now;
    return left > 0 ? left : 0;
}

/* ---- asking ---- */

static void asked_drop(struct sim *sim, struct asked *asked) {
    struct door *door = sim->door;
    if (asked->under_way > 0) return;
    for (int64_t i = 0; i < door->all_n; i++)
        if (door->all[i] == asked) door->all[i] = door->all[--door->all_n];
    drop(sim, asked->in);
    drop(sim, asked);
}

static void plan(struct sim *sim, int64_t in_ms, happening *run, struct asked *asked) {
    asked->under_way++;
    later(sim, in_ms, run, asked);
}

/* One try: the request leaves the device, and whoever sent it waits for half a minute. */
static void send(struct sim *sim, struct asked *asked) {
    int64_t way_ms = 20 + (int64_t)(asked->number * 7919 % 400);
    asked->tries++;
    if (mishap(sim, REQUEST_LATE)) way_ms += (1 + (int64_t)choose(sim, 48)) * HOUR_MS;
    if (mishap(sim, REQUEST_TWICE)) plan(sim, way_ms + 1 + choose(sim, 5000), arrive, asked);
    if (mishap(sim, REQUEST_LOST)) plan(sim, 30 * SECOND_MS, send_again, asked);
    else plan(sim, way_ms, arrive, asked);
}

static void send_again(struct sim *sim, void *with) {
    struct asked *asked = with;
    asked->under_way--;
    if (!asked->told && asked->tries < TRIES_MAX) send(sim, asked);
    else asked_drop(sim, asked);
}

static void all_add(struct door *door, struct asked *asked) {
    if (door->all_n == door->all_room) {
        door->all_room = door->all_room ? door->all_room * 2 : 64;
        door->all = realloc(door->all, (size_t)door->all_room * sizeof *door->all);
        if (!door->all) abort();
    }
    door->all[door->all_n++] = asked;
}

static struct asked *asked_new(struct sim *sim, const char *who, const char *op, answered *done,
                               int64_t a, int64_t b, const char *in) {
    struct asked *asked = keep(sim, sizeof *asked);
    asked->number = ++sim->door->number;
    snprintf(asked->key, sizeof asked->key, "%llx-%lld", (unsigned long long)sim->options.seed,
             (long long)asked->number);
    snprintf(asked->who, sizeof asked->who, "%s", who);
    snprintf(asked->op, sizeof asked->op, "%s", op);
    asked->in = keep_text(sim, in);
    asked->done = done;
    asked->a = a;
    asked->b = b;
    asked->asked_at = sim->now;
    all_add(sim->door, asked);
    return asked;
}

void ask(struct sim *sim, const char *who, const char *op, answered *done, int64_t a, int64_t b,
         const char *format, ...) {
    static char in[REQUEST_BYTES / 2];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(in, sizeof in, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= sizeof in) abort();
    quotes(in);
    struct asked *asked = asked_new(sim, who, op, done, a, b, in);
    send(sim, asked);
    if (mishap(sim, DOUBLE_TAP)) send(sim, asked_new(sim, who, op, NULL, a, b, in));
}

/* ---- what comes back ---- */

static void told(struct sim *sim, struct asked *asked, const struct answer *answer) {
    asked->told = true;
    if (asked->done && !asked->answered) asked->done(sim, asked, answer);
    asked->answered = true;
}

/* Whether the core has to remember what it answered: of everything that is not a look. Some looks
 * write too, that they happened; each answers anew. */
static bool is_look(const char *op) {
    static const char *const looks[] = {"get", "list", "greeting", "preview", "proof", "offers",
                                        "response_times", "activity", "hours", "export", "verify",
                                        "hash", "why", "next", "trail", "pull", NULL};
    const char *verb = strchr(op, '.');
    for (int i = 0; verb && looks[i]; i++)
        if (strcmp(verb + 1, looks[i]) == 0) return true;
    return !verb;
}

/* Who has left, whose session or link has ended since, is told that and no old reply. */
static bool may_ask_no_more(const char *code) {
    return strncmp(code, "denied.", 7) == 0 || strcmp(code, "refused.expired_link") == 0;
}

/* The same key, the same reply: as long as the core promises to remember it. */
static void repeat_check(struct sim *sim, const struct asked *asked, uint64_t seen,
                         const char *code) {
    if (is_look(asked->op) || !asked->accepted) return;
    if (!remembered(sim, asked->accepted_at) || may_ask_no_more(code)) return;
    if (*code) violated(sim, "same-key-same-reply", "%s %s was accepted and is now %s", asked->op,
                        asked->key, code);
    else if (seen != asked->replies[0])
        violated(sim, "same-key-same-reply", "%s %s is answered differently", asked->op,
                 asked->key);
}

bool reply_erased(struct sim *sim, const cJSON *body) {
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "erased"))
        && cJSON_GetArraySize(body) == 1
        && LOOK(sim, "select count(*) from history where event = 'erase'", 0);
}

static bool was_answered(const struct asked *asked, uint64_t digest) {
    for (int i = 0; i < asked->replies_n && i < REPLIES; i++)
        if (asked->replies[i] == digest) return true;
    return false;
}

/* The core took it. The parts learn of it here, before anybody else does. */
static void accept(struct sim *sim, struct asked *asked, const cJSON *body, int64_t at) {
    struct answer answer = {.ok = true, .code = "", .body = body, .at = at};
    if (asked->accepted && reply_erased(sim, body)) return;
    uint64_t seen = digest_of_value(body);
    repeat_check(sim, asked, seen, "");
    /* A look that comes again may be answered from memory, or show what is new meanwhile. What the
     * core need not remember any more it may do once more. */
    bool forgotten = !remembered(sim, asked->accepted_at);
    bool anew = forgotten || is_look(asked->op);
    if (asked->accepted && (!anew || was_answered(asked, seen))) return;
    if (!asked->accepted || forgotten) asked->replies_n = 0;
    asked->replies[asked->replies_n++ % REPLIES] = seen;
    asked->accepted = true;
    asked->in_doubt = false;
    asked->accepted_at = sim->now;
    for (int i = 0; parts[i]; i++)
        if (parts[i]->accepted) parts[i]->accepted(sim, asked, &answer);
}

static void refuse(struct sim *sim, struct asked *asked, const struct answer *answer) {
    sim->figures.refused++;
    repeat_check(sim, asked, 0, answer->code);
    for (int i = 0; parts[i]; i++)
        if (parts[i]->refused) parts[i]->refused(sim, asked, answer);
}

static void answer_one(struct sim *sim, struct asked *asked, const cJSON *reply) {
    const cJSON *ok = cJSON_GetObjectItemCaseSensitive(reply, "ok");
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(reply, "error");
    struct answer answer = {.ok = ok != NULL, .code = text_in(error, "code"),
                            .body = ok ? ok : error, .at = host_now(sim)};
    const char *category = text_in(error, "category");
    if (strcmp(category, "bug") == 0)
        violated(sim, "no-bug-is-answered", "%s %s: %s", asked->op, asked->in, answer.code);
    if (!ok && (strcmp(category, "storage") == 0 || strcmp(category, "busy") == 0)) {
        asked->in_doubt |= strcmp(category, "storage") == 0;
        if (!asked->in_doubt) refuse(sim, asked, &answer);
        plan(sim, 5 * SECOND_MS + choose(sim, 60) * SECOND_MS, send_again, asked);
        return;
    }
    if (ok) accept(sim, asked, ok, answer.at);
    else refuse(sim, asked, &answer);
    if (mishap(sim, REPLY_LOST)) {
        bool new_key = asked->key[0] && mishap(sim, NEW_KEY);
        if (!new_key) plan(sim, 30 * SECOND_MS, send_again, asked);
        else {
            send(sim, asked_new(sim, asked->who, asked->op, asked->done, asked->a, asked->b,
                                asked->in));
            asked->told = true;
        }
        return;
    }
    if (ok && !asked->told && !is_look(asked->op)) acks_note(&sim->door->acks, asked);
    told(sim, asked, &answer);
}

/* ---- serving ---- */

static cJSON *reply_read(struct sim *sim, const char *reply) {
    struct door *door = sim->door;
    cJSON *read = cJSON_Parse(reply);
    if (!read) violated(sim, "reply-is-json", "%.900s", reply);
    const cJSON *wake_at = cJSON_GetObjectItemCaseSensitive(read, "wake_at");
    const cJSON *pending = cJSON_GetObjectItemCaseSensitive(read, "pending");
    door->wake_at = cJSON_IsNumber(wake_at) ? (int64_t)wake_at->valuedouble : 0;
    door->pending = cJSON_IsNumber(pending) ? (int64_t)pending->valuedouble : 0;
    return read;
}

static void reply_keep(struct sim *sim, const char *reply) {
    cJSON_Delete(sim->door->reply);
    sim->door->reply = reply_read(sim, reply);
}

static void checks_run(struct sim *sim, unsigned when) {
    if (sim->door->crash.unsure) return; /* there may be no file to look into */
    for (int i = 0; parts[i]; i++)
        for (const struct invariant *v = parts[i]->invariants; v->name; v++) {
            if (!(v->when & when) || sim->violated) continue;
            sim->figures.checks++;
            v->check(sim);
        }
}

/* Calls the core once, whatever happens to the machine meanwhile. False when it died in the call:
 * then nobody hears anything. */
static bool call(struct sim *sim, size_t size) {
    struct door *door = sim->door;
    sim->figures.requests++;
    const char *reply = crash_call(sim, &door->crash, door->request, size);
    if (sim->options.traces)
        printf("%lld %.*s\n  -> %.6000s\n", (long long)sim->now, (int)(size < 6000 ? size : 6000),
               door->request, reply ? reply : "nobody hears");
    if (!reply) return false;
    reply_keep(sim, reply);
    checks_run(sim, AFTER_CALL);
    return door->reply != NULL;
}

/* What was in the call when the machine died may have been committed or not: its key tells. In the
 * order in which the core took them, before anything else happens. */
static void doubts_resolve(struct sim *sim) {
    static const char in_order[] = "select id, reply, at from request where request_id >"
                                   " (select coalesce(max(request_id), 0) - 200 from request)"
                                   " and refused = 0 order by request_id";
    struct door *door = sim->door;
    struct sqlite3_stmt *rows = look_rows(sim, in_order, 0, NULL);
    const char *id, *reply;
    int64_t at;
    while (!sim->violated && look_request(rows, &id, &reply, &at)) {
        for (int64_t i = 0; i < door->all_n; i++) {
            struct asked *asked = door->all[i];
            if (asked->accepted || !asked->in_doubt || strcmp(asked->key, id) != 0) continue;
            cJSON *body = cJSON_Parse(reply);
            accept(sim, asked, body, at);
            cJSON_Delete(body);
            break;
        }
    }
    look_end(rows);
    for (int64_t i = 0; i < door->all_n; i++) door->all[i]->in_doubt = false;
}

/* What an older copy of the file does not hold was never accepted. */
static void take_back(struct door *door) {
    acks_take_back(&door->acks, door->crash.restored_to);
    for (int64_t i = 0; i < door->all_n; i++)
        if (door->all[i]->accepted_at > door->crash.restored_to) door->all[i]->accepted = false;
}

/* After every start: what was told is there, what was not told is settled, all is sound. */
static void started(struct sim *sim, const char *first_reply) {
    struct door *door = sim->door;
    reply_keep(sim, first_reply);
    if (!cJSON_GetObjectItemCaseSensitive(door->reply, "ok")) {
        violated(sim, "starts-after-every-crash", "%.200s", first_reply);
        return;
    }
    if (door->crash.just_restored) take_back(door);
    if (door->crash.just_restored)
        for (int i = 0; parts[i]; i++)
            if (parts[i]->restored) parts[i]->restored(sim, door->crash.restored_to);
    door->crash.just_restored = false;
    doubts_resolve(sim);
    acks_check(sim, &door->acks);
    if (!sim->violated) checks_run(sim, EACH_DAY);
    outbox_begin(sim);
}

/* A file is looked through when something has happened to it: it takes as long as all else. */
static void sound_check(struct sim *sim) {
    char why[200];
    if (!look_sound(sim, why, sizeof why)) violated(sim, "file-is-sound", "%s", why);
}

/* After a failure that the desk outlived: its next answer comes from the reopened file. */
static void doubts_settle(struct sim *sim) {
    struct crash *crash = &sim->door->crash;
    crash_calm();
    cJSON *reply = reply_read(sim, crash_tick(sim, crash));
    bool well = cJSON_HasObjectItem(reply, "ok");
    cJSON_Delete(reply);
    if (!well) return;
    crash->unsure = false;
    doubts_resolve(sim);
    if (!sim->violated) checks_run(sim, AFTER_CALL);
}

static void start_again(struct sim *sim) {
    started(sim, crash_start(sim, &sim->door->crash));
    sound_check(sim);
}

/* Whoever was in the call hears nothing and tries again. */
static void nobody_hears(struct sim *sim, struct asked **served, int n) {
    for (int i = 0; i < n; i++) {
        served[i]->in_doubt = served[i]->key[0] != 0;
        plan(sim, 30 * SECOND_MS, send_again, served[i]);
    }
    start_again(sim);
}

static size_t batch_text(struct sim *sim, struct asked **served, int n) {
    char *text = sim->door->request;
    if (n == 1) return request_text(sim, served[0], text, REQUEST_BYTES);
    size_t size = (size_t)snprintf(text, REQUEST_BYTES, "{\"now\":%lld,\"batch\":[",
                                   (long long)host_now(sim));
    for (int i = 0; i < n; i++) {
        if (i) text[size++] = ',';
        size += request_text(sim, served[i], text + size, REQUEST_BYTES - size - 4);
    }
    memcpy(text + size, "]}", 3);
    return size + 2;
}

static void serve(struct sim *sim, void *with) {
    struct door *door = sim->door;
    struct asked *served[WAITING_MAX];
    int n = 0;
    (void)with;
    door->serving = false;
    for (size_t size = 0; n < door->waiting_n && size < REQUEST_BYTES / 2; n++) {
        served[n] = door->waiting[n];
        size += strlen(served[n]->in) + 300;
    }
    memmove(door->waiting, door->waiting + n, (size_t)(door->waiting_n - n) * sizeof *served);
    door->waiting_n -= n;
    if (n == 0) return;
    if (!call(sim, batch_text(sim, served, n))) {
        nobody_hears(sim, served, n);
    } else {
        const cJSON *batch = cJSON_GetObjectItemCaseSensitive(door->reply, "batch");
        cJSON *reply = door->reply;
        door->reply = NULL; /* callbacks may call the core themselves */
        for (int i = 0; i < n && !sim->violated; i++)
            answer_one(sim, served[i], batch ? cJSON_GetArrayItem(batch, i) : reply);
        cJSON_Delete(reply);
        if (door->crash.unsure) doubts_settle(sim);
        outbox_poke(sim);
    }
    for (int i = 0; i < n; i++) {
        served[i]->under_way--;
        asked_drop(sim, served[i]);
    }
    if (door->waiting_n > 0 && !door->serving) {
        door->serving = true;
        later(sim, 1, serve, NULL);
    }
}

static void arrive(struct sim *sim, void *with) {
    struct asked *asked = with;
    struct door *door = sim->door;
    asked->under_way--;
    if (door_asleep(sim) || door->waiting_n == WAITING_MAX) {
        plan(sim, 30 * SECOND_MS + door_asleep_ms(sim), send_again, asked);
        return;
    }
    asked->under_way++; /* until it is served */
    door->waiting[door->waiting_n++] = asked;
    if (door->serving) return;
    door->serving = true;
    later(sim, mishap(sim, SHARED_COMMIT) ? choose(sim, 3000) : 0, serve, NULL);
}

/* ---- the host itself ---- */

static const cJSON *call_now(struct sim *sim, size_t size, const char **ret_code) {
    struct door *door = sim->door;
    if (!call(sim, size)) {
        *ret_code = "host.died";
        start_again(sim);
        return NULL;
    }
    const cJSON *ok = cJSON_GetObjectItemCaseSensitive(door->reply, "ok");
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(door->reply, "error");
    *ret_code = text_in(error, "code");
    if (strcmp(text_in(error, "category"), "bug") == 0)
        violated(sim, "no-bug-is-answered", "%.300s: %s", door->request, *ret_code);
    if (door->crash.unsure) doubts_settle(sim);
    return ok;
}

const cJSON *host_call(struct sim *sim, const char *who, const char *op, const char **ret_code,
                       const char *format, ...) {
    static char in[REQUEST_BYTES / 2];
    const char *code;
    va_list args;
    va_start(args, format);
    vsnprintf(in, sizeof in, format, args);
    va_end(args);
    quotes(in);
    int size = snprintf(sim->door->request, REQUEST_BYTES,
                        "{\"op\":\"%s\",\"now\":%lld,\"actor\":%s,\"in\":%s}", op,
                        (long long)host_now(sim), who, in);
    return call_now(sim, (size_t)size, ret_code ? ret_code : &code);
}

const cJSON *host_batch(struct sim *sim, const char *format, ...) {
    const char *code;
    char *text = sim->door->request;
    va_list args;
    int size = snprintf(text, REQUEST_BYTES, "{'now':%lld,'batch':[", (long long)host_now(sim));
    va_start(args, format);
    size += vsnprintf(text + size, REQUEST_BYTES - (size_t)size - 3, format, args);
    va_end(args);
    size += snprintf(text + size, 3, "]}");
    quotes(text);
    call_now(sim, (size_t)size, &code);
    return cJSON_GetObjectItemCaseSensitive(sim->door->reply, "batch");
}

void door_restart(struct sim *sim) {
    started(sim, crash_end_process(sim, &sim->door->crash));
}

void door_back_up(struct sim *sim) { crash_back_up(sim, &sim->door->crash); }

void door_restore(struct sim *sim) {
    const char *first_reply = crash_restore(sim, &sim->door->crash);
    if (!first_reply) return;
    started(sim, first_reply);
    sound_check(sim);
}

void door_sleep(struct sim *sim, int64_t ms) { sim->door->crash.asleep_until = sim->now + ms; }

void door_fill(struct sim *sim, int64_t ms) { sim->door->crash.full_until = sim->now + ms; }

void door_open(struct sim *sim) {
    sim->door = calloc(1, sizeof *sim->door);
    if (!sim->door) abort();
    crash_open(sim, &sim->door->crash);
}

void door_close(struct sim *sim) {
    struct door *door = sim->door;
    crash_close(&door->crash);
    cJSON_Delete(door->reply);
    free(door->all);
    free(door);
    sim->door = NULL;
}

void checks_each_day(struct sim *sim) { checks_run(sim, EACH_DAY); }
void checks_at_end(struct sim *sim) { checks_run(sim, EACH_DAY | AT_END); }
