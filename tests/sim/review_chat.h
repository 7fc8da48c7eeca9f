/* review_chat.h: what the world and the oracle of review chats share. */
#ifndef REVIEW_CHAT_H
#define REVIEW_CHAT_H

#include "part.h"

/* One review that a clinic wants to talk about. */
struct talk {
    int clinic, rating, posts_left;
    int64_t person, review_id, review_chat_id;
    int64_t link_id; /* the newest that reached the author, 0 for none */
};

void review_chat_world_begin(struct sim *);
void review_chat_arrived(struct sim *, const cJSON *effect);
/* Numbers that no two people of a life share. */
int64_t person_new(struct sim *);
/* The talk that a chat belongs to, as far as its opening was heard of; NULL for none. */
void talk_keep(struct sim *, struct talk *);
struct talk *talk_find(struct sim *, int64_t review_chat_id);

#endif
