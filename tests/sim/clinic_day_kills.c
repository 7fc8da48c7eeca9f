/* clinic_day_kills.c: the day, killed at every disk operation. The undisturbed day is lived once;
 * of each request the disk's operations are kept, so that the disk can be had as it was before any
 * of them, unsynced bytes included. That is all that a dead process leaves, since what it had in
 * memory is gone. Then the power cut, a new core on that disk, and the judgement.
 *
 * What follows is decided by the bytes on the disk, by which request comes next and by what the
 * host remembers, since the core is deterministic. So a death that leaves a disk as another one of
 * the same request did is not recovered from again, and a recovered file that was judged before is
 * not judged again. Next: clinic_day_faults.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clinic_day.h"
#include "clinic_day_replay.h"
#include "disk.h"

enum { SEEN_MAX = 1 << 17, RECOVERY_OPERATIONS = 120, DRAIN_TURNS = 60 };

/* What a power cut does to what was not synced; or only the process dies. */
enum power { KEPT, DROPPED, TORN, PROCESS_ONLY };
/* What happens besides: nothing; a second death while recovering; a power cut after the recovered
 * request was answered; the host has forgotten what it had taken to send. */
enum turn { SIMPLE, DIES_AGAIN, CUT_LATER, FORGETS };

static const char *const power_words[] = {"kept", "dropped", "torn", "process"};
static const char *const turn_words[] = {"", ", dies again", ", cut later", ", forgets"};

struct death {
    int at; /* the request */
    int64_t operation;
    enum power power;
    enum turn turn;
    uint32_t chance;
};

static uint64_t futures[SEEN_MAX];

static bool death_violated(const struct death *death, const char *what, const char *seen) {
    char how[120];
    snprintf(how, sizeof how, "killed at operation %" PRId64 ", %s%s, chance %" PRIu32,
             death->operation, power_words[death->power], turn_words[death->turn], death->chance);
    return violated(death->at, how, what, seen);
}

static uint32_t drawn(uint32_t *chance) {
    *chance = *chance * 1664525u + 1013904223u;
    return *chance >> 8;
}

static unsigned survives(void *with, unsigned n) {
    struct death *death = with;
    if (death->power == TORN) return drawn(&death->chance) % n;
    return death->power == DROPPED ? 1 : 0;
}

/* The process is no more, whatever it would still have written; a new one may start. */
static void power_on(struct death *death) {
    disk_plan(&(struct disk_faults){.kill_at = 0, .fail_at = -1});
    host_close();
    disk_power_on(death->power == PROCESS_ONLY ? NULL : survives, death);
}

static uint64_t mixed(uint64_t hash, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    uint64_t word;
    for (; size >= sizeof word; size -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    while (size--) hash = (hash ^ *at++) * 0x100000001b3u;
    return hash;
}

static uint64_t file_mixed(uint64_t hash, const char *name) {
    void *bytes;
    size_t size = disk_copy(name, &bytes);
    hash = mixed(mixed(hash, &size, sizeof size), bytes, size);
    free(bytes);
    return hash;
}

/* Whether this future was seen before; notes it. */
static bool seen_before(const struct death *death, int next, bool may_be_done, bool settled) {
    uint64_t what[] = {(uint64_t)next, may_be_done, settled, death->turn == FORGETS};
    uint64_t hash = mixed(0, what, sizeof what);
    hash = mixed(hash, host.calls, sizeof host.calls);
    hash = file_mixed(file_mixed(hash, "desk"), "desk-wal") | 1;
    for (uint64_t at = hash % SEEN_MAX;; at = (at + 1) % SEEN_MAX) {
        if (futures[at] == hash) return true;
        if (futures[at]) continue;
        futures[at] = hash;
        return false;
    }
}

/* Empties the log into the file, as the first write of a new process does before anything else. */
static bool settle_file(const struct death *death) {
    static const char *const ops[] = {"core.hold", "core.rollback"};
    for (int i = 0; i < 2; i++) {
        const char *reply = host_say("{'op':'%s','now':1,'actor':{'role':'host'},'in':{}}", ops[i]);
        if (!reply || !strstr(reply, "{\"ok\":{}"))
            return death_violated(death, "the recovered desk does not write", reply);
    }
    return true;
}

/* All that was acknowledged before `next` is answered as it was. */
static bool acknowledged_again(const struct death *death, int next) {
    for (int at = 0; at < next; at++) {
        if (!requests[at].kept) continue;
        const char *reply = host_say("%s", requests[at].text);
        if (!reply || !reply_same_answer(reply, requests[at].reply))
            return death_violated(death, "an acknowledged reply is not given again", reply);
    }
    return true;
}

static bool state_allowed(const struct death *death, int next, bool may_be_done) {
    char hash[HASH_BYTES];
    state_hash(hash);
    bool before = next == 0 || strcmp(hash, requests[next - 1].hash) == 0;
    bool done = may_be_done && strcmp(hash, requests[requests[next].last].hash) == 0;
    if (before || done) return true;
    return death_violated(death, "the recovered state is neither before nor after the request",
                          hash);
}

static bool day_finished(const struct death *death, int next) {
    char hash[HASH_BYTES];
    for (int at = next; at < requests_n; at++) {
        const char *reply = host_ask(at);
        if (!reply_as_before(at, reply))
            return death_violated(death, "the day goes on otherwise", reply);
        /* What had been done before the death was only answered again, so far. */
        if (at == requests[next].last && seen_before(death, at + 1, false, true)) return true;
    }
    state_hash(hash);
    if (strcmp(hash, requests[requests_n - 1].hash) != 0)
        return death_violated(death, "the day ends in another state", hash);
    const char *wrong = effects_wrong(0);
    if (!wrong) wrong = erased_wrong(requests_n - 1);
    return wrong ? death_violated(death, wrong, NULL) : true;
}

/* The host has forgotten what it had taken: it takes anew, and ends what its predecessor left. */
static bool day_finished_forgetfully(const struct death *death, int next) {
    char key[40];
    memset(host.attempt, 0, sizeof host.attempt);
    for (int at = next; at < requests_n; at++) {
        snprintf(key, sizeof key, "again-%d", at);
        if (requests[at].takes) host_pump(requests[at].now, key);
        else if (!requests[at].settles) host_ask(at);
    }
    int64_t now = requests[requests_n - 1].now;
    for (int turn = 0; turn < DRAIN_TURNS; turn++) {
        now += 600000;
        host_say("{'op':'clock.tick','now':%" PRId64 ",'id':'drain-%d','actor':{'role':'host'},"
                 "'in':{}}", now, turn);
        snprintf(key, sizeof key, "drained-%d", turn);
        host_pump(now, key);
    }
    const char *wrong = effects_wrong(1);
    if (!wrong) wrong = state_wrong();
    if (!wrong) wrong = erased_wrong(requests_n - 1);
    return wrong ? death_violated(death, wrong, NULL) : true;
}

/* `next`: the first request without an acknowledged reply. */
static void judge(const struct death *death, int next, bool may_be_done) {
    if (seen_before(death, next, may_be_done, false)) return;
    figures.recoveries++;
    host_open();
    if (!settle_file(death) || seen_before(death, next, may_be_done, true)) return;
    figures.judged++;
    const char *wrong = state_wrong();
    if (!wrong) wrong = erased_wrong(next);
    if (wrong) {
        death_violated(death, wrong, NULL);
        return;
    }
    if (next < requests_n && !state_allowed(death, next, may_be_done)) return;
    if (!acknowledged_again(death, next)) return;
    if (death->turn == FORGETS) day_finished_forgetfully(death, next);
    else day_finished(death, next);
}

/* The new process answers what the old one was killed over; false when it was killed too. */
static bool asked_again(const struct death *death) {
    const struct request *request = &requests[death->at];
    host_open();
    for (int at = request->first; at <= request->last; at++) {
        const char *reply = host_ask(at);
        if (disk_dead()) return false;
        if (!reply_as_before(at, reply))
            death_violated(death, "the retry is answered otherwise", reply);
    }
    return true;
}

/* The second death, or the power cut, after the first. */
static void dies_again(struct death *death, int *next, bool *may_be_done) {
    const struct request *request = &requests[death->at];
    struct host before = host;
    bool dies = death->turn == DIES_AGAIN;
    int64_t again = dies ? (int64_t)(drawn(&death->chance) % RECOVERY_OPERATIONS) : -1;
    disk_plan(&(struct disk_faults){.kill_at = again, .fail_at = -1});
    if (asked_again(death)) {
        *next = request->last + 1;
        *may_be_done = false;
    } else {
        desk *core = host.core;
        host = before;
        host.core = core;
        *may_be_done = true;
    }
    figures.deaths++;
    death->power = dies ? TORN : DROPPED;
    power_on(death);
}

/* `before`: the host when the request was asked. */
static void run(struct death death, const struct host *before) {
    const struct request *request = &requests[death.at];
    int next = request->first;
    bool may_be_done = request->last == death.at;
    host = *before;
    host.core = NULL;
    figures.deaths++;
    replay_to(death.operation);
    power_on(&death);
    if (death.turn == DIES_AGAIN || death.turn == CUT_LATER)
        dies_again(&death, &next, &may_be_done);
    judge(&death, next, may_be_done);
    power_on(&death);
}

static void request_killed(int at, int64_t operations, const struct host *before, struct span span,
                           struct span again, uint32_t seed) {
    const struct request *request = &requests[at];
    bool pump = request->takes || request->settles;
    for (int64_t operation = span.from; operation < operations; operation += span.each) {
        uint32_t chance = seed ^ (uint32_t)(at * 100003 + operation);
        run((struct death){at, operation, KEPT, SIMPLE, chance}, before);
        run((struct death){at, operation, DROPPED, SIMPLE, chance}, before);
        run((struct death){at, operation, TORN, SIMPLE, chance}, before);
        /* Where nothing was written, the next operation finds the disk as this one did. */
        bool same = operation + 1 < operations && replay_idle(operation);
        if (!same && operation % again.each == again.from) {
            run((struct death){at, operation, TORN, DIES_AGAIN, chance}, before);
            run((struct death){at, operation, PROCESS_ONLY, CUT_LATER, chance}, before);
        }
        if (!pump || same) continue;
        run((struct death){at, operation, KEPT, FORGETS, chance}, before);
        run((struct death){at, operation, DROPPED, FORGETS, chance}, before);
    }
}

void kills_run(struct span span, struct span again, uint32_t seed) {
    struct host none = {.settle_first = host.settle_first};
    disk_format();
    host = none;
    for (int at = 0; at < requests_n; at++) {
        struct host before = host;
        replay_record();
        const char *reply = host_ask(at);
        int64_t operations = replay_stop();
        struct host after = host;
        if (!reply_as_before(at, reply))
            violated(at, "undisturbed", "the day is not the same twice", reply);
        request_killed(at, operations, &before, span, again, seed);
        replay_finish();
        host = after;
    }
    host_close();
}
