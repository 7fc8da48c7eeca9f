/* never.h: marks on what cannot come about and is guarded against all the same, because what makes
 * it impossible stands elsewhere: in a list, in the schema, in another file. Where the core is
 * tested such a mark aborts when it is wrong; where it is counted what tests reach, it is a
 * constant, so the question may only look; in the product it is the question itself.
 * `npm run coverage` lists every mark. */
#ifndef NEVER_H
#define NEVER_H

#include <stdbool.h>

#if defined DESK_COVERAGE
#define NEVER(question) false
#define CERTAIN(question) true
#elif defined DESK_TESTS
#include <assert.h>
#define NEVER(question) (assert(!(question)), false)
#define CERTAIN(question) (assert(question), true)
#else
#define NEVER(question) (question)
#define CERTAIN(question) (question)
#endif

#endif
