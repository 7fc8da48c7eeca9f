/* offices.c: the nearest offices for a question that its own clinic leaves lying. Whether they are
 * offered is decided by machines/contact_form.c. */
#include "offices.h"

#include "db.h"
#include "geo.h"
#include "never.h"
#include "policy.h"

/* ?1 the first form of the chain: whoever got it or a child of it has been asked. */
static const char candidates_sql[] =
    "select c.clinic_id, c.name, c.address, c.lat, c.lon, o.lat, o.lon from clinic c"
    " join clinic o on o.clinic_id = ?2"
    " where c.clinic_id not in (select clinic_id from contact_form where root_id = ?1"
    " and root_id <> 0 union all select clinic_id from contact_form where contact_form_id = ?1)"
    " and (?3 = 0 or c.tier = 'premium' or exists (select 1 from practitioner p"
    " where p.clinic_id = c.clinic_id and p.tier = 'premium'))"
    " and (?4 = '' or exists (select 1 from service s where s.clinic_id = c.clinic_id"
    " and s.name = ?4) or exists (select 1 from practitioner p, json_each(p.services) v"
    " where p.clinic_id = c.clinic_id and v.value = ?4))";

/* The doctors of an office who perform the service; of an office that lists it without naming a
 * doctor, nobody. */
static const char doctors_sql[] =
    "select practitioner_id from practitioner p where clinic_id = ?1 and (?2 = ''"
    " or exists (select 1 from json_each(p.services) v where v.value = ?2))";

/* An office is there while it is open at all and one of those doctors is not away. */
static enum err somebody_there(struct tx *tx, int64_t clinic_id, const char *service,
                               bool *ret_there) {
    struct rows doctors;
    int64_t end_at;
    TRY(calendar_absence_end(tx, clinic_id, 0, tx->now, &end_at));
    *ret_there = end_at == 0;
    TRY(db_rows(tx, doctors_sql, WITH(clinic_id, service), &doctors));
    if (!*ret_there || doctors.n == 0) return OK;
    *ret_there = false;
    for (int i = 0; i < doctors.n && !*ret_there; i++) {
        TRY(calendar_absence_end(tx, clinic_id, row_at(&doctors, i)[0].i, tx->now, &end_at));
        *ret_there = end_at == 0;
    }
    return OK;
}

static int64_t distance_of(const struct value *v) {
    for (int i = 3; i < 7; i++)
        if (v[i].kind != VALUE_REAL) return -1;
    return geo_distance_m(v[3].real, v[4].real, v[5].real, v[6].real);
}

/* Known distances first, the shorter before the longer, the older clinic before the younger. */
static bool nearer(const struct office *a, const struct office *b) {
    if ((a->distance_m < 0) != (b->distance_m < 0)) return b->distance_m < 0;
    if (a->distance_m != b->distance_m) return a->distance_m < b->distance_m;
    return a->clinic_id < b->clinic_id;
}

static bool enters(const struct office offices[OFFICES_MAX], int64_t max, int n,
                   const struct office *office) {
    return n < max || nearer(office, &offices[max - 1]);
}

static void insert(struct office offices[OFFICES_MAX], int64_t max, int *n,
                   const struct office *office) {
    int at = *n < max ? (*n)++ : (int)max - 1;
    for (; at > 0 && nearer(office, &offices[at - 1]); at--) offices[at] = offices[at - 1];
    offices[at] = *office;
}

enum err offices_find(struct tx *tx, const struct contact_form *form, bool premium_only,
                      int64_t max, struct office ret_offices[OFFICES_MAX], int *ret_n) {
    int64_t root_id = form->root_id ? form->root_id : form->item.id, radius_km;
    bool there;
    struct rows rows;
    *ret_n = 0;
    if (NEVER(max > OFFICES_MAX)) max = OFFICES_MAX;
    TRY(policy_get(tx, form->item.clinic_id, POLICY_FORM_OFFER_RADIUS_KM, &radius_km));
    TRY(db_rows(tx, candidates_sql, WITH(root_id, form->item.clinic_id, premium_only,
                                         form->service), &rows));
    for (int i = 0; i < rows.n; i++) {
        const struct value *v = row_at(&rows, i);
        struct office office = {v[0].i, v[1].text, v[2].text, distance_of(v)};
        if (radius_km && office.distance_m > radius_km * 1000) continue;
        if (!enters(ret_offices, max, *ret_n, &office)) continue;
        TRY(somebody_there(tx, office.clinic_id, form->service, &there));
        if (there) insert(ret_offices, max, ret_n, &office);
    }
    return OK;
}

enum err offices_lack(struct tx *tx, const struct contact_form *form, bool premium_only,
                      bool *ret_lack) {
    struct office offices[OFFICES_MAX];
    const struct value *v;
    int n;
    TRY(db_row(tx, "select replica from desk_state", WITH_NOTHING, &v));
    bool replica = v[0].i != 0;
    TRY(offices_find(tx, form, premium_only, 1, offices, &n));
    *ret_lack = n == 0 && !replica;
    return OK;
}
