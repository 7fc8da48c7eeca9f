/* explore_steps.c: stands between the core and its machines (the linker's --wrap): before a step it
 * reads from the table which row must answer, and afterwards looks at what happened. Counts the
 * rows that were taken. Moves nothing itself. Next: core/machine.h. */
#include "explore.h"

#include <stdio.h>
#include <string.h>

#include "effects.h"

enum err __real_machine_step(struct tx *, const struct machine *, void *item, enum event,
                             const void *with);
enum err __wrap_machine_step(struct tx *, const struct machine *, void *item, enum event,
                             const void *with);
enum err __real_machine_fire(struct tx *, const struct machine *, int64_t id, enum event,
                             const void *with);
enum err __wrap_machine_fire(struct tx *, const struct machine *, int64_t id, enum event,
                             const void *with);

/* Forecasts run machines too, but nothing of it happens: it is not counted. */
static bool counts;

void steps_count(bool counting) { counts = counting; }

int machine_number(const struct machine *machine) {
    int i = 0;
    while (machines[i] != machine) i++;
    return i;
}

struct expected {
    const struct rule *rule; /* NULL: no row fits */
    unsigned from;
    int64_t item_id, history_id, told;
};

/* Rows of the history that were looked at, of inner steps too. */
static int64_t told;

static const char newest_id[] = "select coalesce(max(history_id), 0) from history";

static struct expected expect(struct tx *tx, const struct machine *machine, void *item,
                              enum event event, const void *with) {
    struct step step = {.tx = tx, .machine = machine, .item = item, .with = with};
    const struct item *head = item;
    struct expected expected = {NULL, head->state, head->id, one_int(newest_id), told};
    for (int i = 0; i < machine->rules_n && !expected.rule; i++) {
        const struct rule *rule = &machine->rules[i];
        bool fits = (rule->in & head->state) && rule->on == event;
        if (!fits || (rule->when.holds && !rule->when.holds(&step))) continue;
        expected.rule = rule;
        if (counts) tally->taken[machine_number(machine)][i]++;
    }
    return expected;
}

/* Rules 22 and 23: nobody but the author annuls. */
static void author_only(const struct tx *tx, const struct machine *machine,
                        const struct rule *rule) {
    bool annuls = machine == &review_machine && rule->on == ON_ANNUL && rule->then.run;
    if (annuls && tx->actor.role != ROLE_PATIENT)
        violated("annulled-by-the-author-only", "by role %d", (int)tx->actor.role);
}

/* reliability.md I13: what is worth nothing any more does not go out. */
static void in_time(const struct tx *tx, const struct machine *machine, const void *item,
                    enum event event) {
    if (machine != &effect_machine || event != ON_TAKE) return;
    const struct effect *effect = item;
    if (effect->deadline_at <= tx->now)
        violated("nothing-expired-goes-out", "effect %lld, %lld ms too late",
                 (long long)effect->item.id, (long long)(tx->now - effect->deadline_at));
}

/* The row of the history that a step must have left. */
static void history_tells(const struct machine *machine, const struct expected *expected,
                          enum event event) {
    static const char newest[] =
        "select item_kind || ' ' || item_id || ' ' || event || ' ' || from_state || ' ' || to_state"
        " || ' ' || rule || ' ' || because from history order by history_id desc limit 1";
    const struct rule *rule = expected->rule;
    unsigned to = rule->go == STAY ? expected->from : rule->go;
    char wanted[300];
    snprintf(wanted, sizeof wanted, "%s %lld %s %s %s %d %s", machine->kind,
             (long long)expected->item_id, event_word(event), state_word(machine, expected->from),
             state_word(machine, to), rule->rule, rule->because);
    const char *seen = one_text(newest);
    if (!seen || strcmp(seen, wanted) != 0)
        violated("one-history-row-per-step", "wanted %s, newest is %s", wanted, seen);
    told++;
    if (one_int(newest_id) - expected->history_id != told - expected->told)
        violated("one-history-row-per-step", "%s left more rows than there were steps", wanted);
}

static void judge(struct tx *tx, const struct machine *machine, const struct expected *expected,
                  enum event event, enum err err) {
    const struct rule *rule = expected->rule;
    enum err wanted = !rule ? ERR_SETTLED : rule->refuse;
    if (err != wanted) {
        violated("the-table-decides", "%s %lld on %s in %s: row %s, answered %s", machine->kind,
                 (long long)expected->item_id, event_word(event),
                 state_word(machine, expected->from), rule ? rule->because : "none",
                 err ? error_info(err)->name : "ok");
        return;
    }
    if (err != OK) return;
    author_only(tx, machine, rule);
    bool nothing = rule->go == STAY && !rule->then.run;
    if (!nothing) history_tells(machine, expected, event);
    else if (one_int(newest_id) != expected->history_id)
        violated("nothing-is-nothing", "%s on %s", machine->kind, event_word(event));
}

enum err __wrap_machine_step(struct tx *tx, const struct machine *machine, void *item,
                             enum event event, const void *with) {
    struct expected expected = expect(tx, machine, item, event, with);
    enum err err = __real_machine_step(tx, machine, item, event, with);
    judge(tx, machine, &expected, event, err);
    return err;
}

enum err __wrap_machine_fire(struct tx *tx, const struct machine *machine, int64_t id,
                             enum event event, const void *with) {
    void *item = arena_alloc(tx->arena, machine->item_size);
    if (!item || machine->load(tx, id, item) != OK)
        return __real_machine_fire(tx, machine, id, event, with);
    struct expected expected = expect(tx, machine, item, event, with);
    in_time(tx, machine, item, event);
    enum err err = __real_machine_fire(tx, machine, id, event, with);
    judge(tx, machine, &expected, event, err);
    return err;
}
