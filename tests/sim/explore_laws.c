/* explore_laws.c: what must hold in every state, and of every step from one to the next. A law is
 * a query that finds what breaks it, written against spec/rules.md and not against core.
 * Next: explore_probe.c, what is tried in every state. */
#include "explore.h"

#include <stdio.h>
#include <string.h>

/* Finds nothing while it holds; what it finds is shown. ?1 is now. */
static const struct law {
    const char *name, *broken_by;
} laws[] = {
    /* Rules 22, 23, 28: the declaration, the annulment and the label are one act. */
    {"solved-is-annulled",
     "select 'review ' || r.review_id from review r left join review_chat c using (review_id)"
     " where (coalesce(c.solved_at, 0) > 0) <> (r.state = 'annulled') or (r.label = 'solved') <>"
     " (r.state = 'annulled') or (r.annulled_at > 0) <> (r.state = 'annulled')"},
    {"annulled-once",
     "select item_id from history where item_kind = 'review' and event = 'annul'"
     " group by item_id having count(*) > 1"},
    {"thanks-annul-nothing", /* 8 */
     "select review_chat_id from review_chat where purpose = 'thank' and solved_at > 0"},
    {"one-chat-per-review", /* 1 */
     "select review_id from review_chat group by review_id having count(*) > 1"},
    {"ended-has-its-time",
     "select review_chat_id from review_chat where (state = 'ended') <> (ended_at > 0)"},
    {"who-ended-is-not-called-back", /* 20 */
     "select e.effect_id || ' ' || e.kind from effect e join message m using (message_id)"
     " join review_chat c on c.review_chat_id = m.item_id where m.item_kind = 'review_chat'"
     " and c.state = 'ended' and m.author = 'clinic' and e.state = 'queued'"},
    {"muted-is-silent", /* 18 */
     "select m.message_id from message m join effect e using (message_id)"
     " join review_chat c on c.review_chat_id = m.item_id where m.item_kind = 'review_chat'"
     " and m.author = 'clinic' and c.muted and m.message_id = (select max(message_id)"
     " from message x where x.item_kind = 'review_chat' and x.item_id = c.review_chat_id)"},
    {"unanswered-are-counted", /* 18 */
     "select review_chat_id from review_chat c where not exists (select 1 from policy) and"
     " (unanswered_count <> (select count(*) from message m where m.item_kind = 'review_chat' and"
     " m.item_id = c.review_chat_id and m.author = 'clinic' and m.message_id > coalesce((select"
     " max(message_id) from message x where x.item_kind = 'review_chat' and x.item_id ="
     " c.review_chat_id and x.author = 'patient'), 0)) or muted <> (unanswered_count > 2))"},
    {"a-reader-needs-no-notice",
     "select e.effect_id from effect e join message m using (message_id)"
     " where m.delivery = 'read' and e.state = 'queued'"},
    {"one-notice-of-a-message-at-a-time", /* 11, 48 */
     "select message_id from effect e join message m using (message_id) where m.author = 'clinic'"
     " and e.state in ('queued', 'taken') group by message_id having count(*) > 1"},
    {"silent-or-announced", /* 11: what the author hears of has a notice, and only that */
     "select message_id from message m where m.author = 'clinic' and (m.delivery = 'silent')"
     " and exists (select 1 from effect e where e.message_id = m.message_id"
     " and e.state <> 'cancelled')"
     " union select message_id from message m where m.author = 'clinic' and m.delivery = 'queued'"
     " and not exists (select 1 from effect e where e.message_id = m.message_id"
     " and e.state in ('queued', 'taken', 'unknown', 'sent', 'delivered', 'read'))"},
    {"counts-are-counted",
     "select review_chat_id from review_chat c where message_count <> (select count(*) from"
     " message m where m.item_kind = 'review_chat' and m.item_id = c.review_chat_id) union all"
     " select contact_form_id from contact_form f where message_count <> (select count(*) from"
     " message m where m.item_kind = 'contact_form' and m.item_id = f.contact_form_id)"
     " or last_message_id <> (select max(message_id) from message m where m.item_kind ="
     " 'contact_form' and m.item_id = f.contact_form_id)"},

    /* Contact forms. */
    {"answer-has-its-time", /* 44, 52 */
     "select contact_form_id from contact_form where (answered_at > 0) <> (answer_ms is not null)"
     " or answer_ms <> answered_at - delivered_at or answer_ms < 0 or answered_at > ?1"},
    {"first-answer-is-the-first", /* 44 */
     "select contact_form_id from contact_form f where answered_at > 0 and answered_at <> (select"
     " min(sent_at) from message m where m.item_kind = 'contact_form' and m.author = 'clinic'"
     " and m.item_id = f.contact_form_id)"},
    {"waits-while-unanswered", /* 48, 49 */
     "select contact_form_id from contact_form where erased_at = 0"
     " and (waiting_since_at > 0) <> (state in ('new', 'read'))"},
    {"no-clock-after-the-answer", /* 35, 38, 40 */
     "select f.contact_form_id || ' ' || s.event from contact_form f join schedule s on s.item_id ="
     " f.contact_form_id and s.item_kind = 'contact_form'"
     " where f.state not in ('new', 'read') or f.erased_at > 0"},
    {"an-unread-question-is-not-forgotten", /* 35, 38, 40 */
     "select f.contact_form_id from contact_form f join clinic c using (clinic_id)"
     " where f.state = 'new' and f.erased_at = 0 and not exists (select 1 from schedule s where"
     " s.item_kind = 'contact_form' and s.item_id = f.contact_form_id and s.event in ('remind',"
     " 'offer', 'offer_basic')) and offered_at = 0 and no_office_at = 0 and (answered_at = 0"
     " or (c.tier = 'premium' and reminded_at < clock_at))"},
    {"reminded-once-a-clock", /* 35, 64 */
     "select h.history_id from history h join history g on g.item_kind = h.item_kind and g.item_id"
     " = h.item_id and g.history_id < h.history_id where h.item_kind = 'contact_form' and h.because"
     " in ('form_reminded', 'form_unanswered', 'form_reminded_late') and g.because in"
     " ('form_reminded', 'form_unanswered', 'form_reminded_late') and not exists (select 1 from"
     " history k where k.item_kind = h.item_kind and k.item_id = h.item_id and k.history_id"
     " between g.history_id and h.history_id and k.because in ('form_read', 'form_reaction'))"},
    {"offered-once", /* 38, 40 */
     "select item_id from history where item_kind = 'contact_form' and event in ('offer',"
     " 'offer_basic') and because = 'form_offered' group by item_id having count(*) > 1"},
    {"reminded-before-offered", /* 40 */
     "select h.history_id from history h where h.item_kind = 'contact_form' and h.event = 'offer'"
     " and h.because = 'form_offered' and not exists (select 1 from history g where g.item_kind ="
     " h.item_kind and g.item_id = h.item_id and g.history_id < h.history_id and g.because in"
     " ('form_reminded', 'form_unanswered', 'form_reminded_late'))"},
    {"a-read-question-needs-no-notice",
     "select e.effect_id from effect e join contact_form f on f.contact_form_id = e.item_id"
     " where e.item_kind = 'contact_form' and e.message_id is null and e.state = 'queued'"
     " and e.audience <> 'patient' and f.state = 'read' and e.rev < (select max(rev) from"
     " history h where h.item_kind = 'contact_form' and h.item_id = f.contact_form_id"
     " and h.because = 'form_read')"},
    {"due-is-the-next-clock",
     "select f.contact_form_id from contact_form f join clinic c using (clinic_id) where f.due_at"
     " <> coalesce((select min(due_at) from schedule s where s.item_kind = 'contact_form' and"
     " s.item_id = f.contact_form_id and s.event <> iif(c.tier = 'premium', 'offer_basic',"
     " 'remind')), 0)"},
    {"an-answered-question-calls-nobody", /* 48 */
     "select e.effect_id from effect e join contact_form f on f.contact_form_id = e.item_id"
     " where e.item_kind = 'contact_form' and e.message_id is null and e.state = 'queued'"
     " and f.last_author = 'clinic' and f.waiting_since_at = 0"},
    {"no-claim-outlives-the-answer", /* 57 */
     "select contact_form_id from contact_form f where claim_agent_id and last_author = 'clinic'"
     " and claim_until_at > ?1 and not exists (select 1 from history where item_kind ="
     " 'contact_form' and item_id = f.contact_form_id and event = 'claim' and at >= f.last_at)"},
    {"a-claim-holds", /* 57 */
     "select h.history_id from history h join history c on c.history_id = (select max(history_id)"
     " from history k where k.item_kind = 'contact_form' and k.item_id = h.item_id and k.history_id"
     " < h.history_id and k.event in ('claim', 'release', 'answer', 'answer_by_phone', 'reject'))"
     " where h.item_kind = 'contact_form' and h.event in ('answer', 'answer_by_phone', 'reject',"
     " 'claim') and h.because <> 'form_taken_over' and c.event = 'claim'"
     " and c.actor_id <> h.actor_id"
     " and c.at + json_extract(c.facts, '$.ttl_s') * 1000 > h.at"},
    {"only-the-patient-sends-on", /* 38, 46 */
     "select item_id from history where event in ('accept_offer', 'forward')"
     " and role <> 'patient'"},

    /* The outbox: reliability.md I07, I09, I10, I11, I16. */
    {"an-effect-has-its-timers",
     "select e.effect_id || ' ' || e.state from effect e where (e.state = 'queued') > (select"
     " count(*) from schedule s where s.item_kind = 'effect' and s.item_id = e.effect_id and"
     " s.event = 'deadline') or (e.state = 'taken') <> (select count(*) from schedule s where"
     " s.item_kind = 'effect' and s.item_id = e.effect_id and s.event = 'lease_end'"
     " and s.due_at = e.due_at) or (e.state not in ('queued', 'taken') and exists (select 1 from"
     " schedule s where s.item_kind = 'effect' and s.item_id = e.effect_id))"},
    {"sent-again-within-bounds",
     "select effect_id from effect where resends > resends_max and text <> ''"},
    {"an-effect-is-about-something",
     "select effect_id from effect e where (item_kind = 'review_chat' and not exists (select 1 from"
     " review_chat c where c.review_chat_id = e.item_id)) or (item_kind = 'contact_form' and not"
     " exists (select 1 from contact_form f where f.contact_form_id = e.item_id))"},
    {"timers-have-items",
     "select item_kind || item_id from schedule s where (item_kind = 'effect' and not exists"
     " (select 1 from effect e where e.effect_id = s.item_id)) or (item_kind = 'contact_form' and"
     " not exists (select 1 from contact_form f where f.contact_form_id = s.item_id))"},
};

/* What was written stays: lines of before that must be there after, too. */
static const struct stays {
    const char *name, *lines;
    bool erasable; /* unless a person is erased */
} all_stays[] = {
    {"the-first-answer-stays",
     "select contact_form_id || ' ' || answered_at || ' ' || answer_ms || ' ' || absent_ms || ' '"
     " || coalesce(answered_agent_id, 0) from contact_form where answered_at > 0", false},
    {"the-first-reading-stays",
     "select contact_form_id || ' ' || read_at from contact_form where read_at > 0", false},
    {"the-delivery-stays",
     "select contact_form_id || ' ' || delivered_at || ' ' || origin || ' ' || clinic_id"
     " from contact_form", false},
    {"the-offer-stays",
     "select contact_form_id || ' ' || offered_at from contact_form where offered_at > 0", false},
    {"the-review-stays", /* 23 */
     "select review_id || ' ' || rating || ' ' || text || ' ' || published_at from review", false},
    {"the-annulment-stays", /* 24 */
     "select review_id || ' ' || annulled_at || ' ' || label from review where annulled_at > 0",
     false},
    {"the-end-stays", /* 20 */
     "select review_chat_id || ' ' || ended_at from review_chat where ended_at > 0", false},
    {"nothing-after-the-end", /* 20 */
     "select review_chat_id || ' ' || message_count || ' ' || last_at from review_chat"
     " where state = 'ended'", false},
    {"the-declaration-stays", /* 22 */
     "select review_chat_id || ' ' || solved_at from review_chat where solved_at > 0", false},
    {"the-purpose-stays", /* 6 */
     "select review_chat_id || ' ' || purpose || ' ' || opened_at || ' ' || warning"
     " from review_chat", false},
    {"messages-stay",
     "select message_id || ' ' || author || ' ' || text || ' ' || sent_at from message", true},
    {"notices-stay", /* I12 */
     "select effect_id || ' ' || recipient || ' ' || subject || ' ' || replace(text, char(10), ' ')"
     " from effect", true},
    {"what-arrived-has-arrived", /* I35 */
     "select message_id || ' arrived' from message where delivery in ('delivered', 'read')"
     " union all select message_id || ' read' from message where delivery = 'read' union all select"
     " effect_id || ' arrived, as an effect' from effect where state in ('delivered', 'read')",
     false},
    {"the-history-stays",
     "select history_id || hex(hash) from history", false},
};

/* What must not be taken, when it was so before. */
static const struct never {
    const char *name, *op;
    const char *with, *without; /* parts of the input, NULL for any */
    const char *when;           /* finds a row */
} nevers[] = {
    {"closed-is-closed", "review_chat.post", NULL, NULL, /* 20 */
     "select 1 from review_chat where review_id = 1 and state = 'ended'"},
    {"ended-once", "review_chat.end", NULL, NULL, /* 20 */
     "select 1 from review_chat where review_id = 1 and state = 'ended'"},
    {"solved-before-the-end", "review_chat.mark_solved", NULL, NULL, /* 21 */
     "select 1 from review_chat where review_id = 1 and state = 'ended' and not exists (select 1"
     " from policy where key = 'review_chat.solve_after_close' and value = 1)"},
    {"solved-by-a-yes", "review_chat.mark_solved", NULL, "'confirmed':true", /* 22 */
     "select 1 from review_chat where review_id = 1 and solved_at = 0"},
    {"warned-before-solving", "review_chat.open", "'review_id':2,'purpose':'solve'",
     "'confirmed':true", "select 1"}, /* 8 */
    {"answered-with-eyes-open", "contact_form.answer", "'last_message_id':1", NULL, /* 57 */
     "select 1 from contact_form where contact_form_id = 1 and last_clinic_id > 1"},
    {"answered-with-eyes-open", "contact_form.answer_by_phone", "'last_message_id':1", NULL,
     "select 1 from contact_form where contact_form_id = 1 and last_clinic_id > 1"},
    {"rejected-before-an-answer", "contact_form.reject", NULL, NULL, /* 42 */
     "select 1 from contact_form where contact_form_id = 1 and state not in ('new', 'read')"},
    {"accepted-when-offered", "contact_form.accept_offer", NULL, NULL, /* 38 */
     "select 1 from contact_form where contact_form_id = 1 and offered_at = 0 and not exists"
     " (select 1 from schedule where item_kind = 'contact_form' and due_at < ?1)"},
    {"forwarded-when-rejected", "contact_form.forward", NULL, NULL, /* 46 */
     "select 1 from contact_form where contact_form_id = 1 and state <> 'rejected'"},
    {"erased-is-erased", "contact_form.answer", NULL, NULL,
     "select 1 from contact_form where contact_form_id = 1 and erased_at > 0"},
    {"erased-is-erased", "contact_form.claim", NULL, NULL,
     "select 1 from contact_form where contact_form_id = 1 and erased_at > 0"},
};
enum { NEVERS_N = sizeof nevers / sizeof *nevers };

void laws_ask(const struct act *act, bool ret_never[NEVERS_MAX]) {
    for (int i = 0; i < NEVERS_N; i++) {
        const struct never *never = &nevers[i];
        bool meant = act->kind == ASK && strcmp(act->op, never->op) == 0 &&
                     (!never->with || strstr(act->input, never->with)) &&
                     (!never->without || !strstr(act->input, never->without));
        ret_never[i] = meant && one_int(never->when) != 0;
    }
}

void laws_answer(const bool never[NEVERS_MAX]) {
    for (int i = 0; i < NEVERS_N; i++)
        if (never[i]) violated(nevers[i].name, "%s was taken", nevers[i].op);
}

enum { LAWS_N = sizeof laws / sizeof *laws, STAYS_N = sizeof all_stays / sizeof *all_stays };

/* States are the table's, and a timer finds a row in the state of its item. */
static void states_known(void) {
    static const char timers[] =
        "select s.item_kind || ' ' || s.event || ' ' || coalesce(e.state, f.state, '') from"
        " schedule s left join effect e on s.item_kind = 'effect' and e.effect_id = s.item_id"
        " left join contact_form f on s.item_kind = 'contact_form' and f.contact_form_id ="
        " s.item_id";
    static const char states[] =
        "select 'review  ' || state from review union select 'review_chat  ' || state from"
        " review_chat union select 'contact_form  ' || state from contact_form union"
        " select 'message  ' || delivery from message union select 'effect  ' || state from effect";
    static char lines[NOTE_BYTES];
    char kind[40], word[40], event_name[40];
    lines[0] = 0;
    all_text(states, lines, sizeof lines);
    all_text(timers, lines, sizeof lines);
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) {
        bool timer = sscanf(line, "%39[^ ] %39[^ ] %39[^ ]", kind, event_name, word) == 3;
        if (!timer && sscanf(line, "%39[^ ] %39[^ ]", kind, word) != 2) continue;
        const struct machine *machine = machine_find(kind);
        unsigned state = machine ? state_find(machine, word) : 0;
        bool answered = !timer;
        if (!state) violated("states-are-the-tables", "%s", line);
        for (int i = 0; timer && machine && i < machine->rules_n; i++)
            answered |= (machine->rules[i].in & state) &&
                        machine->rules[i].on == event_find(event_name);
        if (!answered || (timer && machine && (machine->final & state)))
            violated("timers-are-answered", "%s", line);
    }
}

void laws_state(void) {
    for (int i = 0; i < LAWS_N; i++) {
        const char *found = one_text(laws[i].broken_by);
        if (found) violated(laws[i].name, "%s", found);
    }
    states_known();
}

void laws_before(struct kept *ret_kept) {
    ret_kept->lines[0] = 0;
    for (int i = 0; i < STAYS_N; i++) {
        size_t n = strlen(ret_kept->lines);
        snprintf(ret_kept->lines + n, sizeof ret_kept->lines - n, "#%d\n", i);
        all_text(all_stays[i].lines, ret_kept->lines, sizeof ret_kept->lines);
    }
}

void laws_after(const struct kept *before, const char *op) {
    static struct kept after;
    bool erases = strcmp(op, "person.erase") == 0;
    const struct stays *stays = all_stays;
    laws_before(&after);
    if (strcmp(before->lines, after.lines) == 0) return;
    const char *from = after.lines, *end;
    for (const char *line = before->lines; (end = strchr(line, '\n')); line = end + 1) {
        char wanted[TEXT_BYTES];
        size_t size = (size_t)(end - line) + 1;
        if (size >= sizeof wanted) continue;
        memcpy(wanted, line, size);
        wanted[size] = 0;
        if (*line == '#') {
            int number = 0;
            sscanf(line, "#%d", &number);
            stays = &all_stays[number];
            from = strstr(after.lines, wanted);
        } else if (!strstr(from, wanted) && !(erases && stays->erasable)) {
            violated(stays->name, "gone: %.*s", (int)size, wanted);
        }
    }
}
