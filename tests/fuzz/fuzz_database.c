/* fuzz_database.c: a spoilt file where the database should be. The good one is made by the core
 * itself at the start, on the simulated disk; an input is a list of edits to it (spoil.h). Opening,
 * reading, writing and closing must neither crash nor hang, and every refusal be one of the list.
 * What a reply says of spoilt rows is not judged: no checksum guards them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/disk.h"
#include "spoil.h"
#include "world.h"

#define NAME "desk.sqlite3"

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define ASK(op, actor, input) \
    "{\"op\":\"" op "\",\"now\":1772538910000,\"actor\":{" actor "},\"in\":{" input "}}"
#define HOST "\"role\":\"host\""
#define PLATFORM "\"role\":\"integration\""
#define ANNA "\"role\":\"representative\",\"agent_id\":1"
#define EWA "\"role\":\"assistant\",\"agent_id\":4"

/* Every table is read by some and written by some. Preparing their statements takes most of the
 * time, so an input says which it wants: lines `ask 17`, beside its edits. */
enum { ASKED_MAX = 6 };
static const char *const asked[] = {
    ASK("review.list", PLATFORM, "\"clinic_id\":1"),
    ASK("review_chat.get", ANNA, "\"review_chat_id\":1"),
    ASK("contact_form.list", EWA, "\"scope\":\"all\""),
    ASK("contact_form.get", EWA, "\"contact_form_id\":1"),
    ASK("search", EWA, "\"text\":\"filling\""),
    ASK("sync.pull", ANNA, "\"since\":0"),
    ASK("rating.get", PLATFORM, "\"clinic_id\":1"),
    ASK("response_indicator.proof", PLATFORM, "\"clinic_id\":1"),
    ASK("item.why", PLATFORM, "\"kind\":\"review_chat\",\"item_id\":1"),
    ASK("session.list", ANNA, ""),
    ASK("policy.list", PLATFORM, "\"clinic_id\":1"),
    ASK("clinic.hours", PLATFORM, "\"clinic_id\":1"),
    ASK("activity.list", EWA, "\"agent_id\":4"),
    ASK("person.export", PLATFORM, "\"email\":\"ewa@patient.test\""),
    ASK("core.verify", HOST, ""),
    ASK("review_chat.post", ANNA, "\"review_chat_id\":1,\"text\":\"Hello\""),
    ASK("contact_form.send", "\"role\":\"visitor\"", "\"clinic_id\":1,\"name\":\"Ida\",\"email\":"
        "\"ida@patient.test\",\"locale\":\"en\",\"text\":\"Hello\""),
    ASK("contact_form.answer", EWA, "\"contact_form_id\":2,\"text\":\"Yes\",\"last_message_id\":4"),
    ASK("clock.tick", HOST, ""),
    ASK("effect.take", HOST, "\"limit\":3"),
    ASK("effect.settle", HOST, "\"effect_id\":2,\"status\":\"sent\",\"provider_id\":\"p9\""),
    ASK("effect.report", HOST,
        "\"channel\":\"sms\",\"provider_id\":\"p1\",\"status\":\"delivered\""),
    ASK("person.erase", PLATFORM, "\"email\":\"jan@patient.test\",\"confirmed\":true"),
    ASK("core.hash", HOST, ""),
};

static struct image good;

/* The file as it is after a while, and a log with what came last. */
static void good_make(void) {
    void *bytes;
    disk_install();
    disk_format();
    desk *core = desk_open(NAME);
    if (!core) finding("out of memory", "");
    world_play(core);
    desk_close(core);
    core = desk_open(NAME);
    if (!core) finding("out of memory", "");
    world_tell(core, ASK("review_chat.post", ANNA, "\"review_chat_id\":1,\"text\":\"Later\""));
    good.file_size = disk_copy(NAME, &bytes);
    good.file = bytes;
    good.log_size = disk_copy(NAME "-wal", &bytes);
    good.log = bytes;
    desk_close(core);
    if (good.file_size == 0 || good.log_size == 0) finding("a file and its log", "");
}

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerInitialize(int *count, char ***arguments) {
    (void)count, (void)arguments;
    good_make();
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t room, unsigned seed) {
    return spoil_mutate(&good, bytes, size, room, seed);
}

static void ask_what_it_says(desk *core, const uint8_t *bytes, size_t size) {
    static const char word[] = "ask ";
    int count = 0;
    for (size_t at = 0; at + sizeof word <= size && count < ASKED_MAX; at++) {
        bool begins = at == 0 || bytes[at - 1] == '\n';
        if (!begins || memcmp(bytes + at, word, sizeof word - 1) != 0) continue;
        size_t number = 0;
        for (at += sizeof word - 1; at < size && bytes[at] >= '0' && bytes[at] <= '9'; at++)
            number = (number * 10 + bytes[at] - '0') % (sizeof asked / sizeof *asked);
        world_tell(core, asked[number]);
        count++;
    }
    if (count == 0) world_tell(core, asked[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct image image = spoil(&good, bytes, size);
    disk_format();
    disk_put(NAME, image.file, image.file_size);
    if (image.log_size > 0) disk_put(NAME "-wal", image.log, image.log_size);
    free(image.file);
    free(image.log);
    desk *core = desk_open(NAME);
    if (!core) finding("out of memory", "");
    ask_what_it_says(core, bytes, size);
    desk_close(core);
    return 0;
}
