/* machine.c: looks up, runs, writes the state, appends the history. Knows no machine's meaning. */
#include "machine.h"

#include <string.h>

#include "db.h"
#include "history.h"

const struct machine *const machines[] = {&review_machine, &review_chat_machine,
                                          &contact_form_machine, &delivery_machine,
                                          &effect_machine, NULL};

static const char *const event_words[] = {
    "",
#define EVENT_WORD(name, word) #word,
    EVENTS(EVENT_WORD)
#undef EVENT_WORD
};

const char *event_word(enum event event) {
    return event_words[event];
}

enum event event_find(const char *word) {
    for (int i = 1; i < EVENT_COUNT; i++)
        if (strcmp(event_words[i], word) == 0) return (enum event)i;
    return EVENT_NONE;
}

const char *state_word(const struct machine *machine, unsigned state) {
    for (int i = 0; i < STATES_MAX; i++)
        if (state == 1u << i) return machine->states[i];
    return "";
}

unsigned state_find(const struct machine *machine, const char *word) {
    for (int i = 0; i < STATES_MAX && machine->states[i]; i++)
        if (strcmp(machine->states[i], word) == 0) return 1u << i;
    return 0;
}

const struct machine *machine_find(const char *kind) {
    for (int i = 0; machines[i]; i++)
        if (strcmp(machines[i]->kind, kind) == 0) return machines[i];
    return NULL;
}

static const struct rule *rule_find(const struct step *step, enum event event) {
    unsigned state = ((struct item *)step->item)->state;
    for (int i = 0; i < step->machine->rules_n; i++) {
        const struct rule *rule = &step->machine->rules[i];
        bool fits = (rule->in & state) && rule->on == event;
        if (fits && (!rule->when.holds || rule->when.holds(step))) return rule;
    }
    return NULL;
}

const struct rule *machine_ask(struct tx *tx, const struct machine *machine, void *item,
                               enum event event) {
    struct step step = {.tx = tx, .machine = machine, .item = item};
    return rule_find(&step, event);
}

static enum err state_write(struct step *step) {
    struct item *item = step->item;
    if (step->rule->go == STAY) return OK;
    if (step->rule->go != item->state) {
        item->state = step->rule->go;
        TRY(db_run(step->tx, step->machine->update,
                   WITH(item->id, state_word(step->machine, item->state))));
        if (db_changes(step->tx->db) != 1) return ERR_CORRUPT;
    }
    return OK;
}

enum err machine_step(struct tx *tx, const struct machine *machine, void *item, enum event event,
                      const void *with) {
    struct step step = {.tx = tx, .machine = machine, .item = item, .with = with,
                        .facts = {.arena = tx->arena}};
    struct item *head = item;
    unsigned from = head->state;
    /* No machine writes such a word, so the file is not what was written. */
    if (from == 0) return ERR_CORRUPT;
    step.rule = rule_find(&step, event);
    if (tx->trouble) return tx->trouble;
    if (!step.rule) return fail(tx, ERR_SETTLED, NULL);
    if (step.rule->refuse) return fail_rule(tx, step.rule->refuse, step.rule->rule);
    if (step.rule->go == STAY && !step.rule->then.run) return OK;
    json_object(&step.facts);
    if (step.rule->then.run) TRY(step.rule->then.run(&step));
    TRY(state_write(&step));
    json_object_end(&step.facts);
    return history_append(tx, &(struct history_row){
        .clinic_id = head->clinic_id, .item_kind = machine->kind, .item_id = head->id,
        .event = event_word(event), .from_state = state_word(machine, from),
        .to_state = state_word(machine, head->state), .rule = step.rule->rule,
        .because = step.rule->because, .facts = json_end(&step.facts)});
}

enum err machine_fire(struct tx *tx, const struct machine *machine, int64_t id, enum event event,
                      const void *with) {
    void *item = arena_alloc(tx->arena, machine->item_size);
    if (!item) return ERR_MEMORY;
    TRY(machine->load(tx, id, item));
    return machine_step(tx, machine, item, event, with);
}
