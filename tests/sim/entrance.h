/* entrance.h: what the scenes at the desk's door share: trying something and judging the answer. */
#ifndef ENTRANCE_H
#define ENTRANCE_H

#include "part.h"

/* What must be refused: violates the invariant when it is taken, or refused for another reason. */
void must_refuse(struct sim *, const char *invariant, const char *code, const char *who,
                 const char *op, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* What must be taken; the answer, or NULL when the machine failed meanwhile or it was refused,
 * which violates the invariant. */
const cJSON *must_take(struct sim *, const char *invariant, const char *who, const char *op,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));


/* entrance_strangers.c: once a day somebody tries what is none of their business. */
void strangers_try(struct sim *, int clinic);

#endif
