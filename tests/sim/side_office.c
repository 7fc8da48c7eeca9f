/* side_office.c: a small office that no patient is ever sent to, whose reviews and chats are played
 * as short scenes, each with its ending known: colleagues without data of their own, colleagues who
 * leave, reviews of a doctor, an author who is erased, asks again by a newer link or taps twice.
 * The other parts know nothing of it. Next: entrance.h, how a scene asks and judges. */
#include <stdio.h>
#include <string.h>

#include "entrance.h"

enum { SIDE_OFFICE_PLACE = 5, FIRST_YEAR = 2025, YEARS = 20 };

struct side_office {
    int64_t clinic_id, doctor_id, writer_id, assistant_id, people, restores;
};

/* One review and its chat; the link is the one that its author heard of. */
struct affair {
    int64_t number, review_id, chat_id, link_id, solved_at, restores;
};

static happening scene_comes, tapped_again;

static struct side_office *state(struct sim *sim) { return sim->state[SIDE_OFFICE_PLACE]; }

static const char *colleague(int64_t agent_id, const char *role) {
    static char rooms[4][WHO_BYTES];
    static int next;
    char *who = rooms[next++ % 4];
    snprintf(who, WHO_BYTES, "{\"role\":\"%s\",\"agent_id\":%lld}", role, (long long)agent_id);
    return who;
}

static const char *writer(struct sim *sim) {
    return colleague(state(sim)->writer_id, "representative");
}

static int64_t newest_link(struct sim *sim, int64_t chat_id) {
    return LOOK(sim, "select coalesce(max(link_id), 0) from link where item_kind = 'review_chat'"
                     " and item_id = ?1 and revoked_at = 0 and agent_id = 0", chat_id);
}

/* ---- what scenes begin with; each is false when the machine failed meanwhile ---- */

static bool colleague_comes(struct sim *sim, const char *role, const char *position,
                            int64_t *ret_agent_id) {
    struct side_office *office = state(sim);
    const cJSON *ok = must_take(sim, "valid-input-is-taken", integration_who, "agent.add",
                                "{'clinic_id':%lld,'role':'%s','name':'Colleague'%s,"
                                "'email':'side%lld@desk.test'}", (long long)office->clinic_id,
                                role, position, (long long)++office->people);
    *ret_agent_id = number_of(ok, "agent_id");
    return *ret_agent_id != 0;
}

static bool review_comes(struct sim *sim, struct affair *affair) {
    struct side_office *office = state(sim);
    affair->number = ++office->people;
    affair->restores = office->restores;
    const cJSON *ok = must_take(sim, "valid-input-is-taken", integration_who, "review.add",
                                "{'clinic_id':%lld,'practitioner_id':%lld,'author_name':'Author',"
                                "'author_phone':'+4861%07lld','author_email':'s%lld@mail.test',"
                                "'locale':'en','rating':%d,'text':'as published',"
                                "'published_at':%lld}", (long long)office->clinic_id,
                                (long long)office->doctor_id, (long long)affair->number,
                                (long long)affair->number, 1 + (int)draw(sim, 5),
                                (long long)host_now(sim));
    affair->review_id = number_of(ok, "review_id");
    return affair->review_id != 0;
}

static bool chat_opens(struct sim *sim, struct affair *affair) {
    const cJSON *ok = must_take(sim, "what-may-be-done-is-done", writer(sim), "review_chat.open",
                                "{'review_id':%lld,'purpose':'solve','text':'side talk %lld',"
                                "'confirmed':true}", (long long)affair->review_id,
                                (long long)affair->number);
    affair->chat_id = number_of(ok, "review_chat_id");
    affair->link_id = affair->chat_id ? newest_link(sim, affair->chat_id) : 0;
    return affair->link_id != 0;
}

static bool affair_begins(struct sim *sim, struct affair *affair) {
    *affair = (struct affair){0};
    return review_comes(sim, affair) && chat_opens(sim, affair);
}

static int64_t posted(struct sim *sim, const char *who, const struct affair *affair,
                      const char *text) {
    return number_of(must_take(sim, "what-may-be-done-is-done", who, "review_chat.post",
                               "{'review_chat_id':%lld,'text':'%s'}", (long long)affair->chat_id,
                               text), "message_id");
}

static const cJSON *solved(struct sim *sim, const struct affair *affair) {
    return must_take(sim, "what-may-be-done-is-done", link_who(affair->link_id),
                     "review_chat.mark_solved", "{'review_chat_id':%lld,'confirmed':true}",
                     (long long)affair->chat_id);
}

/* ---- scenes ---- */

/* Rule 9: who writes to an author is known by name and address before the first word. */
static void newcomer_writes(struct sim *sim, struct affair *affair) {
    int64_t agent_id = 0, unwritten;
    if (!colleague_comes(sim, "administrator", "", &agent_id)) return;
    const char *who = colleague(agent_id, "administrator");
    must_refuse(sim, "writers-are-known", "refused.no_representative", who, "review_chat.post",
                "{'review_chat_id':%lld,'text':'guess who'}", (long long)affair->chat_id);
    if (!review_comes(sim, affair)) return;
    unwritten = affair->review_id;
    must_refuse(sim, "writers-are-known", "refused.no_representative", who, "review_chat.open",
                "{'review_id':%lld,'purpose':'thank','text':'guess who'}", (long long)unwritten);
    if (must_take(sim, "writers-are-known", who, "representative.set",
                  "{'name':'Known','position':'administrator','email':'known%lld@desk.test'}",
                  (long long)agent_id))
        must_take(sim, "writers-are-known", who, "review_chat.open",
                  "{'review_id':%lld,'purpose':'thank','text':'It is me.'}", (long long)unwritten);
}

/* Rule 16: an answer is mailed to those who wrote and still work there. */
static void leaver_is_left_alone(struct sim *sim, struct affair *affair) {
    static const char mails[] = "select count(*) from effect e join agent a on a.notice_email ="
                                " e.recipient where e.message_id = ?1 and a.agent_id = ?2";
    int64_t agent_id = 0, message_id;
    if (!colleague_comes(sim, "doctor", ",'position':'dentist'", &agent_id)) return;
    if (!posted(sim, colleague(agent_id, "doctor"), affair, "I leave soon")) return;
    if (!must_take(sim, "valid-input-is-taken", integration_who, "agent.set",
                   "{'agent_id':%lld,'active':false}", (long long)agent_id)) return;
    message_id = posted(sim, link_who(affair->link_id), affair, "Are you there?");
    if (!message_id) return;
    if (LOOK(sim, mails, message_id, agent_id))
        violated(sim, "who-left-hears-nothing", "message %lld is mailed to agent %lld",
                 (long long)message_id, (long long)agent_id);
    if (LOOK(sim, mails, message_id, state(sim)->writer_id) != 1)
        violated(sim, "clinic-gets-mail", "message %lld is not mailed to who is still there",
                 (long long)message_id);
}

/* Rule 29: a doctor's rating, too, is that of the reviews that count. */
static void doctor_is_rated(struct sim *sim, struct affair *affair) {
    static const char counted[] = "select count(*) from review where practitioner_id = ?1"
                                  " and state = 'published'";
    int64_t doctor = state(sim)->doctor_id;
    if (!solved(sim, affair)) return;
    const cJSON *ok = must_take(sim, "rating-recomputed", visitor_who, "rating.get",
                                "{'practitioner_id':%lld}", (long long)doctor);
    if (ok && number_of(ok, "count") != LOOK(sim, counted, doctor))
        violated(sim, "rating-recomputed", "doctor %lld: %lld reviews count, said %lld",
                 (long long)doctor, (long long)LOOK(sim, counted, doctor),
                 (long long)number_of(ok, "count"));
}

/* Rules 2, 19, 20, 22: nobody ends or annuls in the author's place, assistants do not write. */
static void others_act(struct sim *sim, struct affair *affair) {
    long long chat_id = (long long)affair->chat_id;
    const char *others[] = {integration_who, drawn(sim, 50) ? writer(sim) : host_who};
    for (int i = 0; i < 2; i++) {
        must_refuse(sim, "only-the-author-ends", "denied.not_author", others[i],
                    "review_chat.end", "{'review_chat_id':%lld}", chat_id);
        must_refuse(sim, "only-the-author-annuls", "denied.not_author", others[i],
                    "review_chat.mark_solved", "{'review_chat_id':%lld,'confirmed':true}",
                    chat_id);
    }
    must_refuse(sim, "only-the-two-sides", "denied.not_allowed",
                colleague(state(sim)->assistant_id, "assistant"), "review_chat.post",
                "{'review_chat_id':%lld,'text':'let me in'}", chat_id);
}

/* Rules 11, 20: a call that waits is called off when there is nothing to call for any more. */
static void calls_are_called_off(struct sim *sim, struct affair *affair) {
    static const char waits[] = "select count(*) from effect where message_id = ?1"
                                " and state = 'queued'";
    int64_t message_id = posted(sim, writer(sim), affair, "One thing more");
    bool ends = drawn(sim, 50);
    if (!message_id) return;
    const char *op = ends ? "review_chat.end" : "review_chat.mark_read";
    if (!must_take(sim, "what-may-be-done-is-done", link_who(affair->link_id), op,
                   "{'review_chat_id':%lld}", (long long)affair->chat_id)) return;
    if (LOOK(sim, waits, message_id))
        violated(sim, ends ? "no-ring-after-the-end" : "no-ring-after-reading",
                 "message %lld still waits to be announced", (long long)message_id);
    if (ends)
        must_refuse(sim, "ended-is-final", "refused.closed", link_who(affair->link_id),
                    "review_chat.mark_solved", "{'review_chat_id':%lld,'confirmed':true}",
                    (long long)affair->chat_id);
}

/* A retry is the same request by whichever link it comes. */
static void newer_link_repeats(struct sim *sim, struct affair *affair) {
    char first[WHO_BYTES + 40], again[WHO_BYTES + 40];
    long long key = (long long)sim->now;
    snprintf(first, sizeof first, "%s,\"id\":\"s%lld\"", link_who(affair->link_id), key);
    int64_t message_id = posted(sim, first, affair, "By one link");
    if (!message_id || !posted(sim, writer(sim), affair, "A newer link")) return;
    snprintf(again, sizeof again, "%s,\"id\":\"s%lld\"",
             link_who(newest_link(sim, affair->chat_id)), key);
    int64_t same_id = posted(sim, again, affair, "By one link");
    if (same_id && same_id != message_id)
        violated(sim, "same-key-same-reply", "message %lld came again by a newer link as %lld",
                 (long long)message_id, (long long)same_id);
}

/* The author asks the platform to be forgotten while the clinic still calls. */
static void author_is_erased(struct sim *sim, struct affair *affair) {
    static const char words_left[] = "select count(*) from message where item_kind = 'review_chat'"
                                     " and item_id = ?1 and text <> ''";
    static const char calls_left[] = "select count(*) from effect e join message m using"
                                     " (message_id) where m.item_kind = 'review_chat' and"
                                     " m.item_id = ?1 and m.author = 'clinic' and (e.state ="
                                     " 'queued' or e.recipient <> '')";
    long long chat_id = (long long)affair->chat_id;
    if (!posted(sim, link_who(affair->link_id), affair, "forget me") ||
        !posted(sim, writer(sim), affair, "gladly"))
        return;
    if (!must_take(sim, "erased-person-is-gone", integration_who, "person.erase",
                   "{'%s':'%s%0*lld%s','confirmed':true}", affair->number % 2 ? "phone" : "email",
                   affair->number % 2 ? "+4861" : "s", affair->number % 2 ? 7 : 1,
                   (long long)affair->number, affair->number % 2 ? "" : "@mail.test")) return;
    if (LOOK(sim, words_left, chat_id))
        violated(sim, "erased-person-is-gone", "chat %lld still has words", chat_id);
    if (LOOK(sim, calls_left, chat_id))
        violated(sim, "erased-leaves-nothing", "chat %lld still calls its author", chat_id);
    must_refuse(sim, "erased-leaves-nothing", "refused.expired_link", host_who, "link.open",
                "{'link_id':%lld}", (long long)affair->link_id);
    must_refuse(sim, "erased-leaves-nothing", "refused.expired_link", link_who(affair->link_id),
                "review_chat.get", "{'review_chat_id':%lld}", chat_id);
}

/* Rules 22, 23: who taps again, and then ends the chat, annuls and dates nothing anew. */
static void solved_once(struct sim *sim, struct affair *affair) {
    if (!solved(sim, affair)) return;
    struct affair *kept = keep(sim, sizeof *kept);
    *kept = *affair;
    kept->solved_at = host_now(sim);
    later(sim, draw_ms(sim, SECOND_MS, HOUR_MS), tapped_again, kept);
}

static void tapped_again(struct sim *sim, void *with) {
    static const char dates[] = "select count(*) from review r join review_chat c using (review_id)"
                                " where c.review_chat_id = ?1 and (r.annulled_at <> ?2 or"
                                " c.solved_at <> ?2)";
    struct affair affair = *(struct affair *)with;
    drop(sim, with);
    if (affair.restores != state(sim)->restores || host_now(sim) <= affair.solved_at) return;
    if (!solved(sim, &affair)) return;
    if (LOOK(sim, dates, affair.chat_id, affair.solved_at))
        violated(sim, "annulled-once", "chat %lld is dated anew", (long long)affair.chat_id);
    if (!must_take(sim, "what-may-be-done-is-done", link_who(affair.link_id), "review_chat.end",
                   "{'review_chat_id':%lld}", (long long)affair.chat_id)) return;
    if (LOOK(sim, dates, affair.chat_id, affair.solved_at))
        violated(sim, "annulled-once", "the end of chat %lld annuls anew",
                 (long long)affair.chat_id);
}

static void scene_comes(struct sim *sim, void *with) {
    static void (*const scenes[])(struct sim *, struct affair *) = {
        newcomer_writes, leaver_is_left_alone, doctor_is_rated, others_act, calls_are_called_off,
        newer_link_repeats, author_is_erased, solved_once};
    struct affair affair;
    (void)with;
    later(sim, pause_ms(sim, 12 * HOUR_MS, 36 * HOUR_MS), scene_comes, NULL);
    uint32_t scene = draw(sim, sizeof scenes / sizeof *scenes);
    if (sim->calm || door_asleep(sim)) return;
    if (affair_begins(sim, &affair)) scenes[scene](sim, &affair);
}

/* ---- the office ---- */

static int64_t founded(struct sim *sim, const cJSON *ok, const char *id) {
    if (!ok) violated(sim, "platform-is-built", "the side office was refused");
    return number_of(ok, id);
}

/* Everybody is away for ever, so that no question is sent on to it. */
static void office_begins(struct sim *sim) {
    struct side_office *office = keep(sim, sizeof *office);
    bool calm = sim->calm;
    sim->state[SIDE_OFFICE_PLACE] = office;
    sim->calm = true;
    office->clinic_id = founded(sim, host_call(sim, integration_who, "clinic.add", NULL,
                                               "{'name':'Side office','zone':'Europe/Paris',"
                                               "'tier':'basic','locale':'en','phone':"
                                               "'+33100000000','email':'side@desk.test'}"),
                                "clinic_id");
    office->doctor_id = founded(sim, host_call(sim, integration_who, "practitioner.add", NULL,
                                               "{'clinic_id':%lld,'name':'Doctor'}",
                                               (long long)office->clinic_id), "practitioner_id");
    colleague_comes(sim, "representative", ",'position':'head'", &office->writer_id);
    colleague_comes(sim, "assistant", "", &office->assistant_id);
    for (int year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++)
        founded(sim, host_call(sim, writer(sim), "absence.add", NULL,
                               "{'from':'%d-01-01','to':'%d-12-31'}", year, year), "absence_id");
    sim->calm = calm;
    later(sim, draw_ms(sim, 0, DAY_MS), scene_comes, NULL);
}

static void office_restored(struct sim *sim, int64_t at) {
    (void)at;
    state(sim)->restores++;
}

/* A row that is gone leaves a hole, wherever it stood. */
static void history_is_whole(struct sim *sim) {
    int64_t gone = look(sim, "select coalesce(max(history_id), 0) - count(*) from history", 0,
                        NULL);
    if (gone) violated(sim, "no-row-is-taken-out", "%lld rows are gone", (long long)gone);
}

static const struct invariant invariants[] = {
    {"writers-are-known", "9", "Who writes to an author has given name, position and address.", 0,
     NULL},
    {"who-left-hears-nothing", "16", "No mail goes to somebody who has left.", 0, NULL},
    {"no-ring-after-reading", "11", "What was read is announced no more.", 0, NULL},
    {"no-row-is-taken-out", "50", "As many rows of history stand as were written.", EACH_DAY,
     history_is_whole},
    {NULL, NULL, NULL, 0, NULL},
};

const struct part side_office_part = {
    .name = "side_office", .place = SIDE_OFFICE_PLACE, .begin = office_begins,
    .restored = office_restored, .invariants = invariants,
};
