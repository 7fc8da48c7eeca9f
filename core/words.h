/* words.h: a text as search knows it: its words one after the other, folded so that case, accents
 * and the letters that Russian and Polish keyboards leave out make no difference. SQLite's own
 * Unicode tokenizer splits; only the letters that it keeps apart are folded here. */
#ifndef WORDS_H
#define WORDS_H

#include "tx.h"

struct Fts5Tokenizer;

/* The tokenizer, for one request; what was opened must be closed, whatever happens between. */
struct words {
    struct Fts5Tokenizer *tokenizer;
    int (*split)(struct Fts5Tokenizer *, void *, int, const char *, int,
                 int (*)(void *, int, const char *, int, int, int));
    void (*close)(struct Fts5Tokenizer *);
};
enum err words_open(struct tx *, struct words *ret_words);
void words_close(struct words *);

/* Bytes that a folded word may have; longer ones are cut, in texts and in queries alike. */
enum { WORD_BYTES_MAX = 64 };

/* A word of the text, folded, and where in the text it stands; false ends the reading. */
struct word {
    const char *text;
    size_t size, from, to;
};
typedef bool word_seen(void *with, const struct word *);
enum err words_each(const struct words *, const char *text, word_seen *, void *with);

#endif
