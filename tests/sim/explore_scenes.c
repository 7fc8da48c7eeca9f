/* explore_scenes.c: the worlds that are explored: who is there, what is set up, who may do what.
 * The requests that carry a machine's events come from the operations' own tables (core/ops); here
 * stand only their canonical inputs. A new machine adds its inputs, a scene, and its laws.
 * Next: explore_laws.c. */
#include "explore.h"

#include <stdio.h>
#include <string.h>

#define COMMON(preset, tier) COMMON_TIERS(preset, tier, "premium")
#define COMMON_TIERS(preset, tier, second)                                                      \
    "portal platform.set {'name':'Portal','base_url':'https://desk.test','locale':'en',"        \
    "'policy_preset':'" preset "'}",                                                            \
    "portal clinic.add {'name':'Clinic','zone':'Europe/Warsaw','tier':'" tier "','locale':'en'," \
    "'phone':'+48220000001','email':'1@clinic.test'}",                                          \
    "portal clinic.add {'name':'Second','zone':'Europe/Warsaw','tier':'" second "',"            \
    "'locale':'en','phone':'+48220000002','email':'2@clinic.test'}",                            \
    "portal agent.add {'clinic_id':1,'role':'representative','name':'Anna','position':'head',"  \
    "'email':'anna@staff.test'}",                                                               \
    "portal agent.add {'clinic_id':1,'role':'assistant','name':'Ben','position':'desk',"        \
    "'email':'ben@staff.test'}",                                                                \
    "portal agent.add {'clinic_id':1,'role':'doctor','name':'Dora','email':'dora@staff.test'}", \
    "portal agent.add {'clinic_id':2,'role':'representative','name':'Otto','position':'head',"  \
    "'email':'otto@staff.test'}",                                                               \
    "ben notice.set {'contact_form_email':false}",                                              \
    "dora notice.set {'contact_form_email':false}"
#define REVIEWS(email)                                                                          \
    "portal review.add {'clinic_id':1,'author_name':'Author','author_phone':'+48601234567',"    \
    email "'locale':'en','rating':1,'text':'bad','published_at':900}",                          \
    "portal review.add {'clinic_id':1,'author_name':'Author','author_phone':'+48601234568',"    \
    "'locale':'en','rating':5,'text':'good','published_at':901}"
#define FORM                                                                                    \
    "visitor contact_form.send {'clinic_id':1,'name':'Pat','email':'pat@mail.test',"            \
    "'phone':'+48601234569','locale':'en','text':'May I?'}"
#define POLICY(key, value)                                                                      \
    "portal policy.set {'key':'" key "','value':" value "}"
#define CHAT(purpose)                                                                           \
    "anna review_chat.open {'review_id':1,'purpose':'" purpose "','confirmed':true}"

static const struct {
    const char *name, *actor;
    unsigned role;
    const char *link_of; /* of a patient: the newest link to the item */
} people[] = {
    {"host", "{\"role\":\"host\"}", ROLE_HOST, NULL},
    {"portal", "{\"role\":\"integration\"}", ROLE_INTEGRATION, NULL},
    {"visitor", "{\"role\":\"visitor\"}", ROLE_VISITOR, NULL},
    {"anna", "{\"role\":\"representative\",\"agent_id\":1}", ROLE_REPRESENTATIVE, NULL},
    {"ben", "{\"role\":\"assistant\",\"agent_id\":2}", ROLE_ASSISTANT, NULL},
    {"dora", "{\"role\":\"doctor\",\"agent_id\":3}", ROLE_DOCTOR, NULL},
    {"other", "{\"role\":\"representative\",\"agent_id\":4}", ROLE_REPRESENTATIVE, NULL},
    {"author", "", ROLE_PATIENT,
     "select max(link_id) from link join review_chat on review_chat_id = item_id and item_kind ="
     " 'review_chat' where review_id = 1 and expires_at > ?1 and revoked_at = 0"},
    {"patient", "", ROLE_PATIENT,
     "select max(link_id) from link where item_kind = 'contact_form' and item_id = 1"
     " and agent_id = 0 and expires_at > ?1 and revoked_at = 0"},
};

static const struct {
    const char *name, *sql;
} placeholders[] = {
    {"<chat>", "select review_chat_id from review_chat where review_id = 1"},
    {"<newest>", "select max(message_id) from message where item_kind = 'contact_form'"
                 " and item_id = 1"},
    {"<effect>", "select max(effect_id) from effect"},
    {"<taken>", "select min(effect_id) from effect where state = 'taken'"},
};

const struct input inputs[] = {
    {"review_chat.open", "{'review_id':1,'purpose':'solve','confirmed':true}", true},
    {"review_chat.open", "{'review_id':1,'purpose':'thank'}", false},
    {"review_chat.open", "{'review_id':2,'purpose':'solve'}", false},
    {"review_chat.open", "{'review_id':2,'purpose':'solve','confirmed':true}", false},
    {"review.reply", "{'review_id':1,'text':'We are sorry.'}", true},
    {"review_chat.post", "{'review_chat_id':<chat>,'text':'Hello'}", true},
    {"review_chat.mark_solved", "{'review_chat_id':<chat>,'confirmed':true}", true},
    {"review_chat.mark_solved", "{'review_chat_id':<chat>}", false},
    {"review_chat.end", "{'review_chat_id':<chat>}", true},
    {"contact_form.claim", "{'contact_form_id':1}", true},
    {"contact_form.claim", "{'contact_form_id':1,'take_over':true}", false},
    {"contact_form.release", "{'contact_form_id':1}", true},
    {"contact_form.answer", "{'contact_form_id':1,'text':'Yes','last_message_id':<newest>}",
     true},
    {"contact_form.answer", "{'contact_form_id':1,'text':'No','last_message_id':1}", false},
    {"contact_form.answer_by_phone", "{'contact_form_id':1,'note':'told'}", true},
    {"contact_form.answer_by_phone", "{'contact_form_id':1,'last_message_id':1}", false},
    {"contact_form.reject", "{'contact_form_id':1,'reason':'spam'}", true},
    {"contact_form.reject",
     "{'contact_form_id':1,'reason':'cannot_meet_now','last_message_id':1}", false},
    {"contact_form.reply", "{'contact_form_id':1,'text':'And when?'}", true},
    {"contact_form.accept_offer", "{'contact_form_id':1,'clinic_id':2}", true},
    {"contact_form.forward", "{'contact_form_id':1,'clinic_id':2}", true},
    {NULL, NULL, false},
};

#define TICK "host clock.tick {}"
#define TAKE "host effect.take {'limit':1}"
#define SETTLE(status, more)                                                                    \
    "host effect.settle {'effect_id':<taken>,'status':'" status "'" more "}"
#define LIST(...) (const char *const[]){__VA_ARGS__, NULL}
#define SHOW_CHAT "review_chat.get {'review_chat_id':<chat>}"
#define SHOW_FORM "contact_form.get {'contact_form_id':1}"
#define CHAT_MORE                                                                               \
    TICK, TAKE, SETTLE("sent", ",'provider_id':'p1'"), SETTLE("failed", ",'error':'no'"),       \
    "anna review_chat.mark_read {'review_chat_id':<chat>}",                                     \
    "author review_chat.mark_read {'review_chat_id':<chat>}"
#define FORM_MORE                                                                               \
    TICK, "ben contact_form.get {'contact_form_id':1}",                                         \
    "patient contact_form.mark_read {'contact_form_id':1}"
#define ANSWER                                                                                  \
    "anna contact_form.answer {'contact_form_id':1,'text':'Yes','last_message_id':<newest>}"
#define REPLY "patient contact_form.reply {'contact_form_id':1,'text':'And when?'}"
#define ABSENCE "anna absence.add {'from':'2026-03-03','to':'2026-03-05'}"
#define MAIL(id, status, more)                                                                  \
    "host effect.settle {'effect_id':" id ",'status':'" status "'" more "}"
#define OF_EFFECT(status, more)                                                                 \
    "host effect.settle {'effect_id':<effect>,'status':'" status "'" more "}"
#define REPORT(status, more)                                                                    \
    "host effect.report {'channel':'sms','provider_id':'p1','status':'" status "'" more "}"
#define EFFECT_MORE                                                                             \
    TICK, TAKE, OF_EFFECT("sent", ",'provider_id':'p1'"), OF_EFFECT("delivered", ""),           \
    OF_EFFECT("failed", ",'error':'no'"), OF_EFFECT("retry", ",'error':'busy'"),                \
    OF_EFFECT("unknown", ",'provider_id':'p1'"), REPORT("delivered", ""), REPORT("read", ""),   \
    REPORT("failed", ",'final':false")

const struct scene scenes[] = {
    {"review", &review_machine, 4, LIST(COMMON("recommended", "premium"), REVIEWS("")),
     LIST(TICK, "author review_chat.mark_solved {'review_chat_id':<chat>,'confirmed':true}",
          "author review_chat.end {'review_chat_id':<chat>}"),
     LIST("anna", "ben", "dora"), "review.get {'review_id':1}", false},
    {"review_chat", &review_chat_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), CHAT("solve")), LIST(CHAT_MORE),
     LIST("anna", "author"), SHOW_CHAT, false},
    {"review_chat, thanks", &review_chat_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), CHAT("thank")), LIST(TICK),
     LIST("anna", "author"), SHOW_CHAT, false},
    {"review_chat, other policies", &review_chat_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), POLICY("review_chat.sms_each", "0"),
          POLICY("close_on_solved", "1"), POLICY("review_chat.solve_after_close", "1"),
          POLICY("notify.clinic.coalesce_s", "3600"), POLICY("mute.burst_s", "3600"),
          POLICY("mute.unmute_on_reply", "0"), CHAT("solve")),
     LIST(TICK, TAKE), LIST("anna", "author"), SHOW_CHAT, false},
    {"contact_form, premium", &contact_form_machine, 3,
     LIST(COMMON("recommended", "premium"), FORM), LIST(FORM_MORE), LIST("anna", "ben", "patient"),
     SHOW_FORM, false},
    {"contact_form, clocks", &contact_form_machine, 5,
     LIST(COMMON("recommended", "premium"), FORM),
     LIST(TICK, "ben contact_form.get {'contact_form_id':1}", ANSWER, REPLY), LIST(NULL), SHOW_FORM,
     false},
    {"contact_form, basic", &contact_form_machine, 3,
     LIST(COMMON("recommended", "basic"), FORM), LIST(FORM_MORE, ABSENCE), LIST("anna", "patient"),
     SHOW_FORM, false},
    {"contact_form, literal", &contact_form_machine, 3,
     LIST(COMMON("literal", "premium"), FORM), LIST(FORM_MORE), LIST("anna", "patient"),
     SHOW_FORM, false},
    {"contact_form, other policies", &contact_form_machine, 3,
     LIST(COMMON("recommended", "premium"), POLICY("form.rearm", "0"),
          POLICY("form.forward_spam", "0"), FORM), LIST(FORM_MORE), LIST("anna", "patient"),
     SHOW_FORM, false},
    {"contact_form, tiers", &contact_form_machine, 6,
     LIST(COMMON("recommended", "premium"), FORM),
     LIST(TICK, "ben contact_form.get {'contact_form_id':1}",
          "portal clinic.set {'clinic_id':1,'tier':'basic'}",
          "portal clinic.set {'clinic_id':1,'tier':'premium'}",
          "portal clinic.set {'clinic_id':2,'tier':'basic'}",
          POLICY("form.unanswered_clock", "0")),
     LIST(NULL), SHOW_FORM, false},
    {"contact_form, nobody else", &contact_form_machine, 5,
     LIST(COMMON_TIERS("recommended", "basic", "basic"), FORM),
     LIST(TICK, "portal clinic.set {'clinic_id':1,'tier':'premium'}", REPLY), LIST(NULL), SHOW_FORM,
     false},
    {"contact_form, Basic waits longer", &contact_form_machine, 6,
     LIST(COMMON_TIERS("recommended", "premium", "basic"),
          POLICY("form.basic_offer_after_s", "400000"), FORM),
     LIST(TICK, "portal clinic.set {'clinic_id':1,'tier':'basic'}"), LIST(NULL), SHOW_FORM, false},
    {"contact_form, asked again", &contact_form_machine, 4,
     LIST(COMMON("recommended", "basic"), POLICY("form.rearm", "2"), FORM, ANSWER, REPLY),
     LIST(TICK, ANSWER, REPLY, POLICY("form.rearm", "1")),
     LIST(NULL), SHOW_FORM, false},
    {"contact_form, erased", &contact_form_machine, 3,
     LIST(COMMON("recommended", "premium"), FORM),
     LIST(FORM_MORE, "host person.erase {'email':'pat@mail.test','confirmed':true}"),
     LIST("anna", "patient"), SHOW_FORM, false},
    {"message", &delivery_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS("'author_email':'author@mail.test',"),
          CHAT("solve")),
     LIST(EFFECT_MORE, "author review_chat.mark_read {'review_chat_id':<chat>}"), LIST("author"),
     NULL, false},
    {"message, to two of the clinic", &delivery_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), CHAT("solve"),
          "dora representative.set {'name':'Dora','position':'doctor','email':'d@mail.test'}",
          "dora review_chat.post {'review_chat_id':1,'text':'Hello'}",
          "author review_chat.post {'review_chat_id':1,'text':'Well'}"),
     LIST("host effect.take {'limit':9}", TICK, "anna review_chat.mark_read {'review_chat_id':1}",
          MAIL("3", "failed", ""), MAIL("3", "unknown", ""), MAIL("3", "sent", ""),
          MAIL("4", "failed", ""), MAIL("4", "unknown", ""),
          MAIL("4", "sent", ",'provider_id':'m4'"),
          "host effect.report {'channel':'email','provider_id':'m4','status':'failed'}",
          "host person.erase {'phone':'+48601234567','confirmed':true}"),
     LIST(NULL), NULL, false},
    {"effect, a notice", &effect_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), CHAT("solve")),
     LIST(EFFECT_MORE, "author review_chat.end {'review_chat_id':<chat>}"), LIST("author"),
     NULL, false},
    {"effect, the clock set back", &effect_machine, 5,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), POLICY("notice.sms_deadline_s", "60"),
          CHAT("solve")),
     LIST(TICK, "host effect.take {'lease_ms':3600000}", OF_EFFECT("retry", ",'error':'busy'"),
          OF_EFFECT("unknown", ""), OF_EFFECT("sent", ",'provider_id':'p1'"),
          "author review_chat.mark_read {'review_chat_id':<chat>}"),
     LIST(NULL), NULL, true},
    {"effect, a code", &effect_machine, 4,
     LIST(COMMON("recommended", "premium"), REVIEWS(""), CHAT("solve"),
          "author review_chat.mark_read {'review_chat_id':<chat>}",
          "host link.send_code {'link_id':1}"),
     LIST(EFFECT_MORE), LIST("author"), NULL, false},
    {NULL, NULL, 0, NULL, NULL, NULL, NULL, false},
};

const struct unreachable unreachable[] = {
    {"review", "annul", "always", "annulled",
     "{OPEN | ENDED, ON_MARK_SOLVED, solved_before} of the chat answers before it"},
    {"contact_form", "remind", "always", "answered", "an answer stops the clocks, and before it"
     " fires what was due"},
    {"contact_form", "offer_basic", "always", "answered", "likewise"},
    {"contact_form", "offer", "always", "answered", "likewise"},
    {"contact_form", "offer_basic", "offered_before", "read", "an offer stops both clocks that end"
     " in one, and none is set for another"},
    {"contact_form", "offer", "offered_before", "read", "likewise"},
    {"contact_form", "reply", "erased", "new", "an erasure ends the patient's links and sessions"},
    {"contact_form", "accept_offer", "erased", "new", "likewise"},
    {"contact_form", "forward", "erased", "new", "likewise"},
    {"effect", "lease_end", "always", "sent", "whatever ends a lease cancels its timer"},
    {NULL, NULL, NULL, NULL, NULL},
};

const char *actor_json(const char *who) {
    static char actor[120];
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        if (strcmp(people[i].name, who) != 0) continue;
        if (!people[i].link_of) return people[i].actor;
        int64_t link_id = one_int(people[i].link_of);
        snprintf(actor, sizeof actor, "{\"role\":\"patient\",\"link_id\":%lld}",
                 (long long)link_id);
        return link_id ? actor : NULL;
    }
    fprintf(stderr, "nobody is called %s\n", who);
    return NULL;
}

unsigned actor_role(const char *who) {
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (strcmp(people[i].name, who) == 0) return people[i].role;
    return 0;
}

const char *input_json(const char *input) {
    static char text[TEXT_BYTES];
    size_t n = 0;
    for (const char *at = input; *at && n < sizeof text - 32;) {
        size_t name = 0;
        for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders && !name; i++) {
            if (strncmp(at, placeholders[i].name, strlen(placeholders[i].name)) != 0) continue;
            int64_t id = one_int(placeholders[i].sql);
            if (!id) return NULL;
            n += (size_t)snprintf(text + n, sizeof text - n, "%lld", (long long)id);
            name = strlen(placeholders[i].name);
        }
        if (!name) text[n++] = *at == '\'' ? '"' : *at;
        at += name ? name : 1;
    }
    text[n] = 0;
    return text;
}
