/* access.h: who may. Roles are checked per op by the table in ops.h; here an actor is checked
 * against the database and an item against the actor. Another clinic's row is missing, not
 * denied. */
#ifndef ACCESS_H
#define ACCESS_H

#include <cJSON.h>

#include "tx.h"

enum {
    ROLES_CLINIC = ROLE_REPRESENTATIVE | ROLE_DOCTOR | ROLE_ASSISTANT | ROLE_ADMINISTRATOR,
    ROLES_CHAT = ROLE_REPRESENTATIVE | ROLE_DOCTOR | ROLE_ADMINISTRATOR, /* rule 2 */
    ROLES_PLATFORM = ROLE_MODERATOR | ROLE_MANAGER,
    ROLES_AGENT = ROLES_CLINIC | ROLES_PLATFORM,
    ROLES_ALL = 0x3FF,
};

const char *role_word(enum role);

/* Reads and checks `actor` of a request; absent means a visitor. Sets tx->actor and, where the
 * actor is a known person, tx->locale (unless the request gave one). */
enum err access_actor(struct tx *, const cJSON *actor);

/* OK when the actor may see rows of this clinic, else ERR_MISSING naming the field. */
enum err access_clinic(struct tx *, int64_t clinic_id, const char *field);

/* OK when the actor may see this item of this clinic, else ERR_MISSING naming the field. */
enum err access_item(struct tx *, const char *item_kind, int64_t item_id, int64_t clinic_id,
                     const char *field);

/* The clinic a list is about: the actor's own, or the one asked for; 0 for all. */
enum err access_list_clinic(struct tx *, int64_t asked_id, int64_t *ret_clinic_id);

#endif
