/* review_chat_oracle.c: what the rules say of reviews and their chats (1 to 29), kept in plain
 * memory beside the desk and compared with every reply, every notice and, each day, the tables. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "review_chat.h"

enum { PLACE = 1, SIDES_AGENTS = 3 };
enum { POSITIVE_FROM = 4, IGNORED_MAX = 2 };
enum chat_state { UNKNOWN, OPEN, ENDED };

struct review_model {
    bool known, annulled, has_chat;
    int clinic, rating;
};

struct chat_model {
    enum chat_state state;
    bool solve, muted, solved;
    int clinic;
    int64_t review_id, unanswered, writers; /* bit per agent of the clinic */
    struct talk *talk;
};

struct review_chat_state {
    struct review_model *reviews;
    struct chat_model *chats;
    int64_t reviews_room, chats_room, persons;
};

static struct review_chat_state *state(struct sim *sim) { return sim->state[PLACE]; }

static void *grown(void *old, int64_t *room, int64_t index, size_t size) {
    if (index < *room) return old;
    int64_t bigger = (index + 1) * 2;
    char *moved = realloc(old, (size_t)bigger * size);
    if (!moved) abort();
    memset(moved + (size_t)*room * size, 0, (size_t)(bigger - *room) * size);
    *room = bigger;
    return moved;
}

static struct review_model *review(struct sim *sim, int64_t id) {
    struct review_chat_state *s = state(sim);
    s->reviews = grown(s->reviews, &s->reviews_room, id, sizeof *s->reviews);
    return &s->reviews[id];
}

static struct chat_model *chat(struct sim *sim, int64_t id) {
    struct review_chat_state *s = state(sim);
    s->chats = grown(s->chats, &s->chats_room, id, sizeof *s->chats);
    return &s->chats[id];
}

int64_t person_new(struct sim *sim) { return ++state(sim)->persons; }

void talk_keep(struct sim *sim, struct talk *talk) {
    chat(sim, talk->review_chat_id)->talk = talk;
}

struct talk *talk_find(struct sim *sim, int64_t review_chat_id) {
    return review_chat_id > 0 ? chat(sim, review_chat_id)->talk : NULL;
}

static void begin(struct sim *sim) {
    sim->state[PLACE] = calloc(1, sizeof(struct review_chat_state));
    if (!sim->state[PLACE]) abort();
    review_chat_world_begin(sim);
}

static void end(struct sim *sim) {
    free(state(sim)->reviews);
    free(state(sim)->chats);
    free(state(sim));
}

/* ---- who asks ---- */

struct side {
    int clinic, role; /* of staff; clinic 0 for others */
    int64_t chat_id, expires_at; /* of a link's holder */
    bool platform;               /* integration or host */
};

static int64_t after(const char *text, const char *key) {
    const char *at = strstr(text, key);
    return at ? strtoll(at + strlen(key), NULL, 10) : 0;
}

static struct side side_of(struct sim *sim, const struct asked *asked) {
    struct side side = {.platform = strstr(asked->who, "integration") ||
                                    strstr(asked->who, "host")};
    int64_t agent_id = after(asked->who, "\"agent_id\":");
    int64_t link_id = after(asked->who, "\"link_id\":");
    if (agent_id && agent_id != moderator_id(sim)) {
        side.clinic = clinic_of_agent(agent_id);
        side.role = (int)((agent_id - 1) % AGENT_ROLES);
    }
    if (link_id) {
        side.chat_id = LOOK(sim, "select item_id from link where link_id = ?1 and item_kind ="
                                 " 'review_chat'", link_id);
        side.expires_at = LOOK(sim, "select expires_at from link where link_id = ?1", link_id);
    }
    return side;
}

static bool clinic_side(const struct side *side, int clinic) {
    return side->clinic == clinic && side->role < SIDES_AGENTS;
}

static bool truth(const cJSON *object, const char *key) {
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static bool is(const cJSON *object, const char *key, const char *text) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(v) && strcmp(v->valuestring, text) == 0;
}

/* ---- what was accepted ---- */

static void review_added(struct sim *sim, const cJSON *in, const cJSON *out) {
    struct review_model *model = review(sim, number_of(out, "review_id"));
    *model = (struct review_model){.known = true, .clinic = (int)number_of(in, "clinic_id"),
                                   .rating = (int)number_of(in, "rating")};
}

static int64_t notices(struct sim *sim, int64_t message_id, bool to_author) {
    return to_author ? LOOK(sim, "select count(*) from effect where message_id = ?1 and kind ="
                                 " 'sms.send'", message_id)
                     : LOOK(sim, "select count(*) from effect where message_id = ?1 and kind ="
                                 " 'email.send'", message_id);
}

/* Ignored twice in a row, the author hears of no further message until they write (rule 18). */
static void clinic_wrote(struct sim *sim, struct chat_model *model, const struct side *side,
                         int64_t message_id) {
    bool hears = !model->muted && model->unanswered < IGNORED_MAX;
    int64_t sent = notices(sim, message_id, true);
    model->unanswered++;
    model->writers |= INT64_C(1) << side->role;
    model->muted = !hears;
    if (hears && sent != 1)
        violated(sim, "each-message-rings-once", "message %lld has %lld SMS",
                 (long long)message_id, (long long)sent);
    if (!hears && sent != 0)
        violated(sim, "muted-hears-nothing", "message %lld to a muted author has an SMS",
                 (long long)message_id);
}

static void chat_opened(struct sim *sim, const cJSON *in, const cJSON *out,
                        const struct side *side) {
    struct review_model *about = review(sim, number_of(in, "review_id"));
    struct chat_model *model = chat(sim, number_of(out, "review_chat_id"));
    if (!about->known) return;
    bool solve = is(in, "purpose", "solve");
    if (about->has_chat)
        violated(sim, "one-chat-per-review", "review %lld has a second chat",
                 (long long)number_of(in, "review_id"));
    if (!clinic_side(side, about->clinic))
        violated(sim, "only-the-two-sides", "a chat was opened by a stranger");
    if (solve && about->rating >= POSITIVE_FROM && !truth(in, "confirmed"))
        violated(sim, "warned-before-solve", "a chat to solve on rating %d without confirmation",
                 about->rating);
    about->has_chat = true;
    *model = (struct chat_model){.state = OPEN, .solve = solve, .clinic = about->clinic,
                                 .review_id = number_of(in, "review_id"), .talk = model->talk};
    clinic_wrote(sim, model, side, number_of(out, "message_id"));
}

static int bits(int64_t set) {
    int n = 0;
    for (; set; set &= set - 1) n++;
    return n;
}

static void posted(struct sim *sim, struct chat_model *model, const struct side *side,
                   int64_t chat_id, const cJSON *out) {
    int64_t message_id = number_of(out, "message_id");
    if (model->state == ENDED)
        violated(sim, "ended-is-final", "chat %lld was written to after its end",
                 (long long)chat_id);
    if (clinic_side(side, model->clinic)) {
        clinic_wrote(sim, model, side, message_id);
        return;
    }
    if (side->chat_id != chat_id)
        violated(sim, "only-the-two-sides", "a stranger wrote in chat %lld", (long long)chat_id);
    model->unanswered = 0;
    model->muted = false;
    /* One mail for each who has written for the clinic (rule 16). */
    int64_t mails = notices(sim, message_id, false);
    if (mails != bits(model->writers))
        violated(sim, "clinic-gets-mail", "message %lld has %lld mails for %d writers",
                 (long long)message_id, (long long)mails, bits(model->writers));
}

static void solved(struct sim *sim, struct chat_model *model, const struct side *side,
                   int64_t chat_id, const cJSON *in) {
    if (side->chat_id != chat_id)
        violated(sim, "only-the-author-annuls", "chat %lld was declared solved by %s",
                 (long long)chat_id, side->clinic ? "the clinic" : "a stranger");
    if (!model->solve)
        violated(sim, "thanks-annul-nothing", "chat %lld was opened to thank", (long long)chat_id);
    if (model->state == ENDED && !model->solved)
        violated(sim, "ended-is-final", "chat %lld was solved after its end", (long long)chat_id);
    if (!model->solved && !truth(in, "confirmed"))
        violated(sim, "annulment-is-confirmed", "chat %lld without confirmation",
                 (long long)chat_id);
    model->solved = true;
    review(sim, model->review_id)->annulled = true;
}

static void ended(struct sim *sim, struct chat_model *model, const struct side *side,
                  int64_t chat_id) {
    if (side->chat_id != chat_id)
        violated(sim, "only-the-author-ends", "chat %lld was ended by another",
                 (long long)chat_id);
    model->state = ENDED;
}

/* The public mean over the reviews that count, to the hundredth (rules 23, 29). */
static void rating_true(struct sim *sim, const cJSON *in, const cJSON *out) {
    struct review_chat_state *s = state(sim);
    int64_t n = 0, sum = 0, clinic = number_of(in, "clinic_id");
    const cJSON *mean = cJSON_GetObjectItemCaseSensitive(out, "mean");
    if (!clinic) return;
    for (int64_t i = 0; i < s->reviews_room; i++) {
        const struct review_model *model = &s->reviews[i];
        if (!model->known || model->clinic != clinic || model->annulled) continue;
        n++;
        sum += model->rating;
    }
    int64_t hundredths = n ? (sum * 200 + n) / (2 * n) : 0;
    int64_t said = cJSON_IsNumber(mean) ? (int64_t)(mean->valuedouble * 100 + 0.5) : 0;
    if (number_of(out, "count") != n || said != hundredths)
        violated(sim, "rating-recomputed", "clinic %lld: %lld of %lld, said %lld of %lld",
                 (long long)clinic, (long long)hundredths, (long long)n, (long long)said,
                 (long long)number_of(out, "count"));
}

static void link_judged(struct sim *sim, const struct side *side, const struct answer *answer) {
    if (side->expires_at && side->expires_at <= answer->at)
        violated(sim, "expired-link-opens-nothing", "a link that ended at %lld was good at %lld",
                 (long long)side->expires_at, (long long)answer->at);
}

/* What the platform sees leaves a row: entrance_strangers.c. */
static void viewed(struct sim *sim, const struct side *side, const struct chat_model *model,
                   const struct asked *asked, int64_t chat_id) {
    bool own = side->clinic == model->clinic || side->chat_id == chat_id;
    bool moderates = strstr(asked->who, "moderator") != NULL;
    if (!own && !moderates && !side->platform)
        violated(sim, "only-the-two-sides", "chat %lld was shown to %s", (long long)chat_id,
                 asked->who);
}

static void accepted(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    bool chats = strncmp(asked->op, "review_chat.", 12) == 0;
    if (!chats && strcmp(asked->op, "review.add") != 0 && strcmp(asked->op, "rating.get") != 0)
        return;
    cJSON *in = cJSON_Parse(asked->in);
    struct side side = side_of(sim, asked);
    const char *verb = strchr(asked->op, '.') + 1;
    int64_t chat_id = number_of(in, "review_chat_id");
    struct chat_model *model = chat_id ? chat(sim, chat_id) : NULL;
    if (strcmp(verb, "add") == 0) review_added(sim, in, answer->body);
    else if (!chats) rating_true(sim, in, answer->body);
    else if (strcmp(verb, "open") == 0) chat_opened(sim, in, answer->body, &side);
    else if (model && model->state == UNKNOWN) {
        /* A chat of an older copy of the file: only what became of the rating is followed. */
        if (strcmp(verb, "mark_solved") == 0)
            review(sim, LOOK(sim, "select review_id from review_chat where review_chat_id = ?1",
                             chat_id))->annulled = true;
    } else if (model) {
        link_judged(sim, &side, answer);
        if (strcmp(verb, "post") == 0) posted(sim, model, &side, chat_id, answer->body);
        if (strcmp(verb, "mark_solved") == 0) solved(sim, model, &side, chat_id, in);
        if (strcmp(verb, "end") == 0) ended(sim, model, &side, chat_id);
        if (strcmp(verb, "get") == 0) viewed(sim, &side, model, asked, chat_id);
    }
    cJSON_Delete(in);
}

/* ---- what was refused ---- */

static bool may_refuse(struct sim *sim, const struct chat_model *model, const struct side *side,
                       const struct asked *asked, int64_t chat_id, const cJSON *in) {
    bool ours = clinic_side(side, model->clinic), author = side->chat_id == chat_id;
    const char *verb = strchr(asked->op, '.') + 1;
    if (author && side->expires_at <= host_now(sim)) return true;
    if (strcmp(verb, "post") == 0) return model->state == ENDED || (!ours && !author);
    if (strcmp(verb, "mark_solved") == 0)
        return !author || !model->solve || model->state == ENDED ||
               (!model->solved && !truth(in, "confirmed"));
    if (strcmp(verb, "end") == 0) return !author || model->state == ENDED;
    return !ours && !author;
}

static void refused(struct sim *sim, const struct asked *asked, const struct answer *answer) {
    if (strncmp(asked->op, "review_chat.", 12) != 0) return;
    cJSON *in = cJSON_Parse(asked->in);
    int64_t chat_id = number_of(in, "review_chat_id");
    struct chat_model *model = chat_id ? chat(sim, chat_id) : NULL;
    struct side side = side_of(sim, asked);
    if (model && model->state != UNKNOWN && !asked->accepted &&
        !may_refuse(sim, model, &side, asked, chat_id, in))
        violated(sim, "what-may-be-done-is-done", "%s by %s on chat %lld: %s", asked->op,
                 asked->who, (long long)chat_id, answer->code);
    cJSON_Delete(in);
}

/* ---- notices ---- */

/* Who ended the conversation is not called back into it, by whatever channel. */
static void attempt(struct sim *sim, const cJSON *effect) {
    if (!is(effect, "item_kind", "review_chat")) return;
    const struct chat_model *model = chat(sim, number_of(effect, "item_id"));
    int64_t effect_id = number_of(effect, "effect_id");
    bool to_author = LOOK(sim, "select m.author = 'clinic' from effect e join message m using"
                               " (message_id) where e.effect_id = ?1", effect_id) != 0;
    if (to_author && model->state == ENDED && !model->solved)
        violated(sim, "no-ring-after-the-end", "effect %lld of ended chat %lld",
                 (long long)effect_id, (long long)number_of(effect, "item_id"));
}

/* ---- the tables ---- */

static void ratings_stored(struct sim *sim) {
    struct review_chat_state *s = state(sim);
    sqlite3_stmt *row = look_rows(sim, "select review_id, state = 'annulled', label = 'solved',"
                                       " rating from review", 0, NULL);
    while (row && !sim->violated && sqlite3_step(row) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(row, 0);
        const struct review_model *model = id < s->reviews_room ? &s->reviews[id] : NULL;
        if (!model || !model->known) continue;
        bool annulled = sqlite3_column_int(row, 1) != 0;
        if (annulled != model->annulled)
            violated(sim, "annulled-iff-declared", "review %lld is %sannulled", (long long)id,
                     annulled ? "" : "not ");
        if (annulled != (sqlite3_column_int(row, 2) != 0))
            violated(sim, "label-iff-annulled", "review %lld", (long long)id);
        if (sqlite3_column_int(row, 3) != model->rating)
            violated(sim, "rating-as-given-is-kept", "review %lld", (long long)id);
    }
    look_end(row);
}

static void annulled_by_author(struct sim *sim) {
    int64_t wrong = look(sim, "select count(*) from history where item_kind = 'review' and event ="
                              " 'annul' and role <> 'patient'", 0, NULL);
    int64_t twice = look(sim, "select count(*) from (select 1 from history where item_kind ="
                              " 'review' and event = 'annul' and to_state <> from_state"
                              " group by item_id having count(*) > 1)", 0, NULL);
    if (wrong) violated(sim, "only-the-author-annuls", "history knows %lld others",
                        (long long)wrong);
    if (twice) violated(sim, "annulled-once", "%lld reviews were annulled twice",
                        (long long)twice);
}

/* What the older file holds is believed; its chats are nobody's any more, for who of them was told
 * what is not known. */
static void restored(struct sim *sim, int64_t at) {
    struct review_chat_state *s = state(sim);
    (void)at;
    if (s->reviews) memset(s->reviews, 0, (size_t)s->reviews_room * sizeof *s->reviews);
    if (s->chats) memset(s->chats, 0, (size_t)s->chats_room * sizeof *s->chats);
    sqlite3_stmt *row = look_rows(sim, "select r.review_id, r.clinic_id, r.rating, r.state ="
                                       " 'annulled', c.review_chat_id from review r"
                                       " left join review_chat c using (review_id)", 0, NULL);
    while (row && sqlite3_step(row) == SQLITE_ROW)
        *review(sim, sqlite3_column_int64(row, 0)) = (struct review_model){
            .known = true, .clinic = sqlite3_column_int(row, 1),
            .rating = sqlite3_column_int(row, 2), .annulled = sqlite3_column_int(row, 3) != 0,
            .has_chat = sqlite3_column_int64(row, 4) != 0};
    look_end(row);
}

static const struct invariant invariants[] = {
    {"one-chat-per-review", "1", "A review has at most one chat.", 0, NULL},
    {"only-the-two-sides", "2 3 12 13", "Only the clinic and the author write and read; the"
     " platform reads.", 0, NULL},
    {"warned-before-solve", "8", "To solve on a positive review needs the warning confirmed.", 0,
     NULL},
    {"each-message-rings-once", "11", "A message to an author who listens has one SMS.", 0, NULL},
    {"muted-hears-nothing", "18", "After two ignored messages no further one rings.", 0, NULL},
    {"clinic-gets-mail", "16", "An author's message mails each who wrote for the clinic.", 0, NULL},
    {"ended-is-final", "20 21", "After the end nobody writes and nothing is annulled.", 0, NULL},
    {"only-the-author-annuls", "19 22", "The rating is annulled by its author alone.", EACH_DAY,
     annulled_by_author},
    {"annulled-once", "23", "A rating is annulled once.", 0, NULL},
    {"thanks-annul-nothing", "8", "A chat opened to thank gives no right to annul.", 0, NULL},
    {"annulment-is-confirmed", "22", "The author confirms that the rating goes.", 0, NULL},
    {"only-the-author-ends", "19 20", "The conversation is ended by the author alone.", 0, NULL},
    {"rating-recomputed", "23 29", "The public mean and count are those of the reviews that"
     " count.", 0, NULL},
    {"expired-link-opens-nothing", "11", "A link is good until its end.", 0, NULL},
    {"what-may-be-done-is-done", "17 19", "Who may do something is not refused.", 0, NULL},
    {"no-ring-after-the-end", "20", "No notice calls anybody back into an ended chat.", 0, NULL},
    {"annulled-iff-declared", "23 24", "A rating is annulled when its author declared it.",
     EACH_DAY, ratings_stored},
    {"label-iff-annulled", "23 28", "The mark stands above annulled reviews only.", 0, NULL},
    {"rating-as-given-is-kept", "23", "The rating as given is never changed.", 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part review_chat_part = {
    .name = "review_chat", .place = PLACE, .begin = begin, .end = end, .accepted = accepted,
    .refused = refused, .attempt = attempt, .arrived = review_chat_arrived, .restored = restored,
    .invariants = invariants,
};
