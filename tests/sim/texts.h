/* texts.h: requests as text, and values out of replies. */
#ifndef TEXTS_H
#define TEXTS_H

#include "sim.h"

int64_t number_of(const cJSON *object, const char *key);   /* 0 when it is none */
const char *text_in(const cJSON *object, const char *key); /* "" when it is none */
uint64_t digest_of(const char *text);
uint64_t digest_of_value(const cJSON *); /* all of it, without printing it */

/* Single quotes become double ones, so that requests can be written in C without escapes. */
void quotes(char *text);
/* 0 when there is not enough room. */
size_t request_text(const struct sim *, const struct asked *, char *to, size_t room);

#endif
