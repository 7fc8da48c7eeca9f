/* judge.h: what must hold of the state after any sequence of requests: the history's chain and the
 * file's pages verify, foreign keys hold, the state has a hash, and no timer waits for what is not
 * there, has come to its end or can no longer hear it. A breach is a finding. Judges no rule of the
 * domain: the simulator does. */
#ifndef JUDGE_H
#define JUDGE_H

#include "world.h"

void judge_state(struct world *);

#endif
