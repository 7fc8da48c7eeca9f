/* texts.h: every sentence that the product says by rule, in Russian, Polish and English, from the
 * catalogues in texts/. Hosts never compose a sentence. Placeholders are {names}; {link} and {code}
 * stay for the host, which alone knows the secrets. */
#ifndef TEXTS_H
#define TEXTS_H

#include "json.h"
#include "tx.h"

struct texts;

/* Reads the three catalogues that the build embedded; NULL when out of memory. */
struct texts *texts_open(void);
void texts_close(struct texts *);

/* A name and what stands for it; a list ends with a NULL name. */
struct text_var {
    const char *name, *value;
};

/* The sentence with its placeholders filled; the key itself where the catalogue has none. */
const char *text_format(struct tx *, const char *locale, const char *key, const struct text_var *);

/* The sentence as it stands in the catalogue, placeholders and all. */
const char *text_plain(struct tx *, const char *locale, const char *key);

/* "because.<key>" in the reader's language, filled from the members of a JSON object. */
const char *text_because(struct tx *, const char *because, const char *facts);

/* The sentence of a refusal in the reader's language. */
const char *text_error(struct tx *, enum err);

/* "2 days": the sentence "<key>.one", ".few" or ".many" as the language counts, with {n} filled. */
const char *text_count(struct tx *, const char *locale, const char *key, int64_t n);

/* "10 March" of a YYYY-MM-DD, in the reader's language. */
const char *text_date(struct tx *, const char *date);

/* All sentences whose key begins with `prefix`, as members. */
void texts_json(const struct texts *, const char *locale, const char *prefix, struct json *);

#endif
