/* policy.h: each default of the ambiguities in spec/rules.md as a key with two presets, `literal`
 * and `recommended`. The platform may change a key for all, and for one clinic. */
#ifndef POLICY_H
#define POLICY_H

#include "json.h"
#include "tx.h"

/* key, literal, recommended, min, max, rule, unit */
#define POLICIES(X)                                                                        \
    X(REVIEW_CHAT_CONFIRM_SOLVE_ON_POSITIVE, "review_chat.confirm_solve_on_positive",      \
      1, 1, 0, 1, 8, "0 or 1")                                                             \
    X(REVIEW_POSITIVE_FROM, "review.positive_from", 4, 4, 2, 5, 7, "rating")               \
    X(REVIEW_CHAT_SMS_EACH, "review_chat.sms_each", 1, 1, 0, 1, 11, "0 or 1")              \
    X(CLOSE_ON_SOLVED, "close_on_solved", 0, 0, 0, 1, 22, "0 or 1")                        \
    X(REVIEW_CHAT_SOLVE_AFTER_CLOSE, "review_chat.solve_after_close", 0, 0, 0, 1, 21,      \
      "0 or 1")                                                                            \
    X(NOTIFY_CLINIC_COALESCE_S, "notify.clinic.coalesce_s", 0, 0, 0, 86400, 16, "seconds") \
    X(MUTE_AFTER, "mute.after", 2, 2, 1, 100, 18, "messages")                              \
    X(MUTE_UNMUTE_ON_REPLY, "mute.unmute_on_reply", 1, 1, 0, 1, 18, "0 or 1")              \
    X(MUTE_BURST_S, "mute.burst_s", 0, 0, 0, 86400, 18, "seconds")                         \
    X(LINK_TTL_S, "link.ttl_s", 1209600, 1209600, 60, 31536000, 11, "seconds")             \
    X(LINK_SECOND_DEVICE_CODE, "link.second_device_code", 0, 1, 0, 1, 12, "0 or 1")        \
    X(NOTICE_SMS_DEADLINE_S, "notice.sms_deadline_s", 86400, 86400, 60, 1209600, 11, "seconds") \
    X(NOTICE_EMAIL_DEADLINE_S, "notice.email_deadline_s", 259200, 259200, 60, 1209600, 16, \
      "seconds")                                                                           \
    X(MAGIC_LINK_TTL_S, "magic_link.ttl_s", 604800, 604800, 60, 31536000, 31, "seconds")   \
    X(FORM_RECEIPT, "form.receipt", 0, 1, 0, 1, 64, "0 or 1")                              \
    X(FORM_REMIND_AFTER_S, "form.remind_after_s", 172800, 172800, 60, 31536000, 35, "seconds") \
    X(FORM_BASIC_OFFER_AFTER_S, "form.basic_offer_after_s", 172800, 172800, 60, 31536000, 38, \
      "seconds")                                                                           \
    X(FORM_PREMIUM_OFFER_AFTER_S, "form.premium_offer_after_s", 259200, 259200, 60, 31536000, 40, \
      "seconds")                                                                           \
    X(FORM_CLOCK, "form.clock", 0, 0, 0, 2, 35, "0 elapsed, 1 working, 2 calendar")        \
    X(FORM_UNANSWERED_CLOCK, "form.unanswered_clock", 0, 1, 0, 1, 64, "0 or 1")            \
    X(FORM_REARM, "form.rearm", 1, 1, 0, 2, 49, "0 notice, 1 reminder, 2 reminder and offer") \
    X(FORM_OFFER_MAX, "form.offer_max", 3, 3, 1, 20, 38, "offices")                        \
    X(FORM_OFFER_RADIUS_KM, "form.offer_radius_km", 0, 50, 0, 20000, 38, "km, 0 for any")  \
    X(FORM_FORWARD_SPAM, "form.forward_spam", 1, 1, 0, 1, 46, "0 or 1")                    \
    X(ABSENCE_DEFER, "absence.defer", 1, 1, 0, 1, 55, "0 or 1")                            \
    X(ABSENCE_APPLIES_TO_BASIC, "absence.applies_to_basic", 0, 0, 0, 1, 55, "0 or 1")      \
    X(ABSENCE_REMIND_AT_OPENING, "absence.remind_at_opening", 0, 1, 0, 1, 55, "0 or 1")    \
    X(CLAIM_TTL_S, "claim.ttl_s", 300, 300, 10, 86400, 57, "seconds")                      \
    X(INDICATOR_WINDOW_D, "indicator.window_d", 90, 90, 1, 365, 45, "days")                \
    X(INDICATOR_MIN_N, "indicator.min_n", 5, 5, 1, 1000, 45, "forms")                      \
    X(INDICATOR_EXCLUDE_ABSENCE, "indicator.exclude_absence", 0, 0, 0, 1, 45, "0 or 1")

enum policy {
#define POLICY_ENUM(name, ...) POLICY_##name,
    POLICIES(POLICY_ENUM)
#undef POLICY_ENUM
        POLICY_COUNT
};

struct policy_info {
    const char *key;
    int64_t literal, recommended, min, max;
    int rule;
    const char *unit;
};
extern const struct policy_info policy_infos[POLICY_COUNT];

/* What the database says beyond the presets, kept in memory until it changes. */
struct policies {
    bool known;
    bool literal; /* the preset */
    bool overridden; /* whether any row exists */
};

/* The value that holds for a clinic (0: for the platform). */
enum err policy_get(struct tx *, int64_t clinic_id, enum policy, int64_t *ret_value);

/* Forgets what is in memory: after policy.set, platform.set, sync.apply and every rollback. */
void policy_forget(struct policies *);

#endif
