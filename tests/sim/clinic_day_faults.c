/* clinic_day_faults.c: the day, in which the n-th allocation, or the n-th operation of the disk, of
 * every single request fails, once or until the request is over. The process lives on, or loses
 * its power right after the retry: what failed is asked again with its key, and everything after it
 * must be as if nothing had been. For each n the day is lived again, in parts that begin where the
 * story stops and starts the host, each as far as a request gets to n. Next: clinic_day.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clinic_day.h"
#include "disk.h"
#include "disk_files.h"
#include "memory.h"

struct failure {
    const char *what;
    bool memory, lasting;
    bool cut; /* the power, as soon as the retry is answered: a failed sync must be made good */
    enum disk_fault fault;
    int64_t n;
};

/* From one start of the host to the next. */
struct part {
    int first, last;
    struct disk_image *image;
    struct host host;
};
enum { PARTS_MAX = 20, FURTHER = 3 };
static struct part parts[PARTS_MAX];
static int parts_n;
static int hurt_first; /* where the transaction began in which something failed last */

static bool failure_violated(int at, const struct failure *failure, const char *what,
                             const char *seen) {
    char how[120];
    snprintf(how, sizeof how, "%s %" PRId64 " fails%s%s", failure->what, failure->n,
             failure->lasting ? ", and all after it" : "",
             failure->cut ? ", the power is cut after the retry" : "");
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

/* One request; false when the day cannot go on. A transaction that is held may be lost by a failure
 * of which only the next request in it hears. */
static bool request_survives(int at, const struct failure *failure, bool *ret_happened) {
    plan(failure);
    const char *reply = host_ask(at);
    bool happened = plan_over(failure);
    *ret_happened |= happened;
    figures.failures += happened;
    if (happened) hurt_first = requests[at].first;
    if (reply_failed(reply)) {
        bool lost = requests[at].first < at && hurt_first == requests[at].first;
        if (!happened && !lost) return failure_violated(at, failure, "it failed before", reply);
        reply = asked_again(at);
    } else if (happened) {
        if (reply_same_answer(reply, requests[at].reply)) return true;
        return failure_violated(at, failure, "neither done nor an error of storage", reply);
    }
    if (reply_as_before(at, reply)) return true;
    return failure_violated(at, failure, "answered otherwise", reply);
}

static unsigned dropped(void *with, unsigned n) {
    (void)with, (void)n;
    return 1;
}

/* All that is not synced is lost, and the host starts again. */
static void power_cut(void) {
    disk_plan(&(struct disk_faults){.kill_at = 0, .fail_at = -1});
    host_close();
    disk_power_on(dropped, NULL);
    disk_plan(&(struct disk_faults){.kill_at = -1, .fail_at = -1});
    host_open();
}

static bool part_ends_well(int last, const struct failure *failure, int64_t memory_before) {
    char hash[HASH_BYTES];
    state_hash(hash);
    if (strcmp(hash, requests[last].hash) != 0)
        return failure_violated(last, failure, "the state is another one", hash);
    const char *wrong = state_wrong();
    if (!wrong) wrong = effects_wrong(0);
    if (!wrong) wrong = erased_wrong(last);
    host_close();
    if (!wrong && memory_live() != memory_before) wrong = "memory is not given back";
    return wrong ? failure_violated(last, failure, wrong, NULL) : true;
}

/* The last request in which it happened, -1 for none. */
static int part_with(const struct part *part, const struct failure *failure, int last) {
    int reached = hurt_first = -1;
    disk_power_on(NULL, NULL);
    disk_files_restore(part->image);
    host = part->host;
    int64_t memory_before = memory_live();
    if (part->first > 0) host_open();
    for (int at = part->first; at <= last; at++) {
        bool happened = false;
        bool survives = request_survives(at, failure, &happened);
        if (happened) reached = at;
        if (survives && happened && failure->cut && requests[at].last == at) power_cut();
        if (survives) continue;
        host_close();
        return reached;
    }
    part_ends_well(last, failure, memory_before);
    return reached;
}

static void part_with_each(const struct part *part, struct failure failure, struct span span) {
    int last = part->last;
    for (failure.n = span.from;; failure.n += span.each) {
        int reached = part_with(part, &failure, last);
        if (reached < 0) return;
        if (reached + FURTHER < last) last = requests[reached + FURTHER].last;
    }
}

static void parts_record(void) {
    if (parts_n > 0) return;
    disk_format();
    host = (struct host){.settle_first = host.settle_first};
    for (int at = 0; at < requests_n; at++) {
        if (!requests[at].text) {
            struct part *part = &parts[parts_n++];
            *part = (struct part){at, at, disk_files_save(), host};
            part->host.core = NULL;
        }
        parts[parts_n - 1].last = at;
        host_ask(at);
    }
    host_close();
}

static void each_part(struct failure failure, struct span span) {
    parts_record();
    for (int i = 0; i < parts_n; i++) part_with_each(&parts[i], failure, span);
}

void allocations_run(struct span span) {
    each_part((struct failure){.what = "allocation", .memory = true}, span);
    each_part((struct failure){.what = "allocation", .memory = true, .lasting = true}, span);
}

void disk_failures_run(struct span span) {
    static const char *const words[] = {"disk operation", "write (full)", "transfer (short)"};
    for (enum disk_fault fault = DISK_IOERR; fault <= DISK_SHORT; fault++) {
        struct failure failure = {.what = words[fault], .fault = fault};
        each_part(failure, span);
        failure.cut = true;
        each_part(failure, span);
        failure.lasting = true;
        failure.cut = false;
        each_part(failure, span);
    }
}
