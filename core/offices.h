/* offices.h: where else a question may go: the nearest offices that perform the service, are not
 * absent and have not been asked (B05). */
#ifndef OFFICES_H
#define OFFICES_H

#include "contact_forms.h"

struct office {
    int64_t clinic_id;
    const char *name, *address;
    int64_t distance_m; /* -1 where a place is not known */
};

enum { OFFICES_MAX = 20 };

/* Whether none is left. A replica holds one clinic and says no: that is the server's to tell. */
enum err offices_lack(struct tx *, const struct contact_form *, bool premium_only, bool *ret_lack);

/* At most `max` of them, the nearest first; only Premium ones for an offer (rule 38). */
enum err offices_find(struct tx *, const struct contact_form *, bool premium_only, int64_t max,
                      struct office ret_offices[OFFICES_MAX], int *ret_n);

#endif
