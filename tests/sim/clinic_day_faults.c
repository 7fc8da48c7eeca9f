/* clinic_day_faults.c: the day, in which the n-th allocation, or the n-th operation of the disk, of
 * every single request fails, once or until the request is over. The process lives on: what failed
 * is asked again with its key, and everything after it must be as if nothing had been. One day for
 * each n, so that a process also survives hundreds of failures. Next: clinic_day.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clinic_day.h"
#include "disk.h"
#include "memory.h"

struct failure {
    const char *what;
    bool memory, lasting;
    enum disk_fault fault;
    int64_t n;
};

static bool failure_violated(int at, const struct failure *failure, const char *what,
                             const char *seen) {
    char how[120];
    snprintf(how, sizeof how, "%s %" PRId64 " fails%s", failure->what, failure->n,
             failure->lasting ? ", and all after it" : "");
    return violated(at, how, what, seen);
}

static void plan(const struct failure *failure) {
    if (!failure->memory)
        disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = failure->n,
                                        .fail = failure->fault, .lasting = failure->lasting});
    else if (failure->lasting) memory_fail_from(failure->n);
    else memory_fail_at(failure->n);
}

/* Nothing fails any more; whether something had. */
static bool plan_over(const struct failure *failure) {
    bool happened = failure->memory ? memory_failed() : disk_hurt();
    memory_fail_at(-1);
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = -1});
    return happened;
}

/* The host asks again: from where the transaction began, if it was held. */
static const char *asked_again(int at) {
    const char *reply = NULL;
    int from = requests[at].first;
    if (from < at) host_say("{'op':'core.rollback','now':1,'actor':{'role':'host'},'in':{}}");
    for (int i = from; i <= at; i++) reply = host_ask(i);
    return reply;
}

/* One request; false when the day cannot go on. */
static bool request_survives(int at, const struct failure *failure, bool *ret_happened) {
    plan(failure);
    const char *reply = host_ask(at);
    bool happened = plan_over(failure);
    *ret_happened |= happened;
    figures.failures += happened;
    if (reply_failed(reply)) {
        if (!happened) return failure_violated(at, failure, "it failed before", reply);
        reply = asked_again(at);
    } else if (happened) {
        if (reply_same_answer(reply, requests[at].reply)) return true;
        return failure_violated(at, failure, "neither done nor an error of storage", reply);
    }
    if (reply_as_before(at, reply)) return true;
    return failure_violated(at, failure, "answered otherwise", reply);
}

static bool day_ends_well(const struct failure *failure, int64_t memory_before) {
    int last = requests_n - 1;
    char hash[HASH_BYTES];
    state_hash(hash);
    if (strcmp(hash, requests[last].hash) != 0)
        return failure_violated(last, failure, "the day ends in another state", hash);
    const char *wrong = state_wrong();
    if (!wrong) wrong = effects_wrong(0);
    host_close();
    if (!wrong && memory_live() != memory_before) wrong = "memory is not given back";
    return wrong ? failure_violated(last, failure, wrong, NULL) : true;
}

/* Whether the failure happened in any request. */
static bool day_with(const struct failure *failure) {
    bool happened = false;
    disk_format();
    host = (struct host){.settle_first = host.settle_first};
    int64_t memory_before = memory_live();
    for (int at = 0; at < requests_n; at++)
        if (!request_survives(at, failure, &happened)) {
            host_close();
            return happened;
        }
    day_ends_well(failure, memory_before);
    return happened;
}

static void days_with(struct failure failure, struct span span) {
    for (failure.n = span.from;; failure.n += span.each)
        if (!day_with(&failure)) return;
}

void allocations_run(struct span span) {
    days_with((struct failure){.what = "allocation", .memory = true}, span);
    days_with((struct failure){.what = "allocation", .memory = true, .lasting = true}, span);
}

void disk_failures_run(struct span span) {
    static const char *const words[] = {"disk operation", "write (full)", "transfer (short)"};
    for (enum disk_fault fault = DISK_IOERR; fault <= DISK_SHORT; fault++)
        for (int lasting = 0; lasting <= 1; lasting++)
            days_with((struct failure){.what = words[fault], .fault = fault, .lasting = lasting},
                      span);
}
