/* The machines' tables read as data: every state is reached, what is final stays, no row hides
 * behind an earlier one, every event is answered, every reason has its sentence three times. */
#include "check.h"

#include "machine.h"
#include "ops.h"

static unsigned all_states(const struct machine *machine) {
    unsigned states = 0;
    for (int i = 0; i < STATES_MAX && machine->states[i]; i++) states |= 1u << i;
    return states;
}

static unsigned reached_from(const struct machine *machine, unsigned states) {
    for (unsigned before = 0; before != states;) {
        before = states;
        for (int i = 0; i < machine->rules_n; i++)
            if (machine->rules[i].in & states) states |= machine->rules[i].go;
    }
    return states;
}

TEST(every_state_is_reached) {
    for (int m = 0; machines[m]; m++) {
        /* A message begins silent or queued: messages.c inserts it in either state. */
        unsigned first = machines[m] == &delivery_machine ? 3u : 1u;
        if (reached_from(machines[m], first) != all_states(machines[m]))
            check_failed(__FILE__, __LINE__, "every state is reached", machines[m]->kind);
    }
}

TEST(what_is_final_stays) {
    for (int m = 0; machines[m]; m++)
        for (int i = 0; i < machines[m]->rules_n; i++) {
            const struct rule *rule = &machines[m]->rules[i];
            bool leaves = rule->go != STAY && (rule->in & machines[m]->final & ~rule->go);
            if (leaves) check_failed(__FILE__, __LINE__, rule->because, machines[m]->kind);
        }
}

TEST(no_row_is_hidden_by_an_earlier_one) {
    for (int m = 0; machines[m]; m++)
        for (int i = 0; i < machines[m]->rules_n; i++) {
            const struct rule *late = &machines[m]->rules[i];
            unsigned left = late->in & all_states(machines[m]);
            for (int k = 0; k < i; k++) {
                const struct rule *early = &machines[m]->rules[k];
                bool same = early->on == late->on && (!early->when.holds ||
                                                      early->when.holds == late->when.holds);
                if (same) left &= ~early->in;
            }
            if (!left) check_failed(__FILE__, __LINE__, late->because, machines[m]->kind);
        }
}

TEST(a_refusal_goes_nowhere_and_does_nothing) {
    for (int m = 0; machines[m]; m++)
        for (int i = 0; i < machines[m]->rules_n; i++) {
            const struct rule *rule = &machines[m]->rules[i];
            if (rule->refuse) CHECK(rule->go == STAY && !rule->then.run);
        }
}

TEST(every_event_is_answered_by_some_machine) {
    for (int event = 1; event < EVENT_COUNT; event++) {
        bool answered = false;
        for (int m = 0; machines[m]; m++)
            for (int i = 0; i < machines[m]->rules_n; i++)
                answered |= machines[m]->rules[i].on == (enum event)event;
        if (!answered) check_failed(__FILE__, __LINE__, "answered", event_word((enum event)event));
    }
}

TEST(every_op_with_an_event_finds_it_in_its_machine) {
    for (int g = 0; op_groups[g]; g++)
        for (int i = 0; i < op_groups[g]->n; i++) {
            const struct op *op = &op_groups[g]->ops[i];
            bool found = !op->machine;
            for (int r = 0; op->machine && r < op->machine->rules_n; r++)
                found |= op->machine->rules[r].on == op->event;
            if (!found) check_failed(__FILE__, __LINE__, "event", op->name);
        }
}

TEST(every_op_says_what_it_is_and_what_it_answers) {
    for (int g = 0; op_groups[g]; g++)
        for (int i = 0; i < op_groups[g]->n; i++) {
            const struct op *op = &op_groups[g]->ops[i];
            if (!op->doc || !op->out || !op->roles || op_find(op->name) != op)
                check_failed(__FILE__, __LINE__, "documented, unique", op->name);
            for (int f = 0; f < op->in_n; f++)
                if (!op->in[f].doc) check_failed(__FILE__, __LINE__, op->in[f].name, op->name);
        }
}

TEST(every_reason_and_refusal_has_its_sentence_in_each_language) {
    extern const char texts_ru[], texts_pl[], texts_en[];
    const char *const catalogues[] = {texts_ru, texts_pl, texts_en};
    char key[100];
    for (int c = 0; c < 3; c++) {
        for (int m = 0; machines[m]; m++)
            for (int i = 0; i < machines[m]->rules_n; i++) {
                snprintf(key, sizeof key, "\"because.%s\"", machines[m]->rules[i].because);
                if (!strstr(catalogues[c], key)) check_failed(__FILE__, __LINE__, "sentence", key);
            }
        for (int err = OK + 1; err < ERR_COUNT; err++) {
            snprintf(key, sizeof key, "\"error.%s\"", error_info((enum err)err)->word);
            if (!strstr(catalogues[c], key)) check_failed(__FILE__, __LINE__, "sentence", key);
        }
    }
}
