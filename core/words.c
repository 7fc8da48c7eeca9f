/* words.c: splitting and folding. Knows nothing of what is searched. */
#include "words.h"

#include <sqlite3.h>
#include <string.h>

#include "db.h"

/* What stays a letter of its own when accents are taken off, and how it is typed without it. */
static const struct {
    const char *letter, *plain;
} letters[] = {{"ё", "е"}, {"й", "и"}, {"ї", "і"}, {"ў", "у"}, {"ł", "l"}, {"đ", "d"},
               {"ð", "d"}, {"ø", "o"}, {"ħ", "h"}, {"ı", "i"}, {"ß", "ss"}, {"æ", "ae"},
               {"œ", "oe"}, {"þ", "th"}};
enum { LETTERS_N = sizeof letters / sizeof *letters, LETTER_BYTES = 2 };

enum err words_open(struct tx *tx, struct words *ret_words) {
    static const char *options[] = {"remove_diacritics", "2"};
    fts5_api *api = NULL;
    fts5_tokenizer module;
    void *with;
    sqlite3_stmt *find;
    TRY(db_prepare(tx->db, "select fts5(?1)", &find));
    sqlite3_bind_pointer(find, 1, &api, "fts5_api_ptr", NULL);
    int code = sqlite3_step(find);
    sqlite3_finalize(find);
    if (code == SQLITE_ROW) code = api->xFindTokenizer(api, "unicode61", &with, &module);
    if (code != SQLITE_OK) return db_error(code);
    *ret_words = (struct words){.split = module.xTokenize, .close = module.xDelete};
    return db_error(module.xCreate(with, options, 2, &ret_words->tokenizer));
}

void words_close(struct words *words) {
    words->close(words->tokenizer);
}

struct reading {
    word_seen *seen;
    void *with;
};

static const char *plain_of(const char *at) {
    for (int i = 0; i < LETTERS_N; i++)
        if (memcmp(at, letters[i].letter, LETTER_BYTES) == 0) return letters[i].plain;
    return NULL;
}

/* The first byte of a character: where a word may be cut. */
static bool begins(char byte) {
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static size_t fold(const char *token, size_t size, char ret_word[WORD_BYTES_MAX]) {
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        size_t n = 1;
        while (i + n < size && !begins(token[i + n])) n++;
        const char *from = n == LETTER_BYTES ? plain_of(token + i) : NULL;
        size_t room = from ? strlen(from) : n;
        if (used + room > WORD_BYTES_MAX) break;
        memcpy(ret_word + used, from ? from : token + i, room);
        used += room;
        i += n;
    }
    return used;
}

static int token_seen(void *with, int flags, const char *token, int size, int from, int to) {
    const struct reading *reading = with;
    char text[WORD_BYTES_MAX];
    struct word word = {text, fold(token, (size_t)size, text), (size_t)from, (size_t)to};
    (void)flags;
    /* A word of nothing but accents folds to nothing. */
    if (word.size == 0) return SQLITE_OK;
    return reading->seen(reading->with, &word) ? SQLITE_OK : SQLITE_DONE;
}

enum err words_each(const struct words *words, const char *text, word_seen *seen, void *with) {
    struct reading reading = {seen, with};
    return db_error(words->split(words->tokenizer, &reading, FTS5_TOKENIZE_DOCUMENT, text,
                                 (int)strlen(text), token_seen));
}
