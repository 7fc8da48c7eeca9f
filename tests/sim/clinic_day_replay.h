/* clinic_day_replay.h: the disk as it was before any operation of a stretch that was recorded, so
 * that every death within it can be tried without living the stretch again. Whoever has files open
 * at the end of the stretch finds them as they were when the replay is over. */
#ifndef CLINIC_DAY_REPLAY_H
#define CLINIC_DAY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From here on every operation is remembered. */
void replay_record(void);
/* Until here; returns how many there were. */
int64_t replay_stop(void);
/* Whether operation n, counted from 0, left the files as they were. */
bool replay_idle(int64_t n);
/* The files as they were before operation n, for a new process on a disk that works. */
void replay_to(int64_t n);
/* The files as they were after the last one, for the process that was there. */
void replay_finish(void);

#endif
