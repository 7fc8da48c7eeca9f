/* words.h: texts that requests are filled with, by the name or the format of their field: what the
 * world of world.c knows, what a format asks for, and what has broken programs before. */
#ifndef WORDS_H
#define WORDS_H

#include "grammar.h"

/* A text for the field or format of that name. */
const char *words_for(struct chance *, const char *name);

/* A text around `max` characters: as many, one more, or as many of several bytes each. Lives until
 * the next call. */
const char *words_long(struct chance *, double max);

#endif
