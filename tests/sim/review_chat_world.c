/* review_chat_world.c: people who review clinics, clinics that write to them, and what the authors
 * do with it: answer, ignore, end the conversation, declare the problem solved. What must hold of
 * it: review_chat_oracle.c. */
#include <stdio.h>
#include <string.h>

#include "core_oracle.h"
#include "review_chat.h"

static happening reviews_come, review_send, chat_open, clinic_posts, author_reads, author_acts,
    stranger_tries;

struct visit {
    int clinic, rating;
    int64_t person;
};

void review_chat_world_begin(struct sim *sim) {
    for (int clinic = 1; clinic <= sim->options.clinics; clinic++) {
        struct visit *visit = keep(sim, sizeof *visit);
        visit->clinic = clinic;
        later(sim, draw_ms(sim, 0, DAY_MS), reviews_come, visit);
    }
}

/* Where many come two of three days bring a review. */
static void reviews_come(struct sim *sim, void *with) {
    struct visit *clinic = with;
    later(sim, pause_ms(sim, 20 * HOUR_MS, 28 * HOUR_MS), reviews_come, clinic);
    if (sim->calm || !drawn(sim, 66)) return;
    struct visit *visit = keep(sim, sizeof *visit);
    *visit = (struct visit){clinic->clinic, 1 + (int)draw(sim, 5), person_new(sim)};
    person_writes_to(sim, visit->person, visit->clinic);
    later(sim, draw_ms(sim, 0, HOUR_MS), review_send, visit);
}

static void review_was_added(struct sim *sim, const struct asked *asked,
                             const struct answer *answer) {
    if (!answer->ok || !drawn(sim, 70)) return;
    struct talk *talk = keep(sim, sizeof *talk);
    *talk = (struct talk){.review_id = number_of(answer->body, "review_id"),
                          .clinic = (int)asked->a, .person = asked->b,
                          .posts_left = (int)draw(sim, 5)};
    talk->rating = (int)LOOK(sim, "select rating from review where review_id = ?1",
                             talk->review_id);
    later(sim, draw_ms(sim, HOUR_MS, 2 * DAY_MS), chat_open, talk);
}

static void review_send(struct sim *sim, void *with) {
    struct visit *visit = with;
    static const char *const locales[] = {"pl", "ru", "en"};
    bool has_mail = drawn(sim, 60);
    char mail[48] = "";
    if (has_mail)
        snprintf(mail, sizeof mail, ",'author_email':'p%lld@mail.test'", (long long)visit->person);
    ask(sim, integration_who, "review.add", review_was_added, visit->clinic, visit->person,
        "{'clinic_id':%d,'author_name':'Author','author_phone':'+4860%07lld','locale':'%s',"
        "'rating':%d,'text':'as published','published_at':%lld%s}", visit->clinic,
        (long long)(visit->person % 10000000), locales[draw(sim, 3)], visit->rating,
        (long long)host_now(sim), mail);
    if (drawn(sim, 10))
        ask(sim, visitor_who, "rating.get", NULL, visit->clinic, 0, "{'clinic_id':%d}",
            visit->clinic);
    drop(sim, visit);
}

/* Assistants may not write in chats; everybody else of the clinic may. */
static const char *writer(struct sim *sim, const struct talk *talk) {
    return agent_who(talk->clinic, (enum agent_role)draw(sim, 3));
}

static void chat_was_opened(struct sim *sim, const struct asked *asked,
                            const struct answer *answer) {
    struct talk *talk = (struct talk *)(intptr_t)asked->a;
    if (answer->ok) {
        talk->review_chat_id = number_of(answer->body, "review_chat_id");
        talk_keep(sim, talk);
        later(sim, draw_ms(sim, HOUR_MS, 3 * DAY_MS), clinic_posts, talk);
    } else if (strcmp(answer->code, "refused.not_confirmed") == 0) {
        ask(sim, writer(sim, talk), "review_chat.open", chat_was_opened, asked->a, 0,
            "{'review_id':%lld,'purpose':'solve','confirmed':true}", (long long)talk->review_id);
    }
}

static void chat_open(struct sim *sim, void *with) {
    struct talk *talk = with;
    bool solve = talk->rating <= 3 ? drawn(sim, 90) : drawn(sim, 20);
    const char *confirmed = drawn(sim, 80) ? "true" : "false";
    if (sim->calm) return;
    if (drawn(sim, 40))
        ask(sim, writer(sim, talk), "review_chat.greeting", NULL, 0, 0,
            "{'review_id':%lld,'purpose':'%s'}", (long long)talk->review_id,
            solve ? "solve" : "thank");
    ask(sim, writer(sim, talk), "review_chat.open", chat_was_opened, (int64_t)(intptr_t)talk, 0,
        "{'review_id':%lld,'purpose':'%s','text':'%s','confirmed':%s}", (long long)talk->review_id,
        solve ? "solve" : "thank", words(sim, talk->clinic, talk->person), confirmed);
    if (mishap(sim, TWO_TABS))
        ask(sim, writer(sim, talk), "review_chat.open", NULL, 0, 0,
            "{'review_id':%lld,'purpose':'solve','text':'%s','confirmed':true}",
            (long long)talk->review_id, words(sim, talk->clinic, talk->person));
    if (mishap(sim, STRANGER)) later(sim, 4 * DAY_MS, stranger_tries, talk);
}

static void clinic_posts(struct sim *sim, void *with) {
    struct talk *talk = with;
    if (sim->calm) return;
    if (drawn(sim, 70))
        ask(sim, writer(sim, talk), "review_chat.mark_read", NULL, 0, 0, "{'review_chat_id':%lld}",
            (long long)talk->review_chat_id);
    if (talk->posts_left-- <= 0) return;
    const char *who = writer(sim, talk);
    ask(sim, who, "review_chat.get", NULL, 0, 0, "{'review_chat_id':%lld}",
        (long long)talk->review_chat_id);
    ask(sim, who, "review_chat.post", NULL, 0, 0, "{'review_chat_id':%lld,'text':'%s'}",
        (long long)talk->review_chat_id, words(sim, talk->clinic, talk->person));
    later(sim, draw_ms(sim, MINUTE_MS, 4 * DAY_MS), clinic_posts, talk);
}

/* The author's phone rings; half of the time they look. */
void review_chat_arrived(struct sim *sim, const cJSON *effect) {
    int64_t link_id = number_of(cJSON_GetObjectItemCaseSensitive(effect, "link"), "link_id");
    struct talk *talk = talk_find(sim, number_of(effect, "item_id"));
    bool about_chat = strcmp(text_in(effect, "item_kind"), "review_chat") == 0;
    if (!about_chat || !link_id || !talk) return;
    talk->link_id = link_id;
    if (drawn(sim, 60)) later(sim, draw_ms(sim, MINUTE_MS, 10 * HOUR_MS), author_reads, talk);
    else if (drawn(sim, 10)) later(sim, draw_ms(sim, DAY_MS, 16 * DAY_MS), author_reads, talk);
}

static void author_reads(struct sim *sim, void *with) {
    struct talk *talk = with;
    const char *who = link_who(talk->link_id);
    ask(sim, who, "review_chat.get", NULL, talk->person, 0, "{'review_chat_id':%lld}",
        (long long)talk->review_chat_id);
    if (drawn(sim, 90))
        ask(sim, who, "review_chat.mark_read", NULL, 0, 0, "{'review_chat_id':%lld}",
            (long long)talk->review_chat_id);
    later(sim, draw_ms(sim, SECOND_MS, HOUR_MS), author_acts, talk);
}

static void author_acts(struct sim *sim, void *with) {
    struct talk *talk = with;
    const char *who = link_who(talk->link_id);
    long long chat_id = (long long)talk->review_chat_id;
    uint32_t mood = draw(sim, 100);
    if (mood < 45)
        ask(sim, who, "review_chat.post", NULL, 0, 0, "{'review_chat_id':%lld,'text':'%s'}",
            chat_id, words(sim, talk->clinic, talk->person));
    else if (mood < 60)
        ask(sim, who, "review_chat.mark_solved", NULL, 0, 0,
            "{'review_chat_id':%lld,'confirmed':%s}", chat_id, drawn(sim, 85) ? "true" : "false");
    else if (mood < 70) ask(sim, who, "review_chat.end", NULL, 0, 0, "{'review_chat_id':%lld}",
                            chat_id);
    if (mood >= 45 && mood < 70 && mishap(sim, TWO_TABS))
        ask(sim, who, choose(sim, 2) ? "review_chat.end" : "review_chat.mark_solved", NULL, 0, 0,
            "{'review_chat_id':%lld}", chat_id);
    if (mood < 30 && drawn(sim, 40)) later(sim, draw_ms(sim, HOUR_MS, 20 * DAY_MS), author_acts,
                                           talk);
}

/* Everybody whom the chat is none of the business of (rules 2, 12, 13). */
static void stranger_tries(struct sim *sim, void *with) {
    struct talk *talk = with;
    int other = talk->clinic % sim->options.clinics + 1;
    char moderator[WHO_BYTES];
    snprintf(moderator, sizeof moderator, "{\"role\":\"moderator\",\"agent_id\":%lld}",
             (long long)moderator_id(sim));
    const char *const who[] = {
        other == talk->clinic ? visitor_who : agent_who(other, REPRESENTATIVE),
        agent_who(talk->clinic, ASSISTANT), moderator, visitor_who,
        link_who(talk->link_id ? talk->link_id + 1 : 1), "{\"role\":\"integration\"}",
    };
    static const char *const ops[] = {"review_chat.post", "review_chat.get", "review_chat.end",
                                      "review_chat.mark_solved", "review_chat.mark_read"};
    if (!talk->review_chat_id) return;
    const char *op = ops[choose(sim, 5)];
    bool posts = strcmp(op, "review_chat.post") == 0;
    ask(sim, who[choose(sim, 6)], op, NULL, 0, 0, "{'review_chat_id':%lld%s}",
        (long long)talk->review_chat_id,
        posts ? ",'text':'let me in'" : strcmp(op, "review_chat.mark_solved") == 0
            ? ",'confirmed':true" : "");
}
