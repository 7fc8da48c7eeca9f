/* Every machine can be asked about every event in every state without one: what a button would do
 * is looked up in the same table as what it does, and then nothing comes with the event. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "db.h"
#include "machine.h"
#include "policy.h"
#include "texts.h"

/* The runner's working folder is the checkout; build/ is never committed. */
#define SCRATCH "build/desk-test-XXXXXX"

/* One item of each machine, each with the number 1; the review is one that has no chat yet. */
static void fill(const char *path) {
    desk *core = desk_with_clinics(path);
    askf(core, "{'op':'review_chat.open','now':2000," ANNA
               ",'in':{'review_id':2,'purpose':'thank','text':'m1'}}");
    askf(core, "{'op':'contact_form.send','now':3000," PLATFORM ",'in':{'clinic_id':1,'name':'N',"
               "'email':'n@mail.test','phone':'+48601000000','locale':'pl','text':'q'}}");
    desk_close(core);
}

/* Asks once; returns whether a row would answer. */
static bool answered(struct tx *tx, const struct machine *machine, unsigned state,
                     enum event event) {
    struct item *item = arena_alloc(tx->arena, machine->item_size);
    if (machine->load(tx, 1, item) != OK) check_failed(__FILE__, __LINE__, machine->kind, "");
    item->state = state;
    return machine_ask(tx, machine, item, event) != NULL;
}

TEST(machines_answer_what_would_happen_though_nothing_happens) {
    char path[] = SCRATCH;
    close(mkstemp(path));
    fill(path);
    struct arena arena = {0};
    struct policies policies = {0};
    struct tx tx = {.arena = &arena, .policies = &policies, .now = 5000, .locale = "en",
                    .actor = {.role = ROLE_HOST, .represents = true}};
    tx.texts = texts_open();
    CHECK(db_open(path, &tx.db) == OK);
    for (int m = 0; machines[m]; m++)
        for (int s = 0; s < STATES_MAX && machines[m]->states[s]; s++) {
            int rows = 0;
            for (int e = 1; e < EVENT_COUNT; e++)
                rows += answered(&tx, machines[m], 1u << s, (enum event)e);
            if (rows == 0 && !(machines[m]->final & 1u << s))
                check_failed(__FILE__, __LINE__, machines[m]->kind, machines[m]->states[s]);
        }
    CHECK(tx.trouble == OK);
    db_close(tx.db);
    db_close(NULL);
    texts_close((struct texts *)tx.texts);
    arena_free(&arena);
    unlink(path);
}

TEST(a_word_that_is_no_event_no_state_and_no_machine_is_found_nowhere) {
    CHECK(event_find("sent") == ON_SENT && event_find("lost") == EVENT_NONE);
    CHECK(state_find(&review_machine, "annulled") == 2);
    CHECK(state_find(&review_machine, "gone") == 0 && state_find(&effect_machine, "gone") == 0);
    CHECK(strcmp(state_word(&review_machine, 3), "") == 0);
    CHECK(machine_find("review") == &review_machine && machine_find("door") == NULL);
}
