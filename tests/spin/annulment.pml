/* annulment.pml: the author declares the problem solved or ends the chat, on two devices, with
 * double taps, replies lost and repeated by the same key or by a new one.
 * Mirrors core/machines/review_chat.c (rows ON_MARK_SOLVED and ON_END, solve_after_close 0,
 * close_on_solved 0) and core/machines/review.c (rows ON_ANNUL); globals are what is stored.
 * COUNTED_TWICE, UNASKED, REVIVED are planted faults. Run by spin.test.js. */
#ifndef LOSSES
#define LOSSES 2 /* replies lost in all */
#endif
#ifndef INTENTS
#define INTENTS 3 /* how often a device wants something */
#endif

mtype = { silence, solved_now, solved_already, ended_now, closed, not_confirmed };

bool ended = false;      /* review_chat.state is 'ended' */
bool solved = false;     /* review_chat.solved_at */
bool annulled = false;   /* review.state is 'annulled', with its label */
byte annulments = 0;     /* how many ratings were taken out of the mean */
bool after_end = false;  /* one was, after the chat had ended */
bool asked = false;      /* the author was shown the warning and said yes */
mtype kept[3];           /* request.reply under the key of the device's newest request */
mtype told[3];
byte losses = 0;

/* Review: {PUBLISHED, ON_ANNUL} annul, {ANNULLED, ON_ANNUL} nothing. */
inline annul() {
    if
#ifdef COUNTED_TWICE
    :: true -> annulled = true; annulments++
#else
    :: !annulled -> annulled = true; annulments++
    :: else
#endif
    fi;
    after_end = after_end || ended
}

inline mark_solved(me, confirmed, reply) {
    if
    :: kept[me] != silence -> reply = kept[me]                  /* request_repeat */
#ifndef REVIVED
    :: kept[me] == silence && ended -> reply = closed           /* {ENDED, ended_for_good} */
#define open_or_revived (!ended)
#else
#define open_or_revived true
#endif
#ifndef COUNTED_TWICE
    :: kept[me] == silence && open_or_revived && solved ->      /* {.., solved_before} */
        reply = solved_already; kept[me] = reply
#define fresh (!solved)
#else
#define fresh true
#endif
#ifndef UNASKED
    :: kept[me] == silence && open_or_revived && fresh && !confirmed ->
        reply = not_confirmed                                   /* {.., unconfirmed} */
    :: kept[me] == silence && open_or_revived && fresh && confirmed ->
#else
    :: kept[me] == silence && open_or_revived && fresh ->
#endif
        solved = true; annul(); reply = solved_now; kept[me] = reply /* annul_rating */
    fi
}

inline end_chat(me, reply) {
    if
    :: kept[me] != silence -> reply = kept[me]
    :: kept[me] == silence && ended -> reply = closed           /* {ENDED, ON_END} */
    :: kept[me] == silence && !ended -> ended = true; reply = ended_now; kept[me] = reply
    fi
}

proctype device(byte me) {
    byte intents = 0;
    bool confirmed;
    mtype reply;
    do
    :: intents < INTENTS -> atomic { intents++; kept[me] = silence; told[me] = silence };
        if
        :: confirmed = false
        :: atomic { confirmed = true; asked = true }
        fi;
solve:  atomic { mark_solved(me, confirmed, reply) };
        if
        :: goto solve_twice                                     /* a double tap: the same key */
        :: atomic { losses < LOSSES -> losses++ }; goto solve   /* lost: the same key again */
        :: atomic { losses < LOSSES -> losses++; kept[me] = silence }; goto solve /* a new key */
        :: told[me] = reply
        fi;
        goto next;
solve_twice: atomic { mark_solved(me, confirmed, reply); told[me] = reply };
next:   skip
    :: intents < INTENTS -> atomic { intents++; kept[me] = silence; told[me] = silence };
finish: atomic { end_chat(me, reply) };
        if
        :: atomic { losses < LOSSES -> losses++ }; goto finish
        :: told[me] = reply
        fi
    :: intents == INTENTS -> break
    od
}

active proctype world() {
    do :: skip; skip od
}

init {
    atomic {
        kept[1] = silence; kept[2] = silence; told[1] = silence; told[2] = silence;
        run device(1); run device(2)
    }
}

#define says_solved(me) (told[me] == solved_now || told[me] == solved_already)
ltl annulled_once { [] (annulments <= 1) }
ltl by_the_author_only { [] (annulments > 0 -> asked) }
ltl one_act { [] ((solved == annulled) && (says_solved(1) || says_solved(2) -> annulled)) }
ltl closed_is_closed { [] (!after_end && (ended -> [] ended)) }
ltl answered { <> [] (told[1] != silence && told[2] != silence) }
