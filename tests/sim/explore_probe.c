/* explore_probe.c: what is tried in every state and taken back: each button that is shown works and
 * each that is not is refused in the words of the refusal, a repeated request changes nothing,
 * strangers get nothing, forecasts tell without doing. Next: explore.c. */
#include "explore.h"

#include <stdio.h>
#include <string.h>

#include "ops.h"

static const char history_rows[] = "select count(*) from history";

static const char *verb_of(const struct op *op) {
    const char *dot = strchr(op->name, '.');
    return dot ? dot + 1 : op->name;
}

static const char *good_input(const char *op) {
    for (int i = 0; inputs[i].op; i++)
        if (inputs[i].good && strcmp(inputs[i].op, op) == 0) return inputs[i].text;
    return NULL;
}

struct promise {
    bool allowed;
    char code[64]; /* of the refusal, "" where nothing is said */
};

static struct promise promise_of(const cJSON *answer, const char *verb) {
    struct promise promise = {false, ""};
    const cJSON *v;
    cJSON_ArrayForEach(v, cJSON_GetObjectItem(answer, "allowed"))
        promise.allowed |= strcmp(v->valuestring, verb) == 0;
    cJSON_ArrayForEach(v, cJSON_GetObjectItem(answer, "refused"))
        if (strcmp(cJSON_GetObjectItem(v, "event")->valuestring, verb) == 0)
            snprintf(promise.code, sizeof promise.code, "%s",
                     cJSON_GetObjectItem(v, "code")->valuestring);
    return promise;
}

/* Tries what was promised. A text that came too late is kept as a draft: so states may differ
 * after refused.stale and refused.claimed. Returns whether anything has changed. */
static bool button_try(const char *who, const struct op *op, const struct promise *promise) {
    uint64_t before = digest_now();
    const char *reply = ask_as(who, op->name, good_input(op->name), NULL);
    if (!reply) return false;
    places->buttons++;
    const char *code = code_of(reply);
    bool same = digest_now() == before;
    if (promise->allowed ? !is_ok(reply) : strcmp(code, promise->code) != 0)
        violated("buttons-tell-the-truth", "%s of %s: promised %s, answered %.300s", op->name, who,
                 promise->allowed ? "ok" : promise->code, reply);
    if (!promise->allowed && !promise->code[0] && !same)
        violated("what-is-done-is-done", "%s of %s changed something", op->name, who);
    bool keeps = strcmp(code, "refused.stale") == 0 || strcmp(code, "refused.claimed") == 0;
    if (*code && !keeps && !same)
        violated("a-refusal-changes-nothing", "%s of %s: %s", op->name, who, code);
    return !same;
}

/* A patient's look fires no timer that is overdue, his request does: there he may be shown what has
 * just ceased to be so. Only that instant, before the tick, is left out. */
static void buttons_of(const char *who) {
    char op_name[64] = "";
    int n = 0;
    if (one_int("select count(*) from schedule where due_at < ?1") > 0) return;
    sscanf(scene->show, "%63s%n", op_name, &n);
    hold();
    const char *reply = ask_as(who, op_name, scene->show + n + 1, NULL);
    cJSON *answer = reply && is_ok(reply) ? cJSON_Parse(reply) : NULL;
    const cJSON *shown = cJSON_GetObjectItem(answer, "ok");
    for (int g = 0; shown && op_groups[g]; g++)
        for (int i = 0; i < op_groups[g]->n; i++) {
            const struct op *op = &op_groups[g]->ops[i];
            if (op->machine != scene->machine) continue;
            struct promise promise = promise_of(shown, verb_of(op));
            if (!button_try(who, op, &promise)) continue;
            let_go();
            hold();
            ask_as(who, op_name, scene->show + n + 1, NULL);
        }
    cJSON_Delete(answer);
    let_go();
}

/* Nobody of another clinic sees or moves anything; what is not there for them is not denied. */
static void strangers(const struct act *acts, int acts_n) {
    hold();
    uint64_t before = digest_now();
    for (int i = 0; i < acts_n; i++) {
        const char *input = acts[i].kind == ASK ? acts[i].input : NULL;
        bool about_item = input && (strstr(input, "review_chat_id") || strstr(input, "review_id") ||
                                    strstr(input, "contact_form_id"));
        if (!about_item) continue;
        const char *reply = ask_as("other", acts[i].op, input, NULL);
        if (!reply) continue;
        const char *code = code_of(reply);
        if (strncmp(code, "missing.", 8) != 0 && strncmp(code, "denied.", 7) != 0)
            violated("strangers-get-nothing", "%s: %.300s", acts[i].op, reply);
    }
    if (digest_now() != before) violated("strangers-get-nothing", "something changed");
    let_go();
}

/* What only shows this time answers as things stand (ops.h, unless). */
static bool always_writes(const char *request) {
    char name[64] = "";
    sscanf(request, "{\"op\":\"%63[^\"]", name);
    const struct op *op = op_find(name);
    return op && !op->unless;
}

/* Whoever repeats an earlier request that was taken hears the same again, and nothing happens. */
static void repeats(void) {
    static const char replies[] = "select id || '\"' || reply from request order by request_id";
    static char requests[NOTE_BYTES], kept[NOTE_BYTES];
    kept[0] = 0;
    all_text(replies, kept, sizeof kept);
    snprintf(requests, sizeof requests, "%s", repro);
    hold();
    uint64_t before = digest_now();
    int64_t rows = one_int(history_rows);
    for (char *at = requests, *end; (end = strchr(at, '\n')); at = end + 1) {
        *end = 0;
        char id[24] = "", start[40];
        const char *given = strstr(at, "\"id\":\"");
        if (given) sscanf(given + 6, "%23[^\"]", id);
        snprintf(start, sizeof start, "%s\"", id);
        const char *reply_kept = *id ? strstr(kept, start) : NULL;
        if (!reply_kept || !always_writes(at)) continue;
        reply_kept += strlen(start);
        size_t size = strcspn(reply_kept, "\n");
        const char *reply = ask(at);
        places->repeats++;
        if (strcmp(code_of(reply), "refused.expired_link") == 0) continue; /* let in no more */
        const char *body = strchr(reply + 1, ':'); /* of "ok", or of a refusal that keeps */
        if (!body || strncmp(body + 1, reply_kept, size) != 0)
            violated("repeated-is-answered-alike", "%s\n  was %.*s\n  now %.300s", at, (int)size,
                     reply_kept, reply);
    }
    if (digest_now() != before || one_int(history_rows) != rows)
        violated("repeated-is-done-once", "something changed");
    let_go();
}

static void forecasts(void) {
    char input[100];
    const char *const asked[] = {"item.next", "item.why"};
    uint64_t before = digest_now();
    snprintf(input, sizeof input, "{'kind':'%s','item_id':1}", scene->machine->kind);
    for (int i = 0; i < 2; i++) {
        const char *reply = ask_as("host", asked[i], input, NULL);
        bool missing = reply && strcmp(code_of(reply), "missing.not_found") == 0;
        if (reply && !is_ok(reply) && !missing)
            violated("what-next-is-told", "%s: %.300s", asked[i], reply);
    }
    if (digest_now() != before) violated("what-next-is-told", "something changed");
}

/* Rule 29: what everybody sees is recomputed from the reviews that count. */
static void rating(void) {
    static const char counted[] =
        "select count(*) || ',' || coalesce(sum(rating), 0) from review where clinic_id = 1"
        " and state = 'published'";
    long long n = 0, sum = 0;
    const char *text = one_text(counted);
    if (text) sscanf(text, "%lld,%lld", &n, &sum);
    const char *reply = ask_as("visitor", "rating.get", "{'clinic_id':1}", NULL);
    cJSON *answer = cJSON_Parse(reply);
    const cJSON *ok = cJSON_GetObjectItem(answer, "ok");
    const cJSON *count = cJSON_GetObjectItem(ok, "count"), *mean = cJSON_GetObjectItem(ok, "mean");
    double wanted = n ? (double)((sum * 200 + n) / (2 * n)) / 100 : 0;
    bool right = count && count->valuedouble == (double)n && mean &&
                 (n ? mean->valuedouble > wanted - 0.001 && mean->valuedouble < wanted + 0.001
                    : cJSON_IsNull(mean));
    if (!right) violated("rating-is-recomputed", "%lld of %lld: %.300s", n, sum, reply);
    cJSON_Delete(answer);
}

void probe(const struct act *acts, int acts_n) {
    for (int i = 0; scene->show && scene->who[i]; i++) buttons_of(scene->who[i]);
    strangers(acts, acts_n);
    repeats();
    forecasts();
    rating();
}
