/* entrance_strangers.c: who tries what is none of their business: another clinic, another patient,
 * the clinic in the author's place, the public, the platform that looks without a trace. */
#include <stdio.h>
#include <string.h>

#include "entrance.h"

static long long some(struct sim *sim, const char *sql, int64_t of) { return LOOK(sim, sql, of); }

/* Another clinic's rows are missing for one's own people (rules 2, 53, 58). */
static void another_clinic(struct sim *sim, int clinic) {
    int other = clinic % sim->options.clinics + 1;
    const char *who = agent_who(other, REPRESENTATIVE);
    long long review = some(sim, "select max(review_id) from review where clinic_id = ?1", clinic);
    long long absence = some(sim, "select max(absence_id) from absence where clinic_id = ?1"
                                  " and removed = 0", clinic);
    if (other == clinic) return;
    if (review)
        must_refuse(sim, "each-to-their-own", "missing.not_found", who, "review.reply",
                    "{'review_id':%lld,'text':'from next door'}", review);
    if (absence)
        must_refuse(sim, "each-to-their-own", "missing.not_found", who, "absence.remove",
                    "{'absence_id':%lld}", absence);
    must_refuse(sim, "each-to-their-own", "missing.not_found", who, "activity.list",
                "{'agent_id':%lld}", (long long)agent_of(clinic, DOCTOR));
}

/* A link opens one thread: not another of that clinic, nor the thread of another kind that has the
 * same number (rule 12). */
static void another_thread(struct sim *sim, int clinic) {
    static const char chat_sql[] = "select max(link_id) from link where purpose = 'review_chat'"
                                   " and clinic_id = ?1 and revoked_at = 0 and expires_at > ?2";
    static const char form_sql[] = "select max(link_id) from link where purpose = 'contact_form'"
                                   " and clinic_id = ?1 and revoked_at = 0 and expires_at > ?2";
    static const char item_sql[] = "select item_id from link where link_id = ?1";
    static const char other_sql[] = "select max(review_chat_id) from review_chat where"
                                    " clinic_id = ?1 and review_chat_id <> ?2";
    long long chat_link = LOOK(sim, chat_sql, clinic, host_now(sim));
    long long form_link = LOOK(sim, form_sql, clinic, host_now(sim));
    long long chat = some(sim, item_sql, chat_link), form = some(sim, item_sql, form_link);
    long long other = LOOK(sim, other_sql, clinic, chat);
    if (chat)
        must_refuse(sim, "each-to-their-own", "missing.not_found", link_who(chat_link),
                    "contact_form.get", "{'contact_form_id':%lld}", chat);
    if (form)
        must_refuse(sim, "each-to-their-own", "missing.not_found", link_who(form_link),
                    "review_chat.get", "{'review_chat_id':%lld}", form);
    if (chat && other)
        must_refuse(sim, "each-to-their-own", "missing.not_found", link_who(chat_link),
                    "review_chat.get", "{'review_chat_id':%lld}", other);
}

/* Ending and annulling are the author's alone (rules 19, 22). */
static void clinic_for_the_author(struct sim *sim, int clinic) {
    long long chat = some(sim, "select max(review_chat_id) from review_chat where clinic_id = ?1"
                               " and state = 'open'", clinic);
    const char *who = agent_who(clinic, REPRESENTATIVE);
    if (!chat) return;
    must_refuse(sim, "each-to-their-own", "denied.not_author", who, "review_chat.end",
                "{'review_chat_id':%lld}", chat);
    must_refuse(sim, "each-to-their-own", "denied.not_author", who, "review_chat.mark_solved",
                "{'review_chat_id':%lld,'confirmed':true}", chat);
}

static bool has_number(const cJSON *object, const char *key) {
    return cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(object, key));
}

static void public_looks(struct sim *sim, int clinic) {
    long long review = some(sim, "select max(review_id) from review where clinic_id = ?1"
                                 " and state = 'annulled'", clinic);
    const cJSON *ok = review ? must_take(sim, "annulled-is-hidden", visitor_who, "review.get",
                                         "{'review_id':%lld}", review) : NULL;
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(ok, "review");
    if (has_number(body, "rating") || has_number(body, "annulled_rating"))
        violated(sim, "annulled-is-hidden", "review %lld shows its rating to everybody", review);
}

/* The platform sees only what is written down that it saw (rule 13), and reads for nobody (34). */
static void platform_looks(struct sim *sim, int clinic) {
    static const char views_sql[] = "select count(*) from history where event = 'view' and ?1";
    long long chat = some(sim, "select max(review_chat_id) from review_chat where clinic_id = ?1",
                          clinic);
    long long form = some(sim, "select max(contact_form_id) from contact_form where clinic_id = ?1"
                               " and state = 'new'", clinic);
    char moderator[WHO_BYTES];
    snprintf(moderator, sizeof moderator, "{\"role\":\"moderator\",\"agent_id\":%lld}",
             (long long)moderator_id(sim));
    const char *who = chat % 2 ? moderator : integration_who;
    long long views = some(sim, views_sql, 1), shown = 0;
    if (chat)
        shown += must_take(sim, "every-view-leaves-a-row", who, "review_chat.get",
                           "{'review_chat_id':%lld}", chat) != NULL;
    bool both = !chat || shown;
    if (form && both)
        shown += must_take(sim, "every-view-leaves-a-row", who, "contact_form.get",
                           "{'contact_form_id':%lld}", form) != NULL;
    if (some(sim, views_sql, 1) < views + shown)
        violated(sim, "every-view-leaves-a-row", "%lld looks left fewer rows", shown);
}

void strangers_try(struct sim *sim, int clinic) {
    static void (*const scenes[])(struct sim *, int) = {
        another_clinic, another_thread, clinic_for_the_author, public_looks, platform_looks};
    scenes[draw(sim, sizeof scenes / sizeof *scenes)](sim, clinic);
}
