/* explore.c: walks through all orders of events, breadth first, so that the first way to a fault is
 * the shortest. Each state is reached by a process of its own: forked from the one that was set up,
 * led there by its requests, and ended when all that may happen next has been tried there.
 *   desk_explore [--depth N] [--only SCENE]   prints a line per scene; exits 1 when a law is broken
 * --depth N adds N steps to every scene's depth, or takes them off. Next: explore_scenes.c. */
#define _GNU_SOURCE
#include "explore.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ops.h"

struct tally *tally;
struct places *places;
const struct scene *scene;
desk *core;
int64_t now;
char repro[NOTE_BYTES];

enum { STARTED_AT_S = 1772438400 }; /* Monday, 2 March 2026, 9:00 in Warsaw */

static struct act acts[ACTIONS_MAX];
static char words[ACTIONS_MAX][3][PART_BYTES];
static int acts_n;

/* The first breach of a law is shown: breadth first, it is the shortest way there. */
void violated(const char *law, const char *format, ...) {
    va_list args;
    if (tally->violations++, strstr(tally->broken, law)) return;
    size_t n = strlen(tally->broken);
    snprintf(tally->broken + n, sizeof tally->broken - n, "%s ", law);
    printf("violated %s: ", law);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n  in %s, after\n%s", scene->name, repro);
    fflush(stdout);
}

static void act_add(struct act act) {
    if (acts_n == ACTIONS_MAX) {
        fprintf(stderr, "%s: more than %d acts\n", scene->name, ACTIONS_MAX);
        exit(2);
    }
    acts[acts_n++] = act;
}

static void line_split(const char *line, struct act *ret_act, char parts[3][PART_BYTES]) {
    if (sscanf(line, "%63s %63s %1023[^\n]", parts[0], parts[1], parts[2]) != 3) {
        fprintf(stderr, "not understood: %s\n", line);
        exit(2);
    }
    *ret_act = (struct act){ASK, parts[0], parts[1], parts[2]};
}

/* The operations of the machine by everybody who may ask, in each of their canonical inputs. */
static void acts_of_op(const struct op *op) {
    int found = 0;
    for (int i = 0; inputs[i].op; i++) {
        if (strcmp(inputs[i].op, op->name) != 0) continue;
        found++;
        for (int w = 0; scene->who[w]; w++)
            if (op->roles & actor_role(scene->who[w]))
                act_add((struct act){ASK, scene->who[w], op->name, inputs[i].text});
    }
    if (!found) {
        fprintf(stderr, "explore_scenes.c has no input for %s\n", op->name);
        exit(2);
    }
}

static void acts_prepare(void) {
    acts_n = 0;
    for (enum happens kind = WAIT_BEFORE; kind <= WAIT_AFTER; kind++)
        act_add((struct act){.kind = kind, .who = "", .op = "wait", .input = ""});
    if (scene->clock_back)
        act_add((struct act){.kind = CLOCK_BACK, .who = "", .op = "clock back", .input = ""});
    for (int g = 0; op_groups[g]; g++)
        for (int i = 0; i < op_groups[g]->n; i++)
            if (op_groups[g]->ops[i].machine == scene->machine)
                acts_of_op(&op_groups[g]->ops[i]);
    for (int i = 0; scene->more[i]; i++) {
        struct act act;
        line_split(scene->more[i], &act, words[acts_n]);
        act_add(act);
    }
}

/* Lets time pass, or asks. False where this cannot happen here. */
static bool perform(const struct act *act, int depth, char *ret_reply, size_t room) {
    int64_t next = act->kind == ASK || act->kind == CLOCK_BACK ? 0 : next_instant();
    int64_t then = act->kind == CLOCK_BACK    ? now - 3600000
                   : act->kind == WAIT_BEFORE ? next - 1
                   : act->kind == WAIT_AFTER  ? next + 1
                                              : next;
    char id[16];
    *ret_reply = 0;
    if (act->kind != ASK) {
        bool passes = act->kind == CLOCK_BACK || (next && then > now);
        if (passes) now = then;
        snprintf(repro + strlen(repro), sizeof repro - strlen(repro), "%s until %lld\n", act->op,
                 (long long)now);
        return passes;
    }
    snprintf(id, sizeof id, "step%d", depth);
    const char *reply = ask_as(act->who, act->op, act->input, id);
    if (!reply) return false;
    snprintf(ret_reply, room, "%s", reply);
    return true;
}

/* reliability.md 3.8: what a refusal may leave behind is the writer's draft. */
static bool keeps(const char *code) {
    return strcmp(code, "refused.stale") == 0 || strcmp(code, "refused.claimed") == 0;
}

/* Rule 57: who was slower loses no word. */
static void words_kept(const struct act *act) {
    char quoted[TEXT_BYTES + 8];
    const char *draft = one_text("select text from draft order by saved_at desc limit 1");
    snprintf(quoted, sizeof quoted, ":'%s'", draft ? draft : "");
    bool wrote = strstr(act->input, "'text':") || strstr(act->input, "'note':");
    bool answered = strcmp(act->op, "contact_form.claim") != 0;
    if (wrote && answered && !strstr(act->input, quoted))
        violated("the-slower-ones-words-are-kept", "%s, the draft is %s", act->input, draft);
}

/* The same request once more, as the network or an impatient hand sends it. */
static void repeat(const char *request, const char *first) {
    static char text[TEXT_BYTES];
    uint64_t before = digest_now();
    snprintf(text, sizeof text, "%.*s", (int)strcspn(request, "\n"), request);
    const char *second = ask(text), *end = strstr(first, ",\"rev\":");
    places->repeats++;
    if (strncmp(first, second, end ? (size_t)(end - first) : 0) != 0)
        violated("repeated-is-answered-alike", "%.300s\n  then %.300s", first, second);
    if (digest_now() != before) violated("repeated-is-done-once", "%.300s", first);
}

/* Tries one thing in a transaction that is undone; the state it leads to is noted if it is new. */
static void try_act(uint32_t from, int number, uint64_t before) {
    static struct kept kept;
    static char reply[NOTE_BYTES];
    bool never[NEVERS_MAX] = {false};
    const struct act *act = &acts[number];
    int depth = places->nodes[from].depth + 1;
    int64_t was = now;
    size_t mark = strlen(repro);
    hold();
    laws_before(&kept);
    laws_ask(act, never);
    steps_count(true);
    bool happened = perform(act, depth, reply, sizeof reply);
    steps_count(false);
    if (happened) {
        places->tries++;
        const char *code = code_of(reply);
        uint64_t after = digest_now();
        if (strncmp(code, "bug.", 4) == 0 || strncmp(code, "storage.", 8) == 0 ||
            strncmp(code, "invalid.", 8) == 0)
            violated("no-bugs", "%s", reply);
        if (*code && !keeps(code) && after != before)
            violated("a-refusal-changes-nothing", "%s", reply);
        if (!*code) laws_answer(never);
        if (keeps(code)) words_kept(act);
        places->refused += *code != 0;
        laws_after(&kept, act->op);
        if (act->kind == ASK && (!*code || keeps(code))) repeat(repro + mark, reply);
        laws_state(); /* also of a state that is known: another history leads to it */
        if (digest_is_new(after)) {
            uint32_t n = places->nodes_n;
            if (n < NODES_MAX) {
                places->nodes[n] = (struct node){from, (uint16_t)number, (uint16_t)depth, after};
                places->nodes_n++;
            } else places->full = true;
        }
    }
    now = was;
    let_go();
    repro[mark] = 0;
    if (digest_now() != before) violated("undone-is-undone", "%s", act->op);
}

/* Does for good what leads to a node. */
static void lead_to(uint32_t node) {
    static char reply[NOTE_BYTES];
    uint16_t way[DEPTH_MAX];
    int depth = places->nodes[node].depth;
    for (uint32_t at = node; at; at = places->nodes[at].parent)
        way[places->nodes[at].depth - 1] = places->nodes[at].act;
    for (int i = 0; i < depth; i++) perform(&acts[way[i]], i + 1, reply, sizeof reply);
    if (digest_now() != places->nodes[node].digest)
        violated("held-or-committed-is-the-same", "another state than in the trial");
}

static void chain_whole(void) {
    const char *reply = ask_as("host", "core.verify", "{}", NULL);
    if (!strstr(reply, "\"chain\":\"ok\"") || !strstr(reply, "\"pages\":\"ok\""))
        violated("the-chain-is-whole", "%.300s", reply);
    const char *loose = one_text("select \"table\" from pragma_foreign_key_check");
    if (loose) violated("references-hold", "%s", loose);
}

static void expand(uint32_t node, int depth_max) {
    lead_to(node);
    bool last = places->nodes[node].depth >= depth_max;
    if (last) chain_whole();
    probe(acts, acts_n);
    for (int i = 0; !last && i < acts_n; i++) try_act(node, i, places->nodes[node].digest);
}

static void in_a_process(uint32_t node, int depth_max) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        expand(node, depth_max);
        fflush(stdout);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        snprintf(repro, sizeof repro, "  (the way to node %u)\n", node);
        violated("no-process-dies", "status %d", status);
        repro[0] = 0;
    }
}

/* Everything once, one after the other, and undone: statements that are prepared here need not be
 * prepared by each process again. */
static void warm_up(void) {
    static struct kept kept;
    static char reply[NOTE_BYTES];
    int64_t was = now;
    hold();
    for (int i = 0; i < 3 * acts_n; i++) perform(&acts[i % acts_n], i + 1, reply, sizeof reply);
    laws_before(&kept);
    now = was;
    let_go();
    repro[0] = 0;
}

static void set_up(void) {
    struct act act;
    static char parts[3][PART_BYTES];
    now = STARTED_AT_S * (int64_t)1000;
    repro[0] = 0;
    door_open();
    for (int i = 0; scene->setup[i]; i++) {
        line_split(scene->setup[i], &act, parts);
        const char *reply = ask_as(act.who, act.op, act.input, NULL);
        if (!reply || !is_ok(reply)) {
            fprintf(stderr, "%s: %s\n  %s\n", scene->name, scene->setup[i], reply ? reply : "");
            exit(2);
        }
    }
    digest_prepare();
    acts_prepare();
    places->nodes[0] = (struct node){.digest = digest_now()};
    places->nodes_n = 1;
    warm_up();
    digest_is_new(places->nodes[0].digest);
}

/* Of the processor, by this process and those that have ended. */
static double seconds_used(void) {
    double seconds = 0;
    for (int who = 0; who < 2; who++) {
        struct rusage used;
        getrusage(who ? RUSAGE_CHILDREN : RUSAGE_SELF, &used);
        seconds += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    }
    return seconds;
}

static void explore(int depth_more) {
    double from = seconds_used();
    set_up();
    int depth_max = scene->depth + depth_more > 1 ? scene->depth + depth_more : 1;
    expand(0, depth_max); /* undoes all it does: what it has prepared is there for the others */
    for (uint32_t i = 1; i < places->nodes_n; i++) in_a_process(i, depth_max);
    if (places->full) violated("room-for-all", "raise NODES_MAX");
    printf("%s: depth %d, %u states, %llu transitions (%llu refused), %llu repeats, %llu buttons,"
           " %.1f s of processor\n", scene->name, depth_max, places->nodes_n,
           (unsigned long long)places->tries, (unsigned long long)places->refused,
           (unsigned long long)places->repeats, (unsigned long long)places->buttons,
           seconds_used() - from);
    fflush(stdout);
}

static void *memory_for_all(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) return memory;
    perror("mmap");
    exit(2);
}

/* Scene after scene, beside another process that does the same. */
static void explore_scenes(const char *only, int depth_more) {
    int scenes_n = 0;
    while (scenes[scenes_n].name) scenes_n++;
    for (int i; (i = tally->scenes_begun++) < scenes_n;) {
        scene = &scenes[i];
        if (only && strncmp(only, scene->name, strlen(only)) != 0) continue;
        places = memory_for_all(sizeof *places);
        explore(depth_more);
        munmap(places, sizeof *places);
    }
}

static const struct unreachable *excuse(const struct machine *machine, const struct rule *rule) {
    for (int i = 0; unreachable[i].kind; i++) {
        const struct unreachable *row = &unreachable[i];
        bool same = strcmp(row->kind, machine->kind) == 0 && event_find(row->event) == rule->on &&
                    strcmp(row->guard, rule->when.name) == 0 &&
                    (rule->in & state_find(machine, row->in));
        if (same) return row;
    }
    return NULL;
}

/* Rows that nothing has taken; each of them must be in the list of those that nothing can. */
static void rows_report(bool whole) {
    int rows = 0, taken = 0, excused = 0;
    for (int m = 0; machines[m]; m++)
        for (int i = 0; i < machines[m]->rules_n; i++) {
            const struct rule *rule = &machines[m]->rules[i];
            const struct unreachable *why = excuse(machines[m], rule);
            rows++;
            taken += tally->taken[m][i] > 0;
            excused += why && !tally->taken[m][i];
            if (tally->taken[m][i] && why)
                printf("taken after all: %s %s %s\n", why->kind, why->event, why->guard);
            if (!tally->taken[m][i] && !why)
                printf("never taken: %s row %d, %s if %s, %s\n", machines[m]->kind, i,
                       event_word(rule->on), rule->when.name, rule->because);
            if (whole && (tally->taken[m][i] > 0) == (why != NULL)) tally->violations++;
        }
    printf("rows: %d, taken %d, cannot be taken %d\n", rows, taken, excused);
}

int main(int argc, char **argv) {
    int depth_more = 0;
    const char *only = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--depth") == 0) depth_more = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--only") == 0) only = argv[i + 1];
        else return 2;
    }
    tally = memory_for_all(sizeof *tally);
    pid_t other = fork();
    explore_scenes(only, depth_more);
    if (other == 0) exit(0);
    int status = 0;
    if (other < 0 || waitpid(other, &status, 0) != other || status != 0) return 2;
    rows_report(!only && depth_more >= 0);
    printf("%llu violations\n", (unsigned long long)tally->violations);
    return tally->violations ? 1 : 0;
}
