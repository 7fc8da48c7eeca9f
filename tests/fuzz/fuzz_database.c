/* fuzz_database.c: a spoilt file where the database should be. The good one is made by the core
 * itself at the start, on the simulated disk; an input is a list of edits to it (spoil.h). Opening,
 * reading, writing and closing must neither crash nor hang, and every refusal be one of the list.
 * Most inputs are spoilt under the core's hands, which is quick: SQLite forgets the pages that it
 * has read and reads them again. Edits of the first page, of the file's size and of the log need
 * an opening and get it.
 * A reply is JSON in UTF-8 whatever the file says; what it tells of spoilt rows is not judged,
 * because no checksum guards them. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/disk.h"
#include "../sim/disk_files.h"
#include "spoil.h"
#include "world.h"

#define NAME "desk.sqlite3"
#define LOG NAME "-wal"

/* Of the pages that SQLite is built with. One input in so many of those that could do without is
 * there when the core opens the file; after one in so many of these the desk itself is closed. */
enum { PAGE = 2048, PAGES_MAX = 512, OPENED = 64, CLOSED = 8 };

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
enum { ASKED_MAX = 3 };
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

static const char read_one[] = ASK("rating.get", PLATFORM, "\"clinic_id\":1");

static struct image good, work;
static desk *core;
static size_t changed[PAGES_MAX];
static size_t changed_n;

static void disk_is(const struct image *image, bool with_log) {
    disk_put(NAME, image->file, image->file_size);
    disk_put(LOG, with_log && image->log_size > 0 ? image->log : NULL, image->log_size);
}

static void core_anew(void) {
    desk_close(core);
    core = desk_open(NAME);
    if (!core) finding("out of memory", "");
}

static uint8_t *file_copy(const char *name, size_t *ret_size) {
    void *bytes;
    *ret_size = disk_copy(name, &bytes);
    if (*ret_size == 0) finding("a file that was made", name);
    return bytes;
}

/* The file as it is after a while, and a log with what came last. */
static void good_make(void) {
    disk_install();
    core_anew();
    world_play(core);
    core_anew();
    good.file = file_copy(NAME, &good.file_size);
    world_tell(core, ASK("review_chat.post", ANNA, "\"review_chat_id\":1,\"text\":\"Later\""));
    good.log = file_copy(LOG, &good.log_size);
    work.file = file_copy(NAME, &work.file_size);
    work.log = file_copy(LOG, &work.log_size);
    if (good.file_size > PAGES_MAX * PAGE) finding("a larger file than this has room for", "");
    disk_is(&good, false);
    core_anew();
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

/* Whether nothing spoilt was met; where it was, that is the end, unless it `goes_on`. */
static bool ask_what_it_says(const uint8_t *bytes, size_t size, bool goes_on) {
    static const char word[] = "ask ";
    int count = 0;
    bool sound = true;
    for (size_t at = 0; at + sizeof word <= size && count < ASKED_MAX && sound; at++) {
        bool begins = at == 0 || bytes[at - 1] == '\n';
        if (!begins || memcmp(bytes + at, word, sizeof word - 1) != 0) continue;
        size_t number = 0;
        for (at += sizeof word - 1; at < size && bytes[at] >= '0' && bytes[at] <= '9'; at++)
            number = (number * 10 + bytes[at] - '0') % (sizeof asked / sizeof *asked);
        sound = world_tell(core, asked[number]) || goes_on;
        count++;
    }
    if (count == 0) sound = world_tell(core, asked[0]);
    return sound;
}

/* Which pages the edits have changed. */
static void changes_find(void) {
    changed_n = 0;
    for (size_t at = 0; at + PAGE <= good.file_size; at += PAGE)
        if (memcmp(work.file + at, good.file + at, PAGE) != 0) changed[changed_n++] = at;
}

static void work_is_good(void) {
    for (size_t i = 0; i < changed_n; i++)
        memcpy(work.file + changed[i], good.file + changed[i], PAGE);
    if (work.log_size != good.log_size || memcmp(work.log, good.log, good.log_size) != 0)
        memcpy(work.log, good.log, good.log_size);
    work.file_size = good.file_size;
    work.log_size = good.log_size;
}

/* SQLite forgets what it has read; what the file says now counts. */
static void pages_become(const struct image *image) {
    unsigned count;
    struct disk_file *file = disk_file_find(NAME);
    for (size_t i = 0; i < changed_n; i++)
        disk_file_write(file, (int64_t)changed[i], image->file + changed[i], PAGE);
    disk_file_sync(file);
    sqlite3_file_control(world_connection(&count), "main", SQLITE_FCNTL_RESET_CACHE, NULL);
}

/* The machine dies and starts again with these files. The core finds its own file closed and opens
 * it anew; it keeps its texts, which takes half as long as a start. */
static void power_on(const struct image *image, bool with_log) {
    unsigned count;
    struct disk_faults death = {.kill_at = 0, .fail_at = -1};
    sqlite3_file_control(world_connection(&count), "main", SQLITE_FCNTL_RESET_CACHE, NULL);
    disk_plan(&death);
    /* The first call fails, if the core does not know already; the next closes and cannot open. */
    while (world_tell(core, read_one) || !disk_dead()) continue;
    world_tell(core, read_one);
    disk_is(image, with_log);
    disk_power_on(NULL, NULL);
    world_tell(core, read_one);
}

/* The core has the file open when it is spoilt. Nothing is committed, because the core ends the
 * transaction when it meets what is spoilt; then the good file is put back and opened. */
static void spoilt_while_open(const uint8_t *bytes, size_t size) {
    unsigned before, after;
    world_connection(&before);
    pages_become(&work);
    bool undone = world_tell(core, ASK("core.hold", HOST, "")) &&
                  ask_what_it_says(bytes, size, false) &&
                  world_tell(core, ASK("core.rollback", HOST, ""));
    world_connection(&after);
    if (undone && after == before) {
        pages_become(&good);
    } else {
        power_on(&good, false);
    }
}

static void spoilt_when_opened(const uint8_t *bytes, size_t size, bool with_log, bool closes) {
    power_on(&work, with_log);
    ask_what_it_says(bytes, size, true);
    if (closes) core_anew();
    power_on(&good, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    bool with_log = spoil(&work, bytes, size);
    changes_find();
    bool head = changed_n > 0 && changed[0] == 0, cut = work.file_size != good.file_size;
    uint64_t digest = input_digest(bytes, size);
    bool opens = head || cut || with_log || digest % OPENED == 0;
    if (opens) spoilt_when_opened(bytes, size, with_log, digest / OPENED % CLOSED == 0);
    else spoilt_while_open(bytes, size);
    work_is_good();
    return 0;
}
