/* access.c: actors and tenants. What a role may ask for stands with each op. */
#include "access.h"

#include <string.h>

#include "db.h"
#include "fields.h"
#include "never.h"

enum { AGENT, LINK, SESSION };
static const char *const access_sql[] = {
    [AGENT] = "select coalesce(a.clinic_id, 0), a.role, a.active, a.represents,"
              " coalesce(nullif(a.locale, ''), c.locale, '')"
              " from agent a left join clinic c using (clinic_id) where a.agent_id = ?1",
    [LINK] = "select item_kind, item_id, clinic_id, locale, purpose,"
             " expires_at > now_ms() and revoked_at = 0 from link where link_id = ?1",
    [SESSION] = "select item_kind, item_id from session where session_id = ?1 and ended_at = 0"
                " and expires_at > now_ms() and seen_at + idle_ms > now_ms()"
                " and coalesce(agent_id, 0) = ?2 and coalesce(link_id, 0) = ?3",
};

static const char *const roles[] = {"host",          "integration", "representative", "doctor",
                                    "assistant",     "administrator", "moderator",    "manager",
                                    "patient",       "visitor",     NULL};

const char *role_word(enum role role) {
    for (int i = 0; CERTAIN(roles[i]); i++)
        if ((unsigned)role == 1u << i) return roles[i];
    return "";
}

struct actor_in {
    const char *role;
    int64_t agent_id, link_id, session_id;
};
static const struct field actor_fields[] = {
    FIELD(struct actor_in, role, .required = true, .one_of = roles, .doc = "who asks"),
    FIELD(struct actor_in, agent_id, .min = 1, .doc = "staff"),
    FIELD(struct actor_in, link_id, .min = 1, .doc = "patient: the link they came by"),
    FIELD(struct actor_in, session_id, .min = 1, .doc = "the session it happens in"),
};

static enum role role_find(const char *word) {
    for (int i = 0; CERTAIN(roles[i]); i++)
        if (strcmp(roles[i], word) == 0) return (enum role)(1u << i);
    return ROLE_VISITOR;
}

static enum err actor_session(struct tx *tx) {
    struct actor *actor = &tx->actor;
    const struct value *row;
    if (!actor->session_id) return OK;
    enum err err = db_row(tx, access_sql[SESSION],
                          WITH(actor->session_id, actor->agent_id, actor->link_id), &row);
    if (err == ERR_MISSING) return fail(tx, ERR_EXPIRED_SESSION, NULL);
    TRY(err);
    if (!actor->agent_id || !row[1].i) return OK;
    actor->limited = true;
    actor->item_kind = row[0].text;
    actor->item_id = row[1].i;
    return OK;
}

static void actor_locale(struct tx *tx, const char *locale) {
    if (!tx->locale_given && *locale) tx->locale = locale;
}

static enum err actor_agent(struct tx *tx) {
    struct actor *actor = &tx->actor;
    const struct value *row;
    if (!actor->agent_id) return fail(tx, ERR_REQUIRED, "agent_id");
    enum err err = db_row(tx, access_sql[AGENT], WITH(actor->agent_id), &row);
    if (err == ERR_MISSING) return fail(tx, ERR_NOT_ALLOWED, "agent_id");
    TRY(err);
    bool same_role = strcmp(row[1].text, role_word(actor->role)) == 0;
    if (!same_role || !row[2].i) return fail(tx, ERR_NOT_ALLOWED, "agent_id");
    actor->clinic_id = row[0].i;
    actor->represents = row[3].i != 0;
    actor_locale(tx, row[4].text);
    return actor_session(tx);
}

/* A device that is signed in outlives its link: then the session decides. */
static enum err actor_patient(struct tx *tx) {
    struct actor *actor = &tx->actor;
    const struct value *row;
    if (!actor->link_id) return fail(tx, ERR_REQUIRED, "link_id");
    enum err err = db_row(tx, access_sql[LINK], WITH(actor->link_id), &row);
    if (err == ERR_MISSING) return fail(tx, ERR_NOT_ALLOWED, "link_id");
    TRY(err);
    if (strcmp(row[4].text, "sign_in") == 0) return fail(tx, ERR_NOT_ALLOWED, "link_id");
    if (!actor->session_id && !row[5].i) return fail(tx, ERR_EXPIRED_LINK, "link_id");
    actor->item_kind = row[0].text;
    actor->item_id = row[1].i;
    actor->clinic_id = row[2].i;
    actor_locale(tx, row[3].text);
    return actor_session(tx);
}

enum err access_actor(struct tx *tx, const cJSON *actor) {
    struct actor_in in = {0};
    tx->actor = (struct actor){.role = ROLE_VISITOR};
    if (!actor) return OK;
    TRY(fields_decode(tx, actor_fields, sizeof actor_fields / sizeof *actor_fields, actor, &in));
    tx->actor = (struct actor){.role = role_find(in.role), .agent_id = in.agent_id,
                               .link_id = in.link_id, .session_id = in.session_id};
    if (tx->actor.role & ROLES_AGENT) return actor_agent(tx);
    if (tx->actor.role == ROLE_PATIENT) return actor_patient(tx);
    return OK;
}

enum err access_clinic(struct tx *tx, int64_t clinic_id, const char *field) {
    bool bound = tx->actor.role & (ROLES_CLINIC | ROLE_PATIENT);
    return bound && tx->actor.clinic_id != clinic_id ? fail(tx, ERR_MISSING, field) : OK;
}

enum err access_item(struct tx *tx, const char *item_kind, int64_t item_id, int64_t clinic_id,
                     const char *field) {
    const struct actor *actor = &tx->actor;
    if (actor->role != ROLE_PATIENT && !actor->limited) return access_clinic(tx, clinic_id, field);
    bool own = strcmp(actor->item_kind, item_kind) == 0 && actor->item_id == item_id;
    return own ? OK : fail(tx, ERR_MISSING, field);
}

enum err access_list_clinic(struct tx *tx, int64_t asked_id, int64_t *ret_clinic_id) {
    *ret_clinic_id = asked_id;
    if (!(tx->actor.role & ROLES_CLINIC)) return OK;
    if (asked_id) TRY(access_clinic(tx, asked_id, "clinic_id"));
    *ret_clinic_id = tx->actor.clinic_id;
    return OK;
}
