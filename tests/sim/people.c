/* people.c: the platform on which every life begins: clinics in zones with and without summer time,
 * of both tiers, each with staff of every role. Nothing goes wrong here; it is the same in every
 * life but for the preset, the tiers and the zones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"

enum { CLINICS_MAX = 16, WHO_LIVES = 8 };

const char host_who[] = "{\"role\":\"host\"}";
const char integration_who[] = "{\"role\":\"integration\"}";
const char visitor_who[] = "null";

static const char *const zones[] = {"Europe/Warsaw", "Europe/Moscow", "America/New_York",
                                    "Asia/Yekaterinburg", "Australia/Lord_Howe", "Europe/London"};
static const char *const locales[] = {"pl", "ru", "en"};
static const char *const roles[AGENT_ROLES] = {"representative", "doctor", "administrator",
                                               "assistant", "assistant"};

/* Ids are given in order, so that they need not be remembered. */
int64_t agent_of(int clinic, enum agent_role role) {
    return (int64_t)(clinic - 1) * AGENT_ROLES + role + 1;
}

int clinic_of_agent(int64_t agent_id) { return (int)((agent_id - 1) / AGENT_ROLES) + 1; }

int64_t moderator_id(struct sim *sim) {
    return (int64_t)sim->options.clinics * AGENT_ROLES + 1;
}

static char *who_room(void) {
    static char rooms[WHO_LIVES][WHO_BYTES];
    static int next;
    return rooms[next++ % WHO_LIVES];
}

const char *agent_who(int clinic, enum agent_role role) {
    char *who = who_room();
    snprintf(who, WHO_BYTES, "{\"role\":\"%s\",\"agent_id\":%lld}", roles[role],
             (long long)agent_of(clinic, role));
    return who;
}

const char *link_who(int64_t link_id) {
    char *who = who_room();
    snprintf(who, WHO_BYTES, "{\"role\":\"patient\",\"link_id\":%lld}", (long long)link_id);
    return who;
}

static struct {
    const char *zone;
    bool premium;
} clinics[CLINICS_MAX + 1];

const char *zone_of(int clinic) { return clinics[clinic].zone; }
bool is_premium(int clinic) { return clinics[clinic].premium; }

/* Both tell where a text comes from: no other clinic and no other person has these words. */
const char *words(struct sim *sim, int clinic, int64_t person) {
    static char rooms[8][160];
    static int next;
    static const char *const said[] = {"Dzień dobry, czy są wolne terminy?", "Болит зуб мудрости",
                                       "May I come on Friday?", "Спасибо 🙂 до встречи",
                                       "zażółć gęślą jaźń", "\xE2\x80\xAEtfel ot thgir",
                                       "<b>100%</b> {link} {code} & more"};
    char *room = rooms[next++ % 8];
    snprintf(room, sizeof rooms[0], "%s zc%dz zp%lldz", said[draw(sim, 7)], clinic,
             (long long)person);
    return room;
}

static void sure(struct sim *sim, const cJSON *ok, const char *what) {
    if (!ok) violated(sim, "platform-is-built", "%s was refused", what);
}

static void clinic_begin(struct sim *sim, int clinic) {
    clinics[clinic].zone = zones[draw(sim, sizeof zones / sizeof *zones)];
    clinics[clinic].premium = drawn(sim, 60);
    const char *locale = locales[draw(sim, 3)];
    sure(sim, host_call(sim, integration_who, "clinic.add", NULL,
                        "{'name':'Clinic %d','zone':'%s','tier':'%s','locale':'%s','phone':"
                        "'+4822000%04d','email':'clinic%d@desk.test','lat':%d.5,'lon':21.0,"
                        "'address':'Street %d'}", clinic, clinics[clinic].zone,
                        clinics[clinic].premium ? "premium" : "basic", locale, clinic, clinic,
                        50 + clinic % 4, clinic), "clinic.add");
    for (int role = 0; role < AGENT_ROLES; role++)
        sure(sim, host_call(sim, integration_who, "agent.add", NULL,
                            "{'clinic_id':%d,'role':'%s','name':'Agent %d.%d','position':"
                            "'staff','email':'agent%d.%d@desk.test'}", clinic, roles[role], clinic,
                            role, clinic, role), "agent.add");
}

void people_begin(struct sim *sim) {
    const char *preset = sim->options.policy ? sim->options.policy
                         : drawn(sim, 50)    ? "recommended" : "literal";
    if (sim->options.clinics > CLINICS_MAX) abort();
    sure(sim, host_call(sim, integration_who, "platform.set", NULL,
                        "{'name':'Portal','base_url':'https://desk.test','locale':'%s',"
                        "'policy_preset':'%s'}", locales[draw(sim, 3)], preset), "platform.set");
    for (int clinic = 1; clinic <= sim->options.clinics && !sim->violated; clinic++)
        clinic_begin(sim, clinic);
    sure(sim, host_call(sim, integration_who, "agent.add", NULL,
                        "{'role':'moderator','name':'Moderator','email':'moderator@desk.test'}"),
         "agent.add");
}
