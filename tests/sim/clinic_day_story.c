/* clinic_day_story.c: the day, read from top to bottom. It is a table and decides nothing; two
 * nights follow it, because reminders and offers wait for days. Next: clinic_day_host.c. */
#include "clinic_day.h"

#include <stddef.h>

#define HOST "'role':'host'"
#define PLATFORM "'role':'integration'"
#define ANNA "'role':'representative','agent_id':1"
#define OLA "'role':'assistant','agent_id':2"
#define ADA "'role':'assistant','agent_id':3"
#define BORYS "'role':'representative','agent_id':4"
#define EWA "'role':'assistant','agent_id':5"
#define MODERATOR "'role':'moderator','agent_id':6"
#define VISITOR "'role':'visitor'"
#define JAN(link) "'role':'patient','link_id':" #link
#define QUESTION "'contact_form_id':"

const struct line story[] = {
    /* The platform and its clinics. */
    {"1 06:00:00", PLATFORM, "platform.set", "'name':'Portal','base_url':'https://desk.test',"
     "'locale':'pl','policy_preset':'recommended'"},
    {"1 06:00:01", PLATFORM, "clinic.add", "'external_id':'a','name':'Alfa','zone':'Europe/Warsaw',"
     "'tier':'premium','locale':'pl','phone':'+48221000001','email':'alfa@clinic.test',"
     "'lat':52.23,'lon':21.01,'address':'Prosta 1'"},
    {"+", PLATFORM, "clinic.add", "'external_id':'b','name':'Beta','zone':'Europe/Warsaw',"
     "'tier':'premium','locale':'pl','phone':'+48221000002','email':'beta@clinic.test',"
     "'lat':52.25,'lon':21.02,'address':'Krzywa 2'"},
    {"+", PLATFORM, "clinic.add", "'external_id':'b','name':'Twice','zone':'Europe/Warsaw',"
     "'tier':'basic','locale':'pl','phone':'+48221000003','email':'twice@clinic.test'"},
    {"1 06:00:02", PLATFORM, "service.add", "'clinic_id':1,'name':'Implanty'"},
    {"+", PLATFORM, "service.add", "'clinic_id':2,'name':'Implanty'"},
    {"+", PLATFORM, "practitioner.add", "'clinic_id':1,'name':'dr Nowak','services':['Implanty']"},
    {"+", PLATFORM, "practitioner.add", "'clinic_id':2,'name':'dr Lis','services':['Implanty']"},
    {"1 06:00:03", PLATFORM, "agent.add", "'clinic_id':1,'role':'representative','name':'Anna',"
     "'email':'anna@alfa.test','locale':'pl'"},
    {"+", PLATFORM, "agent.add", "'clinic_id':1,'role':'assistant','name':'Ola',"
     "'email':'ola@alfa.test','locale':'pl'"},
    {"+", PLATFORM, "agent.add", "'clinic_id':1,'role':'assistant','name':'Ada',"
     "'email':'ada@alfa.test','locale':'ru'"},
    {"+", PLATFORM, "agent.add", "'clinic_id':2,'role':'representative','name':'Borys',"
     "'email':'borys@beta.test','locale':'pl'"},
    {"+", PLATFORM, "agent.add", "'clinic_id':2,'role':'assistant','name':'Ewa',"
     "'email':'ewa@beta.test','locale':'pl'"},
    {"+", PLATFORM, "agent.add", "'role':'moderator','name':'Marta','email':'marta@portal.test'"},
    {"1 06:00:04", PLATFORM, "policy.set", "'key':'indicator.min_n','value':1"},
    {"1 06:00:05", ANNA, "clinic.set_hours", "'hours':[{'day':1,'from':'08:00','to':'18:00'},"
     "{'day':2,'from':'08:00','to':'18:00'},{'day':3,'from':'08:00','to':'18:00'},"
     "{'day':4,'from':'08:00','to':'18:00'},{'day':5,'from':'08:00','to':'14:00'}],"
     "'holidays':['2026-05-01']"},
    {"1 06:00:06", OLA, "push.subscribe", "'endpoint':'https://push.test/ola','p256dh':'BPk',"
     "'auth':'AAA','label':'Telefon'"},
    {"1 06:00:07", PLATFORM, "review.add", "'clinic_id':1,'practitioner_id':1,'author_name':'Jan',"
     "'author_phone':'+48601234567','author_email':'jan@poczta.test','locale':'pl','rating':1,"
     "'text':'Czekałem dwie godziny.','published_at':1772000000000"},
    {"1 06:00:08", PLATFORM, "review.add", "'clinic_id':1,'practitioner_id':1,"
     "'author_name':'Maria','author_phone':'+48601234568','locale':'pl','rating':5,"
     "'text':'Polecam','published_at':1772000000001"},
    {"1 06:30:00", HOST, RESTART, NULL},

    /* A review chat is opened; the SMS fails, the mail comes through. */
    {"1 08:00:00", ANNA, "representative.set", "'name':'Anna','position':'kierowniczka',"
     "'email':'anna@alfa.test'"},
    {"1 08:00:10", ANNA, "review_chat.greeting", "'review_id':1,'purpose':'solve'"},
    {"1 08:01:00", ANNA, "review_chat.open", "'review_id':1,'purpose':'solve'"},
    {"=", NULL, NULL, NULL},
    {"1 08:01:01", ANNA, "review_chat.open", "'review_id':1,'purpose':'solve'"},
    {"1 08:01:02", HOST, PUMP, NULL},
    {"1 08:01:03", HOST, "effect.report", "'channel':'sms','provider_id':'p1',"
     "'status':'delivered'"},
    {"1 08:01:04", HOST, PUMP, NULL},
    {"1 08:01:10", HOST, "effect.report", "'channel':'email','provider_id':'p2',"
     "'status':'delivered'"},
    {"=", NULL, NULL, NULL},

    /* The author opens the link on one device, writes twice on a double tap; the clinic is told. */
    {"1 08:10:00", HOST, "link.open", "'link_id':1"},
    {"1 08:10:01", JAN(1), "review_chat.get", "'review_chat_id':1"},
    {"1 08:10:02", JAN(1), "review_chat.mark_read", "'review_chat_id':1"},
    {"1 08:11:00", JAN(1), "review_chat.post", "'review_chat_id':1,'text':'Nikt nie przeprosił.'"},
    {"=", NULL, NULL, NULL},
    {"1 08:11:00", HOST, "effect.report", "'channel':'email','provider_id':'p3',"
     "'status':'delivered'"},
    {"1 08:11:01", HOST, PUMP, NULL},

    /* Three messages without an answer mute the author, an answer unmutes. */
    {"1 08:20:00", ANNA, "review_chat.post", "'review_chat_id':1,'text':'Przepraszamy.'"},
    {"1 08:20:01", HOST, PUMP, NULL},
    {"1 08:21:00", ANNA, "review_chat.post", "'review_chat_id':1,'text':'Proszę wrócić.'"},
    {"1 08:21:01", HOST, PUMP, NULL},
    {"1 08:22:00", ANNA, "review_chat.post", "'review_chat_id':1,'text':'Zwrócimy pieniądze.'"},
    {"1 08:22:01", HOST, PUMP, NULL},
    {"1 08:23:00", HOST, "clock.tick", ""},
    {"1 08:23:01", HOST, PUMP, NULL},
    {"1 08:30:00", JAN(1), "review_chat.post", "'review_chat_id':1,'text':'Dobrze, dziękuję.'"},
    {"1 08:31:00", ANNA, "review_chat.mark_read", "'review_chat_id':1"},
    {"1 08:32:00", ANNA, "review_chat.post", "'review_chat_id':1,'text':'Zapraszamy w środę.'"},
    {"1 08:32:30", HOST, PUMP, NULL},

    /* Solved: asked for confirmation, annulled once, labelled; the trail stays. */
    {"1 08:40:00", ANNA, "review_chat.mark_solved", "'review_chat_id':1,'confirmed':true"},
    {"1 08:40:01", JAN(1), "review_chat.mark_solved", "'review_chat_id':1"},
    {"1 08:40:02", VISITOR, "rating.get", "'clinic_id':1"},
    {"1 08:40:03", JAN(1), "review_chat.mark_solved", "'review_chat_id':1,'confirmed':true"},
    {"=", NULL, NULL, NULL},
    {"1 08:40:04", JAN(1), "review_chat.mark_solved", "'review_chat_id':1,'confirmed':true"},
    {"1 08:40:05", VISITOR, "rating.get", "'clinic_id':1"},
    {"1 08:40:06", VISITOR, "review.get", "'review_id':1"},
    {"1 08:41:00", ANNA, "review.trail", "'review_id':1"},
    {"1 08:42:00", ANNA, "review.reply", "'review_id':1,'text':'Sprawa jest rozwiązana.'"},
    {"1 08:43:00", MODERATOR, "review_chat.get", "'review_chat_id':1"},
    {"1 08:44:00", JAN(1), "review_chat.end", "'review_chat_id':1"},
    {"1 08:45:00", ANNA, "review_chat.post", "'review_chat_id':1,'text':'Za późno'"},
    {"1 08:46:00", HOST, "clock.tick", ""},
    {"1 08:46:01", HOST, PUMP, NULL},
    {"1 08:50:00", HOST, RESTART, NULL},

    /* Questions: three in one commit, one of them by a program that fills every field. */
    {"1 09:00:00", VISITOR, "contact_form.preview", "'clinic_id':1,'practitioner_id':1"},
    {"1 09:00:01", VISITOR, "contact_form.send", "'clinic_id':1,'practitioner_id':1,'name':'Piotr',"
     "'email':'piotr@poczta.test','phone':'+48602000001','locale':'pl','service':'Implanty',"
     "'text':'Ile kosztuje implant?'"},
    {"+", VISITOR, "contact_form.send", "'clinic_id':1,'name':'Robot','email':'robot@poczta.test',"
     "'locale':'pl','text':'Kup teraz','trap':'tak'"},
    {"+", VISITOR, "contact_form.send", "'clinic_id':1,'name':'Zofia','email':'zofia@poczta.test',"
     "'locale':'ru','text':'Сколько длится лечение?'"},
    {"1 09:00:02", HOST, PUMP, NULL},
    {"1 09:00:03", HOST, "effect.report", "'channel':'email','provider_id':'p10',"
     "'status':'failed','error':'550 no such user','final':true"},

    /* Two assistants, one claim, two drafts, one first answer. */
    {"1 09:05:00", OLA, "contact_form.list", "'scope':'waiting'"},
    {"1 09:05:01", OLA, "contact_form.get", QUESTION "1"},
    {"1 09:05:02", OLA, "contact_form.claim", QUESTION "1"},
    {"1 09:05:03", ADA, "contact_form.get", QUESTION "1"},
    {"1 09:05:04", ADA, "contact_form.claim", QUESTION "1"},
    {"1 09:05:05", ADA, "contact_form.answer", QUESTION "1,'text':'Nie wiem','last_message_id':7"},
    {"1 09:06:00", OLA, "contact_form.save_draft", QUESTION "1,'text':'Implant kosztuje'"},
    {"1 09:07:00", ADA, "contact_form.claim", QUESTION "1,'take_over':true"},
    {"1 09:07:01", ADA, "contact_form.release", QUESTION "1"},
    {"1 09:08:00", OLA, "contact_form.answer", QUESTION "1,'text':'Implant kosztuje 4000 zł.',"
     "'last_message_id':7"},
    {"1 09:08:01", ADA, "contact_form.answer", QUESTION "1,'text':'Od 3000 zł',"
     "'last_message_id':7"},
    {"=", NULL, NULL, NULL},
    {"1 09:08:02", HOST, PUMP, NULL},
    {"1 09:09:00", OLA, "sync.pull", "'since':0"},
    {"1 09:10:00", ANNA, "search", "'text':'implant'"},

    /* The patient reads and writes again; Ada notes a call. */
    {"1 09:20:00", HOST, "link.open", "'link_id':14,'browser':'b1'"},
    {"1 09:20:01", JAN(14), "contact_form.get", QUESTION "1"},
    {"1 09:20:02", JAN(14), "contact_form.mark_read", QUESTION "1"},
    {"1 09:21:00", JAN(14), "contact_form.reply", QUESTION "1,'text':'A w ratach?'"},
    {"1 09:21:01", HOST, PUMP, NULL},
    {"1 09:30:00", ADA, "contact_form.answer_by_phone", QUESTION "1,'note':'Umówiony'"},
    {"1 09:30:01", HOST, PUMP, NULL},

    /* A rejection, and the same question to another office. */
    {"1 10:00:00", VISITOR, "contact_form.send", "'clinic_id':1,'name':'Ula',"
     "'email':'ula@poczta.test','locale':'pl','service':'Implanty','text':'Czy są terminy?'"},
    {"1 10:00:01", HOST, PUMP, NULL},
    {"1 10:05:00", OLA, "contact_form.reject", QUESTION "3,'reason':'cannot_meet_now',"
     "'note':'Dopiero w maju'"},
    {"1 10:05:01", HOST, PUMP, NULL},
    {"1 10:10:00", JAN(21), "contact_form.offers", QUESTION "3"},
    {"1 10:10:01", JAN(21), "contact_form.forward", QUESTION "3,'clinic_id':2"},
    {"1 10:10:02", HOST, PUMP, NULL},
    {"1 10:20:00", EWA, "contact_form.get", QUESTION "4"},
    {"1 10:21:00", EWA, "contact_form.answer", QUESTION "4,'text':'Zapraszamy jutro',"
     "'last_message_id':12"},
    {"1 10:21:01", HOST, PUMP, NULL},

    /* Held: what is undone and what is committed together. */
    {"1 11:00:00", HOST, "core.hold", ""},
    {"1 11:00:01", PLATFORM, "clinic.set", "'clinic_id':2,'tier':'basic'"},
    {"1 11:00:02", HOST, "core.rollback", ""},
    {"1 11:01:00", HOST, "core.hold", ""},
    {"1 11:01:01", PLATFORM, "agent.set", "'agent_id':6,'position':'moderatorka'"},
    {"1 11:01:02", PLATFORM, "agent.set", "'agent_id':99,'position':'nikt'"},
    {"1 11:01:03", PLATFORM, "clinic.set", "'clinic_id':2,'address':'Prosta 3'"},
    {"1 11:01:04", HOST, "core.commit", ""},
    {"1 11:02:00", HOST, "session.request", "'email':'ola@alfa.test','browser':'b2'"},
    {"1 11:02:01", HOST, PUMP, NULL},

    /* Nobody reads Zofia's question. The doctor is away, comes back, days pass. */
    {"1 12:00:00", ANNA, "absence.add", "'practitioner_id':1,'from':'2026-03-03',"
     "'to':'2026-03-04'"},
    {"1 12:00:01", VISITOR, "contact_form.preview", "'clinic_id':1,'practitioner_id':1"},
    {"1 12:00:02", ANNA, "absence.remove", "'absence_id':1"},
    {"1 12:30:00", HOST, RESTART, NULL},
    {"3 09:30:00", HOST, "clock.tick", ""},
    {"3 09:30:01", HOST, PUMP, NULL},
    {"3 10:00:00", ANNA, "item.next", "'kind':'contact_form','item_id':2"},
    {"4 09:30:00", HOST, "clock.tick", "'limit':1"},
    {"4 09:30:01", HOST, "clock.tick", ""},
    {"4 09:30:02", HOST, PUMP, NULL},
    {"4 10:00:00", JAN(13), "contact_form.offers", QUESTION "2"},
    {"4 10:00:01", JAN(13), "contact_form.accept_offer", QUESTION "2,'clinic_id':2"},
    {"4 10:00:02", HOST, PUMP, NULL},
    {"4 10:10:00", BORYS, "contact_form.answer", QUESTION "5,'text':'Тринедели',"
     "'last_message_id':14"},
    {"4 10:10:01", HOST, PUMP, NULL},
    {"4 10:20:00", VISITOR, "response_indicator.get", "'clinic_id':1"},
    {"4 10:20:01", ANNA, "team.activity", "'from':'2026-03-01','to':'2026-03-06'"},

    /* Who asked first wants to be forgotten. */
    {"4 11:00:00", PLATFORM, "person.export", "'email':'piotr@poczta.test'"},
    {"4 11:00:01", PLATFORM, "person.erase", "'email':'piotr@poczta.test'"},
    {"4 11:00:02", PLATFORM, "person.erase", "'email':'piotr@poczta.test','confirmed':true"},
    {"4 11:00:03", ANNA, "search", "'text':'implant'"},
    {"4 11:00:04", OLA, "contact_form.get", QUESTION "1"},
    {"4 11:01:00", HOST, "clock.tick", ""},
    {"4 11:01:01", HOST, "core.verify", ""},
    {"4 11:02:00", HOST, RESTART, NULL},
    {"4 11:03:00", VISITOR, "contact_form.send", "'clinic_id':2,'name':'Iga',"
     "'email':'iga@poczta.test','locale':'pl','text':'Czy otwarte?'"},
    {"4 11:03:01", HOST, PUMP, NULL},
    {NULL, NULL, NULL, NULL},
};

const char *const erased_words[] = {"piotr@poczta.test", "48602000001", "Ile kosztuje implant",
                                    "A w ratach", NULL};

const struct provider_answer provider_answers[] = {
    {1, 1, "failed"},
    {4, 1, "retry"},
    {5, 1, "lost"},
    {0, 0, NULL},
};
