/* world.c: the story, and how a desk gets back to its end. Judges nothing but that its own
 * requests are accepted. */
#include "world.h"

#include <sanitizer/asan_interface.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/disk.h"

/* Of the inputs only; printed at the end, beside libFuzzer's figures. */
static uint64_t world_calls;

#define PLATFORM(op, input) \
    "{'op':'" op "','now':1772438400000,'actor':{'role':'integration'},'in':{" input "}}"
#define HOST(op, now, input) \
    "{'op':'" op "','now':" now ",'actor':{'role':'host'},'in':{" input "}}"
#define AGENT(op, now, role, agent, input)                                              \
    "{'op':'" op "','now':" now ",'actor':{'role':'" role "','agent_id':" agent "},'in':{" \
    input "}}"

const char *const world_story[] = {
    PLATFORM("platform.set", "'name':'Portal','base_url':'https://desk.test','locale':'en',"
             "'policy_preset':'recommended'"),
    PLATFORM("clinic.add", "'name':'Lotos','zone':'Europe/Warsaw','tier':'basic','locale':'pl',"
             "'phone':'+48220000001','email':'lotos@clinic.test','lat':52.2,'lon':21.0,"
             "'address':'Nowa 1'"),
    PLATFORM("clinic.add", "'name':'Astra','zone':'Europe/Warsaw','tier':'premium','locale':'en',"
             "'phone':'+48220000002','email':'astra@clinic.test','lat':52.21,'lon':21.01,"
             "'external_id':'astra'"),
    PLATFORM("clinic.add", "'name':'Mir','zone':'America/New_York','tier':'premium','locale':'ru',"
             "'phone':'+12120000003','email':'mir@clinic.test','lat':52.22,'lon':21.02"),
    PLATFORM("service.add", "'clinic_id':1,'name':'Dental'"),
    PLATFORM("practitioner.add", "'clinic_id':1,'name':'Dr Lis','tier':'premium',"
             "'services':['Dental']"),
    PLATFORM("practitioner.add", "'clinic_id':2,'name':'Dr Sowa','services':['Dental']"),
    PLATFORM("agent.add", "'clinic_id':1,'role':'representative','name':'Anna',"
             "'position':'head','email':'anna@lotos.test'"),
    PLATFORM("agent.add", "'clinic_id':2,'role':'representative','name':'Ola','position':'head',"
             "'email':'ola@astra.test'"),
    PLATFORM("agent.add", "'clinic_id':1,'role':'doctor','name':'Lis','email':'lis@lotos.test',"
             "'practitioner_id':1"),
    PLATFORM("agent.add", "'clinic_id':1,'role':'assistant','name':'Ewa',"
             "'email':'ewa@lotos.test'"),
    PLATFORM("agent.add", "'clinic_id':1,'role':'administrator','name':'Jan',"
             "'email':'jan@lotos.test','phone':'+48600000005'"),
    PLATFORM("agent.add", "'role':'moderator','name':'Mod','email':'mod@portal.test'"),
    PLATFORM("agent.add", "'role':'manager','name':'Boss','email':'boss@portal.test'"),
    HOST("clinic.set_hours", "1772438400000", "'clinic_id':1,'hours':[{'day':1,'from':'09:00',"
         "'to':'18:00'}],'holidays':['2026-05-01']"),
    PLATFORM("review.add", "'clinic_id':1,'author_name':'Piotr','author_phone':'+48601000001',"
             "'author_email':'piotr@patient.test','locale':'pl','rating':1,'text':'An hour late.',"
             "'published_at':1772438300000"),
    PLATFORM("review.add", "'clinic_id':1,'practitioner_id':1,'author_name':'Ola',"
             "'author_phone':'+48601000002','locale':'en','rating':5,'text':'Kind.',"
             "'published_at':1772438300000"),
    PLATFORM("review.add", "'clinic_id':2,'author_name':'Iwo','author_phone':'+48601000003',"
             "'locale':'ru','rating':2,'text':'Rude.','published_at':1772438300000"),
    AGENT("representative.set", "1772438500000", "representative", "1",
          "'name':'Anna Nowak','position':'head','email':'notices@lotos.test'"),
    "{'op':'review_chat.open','now':1772438500000,'actor':{'role':'representative','agent_id':1},"
    "'id':'open','in':{'review_id':1,'purpose':'solve','text':'We are sorry.','confirmed':true}}",
    HOST("clock.tick", "1772438600000", ""),
    HOST("effect.take", "1772438600000", "'kinds':['sms.send'],'limit':1,'lease_ms':60000"),
    HOST("effect.settle", "1772438601000",
         "'effect_id':1,'status':'sent','provider_ids':['p1','p2']"),
    "{'op':'review_chat.post','now':1772438700000,'actor':{'role':'patient','link_id':1},"
    "'in':{'review_chat_id':1,'text':'Thank you.'}}",
    "{'op':'contact_form.send','now':1772438800000,'actor':{'role':'visitor'},'in':{'clinic_id':1,"
    "'practitioner_id':1,'name':'Ewa','email':'ewa@patient.test','phone':'+48602000001',"
    "'locale':'pl','service':'Dental','text':'How much is a filling?'}}",
    "{'op':'contact_form.send','now':1772438801000,'actor':{'role':'visitor'},'in':{'clinic_id':1,"
    "'name':'Jan','email':'jan@patient.test','locale':'en','text':'Are you open on Sunday?'}}",
    "{'op':'contact_form.send','now':1772438802000,'actor':{'role':'visitor'},'in':{'clinic_id':2,"
    "'name':'Lena','email':'lena@patient.test','locale':'ru','text':'Do you speak Russian?'}}",
    AGENT("contact_form.answer", "1772438900000", "assistant", "4",
          "'contact_form_id':1,'text':'It depends.','last_message_id':3"),
    AGENT("contact_form.claim", "1772438901000", "administrator", "5", "'contact_form_id':2"),
    AGENT("contact_form.save_draft", "1772438902000", "administrator", "5",
          "'contact_form_id':2,'text':'No, but'"),
    AGENT("push.subscribe", "1772438903000", "assistant", "4",
          "'endpoint':'https://push.test/1','p256dh':'BPk','auth':'aa','label':'phone'"),
    HOST("session.invite", "1772438904000", "'agent_id':1"),
    HOST("clock.tick", "1772438905000", ""),
    HOST("effect.take", "1772438905000", "'limit':2"),
    HOST("link.open", "1772438906000", "'link_id':4"),
    HOST("link.open", "1772438906000", "'link_id':1"),
    HOST("link.open", "1772438906000", "'link_id':15"),
    AGENT("review_chat.post", "1772438907000", "representative", "1",
          "'review_chat_id':1,'text':'Call me'"),
    AGENT("absence.add", "1772438908000", "representative", "1",
          "'practitioner_id':1,'from':'2026-03-10','to':'2026-03-12'"),
    NULL,
};

static const char hold[] =
    "{\"op\":\"core.hold\",\"now\":1772438910000,\"actor\":{\"role\":\"host\"},\"in\":{}}";
static const char rollback[] =
    "{\"op\":\"core.rollback\",\"now\":1772438910000,\"actor\":{\"role\":\"host\"},\"in\":{}}";

/* What lies behind the request must not be read. */
static const char *core_reply(desk *core, const void *bytes, size_t size) {
    char *room = desk_buffer(core, (uint32_t)size + 1);
    if (!room) finding("out of memory", "");
    memcpy(room, bytes, size);
    __asan_poison_memory_region(room + size, 1);
    const char *text = desk_call(core, (uint32_t)size);
    __asan_unpoison_memory_region(room + size, 1);
    return text;
}

static void core_call(desk *core, const void *bytes, size_t size, struct reply *reply) {
    const char *text = core_reply(core, bytes, size);
    reply_read(text, desk_reply_size(core), REPLY_SOUND, reply);
}

bool world_tell(desk *core, const char *request) {
    struct reply reply;
    const char *text = core_reply(core, request, strlen(request));
    world_calls++;
    reply_read(text, desk_reply_size(core), REPLY_SPOILT, &reply);
    return reply.form == REPLY_OK || !strstr(text, "\"category\":\"storage\"");
}

void world_play(desk *core) {
    for (int i = 0; world_story[i]; i++) {
        char request[1024];
        struct reply reply;
        int size = snprintf(request, sizeof request, "%s", world_story[i]);
        for (char *c = request; *c; c++)
            if (*c == '\'') *c = '"';
        core_call(core, request, (size_t)size, &reply);
        if (reply.form != REPLY_OK) finding(request, reply.text);
    }
}

void world_call(struct world *world, const void *bytes, size_t size, struct reply *ret_reply) {
    world_calls++;
    core_call(world->core, bytes, size, ret_reply);
    /* Holding and undoing change no revision; they answer with nothing. */
    if (ret_reply->rev != world->rev || ret_reply->empty) world->touched = true;
}

void world_ask(struct world *world, const char *request, struct reply *ret_reply) {
    core_call(world->core, request, strlen(request), ret_reply);
}

static sqlite3 *latest;
static unsigned connections;

static int remember(sqlite3 *sqlite, const char **error, const struct sqlite3_api_routines *api) {
    (void)error, (void)api;
    latest = sqlite;
    connections++;
    return SQLITE_OK;
}

sqlite3 *world_connection(unsigned *ret_count) {
    *ret_count = connections;
    return latest;
}

static void print_calls(void) {
    fprintf(stderr, "stat::calls: %llu\nstat::openings: %u\n", (unsigned long long)world_calls,
            connections);
}

__attribute__((constructor)) static void world_first(void) {
    sqlite3_auto_extension((void (*)(void))remember);
    atexit(print_calls);
}

/* The story's end as a file: it is opened in a fraction of the time that telling takes. */
static struct {
    void *bytes;
    size_t size;
} image;

static desk *open_or_end(const char *name) {
    desk *core = desk_open(name);
    if (!core) finding("out of memory", "");
    return core;
}

static void image_make(const char *name) {
    disk_install();
    desk *core = open_or_end(name);
    world_play(core);
    desk_close(core);
    image.size = disk_copy(name, &image.bytes);
}

static void world_anew(struct world *world) {
    char log[32];
    struct reply reply;
    snprintf(log, sizeof log, "%s-wal", world->name);
    desk_close(world->core);
    if (!image.bytes) image_make(world->name);
    disk_put(log, NULL, 0);
    disk_put(world->name, image.bytes, image.size);
    world->core = open_or_end(world->name);
    world->sqlite = latest;
    world_ask(world, "{}", &reply);
    world->rev = reply.rev;
}

void world_ready(struct world *world, bool held) {
    struct reply reply;
    bool kept = world->core && world->held == held && !world->touched;
    if (kept) return;
    if (!world->core) {
        world_anew(world);
    } else {
        world_ask(world, rollback, &reply);
        if (reply.rev != world->rev) world_anew(world);
    }
    if (held) world_ask(world, hold, &reply);
    if (held && reply.form != REPLY_OK) finding("a transaction can be held", reply.text);
    world->held = held;
    world->touched = false;
}

uint64_t input_digest(const uint8_t *bytes, size_t size) {
    uint64_t digest = 14695981039346656037u;
    for (size_t i = 0; i < size; i++) digest = (digest ^ bytes[i]) * 1099511628211u;
    return digest ^ digest >> 29;
}
