/* persons.h: everything that is stored about one patient, found by e-mail address or phone, and
 * taken away again. Reading it out: ops/person.c. */
#ifndef PERSONS_H
#define PERSONS_H

#include "tx.h"

/* Whose rows: ids as JSON arrays, because SQL takes them so. */
struct person {
    const char *email, *phone; /* "" for not given */
    const char *forms, *reviews, *chats, *effects;
    int64_t forms_n, reviews_n, chats_n, effects_n;
};

/* Finds every row with that address (in whatever case) or that number. */
enum err person_find(struct tx *, const char *email, const char *phone, struct person *ret_person);

/* Blanks what they wrote and who they are, stops what is under way to them, and forgets them in
 * the index, the outbox, the history's facts and the stored replies. What was counted stays. */
enum err person_erase(struct tx *, const struct person *, int64_t *ret_messages);

/* A thread of theirs, for the statements of export and erasure: ?1 forms, ?2 chats. */
#define OF_PERSON                                                                               \
    "((item_kind = 'contact_form' and item_id in (select value from json_each(?1)))"            \
    " or (item_kind = 'review_chat' and item_id in (select value from json_each(?2))))"

#endif
