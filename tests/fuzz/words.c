/* words.c: lists of texts. */
#include "words.h"

#include <stddef.h>
#include <string.h>

struct list {
    const char *name;
    const char *words[16];
};

static const struct list lists[] = {
    {"phone", {"+48601000001", "+48602000001", "+48600000005", "+12120000003", "+0123", "",
               "48601000001", "+1234567", "+123456789012345", "+1234567890123456"}},
    {"email", {"ewa@patient.test", "jan@patient.test", "piotr@patient.test", "anna@lotos.test",
               "notices@lotos.test", "lotos@clinic.test", "new@patient.test", "", "a@b", "@b.test",
               "a b@c.test", "a@b.test,c@d.test", "EWA@patient.test"}},
    {"zone", {"Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC", "",
              "Europe/Nowhere", "Antarctica/Troll", "Africa/Casablanca"}},
    {"from", {"2026-03-01", "2026-03-10", "2026-03-29", "2024-02-29", "2026-02-29", "0000-00-00",
              "9999-12-31", "1970-01-01", "2026-3-1", "", "2026-13-01"}},
    {"to", {"2026-03-02", "2026-03-31", "2026-10-25", "2026-12-31", "9999-12-31", "2025-01-01",
            "2026-04-31", "today", ""}},
    {"holidays", {"2026-05-01", "2026-05-01", "2026-12-25", "2026-02-30", "", "9999-12-31"}},
    {"minute", {"00:00", "09:00", "18:00", "24:00", "24:01", "23:59", "9:00", "", "-1:00"}},
    {"kinds", {"sms.send", "email.send", "push.send", "sms.send", "fax.send", ""}},
    {"provider_id", {"p1", "p2", "p3", "p4", "", "p1"}},
    {"provider_ids", {"p1", "p2", "p3", "p4", "p5", ""}},
    {"services", {"Dental", "Surgery", "Dental", ""}},
    {"service", {"Dental", "Surgery", ""}},
    {"reason", {"spam", "duplicate", "not_performed", "cannot_meet_now", "", "x"}},
    {"locale", {"ru", "pl", "en", "de", ""}},
    {"endpoint", {"https://push.test/1", "https://push.test/2", "http://push.test", "x", ""}},
    {"base_url", {"https://desk.test", "https://desk.test/", "ftp://x", ""}},
    {"browser", {"aaaa", "bbbb", ""}},
    {"prefix", {"error.", "op.", "", "x"}},
};

/* For whatever has no list: words that search, quoting and Unicode stumble over. */
static const char *const plain[] = {
    "How much is it?", "Thank you.", "filling", "fill* OR \"x\" NEAR(a b)", "-", "'; drop table x",
    "\xD0\xBF\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82", "Za\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87",
    "\xF0\x9F\xA6\xB7\xF0\x9F\xA6\xB7", "e\xCC\x81", "\xE2\x80\xAExyz", "\xEF\xBF\xBF", "{link}",
    "{code} {detail}", "a\nb\tc", "\x7F", " ", "", "%s%n", "\\\"", "\xC2\xA0", "\xE2\x80\xA8",
};

const char *words_for(struct chance *chance, const char *name) {
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].name, name) != 0) continue;
        unsigned n = 0;
        while (n < 16 && lists[i].words[n]) n++;
        /* The first ones are the good ones. */
        return lists[i].words[choose(chance, choose(chance, 2) ? (n + 1) / 2 : n)];
    }
    return plain[choose(chance, choose(chance, 2) ? 4 : sizeof plain / sizeof *plain)];
}

const char *words_long(struct chance *chance, double max) {
    static const char *const letters[] = {"a", "a ", "\xD0\xB6", "\xF0\x9F\xA6\xB7", "<", "\\"};
    static char text[4 * 10001 + 1];
    const char *letter = letters[choose(chance, sizeof letters / sizeof *letters)];
    size_t size = strlen(letter), wanted = (size_t)max + choose(chance, 2), at = 0;
    for (; wanted > 0 && at + size < sizeof text; wanted--, at += size)
        memcpy(text + at, letter, size);
    text[at] = 0;
    return text;
}
