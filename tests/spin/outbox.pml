/* outbox.pml: one outgoing message between the outbox and a provider, with a kill between any two
 * steps, requests and replies lost, reports early and twice, leases that end under a slow pump.
 * Mirrors core/machines/effect.c: each transition names its row; durable is what is global here.
 * KEYS: the provider knows the effect's id and delivers it once. RESENDS_MAX: 0 for codes, 1 for
 * notices (core/effects.h). CALM: one fault in all, no deadline, and a provider that never refuses.
 * NEW_KEY, SENT_FIRST, NO_LEASE and NO_LIMIT are planted faults. Run by spin.test.js. */
#ifndef RESENDS_MAX
#define RESENDS_MAX 1
#endif
#ifdef CALM
#define FAULTS 1
#else
#define FAULTS 3
#endif

mtype = { queued, taken, sent, delivered, failed, unknown }; /* effect_machine.states */
mtype = { accepted, busy, refused, nothing };                /* what the pump hears of a call */

mtype state = queued;
byte resends = 0;    /* effect.resends */
bool late = false;   /* deadline_at has passed */
byte faults = 0;     /* kills and losses so far */
byte deliveries = 0; /* how often the patient got it */

#define settled (state != queued && state != taken)
#ifdef NO_LIMIT
#define may_send_again (!late) /* guard may_send_again without its first half */
#else
#define may_send_again (resends < RESENDS_MAX && !late)
#endif

/* Rows {TAKEN, ON_LEASE_END} and {TAKEN, ON_UNKNOWN}: send_again, else leave_unknown. The count
 * stops at 3 only to keep the model finite. */
inline ambiguous() {
    if
    :: may_send_again -> state = queued; resends = (resends < 3 -> resends + 1 : 3)
    :: else -> state = unknown
    fi
}

inline settle(heard) {
    if
    :: heard == accepted && (state == queued || state == taken || state == unknown) ->
        state = sent                                      /* ON_SENT, note_sent */
    :: heard == busy && (state == queued || state == taken) ->
        if
        :: !late -> state = queued                        /* ON_RETRY, time_left, back_off */
        :: else -> state = failed                         /* ON_RETRY, fail_for_now */
        fi
    :: heard == refused && !(state == delivered || state == failed) ->
        state = failed                                    /* ON_FAILED, fail_for_good */
    :: heard == nothing && state == taken -> ambiguous()  /* ON_UNKNOWN */
    :: else                                               /* the rows that change nothing */
    fi
}

/* The patient gets the message, unless a provider with keys has seen this one before. */
inline provider_takes() {
#if defined(KEYS) && !defined(NEW_KEY)
    deliveries = 1;
#else
    deliveries = (deliveries < 3 -> deliveries + 1 : 3);
#endif
    heard = accepted
}

/* Two hands of one pump, or a pump and the one that was started after it was killed: what a hand
 * knows is local, and a kill forgets it. */
active [2] proctype pump() {
    mtype heard;
end:
    do
    :: atomic { state == queued -> state = taken; heard = nothing } /* ON_TAKE, lease */
#ifdef SENT_FIRST
        settle(accepted);
#endif
        if
        :: atomic { faults < FAULTS -> faults++; goto end }   /* killed before the call */
        :: atomic { faults < FAULTS -> faults++ }             /* the request is lost */
        :: atomic { provider_takes() }
#ifndef CALM
        :: heard = busy
        :: heard = refused
#endif
        fi;
        if
        :: atomic { faults < FAULTS -> faults++; goto end }   /* killed before the settlement */
        :: atomic { faults < FAULTS -> faults++; heard = nothing } /* the reply is lost */
        :: skip
        fi;
        atomic { settle(heard); heard = nothing }
    od
}

/* Whatever has become of it, an instant comes, and the timer fires after it (schedule.c). */
active proctype clock() {
    bool fired = false;
end:
    do
#ifndef NO_LEASE
    :: atomic { state == taken -> ambiguous() }               /* ON_LEASE_END */
#endif
#ifndef CALM
    :: atomic { !late -> late = true }
    :: atomic { late && !fired -> fired = true;
        if
        :: state == queued -> state = failed                  /* ON_DEADLINE */
        :: else                                               /* effect_settled */
        fi }
#endif
    od
}

/* A report may come before the reply and any number of times (rows ON_DELIVERED). */
active proctype reports() {
end:
    do
    :: atomic { deliveries > 0 && state != delivered && state != failed -> state = delivered }
    od
}

/* The world goes on: without it a standstill would be no endless run, which `settles` speaks of. */
active proctype world() {
    do :: skip; skip od
}

ltl once { [] (deliveries <= 1) }
ltl once_more { [] (deliveries <= 1 + resends && deliveries <= 2) }
ltl honest { [] ((state == sent || state == delivered) -> deliveries > 0) }
ltl settles { <> [] settled }
/* Provable with keys alone: without them spin finds the message lost, or delivered twice. */
ltl exactly_once { [] (deliveries <= 1) && <> [] (settled && deliveries == 1) }
