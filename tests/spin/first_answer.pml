/* first_answer.pml: two assistants answer one question at the same time: claims that expire and are
 * taken over, answers that carry the newest message their writer had seen, replies lost and
 * repeated by their key. Mirrors core/machines/contact_form.c (rows ON_CLAIM, ON_ANSWER; settle),
 * settle() of core/ops/contact_form.c and core/request.c; globals are what is stored.
 * COPIES: the network delivers an old request once more, at any time later.
 * WITHOUT_STALE, WITHOUT_KEY, WRITTEN_AGAIN, NO_DRAFT are planted faults. Run by spin.test.js. */
#ifndef LOSSES
#define LOSSES 2 /* replies lost in all */
#endif
#define CLAIMS 2 /* how often one of them claims: nobody takes over for ever */

mtype = { nobody_heard, first, later, stale, claimed }; /* what an assistant is told */

byte newest = 1;         /* contact_form.last_message_id; the question is message 1 */
byte last_clinic = 0;    /* contact_form.last_clinic_id */
bool answered = false;   /* contact_form.answered_at is set */
byte first_writes = 0;   /* how often it was written */
byte claim = 0;          /* contact_form.claim_agent_id, 0 once it has expired; agents 1 and 2 */
mtype kept[3];           /* request.reply under the key of the agent's newest request */
bool draft[3], sent[3];  /* a row in draft; a message of this agent is in the thread */
bool blind = false;      /* an answer was accepted whose writer had not seen the other's */
byte losses = 0;
bool won[3], done[3];    /* what the assistants themselves believe */
mtype told[3];

#define claimed_by_another(me) (claim != 0 && claim != me)
#ifdef WITHOUT_STALE
#define is_stale(seen) false
#else
#define is_stale(seen) (last_clinic > seen) /* answer_unseen() */
#endif

inline accept(me, seen) {
    blind = blind || (last_clinic > seen);
    if
    :: !answered -> kept[me] = first
    :: else -> kept[me] = later
    fi;
#ifdef WRITTEN_AGAIN
    first_writes++;
#else
    first_writes = first_writes + (answered -> 0 : 1); /* ANSWERED_FIRST: ... and answered_at = 0 */
#endif
    answered = true;
    newest++;
    last_clinic = newest;
    claim = 0;            /* ANSWERED_NOW */
    draft[me] = false;    /* DRAFT_DONE */
    sent[me] = true
}

/* A refusal is not kept under its key (request_keep comes after success): it is decided anew. */
inline answer(me, seen, reply) {
    if
#ifndef WITHOUT_KEY
    :: kept[me] != nobody_heard -> reply = kept[me] /* request_repeat */
    :: kept[me] == nobody_heard && is_stale(seen) ->
#else
    :: is_stale(seen) ->
#endif
        reply = stale;    /* {ALIVE, ON_ANSWER, stale} */
#ifndef NO_DRAFT
        draft[me] = true
#endif
    :: kept[me] == nobody_heard && !is_stale(seen) && claimed_by_another(me) ->
        reply = claimed;  /* {ALIVE, ON_ANSWER, claimed} */
#ifndef NO_DRAFT
        draft[me] = true
#endif
    :: kept[me] == nobody_heard && !is_stale(seen) && !claimed_by_another(me) ->
        accept(me, seen); /* {ALIVE, ON_ANSWER, ALWAYS} */
        reply = kept[me]
    fi
}

proctype assistant(byte me) {
    byte seen, claims = 0;
    mtype reply;
    atomic { seen = newest };
    do
    :: claims < CLAIMS -> atomic { claims++;
        if
        :: claim = me                                /* {ALIVE, ON_CLAIM, taken_over or ALWAYS} */
        :: claimed_by_another(me) -> skip            /* {ALIVE, ON_CLAIM, claimed}: refused */
        fi }
    :: atomic { kept[me] = nobody_heard; told[me] = nobody_heard } /* a new key */
repeat: atomic { answer(me, seen, reply) };
        if
        :: atomic { losses < LOSSES -> losses++ }; goto repeat /* the same key again */
        :: atomic { told[me] = reply; won[me] = won[me] || reply == first }
        fi;
        if
        :: told[me] == first || told[me] == later -> break
        :: told[me] == stale -> seen = last_clinic   /* fault.facts shows the other's answer */
        :: told[me] == stale -> break                /* and that is enough; the draft stays */
        :: told[me] == claimed -> skip
        fi
    od;
    done[me] = true
}

/* claim.ttl_s passes without a keystroke, or the claim is given back (row ON_RELEASE). */
active proctype clock() {
end:
    do
    :: claim != 0 -> claim = 0
    od
}

#ifdef COPIES
active proctype network() {
    byte seen = 1;
    mtype reply;
    bool again[3];
end:
    do
    :: atomic { told[1] != nobody_heard && !again[1] -> again[1] = true; answer(1, seen, reply) }
    :: atomic { told[2] != nobody_heard && !again[2] -> again[2] = true; answer(2, seen, reply) }
    od
}
#endif

active proctype world() {
    do :: skip; skip od
}

init {
    atomic {
        kept[1] = nobody_heard; kept[2] = nobody_heard;
        told[1] = nobody_heard; told[2] = nobody_heard;
        run assistant(1); run assistant(2)
    }
}

#define refused(me) (told[me] == stale || told[me] == claimed)
ltl first_time_once { [] (first_writes <= 1) }
ltl one_winner { [] !(won[1] && won[2]) }
ltl none_blind { [] !blind }
ltl text_kept { [] ((refused(1) -> draft[1] || sent[1]) && (refused(2) -> draft[2] || sent[2])) }
ltl winner_knows { <> [] (done[1] && done[2] && (won[1] || won[2])) }
